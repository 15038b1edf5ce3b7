"""Calls Twilio's REST API, and says in the hub's errors what went wrong.

A request after which a crash or a time-out leaves the outcome unknown raises `Uncertain`; one that
surely was not carried out raises `Retry`, `Rejected` or `Unavailable`.
"""

import asyncio
from collections.abc import Awaitable
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit

import structlog
from aiohttp import ClientConnectorError, ClientError, encode_basic_auth
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from connectors.shared.twilio.errors import TRY_AGAIN, in_words
from connectors.shared.twilio.settings import TwilioSettings
from hub.errors import Rejected, Retry, Unavailable, Uncertain

log = structlog.get_logger(__name__)

T = TypeVar("T")

_BROKEN = (ClientError, TimeoutError, OSError, ValueError)
"""No answer, or one that is no JSON."""


class TwilioApi:
    """`client` while it is started: the generated client of the twilio package."""

    def __init__(self, settings: TwilioSettings) -> None:
        self._settings = settings
        self._http: _Http | None = None
        self._client: Client | None = None

    @property
    def client(self) -> Client:
        if self._client is None:  # the session belongs to the running loop
            self._http = _Http(self._settings)
            user, password = self._settings.credentials
            self._client = Client(
                user, password, self._settings.account_sid, http_client=self._http
            )
        return self._client

    async def stop(self) -> None:
        if self._http is not None:
            await self._http.close()
        self._client = self._http = None

    async def ask(self, request: Awaitable[T]) -> T:
        """The answer to a question, or to a request that may be made twice."""
        try:
            async with asyncio.timeout(self._settings.timeout):
                return await request
        except TwilioException as error:
            raise _refusal(error) from error
        except _BROKEN as error:
            raise Retry(f"Twilio cannot be reached: {_said(error)}") from error

    async def do(self, request: Awaitable[T]) -> T:
        """The answer to a request that must not be made twice."""
        try:
            async with asyncio.timeout(self._settings.timeout):
                return await request
        except TwilioException as error:
            refusal = _refusal(error)
            if _status(error) in _MAYBE_CARRIED_OUT:
                raise Uncertain(f"Twilio failed while taking this: {refusal}") from error
            raise refusal from error
        except ClientConnectorError as error:
            raise Retry(f"Twilio cannot be reached: {_said(error)}") from error
        except _BROKEN as error:
            raise Uncertain(f"Twilio did not say whether it took this: {_said(error)}") from error


class _Http(AsyncTwilioHttpClient):  # type: ignore[misc]  # the package has no types
    """The package's own client, to another address where something stands in for the cloud."""

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
            raise Retry(in_words(20429), after=float(after) if after.isdecimal() else None)
        return response

    def log_request(self, kwargs: dict[str, Any]) -> None:
        """Not the package's way: it writes down what the message says."""
        log.debug("twilio.request", method=kwargs["method"], path=urlsplit(kwargs["url"]).path)

    def log_response(self, status_code: int, response: Any) -> None:  # noqa: ARG002 (its form)
        log.debug("twilio.response", status=status_code)


_MAYBE_CARRIED_OUT = frozenset({500, 502, 504})


def _status(error: TwilioException) -> int:
    return int(getattr(error, "status", 0) or 0)


def _refusal(error: TwilioException) -> Exception:
    status, code = _status(error), int(getattr(error, "code", 0) or 0)
    words = in_words(code if code != status else 0, _message(error))
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return Unavailable("Twilio refuses our sign-in", f"see account_sid and auth_token: {words}")
    if code in TRY_AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Retry(words)
    return Rejected(f"twilio_{code or status}", words, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _message(error: TwilioException) -> str:
    """Without what the package puts before it ("Unable to create record: ...")."""
    if isinstance(error, TwilioRestException):
        message: str = error.msg
        return message.partition(": ")[2] or message
    return str(getattr(error, "detail", "") or getattr(error, "title", "") or error)


def _said(error: BaseException) -> str:
    return str(error) or ("no answer in time" if isinstance(error, TimeoutError) else "no answer")
