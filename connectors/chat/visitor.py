"""Who a visitor is: a signed token that the browser keeps, and nobody else can make."""

from dataclasses import dataclass
from datetime import timedelta

from hub import clock
from hub.tokens import Tokens

_PURPOSE = "visitor"
_PARTS = 4


@dataclass(frozen=True)
class Visitor:
    """`session` is one chat of this visitor; it becomes one conversation."""

    site: str
    id: str
    session: str

    @property
    def reference(self) -> str:
        """What every message of the session refers to."""
        return f"chat:{self.session}"


class Visitors:
    """Makes visitors and recognises them again."""

    def __init__(self, tokens: Tokens, *, days: int) -> None:
        self._tokens = tokens
        self._lifetime = timedelta(days=days)

    def new(self, site: str) -> Visitor:
        return Visitor(site, clock.new_id(), clock.new_id())

    def token(self, visitor: Visitor) -> str:
        expires = int((clock.now() + self._lifetime).timestamp())
        payload = f"{visitor.site}.{visitor.id}.{visitor.session}.{expires}"
        return self._tokens.sign(_PURPOSE, payload)

    def recognise(self, token: str, site: str) -> Visitor | None:
        """The visitor, or None when the token is not ours, for another site, or has expired."""
        parts = (self._tokens.verify(_PURPOSE, token) or "").split(".")
        if len(parts) != _PARTS or parts[0] != site:
            return None
        if int(parts[3]) <= clock.now().timestamp():
            return None
        return Visitor(*parts[:3])
