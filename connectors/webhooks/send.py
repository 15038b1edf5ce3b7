"""Calls one webhook with one event: signed, never inside, following nobody elsewhere."""

from datetime import datetime
from http import HTTPStatus

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector
from standardwebhooks import Webhook

from connectors.webhooks.settings import WebhooksSettings
from hub import clock
from hub.errors import Rejected
from hub.events import MEDIA_TYPE
from hub.public_only import public_connector
from hub.store.webhooks import Outcome, ToSend
from hub.webhooks import Rules, check_url

_GONE = HTTPStatus.GONE
_CONNECTIONS = 64


class Caller:
    """Open it in the event loop; `close` it once."""

    def __init__(self, settings: WebhooksSettings) -> None:
        self._rules = Rules(allow_private=settings.allow_private)
        anywhere = settings.allow_private
        limit = _CONNECTIONS
        self._http = ClientSession(
            connector=TCPConnector(limit=limit) if anywhere else public_connector(limit=limit),
            timeout=ClientTimeout(total=settings.seconds),
            headers={"User-Agent": "Loket-Webhooks/1", "Content-Type": MEDIA_TYPE},
            auto_decompress=False,
        )

    async def close(self) -> None:
        await self._http.close()

    async def call(self, one: ToSend) -> Outcome:
        """Never raises: what went wrong is in the outcome."""
        try:
            check_url(one.url, self._rules)
            headers = signed(one, clock.now())
            async with self._http.post(
                one.url, data=one.body.encode(), headers=headers, allow_redirects=False
            ) as response:
                return _outcome(one, response.status)
        except Rejected as error:
            return Outcome(one.id, ok=False, error=error.detail)
        except TimeoutError:
            return Outcome(one.id, ok=False, error="no answer in time")
        except (ClientError, OSError, ValueError) as error:
            cause = error.__cause__
            told = cause.detail if isinstance(cause, Rejected) else str(error) or "no answer"
            return Outcome(one.id, ok=False, error=told)


def signed(one: ToSend, now: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks, with a signature for each secret."""
    signatures = (Webhook(secret).sign(one.event_id, now, one.body) for secret in one.secrets)
    return {
        "webhook-id": one.event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _outcome(one: ToSend, status: int) -> Outcome:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Outcome(one.id, ok=True, status=status)
    moved = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
    error = "it leads elsewhere, where we do not follow" if moved else f"answered {status}"
    return Outcome(one.id, ok=False, status=status, error=error, gone=status == _GONE)
