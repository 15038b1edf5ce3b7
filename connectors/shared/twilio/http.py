"""The package's own HTTP client, pointed elsewhere where something stands in for Twilio's cloud.

Apart, because the package takes half a second to load: `client` does so when it is first used.
"""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import structlog
from aiohttp import encode_basic_auth
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from connectors.shared.twilio.errors import TOO_MANY, in_words
from connectors.shared.twilio.settings import TwilioSettings
from hub.errors import Retry

log = structlog.get_logger(__name__)


def open_client(settings: TwilioSettings) -> Client:
    """Belongs to the running loop; close its `http_client`."""
    user, password = settings.credentials
    return Client(user, password, settings.account_sid, http_client=_Http(settings))


class _Http(AsyncTwilioHttpClient):  # type: ignore[misc]  # the package has no types
    def __init__(self, settings: TwilioSettings) -> None:
        super().__init__()
        self._instead = settings.api_url if settings.is_stand_in else ""

    async def request(self, method: str, url: str, *args: Any, **options: Any) -> Response:
        if self._instead:
            parts = urlsplit(url)
            url = self._instead + parts.path + (f"?{parts.query}" if parts.query else "")
        options["timeout"] = None  # `ask` and `do` limit it as a whole
        user, password = options.pop("auth")  # as a header: aiohttp takes it no other way for long
        options["headers"] |= {"Authorization": encode_basic_auth(user, password)}
        response: Response = await super().request(method, url, *args, **options)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            # The package forgets the header that says when to come again.
            after = response.headers.get("Retry-After", "")
            raise Retry(in_words(TOO_MANY), after=float(after) if after.isdecimal() else None)
        return response

    def log_request(self, kwargs: dict[str, Any]) -> None:
        """Not the package's way: it writes down what the message says."""
        log.debug("twilio.request", method=kwargs["method"], path=urlsplit(kwargs["url"]).path)

    def log_response(self, status_code: int, response: Any) -> None:  # noqa: ARG002 (its form)
        log.debug("twilio.response", status=status_code)
