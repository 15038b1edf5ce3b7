"""Who could take work: agents with their presence, roles, skills and what they have in hand."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    ScalarSelect,
    Select,
    and_,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    union_all,
)

from hub.interaction import Channel
from hub.store import audit
from hub.store.among import among
from hub.store.presence import AVAILABLE, OFF
from hub.store.tables import (
    agent_roles,
    agent_skills,
    agents,
    conversations,
    presence,
    work_items,
)
from hub.store.types import Instant

FULL = 100
MOST = 40
"""Agents that are looked at for one item; those who can probably take it come first."""

_IN_HAND = work_items.c.state.in_(("assigned", "offered"))


@dataclass(frozen=True)
class Load:
    """One piece of work in hand, or offered. `last_at`: when somebody last wrote in it."""

    channel: Channel
    units: int
    offered: bool
    last_at: datetime


@dataclass(frozen=True)
class Member:
    """An agent with everything that counts for getting work."""

    id: str
    name: str
    state: str
    closed_channels: frozenset[Channel]
    idle_since: datetime
    roles: frozenset[str] = frozenset()
    skills: Mapping[str, int] = field(default_factory=dict)
    loads: tuple[Load, ...] = ()


def members(connection: Connection, agent_ids: Collection[str]) -> list[Member]:
    """These agents, as far as they ever said whether they are there."""
    rows = connection.execute(_people().where(among(presence.c.agent_id, agent_ids))).all()
    return _with_facts(connection, rows)


def likely(
    connection: Connection,
    roles: Collection[str],
    *,
    units: int,
    beside: Sequence[Channel],
    skills: Mapping[str, int],
    most: int = MOST,
) -> list[Member]:
    """Agents of these roles who are not off: first who can probably take it, longest idle first.

    `beside`: the channels whose work counts against the item's `units`.
    """
    held = exists().where(
        agent_roles.c.agent_id == presence.c.agent_id, agent_roles.c.role.in_(roles)
    )
    fit = and_(
        presence.c.state == AVAILABLE,
        _least_load(beside) <= FULL - units,
        *(_has(skill, level) for skill, level in skills.items()),
    )
    found = _people().where(held, presence.c.state != OFF)
    first = found.order_by(case((fit, 0), else_=1), presence.c.idle_since).limit(most)
    return _with_facts(connection, connection.execute(first).all())


def loads(connection: Connection, agent_ids: Collection[str]) -> dict[str, tuple[Load, ...]]:
    """What each of these agents has in hand."""
    found: dict[str, tuple[Load, ...]] = defaultdict(tuple)
    for row in connection.execute(_in_hand(agent_ids)):
        found[row.agent_id] += (_load(row),)
    return found


def units_in_use(loads: Sequence[Load], now: datetime, quiet: timedelta) -> int:
    """What this work takes of 100 units; a chat in which nobody wrote for so long takes half."""
    return sum(
        (load.units + 1) // 2
        if load.channel is Channel.CHAT and load.last_at + quiet <= now
        else load.units
        for load in loads
    )


def skills_of(connection: Connection, agent_id: str) -> dict[str, int]:
    rows = connection.execute(select(agent_skills).where(agent_skills.c.agent_id == agent_id))
    return {row.skill: row.level for row in rows}


def set_skills(
    connection: Connection, agent_id: str, skills: Mapping[str, int], *, changed_by: str
) -> None:
    """From now on the agent has exactly these skills."""
    connection.execute(delete(agent_skills).where(agent_skills.c.agent_id == agent_id))
    rows = [
        {"agent_id": agent_id, "skill": skill, "level": level} for skill, level in skills.items()
    ]
    if rows:
        connection.execute(insert(agent_skills), rows)
    details = {"skills": dict(sorted(skills.items()))}
    audit.record(
        connection, actor=changed_by, action="agent.skills_set", about=agent_id, details=details
    )


def _people() -> Any:
    return (
        select(
            presence.c.agent_id,
            agents.c.name,
            presence.c.state,
            presence.c.closed_channels,
            presence.c.idle_since,
        )
        .join(agents, agents.c.id == presence.c.agent_id)
        .where(agents.c.active)
    )


def _least_load(beside: Sequence[Channel]) -> ScalarSelect[Any]:
    """What an agent has in hand if every chat is quiet; what counts exactly is decided later."""
    half = (work_items.c.units + 1) // 2
    units = case((work_items.c.channel == "chat", half), else_=work_items.c.units)
    counted = select(func.coalesce(func.sum(units), 0)).where(
        work_items.c.agent_id == presence.c.agent_id, _IN_HAND
    )
    if beside:
        counted = counted.where(work_items.c.channel.in_(beside))
    return counted.scalar_subquery()


def _has(skill: str, level: int) -> ColumnElement[bool]:
    return exists().where(
        agent_skills.c.agent_id == presence.c.agent_id,
        agent_skills.c.skill == skill,
        agent_skills.c.level >= level,
    )


def _with_facts(connection: Connection, rows: Sequence[Row[Any]]) -> list[Member]:
    facts: dict[str, _Facts] = defaultdict(_Facts)
    if rows:
        for row in connection.execute(_facts_of([row.agent_id for row in rows])):
            facts[row.agent_id].add(row)
    return [
        Member(
            id=row.agent_id,
            name=row.name,
            state=row.state,
            closed_channels=frozenset(Channel(name) for name in row.closed_channels),
            idle_since=row.idle_since,
            roles=frozenset(facts[row.agent_id].roles),
            skills=facts[row.agent_id].skills,
            loads=tuple(facts[row.agent_id].loads),
        )
        for row in rows
    ]


@dataclass
class _Facts:
    roles: set[str] = field(default_factory=set)
    skills: dict[str, int] = field(default_factory=dict)
    loads: list[Load] = field(default_factory=list)

    def add(self, row: Row[Any]) -> None:
        if row.kind == "role":
            self.roles.add(row.name)
        elif row.kind == "skill":
            self.skills[row.name] = row.number
        else:
            self.loads.append(_load(row))


def _facts_of(agent_ids: Collection[str]) -> CompoundSelect[Any]:
    """Roles, skills and work in hand in one question: a decision costs what its questions do."""
    never = cast(null(), Instant)
    roles = select(
        agent_roles.c.agent_id,
        literal("role").label("kind"),
        agent_roles.c.role.label("name"),
        literal(0).label("number"),
        literal("").label("state"),
        never.label("last_at"),
    ).where(among(agent_roles.c.agent_id, agent_ids))
    skills = select(
        agent_skills.c.agent_id,
        literal("skill"),
        agent_skills.c.skill,
        agent_skills.c.level,
        literal(""),
        never,
    ).where(among(agent_skills.c.agent_id, agent_ids))
    return union_all(roles, skills, _in_hand(agent_ids))


def _in_hand(agent_ids: Collection[str]) -> Select[Any]:
    return (
        select(
            work_items.c.agent_id,
            literal("load").label("kind"),
            work_items.c.channel.label("name"),
            work_items.c.units.label("number"),
            work_items.c.state,
            conversations.c.last_at,
        )
        .join(conversations, conversations.c.id == work_items.c.conversation_id)
        .where(among(work_items.c.agent_id, agent_ids), _IN_HAND)
    )


def _load(row: Row[Any]) -> Load:
    return Load(Channel(row.name), row.number, row.state == "offered", row.last_at)
