"""Who could take work: agents with their presence, roles, skills and what they have in hand."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic_core import from_json
from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Executable,
    Row,
    Text,
    bindparam,
    cast,
    delete,
    insert,
    null,
    select,
    union_all,
)

from hub.interaction import Channel
from hub.store import audit
from hub.store.among import among_named
from hub.store.constants import constant
from hub.store.in_hand import IN_HAND, Load, load_of
from hub.store.tables import agent_roles, agent_skills, agents, conversations, presence, work_items
from hub.store.types import Instant


@dataclass(frozen=True)
class Member:
    """An agent with everything that counts for getting work."""

    id: str
    name: str
    state: str
    closed_channels: frozenset[Channel]
    idle_since: datetime
    since: datetime
    capacity: int = 100
    roles: frozenset[str] = frozenset()
    skills: Mapping[str, int] = field(default_factory=dict)
    loads: tuple[Load, ...] = ()


def members(connection: Connection, agent_ids: Collection[str]) -> list[Member]:
    """These agents, as far as they ever said whether they are there."""
    ids = list(agent_ids)
    if len(ids) == 1:
        return read(connection, _MEMBER, {"agent_id": ids[0]})
    return read(connection, _MEMBERS, {"agent_ids": ids})


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


def read(connection: Connection, facts: Executable, values: Mapping[str, Any]) -> list[Member]:
    """The agents that a statement of `facts_of` finds."""
    found: dict[str, _Facts] = defaultdict(_Facts)
    for row in connection.execute(facts, values):
        found[row.agent_id].add(row)
    return [facts.member for facts in found.values() if facts.person is not None]


@dataclass
class _Facts:
    """What is known of one agent while the rows about them are read."""

    person: Row[Any] | None = None
    roles: set[str] = field(default_factory=set)
    skills: dict[str, int] = field(default_factory=dict)
    loads: list[Load] = field(default_factory=list)

    def add(self, row: Row[Any]) -> None:
        if row.kind == "person":
            self.person = row
        elif row.kind == "role":
            self.roles.add(row.name)
        elif row.kind == "skill":
            self.skills[row.name] = row.number
        else:
            self.loads.append(load_of(row.name, row.number, row.state, row.at))

    @property
    def member(self) -> Member:
        person: Any = self.person
        return Member(
            id=person.agent_id,
            name=person.name,
            state=person.state,
            closed_channels=frozenset(Channel(name) for name in from_json(person.closed)),
            idle_since=person.at,
            since=person.since,
            capacity=person.number,
            roles=frozenset(self.roles),
            skills=self.skills,
            loads=tuple(self.loads),
        )


def facts_of(these: Callable[[Column[Any]], ColumnElement[bool]]) -> CompoundSelect[Any]:
    """All about the agents whose id fulfils a condition, in one question: a decision costs what
    its questions do. `kind` says what each row is about."""
    nothing, no_text = constant(0), constant("")
    never = cast(null(), Instant)
    person = (
        select(
            presence.c.agent_id,
            constant("person").label("kind"),
            agents.c.name,
            agents.c.capacity.label("number"),
            presence.c.state,
            presence.c.idle_since.label("at"),
            cast(presence.c.closed_channels, Text).label("closed"),
            presence.c.since,
        )
        .join(agents, agents.c.id == presence.c.agent_id)
        .where(these(presence.c.agent_id), agents.c.active)
    )
    role = select(
        agent_roles.c.agent_id,
        constant("role"),
        agent_roles.c.role,
        nothing,
        no_text,
        never,
        no_text,
        never,
    ).where(these(agent_roles.c.agent_id))
    skill = select(
        agent_skills.c.agent_id,
        constant("skill"),
        agent_skills.c.skill,
        agent_skills.c.level,
        no_text,
        never,
        no_text,
        never,
    ).where(these(agent_skills.c.agent_id))
    load = (
        select(
            work_items.c.agent_id,
            constant("load"),
            work_items.c.channel,
            work_items.c.units,
            work_items.c.state,
            conversations.c.last_at,
            no_text,
            never,
        )
        .join(conversations, conversations.c.id == work_items.c.conversation_id)
        .where(these(work_items.c.agent_id), IN_HAND)
    )
    return union_all(person, role, skill, load)


# For one PostgreSQL reads a few rows; for a list, of any length, it would read through all roles.
_MEMBER = facts_of(lambda agent_id: agent_id == bindparam("agent_id"))
_MEMBERS = facts_of(lambda agent_id: among_named(agent_id, "agent_ids"))
