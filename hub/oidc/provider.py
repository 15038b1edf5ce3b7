"""What an identity provider says: where its doors are, its keys, and who a code belongs to."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
from pydantic import BaseModel, Field, ValidationError

from hub.errors import Rejected, Retry, Unavailable
from hub.oidc.id_token import Identity, NotOurs, UnknownKey, claims_of, identity_of
from hub.oidc.settings import OidcSettings, is_safe
from hub.public_only import public_connector
from hub.webhooks import is_inside

_SECONDS = 10
_MOST_BYTES = 512 * 1024
_KEPT = 3600.0
_ASK_AGAIN = 60.0
"""Seconds after which keys may be asked for anew: made-up tokens must not make us a nuisance."""
_AWAY = 5.0
_DISCOVERY = "/.well-known/openid-configuration"


class Doors(BaseModel):
    """The discovery document (OpenID Connect Discovery 1.0, 3), as far as we use it."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: list[str] = Field(default=["client_secret_basic"])
    authorization_response_iss_parameter_supported: bool = False


class _Tokens(BaseModel):
    id_token: str = ""
    access_token: str = ""
    error: str = ""


class Provider:
    """Asks the provider. Raises Retry when it is away, Unavailable when it does not fit what the
    settings say, Rejected for a sign-in that proves nothing."""

    def __init__(self, settings: OidcSettings) -> None:
        self.settings = settings
        self._doors: Doors | None = None
        self._keys: list[Mapping[str, Any]] = []
        self._doors_at = self._keys_at = self._failed_at = 0.0
        self._failure: Retry | Unavailable | None = None
        self._asking = asyncio.Lock()

    async def doors(self) -> Doors:
        """Where everything is; remembered for an hour, and that it is away for some seconds: who
        knocks at a provider that does not answer must not keep us waiting for it in a row."""
        async with self._asking:
            if self._doors is None or _now() - self._doors_at > _KEPT:
                if self._failure and _now() - self._failed_at < _AWAY:
                    raise self._failure
                try:
                    self._doors = await self._discover()
                except (Retry, Unavailable) as error:
                    self._failure, self._failed_at = error, _now()
                    raise
                self._doors_at = _now()
            return self._doors

    async def keys(self, *, anew: bool = False) -> Sequence[Mapping[str, Any]]:
        """What it signs with; remembered for an hour, unless it was replaced."""
        doors = await self.doors()
        async with self._asking:
            old = _now() - self._keys_at > (_ASK_AGAIN if anew else _KEPT)
            if not self._keys or old:
                self._keys = await self._ask_keys(doors)
                self._keys_at = _now()
            return self._keys

    async def identity(self, code: str, *, verifier: str, nonce: str, back: str) -> Identity:
        """Who the provider sent here with this code."""
        doors = await self.doors()
        tokens = await self._redeem(doors, code, verifier, back)
        try:
            claims = await self._claims(tokens.id_token, nonce)
        except NotOurs as error:
            raise Rejected("oidc_token", f"The sign-in proves nothing: {error}.") from error
        if "email" not in claims and doors.userinfo_endpoint and tokens.access_token:
            claims = await self._more(doors, tokens.access_token, claims)
        return identity_of(claims)

    async def _claims(self, token: str, nonce: str) -> dict[str, Any]:
        settings = self.settings
        said = {"issuer": settings.issuer, "client_id": settings.client_id, "nonce": nonce}
        try:
            return claims_of(token, await self.keys(), **said)
        except UnknownKey:
            return claims_of(token, await self.keys(anew=True), **said)

    async def _discover(self) -> Doors:
        issuer = self.settings.issuer
        status, said = await self._fetch("GET", issuer.rstrip("/") + _DISCOVERY)
        if status != HTTPStatus.OK:
            raise Unavailable(issuer, f"answers {status}: is this the issuer's address?")
        try:
            doors = Doors.model_validate(said)
        except ValidationError as error:
            raise Unavailable(issuer, "says nothing that describes a provider") from error
        if doors.issuer != issuer:
            raise Unavailable(issuer, f"calls itself {doors.issuer!r}: write that as the issuer")
        used = [doors.authorization_endpoint, doors.token_endpoint, doors.jwks_uri]
        if not all(is_safe(one) for one in [*used, doors.userinfo_endpoint or issuer]):
            raise Unavailable(issuer, "names doors that do not begin with https://")
        return doors

    async def _ask_keys(self, doors: Doors) -> list[Mapping[str, Any]]:
        status, said = await self._fetch("GET", doors.jwks_uri)
        keys = said.get("keys")
        listed = keys if isinstance(keys, list) else []
        found: list[Mapping[str, Any]] = [one for one in listed if isinstance(one, dict)]
        if status != HTTPStatus.OK or not found:
            raise Unavailable(self.settings.issuer, f"shows no keys ({status})")
        return found

    async def _redeem(self, doors: Doors, code: str, verifier: str, back: str) -> _Tokens:
        settings = self.settings
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": verifier,
            "client_id": settings.client_id,
        }
        headers = {}
        if secret := settings.client_secret.get_secret_value():
            if "client_secret_basic" in doors.token_endpoint_auth_methods_supported:
                # RFC 6749, 2.3.1: encoded as in a form before they are put together.
                headers["Authorization"] = aiohttp.encode_basic_auth(
                    quote(settings.client_id, safe=""), quote(secret, safe="")
                )
            else:
                form["client_secret"] = secret
        status, said = await self._fetch("POST", doors.token_endpoint, form=form, headers=headers)
        try:
            tokens = _Tokens.model_validate(said)
        except ValidationError:
            tokens = _Tokens()
        if tokens.error in ("invalid_client", "unauthorized_client"):
            hint = "does not know us: look at client_id and client_secret"
            raise Unavailable(settings.issuer, hint)
        if status != HTTPStatus.OK or not tokens.id_token:
            detail = f"The provider does not take the code: {status} {tokens.error}."
            raise Rejected("oidc_code", detail)
        return tokens

    async def _more(self, doors: Doors, token: str, claims: dict[str, Any]) -> dict[str, Any]:
        """The address, from a provider that does not put it into the token."""
        headers = {"Authorization": f"Bearer {token}"}
        status, said = await self._fetch("GET", doors.userinfo_endpoint, headers=headers)
        if status != HTTPStatus.OK or said.get("sub") != claims["sub"]:
            return claims
        return claims | {name: said.get(name) for name in ("email", "email_verified", "name")}

    def _may_be_inside(self, address: str) -> bool:
        """An operator wrote down where the issuer is, which may be inside; the other doors are what
        it says itself."""
        issuer = urlsplit(self.settings.issuer)
        return self.settings.doors_inside or urlsplit(address)[:2] == issuer[:2]

    def _leads_inside(self, address: str) -> Unavailable:
        hint = f"names a door that is not on the internet, {address}; see doors_inside"
        return Unavailable(self.settings.issuer, hint)

    async def _fetch(
        self,
        method: str,
        address: str,
        *,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """A short document, from nowhere else than where it was asked."""
        timeout = aiohttp.ClientTimeout(total=_SECONDS)
        outside = None
        if not self._may_be_inside(address):
            if is_inside(urlsplit(address).hostname or ""):
                raise self._leads_inside(address)
            outside = public_connector()
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, connector=outside) as session,
                session.request(
                    method, address, data=form, allow_redirects=False,
                    headers={"Accept": "application/json"} | dict(headers or {}),
                ) as response,
            ):  # fmt: skip
                body = await response.content.read(_MOST_BYTES + 1)
                while not response.content.at_eof() and len(body) <= _MOST_BYTES:
                    body += await response.content.read(_MOST_BYTES + 1 - len(body))
        except Rejected as error:
            raise self._leads_inside(address) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Retry(f"{address} does not answer") from error
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Retry(f"{address} answers {response.status}")
        return response.status, _document(body)


def _document(body: bytes) -> dict[str, Any]:
    """Empty for what is none."""
    try:
        said = json.loads(body) if len(body) <= _MOST_BYTES else None
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _now() -> float:
    return asyncio.get_running_loop().time()
