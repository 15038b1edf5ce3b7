"""An identity provider on this machine: signs with a real key, and refuses what one refuses.

What it leaves out is a person who signs in: `person` says who that is. It can be told to lie.
"""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

import jwt
from aiohttp import BasicAuth, web
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from yarl import URL

from servers.process import free_port

CLIENT, SECRET = "loket", "a secret between us"
ANNA = {"sub": "248289761001", "email": "anna@vandalen.example", "email_verified": True}

Lie = Callable[[dict[str, Any]], Any]


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


_KEY = new_key()


@dataclass
class IdentityProvider:
    port: int = field(default_factory=free_port)
    backs: set[str] = field(default_factory=set)
    """The redirect URIs that are registered."""
    person: dict[str, Any] = field(default_factory=lambda: dict(ANNA))
    key: rsa.RSAPrivateKey = _KEY
    kid: str = "first"
    lie: Lie = dict
    """Changes the claims; a text is sent instead of a token."""
    document: dict[str, Any] = field(default_factory=dict)
    """What the discovery document says otherwise."""
    by_form: bool = False
    """It takes the client's secret in the form only."""
    thin: bool = False
    """The address is told at the userinfo endpoint, not in the token."""
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._discovery)
        app.router.add_get("/keys", self._keys)
        app.router.add_get("/authorize", self._authorize)
        app.router.add_post("/token", self._token)
        app.router.add_get("/userinfo", self._userinfo)
        return app

    async def _discovery(self, _request: web.Request) -> web.Response:
        self.asked.append("discovery")
        method = "client_secret_post" if self.by_form else "client_secret_basic"
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "token_endpoint_auth_methods_supported": [method],
            "authorization_response_iss_parameter_supported": True,
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        return web.json_response(said | self.document)

    async def _keys(self, _request: web.Request) -> web.Response:
        self.asked.append("keys")
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return web.json_response({"keys": [public | {"kid": self.kid, "use": "sig"}]})

    async def _authorize(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        back = asked.get("redirect_uri", "")
        if asked.get("client_id") != CLIENT or back not in self.backs:
            return web.Response(status=400, text="no such client or redirect URI")
        fine = (
            asked.get("response_type") == "code"
            and "openid" in asked.get("scope", "").split()
            and asked.get("code_challenge_method") == "S256"
            and len(asked.get("code_challenge", "")) == 43
        )
        if not fine:
            raise web.HTTPSeeOther(_with(back, error="invalid_request", state=asked.get("state")))
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        raise web.HTTPSeeOther(_with(back, code=code, state=asked["state"], iss=self.issuer))

    async def _token(self, request: web.Request) -> web.Response:
        self.asked.append("token")
        form = {name: str(value) for name, value in (await request.post()).items()}
        if not self._is_client(request, form):
            return web.json_response({"error": "invalid_client"}, status=401)
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if (
            asked is None
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != asked["redirect_uri"]
            or base64.urlsafe_b64encode(challenge).decode().rstrip("=") != asked["code_challenge"]
        ):
            return web.json_response({"error": "invalid_grant"}, status=400)
        said = {"access_token": "let me see", "token_type": "Bearer", "expires_in": 300}
        return web.json_response(said | {"id_token": self._id_token(asked["nonce"])})

    def _is_client(self, request: web.Request, form: dict[str, str]) -> bool:
        if self.by_form:
            return (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        given = request.headers.get("Authorization", "")
        if not given.startswith("Basic "):
            return False
        found = BasicAuth.decode(given)
        return (found.login, unquote_plus(found.password)) == (CLIENT, SECRET)

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce}
        person = {"sub": self.person["sub"]} if self.thin else self.person
        said = self.lie(claims | person)
        if isinstance(said, str):
            return said
        return jwt.encode(said, self.key, algorithm="RS256", headers={"kid": self.kid})

    async def _userinfo(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Bearer let me see":
            return web.Response(status=401)
        return web.json_response(self.person)


def _with(address: str, **query: Any) -> str:
    return str(URL(address).update_query({k: v for k, v in query.items() if v}))


@asynccontextmanager
async def identity_provider(**settings: Any) -> AsyncIterator[IdentityProvider]:
    provider = IdentityProvider(**settings)
    runner = web.AppRunner(provider.app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", provider.port).start()
    try:
        yield provider
    finally:
        await runner.cleanup()
