"""For how long agents took offers, or finished what they had taken: counted on as they come and go,
so that nobody adds up a year of comings and goings.

Each change knows how long its agent had been there before it, in all. What lies between two moments
is what was counted up to the one, less what was counted up to the other.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, insert, select

from hub import clock
from hub.store.tables import agents, presence_changes
from hub.store.types import Instant

AVAILABLE = "available"
WRAPPING = "wrapping"
_THERE = (AVAILABLE, WRAPPING)


def note(connection: Connection, agent_id: str, state: str) -> None:
    """The agent is in this state from now on."""
    now = clock.now()
    row = {
        "id": clock.new_id(),
        "agent_id": agent_id,
        "at": now,
        "state": state,
        "there_seconds": _so_far(connection, _last_of(connection, agent_id, now), now),
    }
    connection.execute(insert(presence_changes), [row])


def seconds(connection: Connection, since: datetime, until: datetime) -> dict[str, int]:
    """By agent, for how long they were there from the one moment to the other."""
    before, after = _of_all(connection, since), _of_all(connection, until)
    return {
        agent_id: round(so_far - before.get(agent_id, 0.0)) for agent_id, so_far in after.items()
    }


def _of_all(connection: Connection, at: datetime) -> dict[str, float]:
    """By agent, for how long they had been there at this moment, in all."""
    last = connection.execute(_LAST_OF_ALL, {"before": at}).all()
    return {row.agent_id: _so_far(connection, row, at) for row in last}


def _so_far(connection: Connection, last: Row[Any] | None, at: datetime) -> float:
    """Counted on from the last change. A process of the release before counts nothing: then from
    the one before it."""
    seconds = 0.0
    while last is not None:
        if last.state in _THERE:
            seconds += (at - last.at).total_seconds()
        if last.there_seconds is not None:
            return seconds + float(last.there_seconds)
        at = last.at
        last = _last_of(connection, last.agent_id, at)
    return seconds


def _last_of(connection: Connection, agent_id: str, at: datetime) -> Row[Any] | None:
    asked = {"agent": agent_id, "before": at}
    return connection.execute(_LAST_OF_ONE, asked).one_or_none()


def _last(of: ColumnElement[str]) -> Select[Any]:
    columns = presence_changes.c
    return (
        select(columns.id)
        .where(columns.agent_id == of, columns.at < bindparam("before", type_=Instant))
        .order_by(columns.at.desc(), columns.id.desc())
        .limit(1)
    )


_LAST_OF_ONE = select(presence_changes).where(
    presence_changes.c.id == _last(bindparam("agent")).scalar_subquery()
)
_LAST_OF_ALL = select(presence_changes).join(
    agents, presence_changes.c.id == _last(agents.c.id).correlate(agents).scalar_subquery()
)
