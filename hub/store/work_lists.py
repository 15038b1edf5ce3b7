"""The lists of work at an agent's desk: in hand, put aside, and the front of the queue."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from hub.store import queues
from hub.store.agents import Agent
from hub.store.among import among_named
from hub.store.ranking import Place
from hub.store.tables import work_items
from hub.store.work_items import ASSIGNED, SNOOZED, WAITING, WorkItem, lines, lines_of, selection


@dataclass(frozen=True)
class WorkList:
    """What an agent holds and put aside, and the front of the queue of the roles they hold."""

    mine: list[WorkItem]
    queue: list[WorkItem]
    waiting: int
    aside: list[WorkItem] = field(default_factory=list)


def work_list(connection: Connection, agent: Agent, *, length: int) -> WorkList:
    """What the agent sees at the start: the first `length` of each part, and how many wait."""
    own = {"agent": agent.id, "most": length}
    return WorkList(
        mine=lines(connection, _mine(), own),
        queue=in_queue(connection, agent, length=length),
        waiting=count_waiting(connection, agent),
        aside=lines(connection, _aside(), own),
    )


def in_queue(
    connection: Connection, agent: Agent, *, length: int, after: Place | None = None
) -> list[WorkItem]:
    """The front of what waits for the agent's roles, or what comes after a place in it."""
    found = queues.first_ids(connection, agent.roles, length, after=after)
    return in_order(lines_of(connection, found))


def in_order(items: Sequence[WorkItem]) -> list[WorkItem]:
    return sorted(items, key=lambda item: (item.rank, item.id))


def count_waiting(connection: Connection, agent: Agent) -> int:
    """How much waits for the agent's roles."""
    return connection.execute(_WAITING, {"roles": agent.roles}).scalar_one()


_WAITING = (
    select(func.count())
    .select_from(work_items)
    .where(work_items.c.state == WAITING, among_named(work_items.c.role, "roles"))
)


# Making them takes longer than running them.


@functools.cache
def _mine() -> Select[Any]:
    columns = work_items.c
    mine = (columns.state == ASSIGNED) & (columns.agent_id == bindparam("agent"))
    listed = selection(whole=False).where(mine)
    return listed.order_by(columns.rank, columns.id).limit(bindparam("most"))


@functools.cache
def _aside() -> Select[Any]:
    columns = work_items.c
    aside = (columns.state == SNOOZED) & (columns.agent_id == bindparam("agent"))
    listed = selection(whole=False).where(aside)
    return listed.order_by(columns.snoozed_until.nulls_last(), columns.id).limit(bindparam("most"))
