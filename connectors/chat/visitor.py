"""Who a visitor is: a signed token that the browser keeps, and nobody else can make."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from hub import clock
from hub.tokens import Tokens

_PURPOSE = "visitor"
_FEWEST_PARTS, _MOST_PARTS = 4, 5
_IDENTIFIED = "u-"
_ID_DIGITS = 32


@dataclass(frozen=True)
class Visitor:
    """`session` is one chat of this visitor; it becomes one conversation. `former` is who they were
    in it before the website said who they are; empty for nobody else."""

    site: str
    id: str
    session: str
    former: str = ""

    @property
    def reference(self) -> str:
        """What every message of the session refers to."""
        return f"chat:{self.session}"

    @property
    def is_identified(self) -> bool:
        """Whether the website vouches for who it is."""
        return self.id.startswith(_IDENTIFIED)

    def is_called(self, visitor_id: str) -> bool:
        return visitor_id == self.id or (bool(self.former) and visitor_id == self.former)


def user_id(site: str, user: str) -> str:
    """The id of the visitor who is this user of the website, on whatever device."""
    digest = hashlib.sha256(f"{site}\0{user}".encode()).hexdigest()
    return f"{_IDENTIFIED}{digest[:_ID_DIGITS]}"


def proof_of(secret: str, user: str) -> str:
    """What the website's server computes to vouch for a user: HMAC-SHA256 of the id, in hex."""
    return hmac.digest(secret.encode(), user.encode(), hashlib.sha256).hex()


class Visitors:
    """Makes visitors and recognises them again."""

    def __init__(self, tokens: Tokens, *, days: int) -> None:
        self._tokens = tokens
        self._lifetime = timedelta(days=days)

    def new(self, site: str) -> Visitor:
        return Visitor(site, clock.new_id(), clock.new_id())

    def token(self, visitor: Visitor) -> str:
        expires = int((clock.now() + self._lifetime).timestamp())
        parts = [visitor.site, visitor.id, visitor.session, str(expires)]
        parts += [visitor.former] if visitor.former else []
        return self._tokens.sign(_PURPOSE, ".".join(parts))

    def recognise(self, token: str, site: str) -> Visitor | None:
        """The visitor, or None when the token is not ours, for another site, or has expired."""
        parts = (self._tokens.verify(_PURPOSE, token) or "").split(".")
        if not _FEWEST_PARTS <= len(parts) <= _MOST_PARTS or parts[0] != site:
            return None
        if int(parts[3]) <= clock.now().timestamp():
            return None
        return Visitor(*parts[:3], *parts[4:])
