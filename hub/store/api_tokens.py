"""Tokens with which programs act: for an agent, within their roles, or for a customer.

A token is shown once; the table holds its digest, so who reads it cannot act. Scopes narrow what it
may do and never widen what its owner may.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert, select, update

from hub import clock
from hub.errors import Rejected
from hub.store import audit
from hub.store.inserting import digest
from hub.store.tables import agents, api_tokens, customers

PREFIX = "loket_"
"""What scanners for lost secrets can look for."""
LONGEST_NAME = 200
MOST_OF_CUSTOMER = 20
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Token:
    """One of `agent_id` and `customer_id` is set; `owner` is what they are called."""

    id: str
    name: str
    agent_id: str | None
    customer_id: str | None
    owner: str
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None

    def works(self, now: datetime) -> bool:
        ended = self.expires_at is not None and self.expires_at <= now
        return self.revoked_at is None and not ended


def make(
    connection: Connection,
    *,
    name: str,
    scopes: Collection[str],
    by: str,
    agent_id: str | None = None,
    customer_id: str | None = None,
    lifetime: timedelta | None = None,
) -> tuple[str, str]:
    """A new token for an agent or a customer: its id, and itself, which nobody can read again.

    Raises Rejected. `by`: agent id, customer id or operator.
    """
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise Rejected("no_token_name", "Say what the token is for.", status=422)
    if not scopes:
        raise Rejected("no_scope", "Choose what the token may do.", status=422)
    if customer_id is not None and len(of_customer(connection, customer_id)) >= MOST_OF_CUSTOMER:
        detail = f"At most {MOST_OF_CUSTOMER} tokens. Revoke one that you do not use."
        raise Rejected("too_many_tokens", detail, status=409)
    secret, token_id, now = PREFIX + clock.new_secret(), clock.new_id(), clock.now()
    row = {
        "id": token_id,
        "token_hash": _hashed(secret),
        "name": name,
        "agent_id": agent_id,
        "customer_id": customer_id,
        "scopes": sorted(scopes),
        "created_at": now,
        "created_by": by,
        "expires_at": None if lifetime is None else now + lifetime,
        "revoked_at": None,
        "used_at": None,
    }
    connection.execute(insert(api_tokens), [row])
    details = {"name": name, "scopes": row["scopes"], "of": agent_id or customer_id}
    audit.record(connection, actor=by, action="token.made", about=token_id, details=details)
    return token_id, secret


def find(connection: Connection, secret: str) -> Token | None:
    """The token, while it works."""
    found = _read(connection, api_tokens.c.token_hash == _hashed(secret))
    return next((one for one in found if one.works(clock.now())), None)


def used(connection: Connection, token: Token) -> None:
    """It was used now."""
    of_it = api_tokens.c.id == token.id
    connection.execute(update(api_tokens).where(of_it).values(used_at=clock.now()))


def is_to_note(token: Token) -> bool:
    """Whether its last use is worth a write."""
    return token.used_at is None or clock.now() - token.used_at > _SEEN_EVERY


def revoke(
    connection: Connection, token_id: str, *, by: str, customer_id: str | None = None
) -> None:
    """It works no longer. With `customer_id`: only if it is theirs. Raises Rejected."""
    of_it = (api_tokens.c.id == token_id) & api_tokens.c.revoked_at.is_(None)
    if customer_id is not None:
        of_it &= api_tokens.c.customer_id == customer_id
    done = connection.execute(update(api_tokens).where(of_it).values(revoked_at=clock.now()))
    if not done.rowcount:
        raise Rejected("no_token", "There is no such token that works.", status=404)
    audit.record(connection, actor=by, action="token.revoked", about=token_id, details={})


def of_agents(connection: Connection) -> list[Token]:
    """The tokens that act for agents, the newest first, revoked ones too."""
    return _read(connection, api_tokens.c.agent_id.is_not(None))


def of_customer(connection: Connection, customer_id: str) -> list[Token]:
    """The tokens of a customer that were not revoked, the newest first."""
    theirs = (api_tokens.c.customer_id == customer_id) & api_tokens.c.revoked_at.is_(None)
    return _read(connection, theirs)


def _hashed(secret: str) -> str:
    return digest("api token", secret)


def _read(connection: Connection, condition: ColumnElement[bool]) -> list[Token]:
    rows = connection.execute(
        select(api_tokens, agents.c.login, customers.c.name.label("customer_name"))
        .outerjoin(agents, agents.c.id == api_tokens.c.agent_id)
        .outerjoin(customers, customers.c.id == api_tokens.c.customer_id)
        .where(condition)
        .order_by(api_tokens.c.id.desc())
    )
    return [_token(row) for row in rows]


def _token(row: Any) -> Token:
    return Token(
        id=row.id,
        name=row.name,
        agent_id=row.agent_id,
        customer_id=row.customer_id,
        owner=row.login or row.customer_name or "",
        scopes=frozenset(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        used_at=row.used_at,
    )
