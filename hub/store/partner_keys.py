"""Keys with which partners prove who they are, made, replaced and revoked by administrators."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, or_, select, update

from hub import clock
from hub.errors import Rejected
from hub.store import audit
from hub.store.inserting import digest
from hub.store.tables import partner_keys
from hub.store.webhooks import new_secret

BOTH_FOR = timedelta(days=1)
"""So long the former key is good beside the one that replaces it."""
_HINT = 4


class Kind(StrEnum):
    """`secret`: it signs with it; `api_key`: it sends it along."""

    SECRET = "secret"  # noqa: S105 (its kind)
    API_KEY = "api_key"


@dataclass(frozen=True)
class Key:
    """`hint`: how it ends. `ends_at`: it was replaced, and is good until then."""

    id: str
    partner: str
    kind: str
    hint: str
    created_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True)
class Made:
    """What is good for one partner now."""

    secrets: tuple[str, ...] = ()
    key_hashes: frozenset[str] = frozenset()


NOTHING = Made()


def hashed(api_key: str) -> str:
    return digest("partner key", api_key)


def make(connection: Connection, partner: str, kind: Kind, *, by: str) -> str:
    """A new key, which nobody can read again."""
    secret = new_secret() if kind is Kind.SECRET else clock.new_secret()
    row = {
        "id": clock.new_id(),
        "partner": partner,
        "kind": kind.value,
        "secret": secret if kind is Kind.SECRET else hashed(secret),
        "hint": secret[-_HINT:],
        "created_at": clock.now(),
        "created_by": by,
        "ends_at": None,
    }
    connection.execute(insert(partner_keys), [row])
    _audit(connection, by, "partner_key.made", partner, row["hint"])
    return secret


def rotate(connection: Connection, key_id: str, *, by: str) -> str:
    """Another one of its kind; this one is good for a day more. Raises Rejected."""
    row = _end(connection, key_id, clock.now() + BOTH_FOR)
    _audit(connection, by, "partner_key.replaced", row.partner, row.hint)
    return make(connection, row.partner, Kind(row.kind), by=by)


def revoke(connection: Connection, key_id: str, *, by: str) -> None:
    """It is good no longer. Raises Rejected."""
    row = _end(connection, key_id, clock.now())
    _audit(connection, by, "partner_key.revoked", row.partner, row.hint)


def listed(connection: Connection) -> dict[str, list[Key]]:
    """Those that are good, by partner, the newest first."""
    found: dict[str, list[Key]] = {}
    for row in _good(connection):
        key = Key(row.id, row.partner, row.kind, row.hint, row.created_at, row.ends_at)
        found.setdefault(row.partner, []).append(key)
    return found


def good(connection: Connection) -> Mapping[str, Made]:
    """By partner, what proves it."""
    found: dict[str, Made] = {}
    for row in _good(connection):
        old = found.get(row.partner, NOTHING)
        if row.kind == Kind.SECRET:
            found[row.partner] = Made((*old.secrets, row.secret), old.key_hashes)
        else:
            found[row.partner] = Made(old.secrets, old.key_hashes | {row.secret})
    return found


def _good(connection: Connection) -> list[Any]:
    ends = partner_keys.c.ends_at
    selection = select(partner_keys).where(or_(ends.is_(None), ends > clock.now()))
    return list(connection.execute(selection.order_by(partner_keys.c.id.desc())))


def _end(connection: Connection, key_id: str, at: datetime) -> Any:
    ends = partner_keys.c.ends_at
    row = connection.execute(
        update(partner_keys)
        .where(partner_keys.c.id == key_id, or_(ends.is_(None), ends > at))
        .values(ends_at=at)
        .returning(partner_keys)
    ).one_or_none()
    if row is None:
        raise Rejected("no_partner_key", "There is no such key that is good.", status=404)
    return row


def _audit(connection: Connection, by: str, action: str, partner: str, hint: Any) -> None:
    audit.record(connection, actor=by, action=action, about=partner, details={"ends_with": hint})
