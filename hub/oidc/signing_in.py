"""One sign-in at an identity provider: sends the browser there, and hears who came back.

What belongs together is held by one cookie with a random secret. The state, the nonce and the PKCE
verifier follow from that and our own secret, so that who reads the cookie cannot make them, and
who has none of it can begin nothing for somebody else. Each serves once.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from yarl import URL

from hub import clock
from hub.errors import Rejected
from hub.oidc.id_token import Identity
from hub.oidc.provider import Provider
from hub.oidc.settings import OidcSettings
from hub.store import Database, sign_ins
from hub.store.inserting import digest
from hub.tokens import Tokens

LASTS = timedelta(minutes=10)
_LONGEST = 4000
_SCOPE = "openid email profile"


@dataclass(frozen=True)
class Begun:
    """`address`: where the browser goes; `cookie`: what it brings back."""

    address: str
    cookie: str


@dataclass(frozen=True)
class Returned:
    """Who it is, and what they wanted to see."""

    identity: Identity
    after: str


class SigningIn:
    """`back`: where the provider sends people to; it must be told so there. `place`: keeps the
    cookies of one front apart from those of another."""

    def __init__(
        self, settings: OidcSettings, tokens: Tokens, database: Database, *, back: str, place: str
    ) -> None:
        self.settings = settings
        self.provider = Provider(settings)
        self.back = back
        self._tokens = tokens
        self._database = database
        self._purpose = f"oidc {place}"

    async def begin(self, after: str = "", *, other: bool = False) -> Begun:
        """Send somebody to the provider. Raises Retry or Unavailable. `other`: who is signed in
        there already was not let in here, and is asked which account they want."""
        doors = await self.provider.doors()
        secret = clock.new_secret()
        until = int((clock.now() + LASTS).timestamp())
        wanted = base64.urlsafe_b64encode(after[:1000].encode()).decode()
        challenge = hashlib.sha256(self._verifier(secret).encode()).digest()
        address = URL(doors.authorization_endpoint).update_query(
            response_type="code",
            client_id=self.settings.client_id,
            redirect_uri=self.back,
            scope=_SCOPE,
            state=self._follows("state", secret),
            nonce=self._follows("nonce", secret),
            code_challenge=base64.urlsafe_b64encode(challenge).decode().rstrip("="),
            code_challenge_method="S256",
            **({"prompt": "select_account"} if other else {}),
        )
        cookie = self._tokens.sign(self._purpose, f"{secret}:{until}:{wanted}")
        return Begun(str(address), cookie)

    async def finish(self, query: Mapping[str, str], cookie: str) -> Returned:
        """Who came back. Raises Rejected, Retry or Unavailable."""
        secret, until, wanted = self._read(cookie)
        if not hmac.compare_digest(
            query.get("state", "").encode(), self._follows("state", secret).encode()
        ):
            raise Rejected("oidc_state", "This sign-in was not begun in this browser.")
        if int(until) < clock.now().timestamp() or not await self._first(secret):
            raise Rejected("oidc_old", "This sign-in is too old. Try again.")
        if query.get("error"):
            raise Rejected("oidc_refused", f"The provider says {query['error'][:100]!r}.")
        doors = await self.provider.doors()
        needed = doors.authorization_response_iss_parameter_supported
        if query.get("iss", "" if needed else doors.issuer) != doors.issuer:
            raise Rejected("oidc_issuer", "Another provider answered (RFC 9207).")
        code = query.get("code", "")
        if not 0 < len(code) <= _LONGEST:
            raise Rejected("oidc_code", "There is no code.")
        identity = await self.provider.identity(
            code,
            verifier=self._verifier(secret),
            nonce=self._follows("nonce", secret),
            back=self.back,
        )
        return Returned(identity, base64.urlsafe_b64decode(wanted).decode())

    def _read(self, cookie: str) -> tuple[str, str, str]:
        secret, _, rest = (self._tokens.verify(self._purpose, cookie) or "").partition(":")
        until, _, wanted = rest.partition(":")
        if not secret or not until:
            raise Rejected("oidc_state", "This sign-in was not begun in this browser.")
        return secret, until, wanted

    async def _first(self, secret: str) -> bool:
        """Whether nobody came back with this before, to any process."""
        now, key = clock.now(), digest(self._purpose, secret)
        counted = await self._database.write(
            lambda c: sign_ins.count(c, [key], now=now, until=now + LASTS + LASTS)
        )
        return counted[key].tries == 1

    def _verifier(self, secret: str) -> str:
        """43 signs or more (RFC 7636, 4.1)."""
        return self._follows("verifier", secret) + self._follows("verifier 2", secret)

    def _follows(self, what: str, secret: str) -> str:
        return self._tokens.derive(f"{self._purpose} {what}", secret).hex()
