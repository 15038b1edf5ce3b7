"""What people chose in the console instead of in a file: small documents by name, each with who."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

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
    query = _ONE.with_for_update() if lock else _ONE
    row = connection.execute(query, {"name": name}).one_or_none()
    return None if row is None else Choice(row.value, row.set_at, row.set_by)


def value(connection: Connection, name: str, *, lock: bool = False) -> dict[str, Any]:
    """What was chosen; empty when nobody chose anything."""
    found = find(connection, name, lock=lock)
    return found.value if found else {}


def keep(connection: Connection, name: str, chosen: Mapping[str, Any], *, by: str) -> None:
    """From now on this holds. The audit log has what held before."""
    before = value(connection, name)
    row = {"value": dict(chosen), "set_at": clock.now(), "set_by": by}
    # Changed where it stands: whoever waits for the lock on this row then finds it.
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
_ONE = select(choices).where(choices.c.name == bindparam("name"))
