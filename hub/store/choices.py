"""What people chose in the console instead of in a file: small documents by name, each with who."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, String, bindparam, func, insert, select, update

from hub import clock
from hub.store import audit
from hub.store.tables import choices


@dataclass(frozen=True)
class Choice:
    value: dict[str, Any]
    at: datetime
    by: str
    """An agent id."""


def find(connection: Connection, name: str, *, lock: bool = False) -> Choice | None:
    if lock:
        hold(connection, name)
    row = connection.execute(_ONE, {"name": name}).one_or_none()
    return None if row is None else Choice(row.value, row.set_at, row.set_by)


def hold(connection: Connection, name: str) -> None:
    """Who chooses the same at once waits until this is done, also where there is no row yet that
    could be locked."""
    if connection.dialect.name == "postgresql":
        connection.execute(_HOLD, {"name": name})


def value(connection: Connection, name: str, *, lock: bool = False) -> dict[str, Any]:
    """What was chosen; empty when nobody chose anything."""
    found = find(connection, name, lock=lock)
    return found.value if found else {}


def keep(connection: Connection, name: str, chosen: Mapping[str, Any], *, by: str) -> None:
    """From now on this holds. The audit log has what held before."""
    before = value(connection, name, lock=True)
    row = {"value": dict(chosen), "set_at": clock.now(), "set_by": by}
    changed = connection.execute(update(choices).where(choices.c.name == name).values(row))
    if not changed.rowcount:
        connection.execute(insert(choices), [{"name": name} | row])
    audit.record(
        connection,
        actor=by,
        action="choice.set",
        about=name,
        details={"before": before, "now": dict(chosen)},
    )


# Made once: making it takes longer than running it.
_HOLD = select(
    func.pg_advisory_xact_lock(
        func.hashtext("choice"), func.hashtext(bindparam("name", type_=String))
    )
)
_ONE = select(choices).where(choices.c.name == bindparam("name"))
