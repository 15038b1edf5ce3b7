"""Counts of sign-ins that failed, and of what else may not be done too often; marks of who signed
in from where, and of who was signed out everywhere. All processes share them.

A count begins with its first try and ends at a moment set then; a mark is a count of nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from hub.store.among import among
from hub.store.tables import sign_ins

_columns = sign_ins.c


@dataclass(frozen=True)
class Count:
    tries: int
    until: datetime


def counts(connection: Connection, keys: Sequence[str], now: datetime) -> dict[str, Count]:
    """Those of the counts and marks that have not ended."""
    rows = connection.execute(
        select(sign_ins).where(among(_columns.key, keys), _columns.expires_at > now)
    )
    return {row.key: Count(row.tries, row.expires_at) for row in rows}


def count(
    connection: Connection, keys: Iterable[str], *, now: datetime, until: datetime, by: int = 1
) -> dict[str, Count]:
    """So many tries more for each of these; a count that begins with it ends at `until`."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    new = dialect.insert(sign_ins)
    over = _columns.expires_at <= now
    statement = new.on_conflict_do_update(
        index_elements=[_columns.key],
        set_={
            "tries": case((over, by), else_=_columns.tries + by),
            "expires_at": case((over, new.excluded.expires_at), else_=_columns.expires_at),
        },
    ).returning(_columns.tries, _columns.expires_at)
    counted = {}
    for key in sorted(keys):  # in one order, so that two who count cannot wait for each other
        row = connection.execute(statement, {"key": key, "tries": by, "expires_at": until}).one()
        counted[key] = Count(row.tries, row.expires_at)
    return counted


def take_back(connection: Connection, keys: Iterable[str]) -> None:
    """A try was counted that did not fail."""
    for key in sorted(keys):
        connection.execute(
            update(sign_ins)
            .where(_columns.key == key, _columns.tries > 0)
            .values(tries=_columns.tries - 1)
        )


def mark(connection: Connection, key: str, until: datetime) -> None:
    """Remember this until then."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(
        dialect.insert(sign_ins)
        .values(key=key, tries=0, expires_at=until)
        .on_conflict_do_update(index_elements=[_columns.key], set_={"expires_at": until})
    )


def forget(connection: Connection, key: str) -> None:
    connection.execute(delete(sign_ins).where(_columns.key == key))


def forget_ended(connection: Connection, now: datetime) -> int:
    """Remove what says nothing any more; gives how many."""
    return connection.execute(delete(sign_ins).where(_columns.expires_at <= now)).rowcount
