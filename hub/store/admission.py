"""Who is let in: agents are blocked, let in again and given another password.

Each is in the audit log, and what takes rights away ends the agent's sessions in the same
transaction.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from hub.store import audit, sessions, work_items
from hub.store.agents import find
from hub.store.tables import agent_roles, agents
from hub.store.tables import work_items as items


@dataclass(frozen=True)
class Person:
    """One agent as an operator sees them."""

    login: str
    name: str
    roles: tuple[str, ...]
    blocked: bool


def listed(connection: Connection) -> list[Person]:
    """Everybody, by login; also who is blocked."""
    held: dict[str, list[str]] = {}
    for row in connection.execute(select(agent_roles).order_by(agent_roles.c.role)):
        held.setdefault(row.agent_id, []).append(row.role)
    return [
        Person(row.login, row.name, tuple(held.get(row.id, ())), blocked=not row.active)
        for row in connection.execute(select(agents).order_by(agents.c.login))
    ]


def block(connection: Connection, agent_id: str, *, changed_by: str) -> None:
    """From now on the agent cannot sign in; what they held waits for their colleagues again."""
    agent = find(connection, agent_id)
    if agent is None:
        return  # is blocked already
    held = select(items.c.id).where(items.c.agent_id == agent_id, items.c.state == "assigned")
    for item_id in connection.execute(held.order_by(items.c.id)).scalars().all():
        work_items.release(connection, item_id, agent)
    sessions.end_all(connection, agent_id)
    _change(connection, agent_id, "agent.blocked", changed_by, active=False)


def unblock(connection: Connection, agent_id: str, *, changed_by: str) -> None:
    """The agent can sign in again, with the roles and the password that they had."""
    _change(connection, agent_id, "agent.unblocked", changed_by, active=True)


def set_password(
    connection: Connection, agent_id: str, password_hash: str, *, changed_by: str
) -> None:
    """Whoever came in with the old password is out, on every machine."""
    sessions.end_all(connection, agent_id)
    _change(connection, agent_id, "agent.password_set", changed_by, password_hash=password_hash)


def _change(
    connection: Connection, agent_id: str, action: str, changed_by: str, **values: Any
) -> None:
    connection.execute(update(agents).where(agents.c.id == agent_id).values(**values))
    audit.record(connection, actor=changed_by, action=action, about=agent_id, details={})
