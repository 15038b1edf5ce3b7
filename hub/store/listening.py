"""Marks that a supervisor listens in on work that somebody has in hand: whose work it is sees it.

A mark holds while that agent has the work; nobody is followed to somebody else's.
"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, delete, select

from hub import clock
from hub.errors import Rejected
from hub.store import audit, work_items
from hub.store.agents import Agent
from hub.store.inserting import insert_new
from hub.store.tables import agents, listen_ins
from hub.store.tables import work_items as items
from hub.store.work_items import ASSIGNED, WorkItem


def begin(connection: Connection, item_id: str, supervisor: Agent) -> WorkItem:
    """Raises Rejected when nobody else has it in hand."""
    item = work_items.lock(connection, item_id)
    if item.state != ASSIGNED or item.agent_id in (None, supervisor.id):
        raise Rejected("nobody_has_it", "Nobody else has this in hand.", status=409)
    row = {
        "work_item_id": item_id,
        "supervisor_id": supervisor.id,
        "agent_id": item.agent_id,
        "since": clock.now(),
    }
    connection.execute(delete(listen_ins).where(*_this(item_id, supervisor.id)))
    insert_new(connection, listen_ins, [row])
    return work_items.change(connection, item, supervisor, "work_item.listened_in", {})


def end(connection: Connection, item_id: str, supervisor: Agent) -> WorkItem:
    item = work_items.lock(connection, item_id)
    if not connection.execute(delete(listen_ins).where(*_this(item_id, supervisor.id))).rowcount:
        return item
    audit.record(
        connection,
        actor=supervisor.id,
        action="work_item.listening_ended",
        about=item_id,
        details={"conversation": item.conversation_id},
    )
    return work_items.change(connection, item, supervisor, "work_item.left_alone", {})


def who(connection: Connection, item_id: str) -> dict[str, str]:
    """Who listens in on this work now: names by agent id."""
    rows = connection.execute(_WHO, {"item": item_id})
    return {row.supervisor_id: row.name for row in rows}


def by_agent(connection: Connection) -> dict[str, tuple[str, ...]]:
    """The names of who listens in, by whose work it is."""
    found: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(_marks().add_columns(listen_ins.c.agent_id)):
        found[row.agent_id] = (*found.get(row.agent_id, ()), row.name)
    return {agent_id: tuple(sorted(set(names))) for agent_id, names in found.items()}


def _marks() -> Select[Any]:
    return (
        select(agents.c.name)
        .select_from(listen_ins)
        .join(agents, agents.c.id == listen_ins.c.supervisor_id)
        .join(items, items.c.id == listen_ins.c.work_item_id)
        .where(items.c.state == ASSIGNED, items.c.agent_id == listen_ins.c.agent_id)
        .order_by(listen_ins.c.since)
    )


def _this(item_id: str, supervisor_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return listen_ins.c.work_item_id == item_id, listen_ins.c.supervisor_id == supervisor_id


# Made once: making it takes longer than running it.
_WHO = (
    _marks()
    .add_columns(listen_ins.c.supervisor_id)
    .where(listen_ins.c.work_item_id == bindparam("item"))
)
