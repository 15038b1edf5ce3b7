"""Which agents are looked at for one work item: those who can take it, a few at a time.

They are found by an index of who has room, so it costs the same however many agents are full.
"""

import functools
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Select,
    Text,
    bindparam,
    cast,
    not_,
    or_,
    select,
    union_all,
)

from hub.interaction import Channel
from hub.store import staff
from hub.store.among import among_named
from hub.store.constants import constant
from hub.store.in_hand import ASKED, FULL, NOT_ASKED, own_start
from hub.store.staff import Member
from hub.store.tables import agent_roles, agent_skills, agents, presence

PAGE = 20
MOST_PAGES = 10


@dataclass(frozen=True)
class Need:
    """What an item asks. `live`: its customer waits on the line, so other work does not count.

    `by_room`: most room first, instead of longest idle. `without`: agents who are left out.
    """

    channel: Channel
    units: int
    live: bool
    skills: Mapping[str, int] = field(default_factory=dict)
    by_room: bool = False
    without: Collection[str] = ()


def fit(connection: Connection, roles: Collection[str], need: Need) -> Iterator[list[Member]]:
    """Agents of these roles who can take it as far as an index knows, first the best, in pages."""
    names = sorted(need.skills)
    statement = _fit(need.live, need.by_room, len(names))
    values: dict[str, Any] = {
        "roles": sorted(roles),
        "room": FULL - need.units,
        "most_asked": ASKED if need.live else NOT_ASKED,
        "closed": f'%"{need.channel}"%',
        "without": sorted(need.without),
    }
    for number, name in enumerate(names):
        values |= {f"skill_{number}": name, f"level_{number}": need.skills[name]}
    for page in range(MOST_PAGES):
        found = staff.read(connection, statement, values | {"start": page * PAGE})
        if found:
            yield found
        if len(found) < PAGE:
            return


def others(connection: Connection, roles: Collection[str]) -> list[Member]:
    """The first agents of these roles who are not off, to tell what is in their way."""
    return staff.read(connection, _others(), {"roles": sorted(roles)})


@functools.cache
def _fit(live: bool, by_room: bool, skills: int) -> Executable:
    used = presence.c.live_used if live else presence.c.units_used
    order = (presence.c.idle_since, presence.c.agent_id)
    found = (
        _of_roles("available")
        .where(
            used < constant(FULL),  # in the words of the index
            # With nothing in hand there is room for anything, were it a call.
            or_(used <= bindparam("room"), used == own_start()),
            presence.c.asked <= bindparam("most_asked"),
            cast(presence.c.closed_channels, Text).not_like(bindparam("closed")),
            not_(among_named(presence.c.agent_id, "without")),
            *(_has(number) for number in range(skills)),
        )
        .order_by(*((used, *order) if by_room else order))
        .limit(constant(PAGE))
        .offset(bindparam("start"))
    )
    return _facts([found])


@functools.cache
def _others() -> Executable:
    states = ("available", "wrapping", "not_responding", "away")
    return _facts(
        [_of_roles(state).order_by(presence.c.idle_since).limit(constant(PAGE)) for state in states]
    )


def _of_roles(state: str) -> Select[Any]:
    # The offset, of nothing, keeps PostgreSQL from joining all who hold the roles: without figures
    # of its tables it compared each of them with each agent.
    holds = (
        select(agent_roles.c.role)
        .where(
            agent_roles.c.agent_id == presence.c.agent_id,
            among_named(agent_roles.c.role, "roles"),
        )
        .offset(constant(0))
        .exists()
    )
    return (
        select(presence.c.agent_id)
        .join(agents, agents.c.id == presence.c.agent_id)
        .where(presence.c.state == constant(state), agents.c.active, holds)
    )


def _has(number: int) -> ColumnElement[bool]:
    return (
        select(agent_skills.c.level)
        .where(
            agent_skills.c.agent_id == presence.c.agent_id,
            agent_skills.c.skill == bindparam(f"skill_{number}"),
            agent_skills.c.level >= bindparam(f"level_{number}"),
        )
        .exists()
    )


def _facts(parts: Sequence[Select[Any]]) -> Executable:
    """All about the first few of those that these parts find, in their order."""
    each = [select(part.subquery()) for part in parts]
    found = select(union_all(*each).subquery().c.agent_id).limit(constant(PAGE)).cte("found")
    return staff.facts_of(lambda agent_id: agent_id.in_(select(found.c.agent_id)))
