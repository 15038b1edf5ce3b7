"""Everybody who may sign in, as an administrator sees and changes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select, update

from hub import clock
from hub.errors import Rejected
from hub.store import (
    admission,
    agents,
    audit,
    in_hand,
    invitations,
    second_factors,
    sessions,
    staff,
)
from hub.store.holding import hold
from hub.store.tables import agent_roles, agent_skills
from hub.store.tables import agents as agents_table
from hub.store.tables import sessions as sessions_table


@dataclass(frozen=True)
class Person:
    """`invited`: the mail address to which an unused link went. `sessions`: where they are signed
    in."""

    id: str
    login: str
    name: str
    active: bool
    administrator: bool
    created_at: datetime
    roles: frozenset[str] = frozenset()
    skills: Mapping[str, int] = field(default_factory=dict)
    second_factor: bool = False
    invited: str = ""
    sessions: int = 0
    capacity: int = in_hand.FULL


def everybody(connection: Connection) -> list[Person]:
    """Who may sign in first, by name."""
    roles: dict[str, set[str]] = {}
    for agent_id, role in connection.execute(select(agent_roles.c.agent_id, agent_roles.c.role)):
        roles.setdefault(agent_id, set()).add(role)
    skills: dict[str, dict[str, int]] = {}
    for row in connection.execute(select(agent_skills)):
        skills.setdefault(row.agent_id, {})[row.skill] = row.level
    running = {
        row[0]: row[1]
        for row in connection.execute(
            select(sessions_table.c.agent_id, func.count())
            .where(sessions_table.c.expires_at > clock.now())
            .group_by(sessions_table.c.agent_id)
        )
    }
    invited = invitations.waiting(connection)
    with_factor = second_factors.holders(connection)
    columns = agents_table.c
    rows = connection.execute(
        select(agents_table).order_by(columns.active.desc(), columns.name, columns.login)
    )
    return [
        Person(
            id=row.id,
            login=row.login,
            name=row.name,
            active=row.active,
            administrator=row.administrator,
            created_at=row.created_at,
            roles=frozenset(roles.get(row.id, ())),
            skills=skills.get(row.id, {}),
            second_factor=row.id in with_factor,
            invited=invited[row.id].address if row.id in invited else "",
            sessions=running.get(row.id, 0),
            capacity=row.capacity,
        )
        for row in rows
    ]


def find(connection: Connection, agent_id: str, *, lock: bool = False) -> Person | None:
    if lock:
        hold(connection, _ITSELF, {"id": agent_id})
    return next((one for one in everybody(connection) if one.id == agent_id), None)


def set_rights(
    connection: Connection,
    person: Person,
    *,
    name: str,
    roles: Sequence[str],
    administrator: bool,
    skills: Mapping[str, int],
    by: str,
) -> bool:
    """What they are called, do and may from now on. Gives whether rights changed: then they are
    signed out everywhere. Raises Rejected where nobody would be left to manage the organisation."""
    if person.administrator and not administrator:
        refuse_last(connection, person.id)
    if name and name != person.name:
        connection.execute(
            update(agents_table).where(agents_table.c.id == person.id).values(name=name)
        )
        details = {"before": person.name, "now": name}
        audit.record(connection, actor=by, action="agent.named", about=person.id, details=details)
    changed = frozenset(roles) != person.roles or administrator != person.administrator
    if frozenset(roles) != person.roles:
        agents.add_roles(connection, {role: role for role in roles})
        agents.set_roles(connection, person.id, list(roles), changed_by=by)
    if administrator != person.administrator:
        agents.set_administrator(connection, person.id, administrator=administrator, changed_by=by)
    if dict(skills) != dict(person.skills):
        staff.set_skills(connection, person.id, skills, changed_by=by)
    if changed:
        sessions.end_all(connection, person.id)
    return changed


def set_capacity(connection: Connection, person: Person, units: int, *, by: str) -> None:
    """How much work they can have in hand; everybody has 100 unless somebody says otherwise."""
    if units == person.capacity:
        return
    connection.execute(
        update(agents_table).where(agents_table.c.id == person.id).values(capacity=units)
    )
    in_hand.recount(connection, [person.id])
    details = {"before": person.capacity, "now": units}
    audit.record(
        connection, actor=by, action="agent.capacity_set", about=person.id, details=details
    )


def block(connection: Connection, person: Person, *, by: str) -> None:
    """Raises Rejected where nobody would be left to manage the organisation."""
    if person.administrator:
        refuse_last(connection, person.id)
    admission.block(connection, person.id, changed_by=by)


def refuse_last(connection: Connection, agent_id: str) -> None:
    """There must be another administrator who may sign in."""
    columns = agents_table.c
    other = select(columns.id).where(columns.administrator, columns.active, columns.id != agent_id)
    if connection.execute(other.limit(1)).first() is None:
        detail = "Make somebody else an administrator first: nobody else could manage this."
        raise Rejected("last_administrator", detail, status=409)


_ITSELF = select(agents_table.c.id).where(agents_table.c.id == bindparam("id"))
