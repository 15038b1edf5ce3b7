"""Calls Twilio's REST API, and says in the hub's errors what went wrong.

A request after which a crash or a time-out leaves the outcome unknown raises `Uncertain`; one that
surely was not carried out raises `Retry`, `Rejected` or `Unavailable`.
"""

import asyncio
from collections.abc import Awaitable
from http import HTTPStatus
from typing import Any, TypeVar

from aiohttp import ClientConnectorError, ClientError
from twilio.base.exceptions import TwilioException, TwilioRestException

from connectors.shared.twilio.errors import TRY_AGAIN, in_words
from connectors.shared.twilio.settings import TwilioSettings
from hub.errors import Rejected, Retry, Unavailable, Uncertain
from hub.texts import Said

T = TypeVar("T")

_BROKEN = (ClientError, TimeoutError, OSError, ValueError)
"""No answer, or one that is no JSON."""


class TwilioApi:
    """`client` while it is started: the generated client of the twilio package."""

    def __init__(self, settings: TwilioSettings) -> None:
        self._settings = settings
        self._client: Any = None

    @property
    def client(self) -> Any:
        if self._client is None:  # its session belongs to the running loop
            from connectors.shared.twilio.http import open_client  # noqa: PLC0415 (slow to load)

            self._client = open_client(self._settings)
        return self._client

    async def stop(self) -> None:
        if self._client is not None:
            await self._client.http_client.close()
        self._client = None

    async def ask(self, request: Awaitable[T]) -> T:
        """The answer to a question, or to a request that may be made twice."""
        try:
            async with asyncio.timeout(self._settings.timeout):
                return await request
        except TwilioException as error:
            raise _refusal(error) from error
        except _BROKEN as error:
            raise Retry(_unreached(error)) from error

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
            raise Retry(_unreached(error)) from error
        except _BROKEN as error:
            raise Uncertain(f"Twilio did not say whether it took this: {_said(error)}") from error


_MAYBE_CARRIED_OUT = frozenset({500, 502, 504})


def _status(error: TwilioException) -> int:
    return int(getattr(error, "status", 0) or 0)


def _refusal(error: TwilioException) -> Exception:
    status, code = _status(error), int(getattr(error, "code", 0) or 0)
    words = in_words(code if code != status else 0, _message(error))
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        hint = Said("see account_sid and auth_token: {why}", why=words)
        return Unavailable(Said("Twilio refuses our sign-in"), hint)
    if code in TRY_AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Retry(words)
    return Rejected(f"twilio_{code or status}", words, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _message(error: TwilioException) -> str:
    """Without what the package puts before it ("Unable to create record: ...")."""
    if isinstance(error, TwilioRestException):
        message: str = error.msg
        return message.partition(": ")[2] or message
    return str(getattr(error, "detail", "") or getattr(error, "title", "") or error)


def _unreached(error: BaseException) -> str:
    return Said("Twilio cannot be reached: {why}", why=_said(error))


def _said(error: BaseException) -> str:
    if isinstance(error, TimeoutError) and not str(error):
        return Said("no answer in time")
    return str(error) or Said("no answer")
