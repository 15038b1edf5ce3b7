"""structlog set up once: one event name per fact, values as fields, one correlation id per story.

Message texts and secrets are never logged. The standard library's loggers end in the same stream.
"""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import structlog
from pydantic_core import to_json
from structlog.typing import EventDict, Processor

from hub import clock
from hub.settings import LogSettings


def _stamped(_logger: object, _method: str, fields: EventDict) -> EventDict:
    fields["timestamp"] = clock.stamp()
    return fields


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    _stamped,
    structlog.processors.format_exc_info,
]


def configure(settings: LogSettings) -> None:
    """Send all logs to standard error, as JSON lines or as columns for people."""
    renderer: Processor = (
        structlog.processors.JSONRenderer(_as_json)
        if settings.format == "json"
        # Plain: the other formatters show local variables, and so secrets and message texts.
        else structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    )
    # Our own lines do not go through the standard library: that takes three times as long.
    structlog.configure(
        processors=[*_SHARED, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(settings.level),
        logger_factory=_Lines,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_SHARED, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.level)
    # These say at INFO what our own events say better.
    for name in ("aiohttp.access", "mail.log", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # These shout, with tracebacks, about every try to reach a broker that is away.
    for name in ("aio_pika", "aiormq"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _as_json(fields: object, **options: Any) -> str:
    """In a third of the time of the standard library, which takes what is no text at all."""
    try:
        return to_json(fields, fallback=repr).decode()
    except ValueError:
        return json.dumps(fields, **options)


class _Lines:
    """Writes each line to standard error as that is at the moment."""

    def __init__(self, *_names: str) -> None:
        """Structlog passes the logger's name."""

    def msg(self, line: str) -> None:
        held = _held.get()
        if held is None:
            sys.stderr.write(line + "\n")
        else:
            held.append(line + "\n")

    debug = info = warning = error = critical = exception = msg


_held: ContextVar[list[str] | None] = ContextVar("held", default=None)


@contextmanager
def together() -> Iterator[None]:
    """Our own lines inside are written at its end, all at once: each write gives the interpreter
    away to whichever thread waits for it."""
    lines: list[str] = []
    token = _held.set(lines)
    try:
        yield
    finally:
        _held.reset(token)
        sys.stderr.write("".join(lines))


@contextmanager
def bound(**fields: str) -> Iterator[None]:
    """Every log line inside carries these fields, for instance `correlation_id`."""
    with structlog.contextvars.bound_contextvars(**fields):
        yield


def correlation_id() -> str:
    """The id of the story that is being told here; empty outside of one."""
    value: str = structlog.contextvars.get_contextvars().get("correlation_id", "")
    return value


def story() -> str:
    """The id of the story that is being told here, or of a new one."""
    return correlation_id() or clock.new_id()
