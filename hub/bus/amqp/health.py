"""What is wrong with RabbitMQ, in words for a person."""

import structlog
from aio_pika.exceptions import (
    AMQPChannelError,
    AMQPError,
    ChannelPreconditionFailed,
    ConnectionClosed,
    ProbableAuthenticationError,
)
from aiormq.exceptions import InvalidFrameError
from yarl import URL

log = structlog.get_logger(__name__)


class DoubtError(AMQPError):
    """The broker answers, but not as it should; the text says what is wrong."""


class Health:
    """What is wrong, part by part. Each trouble is logged once, and once when all is well again."""

    def __init__(self) -> None:
        self._problems: dict[str, str] = {}

    @property
    def problem(self) -> str:
        return next(iter(self._problems.values()), "")

    def lost(self, part: str, why: str) -> None:
        if why not in self._problems.values():
            log.warning("bus.lost", part=part, reason=why)
        self._problems[part] = why

    def back(self, part: str) -> None:
        if self._problems.pop(part, None) and not self._problems:
            log.info("bus.back", part=part)


def describe(error: BaseException, url: str) -> str:
    """What is wrong, for a person; without the password in the URL."""
    where = URL(url)
    address = f"{where.host}:{where.port or 5672}"
    if isinstance(error, DoubtError):
        return str(error)
    if isinstance(error, ProbableAuthenticationError):
        return f"RabbitMQ at {address} refuses the user name or the password"
    # It closes the connection instead of opening the virtual host, which is no frame to expect.
    if isinstance(error, InvalidFrameError) and "OpenOk" in str(error):
        vhost = where.path.removeprefix("/") or "/"
        user = where.user or "guest"
        return f"RabbitMQ at {address} has no virtual host {vhost}, or {user} may not use it"
    if isinstance(error, ChannelPreconditionFailed):
        return f"{error.args[-1]}: delete it on RabbitMQ when it is empty, Loket makes it again"
    if isinstance(error, ConnectionClosed | AMQPChannelError):
        return f"RabbitMQ at {address} said: {error.args[-1] if error.args else error!r}"
    return f"RabbitMQ at {address} does not answer"
