"""Topics that agents corrected: who, when, from what to what, and how the former one was found."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, insert, select

from hub import clock
from hub.errors import Rejected
from hub.store import working
from hub.store.agents import Agent
from hub.store.among import among
from hub.store.tables import topic_corrections, work_items
from hub.store.work_items import WorkItem


@dataclass(frozen=True)
class Corrected:
    """`role` is responsible by the model; the item may have stayed where it was."""

    item: WorkItem
    role: str
    moved: bool

    @property
    def stayed(self) -> bool:
        return not self.moved and self.role != self.item.role


@dataclass(frozen=True)
class Pair:
    """How often contacts taken for `former` turned out to be about `topic`."""

    former: str
    topic: str
    how: str
    count: int


@dataclass(frozen=True)
class Moment:
    """Contacts that were routed to a topic on a channel, and how many of them were corrected."""

    topic: str
    channel: str
    contacts: int
    corrected: int

    @property
    def share(self) -> float:
        return self.corrected / max(self.contacts, 1)


@dataclass(frozen=True)
class Kept:
    """Of the contacts corrected to a topic that the model gives to `role`, agents of `keeper` kept
    so many and handed over so many."""

    topic: str
    keeper: str
    role: str
    kept: int
    handed_over: int


def correct(
    connection: Connection, item_id: str, agent: Agent, *, decision: dict[str, Any], move: bool
) -> Corrected:
    """Store the correction and change the work item, to what `decision` says.

    With the topic that it has it can still move to the role of that. Raises Rejected when nothing
    would change, and as `working.retopic` does.
    """
    before, after = working.retopic(connection, item_id, agent, decision=decision, move=move)
    moved = after.role != before.role
    if before.topic != after.topic:
        _record(connection, before, agent, decision, moved)
    elif not moved:
        raise Rejected("same_topic", "This is its topic already.", status=409)
    return Corrected(after, decision["role"], moved)


def _record(
    connection: Connection, before: WorkItem, agent: Agent, decision: dict[str, Any], moved: bool
) -> None:
    found = before.decision.get("recognition", {})
    connection.execute(
        insert(topic_corrections),
        [
            {
                "id": clock.new_id(),
                "work_item_id": before.id,
                "agent_id": agent.id,
                "at": clock.now(),
                "former": before.topic,
                "topic": decision["topic"],
                "how": found.get("how", "none"),
                "confidence": found.get("confidence"),
                "former_role": before.role,
                "role": decision["role"],
                "moved": moved,
            }
        ],
    )


def pairs(connection: Connection, since: datetime, *, limit: int) -> list[Pair]:
    """What was taken for what, most often first."""
    columns = topic_corrections.c
    count = func.count()
    rows = connection.execute(
        select(columns.former, columns.topic, columns.how, count.label("times"))
        .where(columns.at >= since)
        .group_by(columns.former, columns.topic, columns.how)
        .order_by(count.desc(), columns.former, columns.topic, columns.how)
        .limit(limit)
    )
    return [Pair(row.former, row.topic, row.how, row.times) for row in rows]


def kept(connection: Connection, since: datetime, *, least: int) -> list[Kept]:
    """Where the agents of one role kept `least` contacts or more, and four of five, that the model
    gives to another: perhaps the row is wrong and they are right."""
    columns = topic_corrections.c
    stayed = func.sum(case((columns.moved, 0), else_=1))
    moved = func.sum(case((columns.moved, 1), else_=0))
    rows = connection.execute(
        select(
            columns.topic,
            columns.former_role,
            columns.role,
            stayed.label("stayed"),
            moved.label("gone"),
        )
        .where(columns.at >= since, columns.role != columns.former_role)
        .group_by(columns.topic, columns.former_role, columns.role)
        .having(stayed >= least, stayed >= 4 * moved)
        .order_by(stayed.desc(), columns.topic, columns.former_role)
    )
    return [Kept(r.topic, r.former_role, r.role, int(r.stayed), int(r.gone)) for r in rows]


def most_corrected(connection: Connection, since: datetime, *, limit: int) -> list[Moment]:
    """The moments of which contacts were corrected most often."""
    wrong = _first_topics(connection, since)
    if not wrong:
        return []
    counted: dict[tuple[str, str], int] = {}
    for row in _corrected_items(connection, wrong):
        key = (wrong[row.id], row.channel)
        counted[key] = counted.get(key, 0) + 1
    stayed = _uncorrected(connection, since)
    moments = [
        Moment(topic, channel, count + stayed.get((topic, channel), 0), count)
        for (topic, channel), count in counted.items()
    ]
    moments.sort(key=lambda one: (-one.corrected, one.topic, one.channel))
    return moments[:limit]


def _first_topics(connection: Connection, since: datetime) -> dict[str, str]:
    """Work item -> the topic that the router gave it, of those corrected."""
    columns = topic_corrections.c
    rows = connection.execute(
        select(columns.work_item_id, columns.former)
        .where(columns.at >= since)
        .order_by(columns.id.desc())
    )
    return {row.work_item_id: row.former for row in rows}


def _corrected_items(connection: Connection, item_ids: Collection[str]) -> list[Any]:
    return list(
        connection.execute(
            select(work_items.c.id, work_items.c.channel).where(among(work_items.c.id, item_ids))
        )
    )


def _uncorrected(connection: Connection, since: datetime) -> dict[tuple[str, str], int]:
    was_corrected = select(topic_corrections.c.work_item_id)
    rows = connection.execute(
        select(work_items.c.topic, work_items.c.channel, func.count().label("times"))
        .where(work_items.c.created_at >= since, work_items.c.id.not_in(was_corrected))
        .group_by(work_items.c.topic, work_items.c.channel)
    )
    return {(row.topic, row.channel): row.times for row in rows}
