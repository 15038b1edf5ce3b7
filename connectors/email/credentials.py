"""What signing in to a mail server takes: trust, a password, or an access token (XOAUTH2)."""

import asyncio
import ssl
from http import HTTPStatus

import aiohttp
from pydantic import BaseModel, ValidationError

from connectors.email.settings import OAuthSettings, ServerSettings, Tls
from hub.errors import Rejected, Retry, Unavailable
from hub.public_only import public_connector
from hub.webhooks import Rules, check_url

_TOKEN_SECONDS = 30
# A token that is about to expire may be refused by the time it is used.
_SPARE_SECONDS = 60


class Credentials:
    """For one server of one account."""

    def __init__(self, settings: ServerSettings, address: str) -> None:
        self._settings = settings
        self.user = settings.user or address
        self._tokens = (
            AccessTokens(settings.oauth, public_only=settings.public_only)
            if settings.oauth
            else None
        )

    @property
    def by_token(self) -> bool:
        return self._tokens is not None

    @property
    def given(self) -> bool:
        """Whether there is anything to sign in with."""
        settings = self._settings
        return bool(self._tokens or settings.password_file or settings.password.get_secret_value())

    async def secret(self) -> str:
        """The access token or the password. Raises Unavailable when it cannot be had."""
        if self._tokens is not None:
            return await self._tokens.get()
        path = self._settings.password_file
        if path is None:
            return self._settings.password.get_secret_value()
        try:
            return (await asyncio.to_thread(path.read_text)).strip()
        except OSError as error:
            raise Unavailable(f"the password of {self.user}", _unreadable(error)) from error

    def refused(self) -> None:
        """The server did not take the secret: a token is not offered twice."""
        if self._tokens is not None:
            self._tokens.forget()

    async def context(self) -> ssl.SSLContext | None:
        """Whom to trust; None when the connection is not encrypted."""
        if self._settings.tls is Tls.NONE:
            return None
        try:
            return await asyncio.to_thread(
                ssl.create_default_context, cafile=self._settings.ca_file
            )
        except OSError as error:
            raise Unavailable(
                f"the certificates for {self._settings.host}", _unreadable(error)
            ) from error


class _Answer(BaseModel):
    """What a token endpoint says (RFC 6749, 5.1 and 5.2)."""

    access_token: str = ""
    expires_in: float = 3600
    refresh_token: str = ""
    error: str = ""


class AccessTokens:
    """Gets access tokens, and keeps one until it is about to expire."""

    def __init__(self, settings: OAuthSettings, *, public_only: bool = False) -> None:
        self._settings = settings
        self._public_only = public_only
        # Providers may hand out a new refresh token with each access token.
        self._refresh_token = settings.refresh_token.get_secret_value()
        self._token = ""
        self._good_until = 0.0
        self._asking = asyncio.Lock()

    async def get(self) -> str:
        if self._settings.token_file is not None:
            return await self._from_file()
        async with self._asking:
            now = asyncio.get_running_loop().time()
            if not self._token or now >= self._good_until:
                answer = await self._ask()
                self._token = answer.access_token
                self._refresh_token = answer.refresh_token or self._refresh_token
                self._good_until = now + max(answer.expires_in - _SPARE_SECONDS, _SPARE_SECONDS)
            return self._token

    def forget(self) -> None:
        self._token = ""

    async def _from_file(self) -> str:
        path = self._settings.token_file
        assert path is not None  # noqa: S101 (the caller looked)
        try:
            return (await asyncio.to_thread(path.read_text)).strip()
        except OSError as error:
            raise Unavailable("the access token", _unreadable(error)) from error

    async def _ask(self) -> _Answer:
        """Raises Retry when the endpoint is away, Unavailable when it refuses us."""
        url = self._settings.token_url
        timeout = aiohttp.ClientTimeout(total=_TOKEN_SECONDS)
        outside = None
        if self._public_only:
            _must_be_outside(url)
            outside = public_connector()
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, connector=outside) as session,
                session.post(url, data=self._form(), allow_redirects=False) as response,
            ):
                status, body = response.status, await response.text()
        except Rejected as error:
            raise Unavailable("the access token", f"{error.detail} See token_url.") from error
        except (aiohttp.ClientError, TimeoutError, UnicodeDecodeError) as error:
            raise Retry(f"{url} does not answer") from error
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Retry(f"{url} answers {status}")
        answer = _read(body)
        if not answer.access_token:
            why = f"{url} answers {status} {answer.error}".strip()
            raise Unavailable("the access token", f"{why}; renew what Loket signs in with")
        return answer

    def _form(self) -> dict[str, str]:
        settings = self._settings
        form = {
            "grant_type": "refresh_token" if self._refresh_token else "client_credentials",
            "client_id": settings.client_id,
            "client_secret": settings.client_secret.get_secret_value(),
            "refresh_token": self._refresh_token,
            "scope": settings.scope,
        }
        return {name: value for name, value in form.items() if value}


def _must_be_outside(url: str) -> None:
    try:
        check_url(url, Rules())
    except Rejected as error:
        raise Unavailable("the access token", f"{error.detail} See token_url.") from error


def _read(body: str) -> _Answer:
    try:
        return _Answer.model_validate_json(body)
    except ValidationError:
        return _Answer()


def _unreadable(error: OSError) -> str:
    return f"cannot be read: {error.strerror or error}"
