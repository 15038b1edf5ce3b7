"""Who is let in: agents are hired, blocked, let in again, given another password, signed out.

Each is in the audit log, and what takes rights away ends the agent's sessions in the same
transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from hub.errors import Rejected
from hub.store import audit, identities, offers, presence, sessions, working
from hub.store.agents import add, add_roles, canonical_login, find, id_of
from hub.store.tables import agent_roles, agents
from hub.store.tables import work_items as items


@dataclass(frozen=True)
class Person:
    """One agent as an operator sees them."""

    login: str
    name: str
    roles: tuple[str, ...]
    blocked: bool
    administrator: bool = False


def listed(connection: Connection) -> list[Person]:
    """Everybody, by login; also who is blocked."""
    held: dict[str, list[str]] = {}
    for row in connection.execute(select(agent_roles).order_by(agent_roles.c.role)):
        held.setdefault(row.agent_id, []).append(row.role)
    return [
        Person(
            row.login,
            row.name,
            tuple(held.get(row.id, ())),
            blocked=not row.active,
            administrator=row.administrator,
        )
        for row in connection.execute(select(agents).order_by(agents.c.login))
    ]


def hire(
    connection: Connection,
    *,
    login: str,
    name: str,
    password_hash: str,
    held: Sequence[str],
    language: str,
    changed_by: str,
    administrator: bool = False,
    address: str = "",
) -> str:
    """From now on this person can sign in; gives their id. Raises Rejected for a taken login.
    `address`: by which an identity provider knows them, where that is not the login."""
    if id_of(connection, login) is not None:
        raise Rejected("login_taken", f"Somebody signs in as {login} already.")
    add_roles(connection, {role: role for role in held})
    agent_id = add(
        connection,
        login=login,
        name=name,
        password_hash=password_hash,
        held=held,
        language=language,
        administrator=administrator,
    )
    if address and canonical_login(address) != canonical_login(login):
        identities.set_address(connection, agent_id, address, by=changed_by)
    details = {"roles": sorted(held)} | ({"administrator": True} if administrator else {})
    audit.record(
        connection, actor=changed_by, action="agent.added", about=agent_id, details=details
    )
    return agent_id


def block(connection: Connection, agent_id: str, *, changed_by: str) -> None:
    """From now on the agent cannot sign in; what they held waits for their colleagues again."""
    agent = find(connection, agent_id)
    if agent is None:
        return  # is blocked already
    held = select(items.c.id).where(items.c.agent_id == agent_id, items.c.state == "assigned")
    for item_id in connection.execute(held.order_by(items.c.id)).scalars().all():
        working.release(connection, item_id, agent)
    offers.withdraw(connection, agent_id)
    if presence.of(connection, agent_id).state != presence.OFF:
        presence.say(connection, agent_id, presence.OFF, changed_by=changed_by)
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


def sign_out(connection: Connection, agent_id: str, *, changed_by: str) -> None:
    """End the agent's sessions on every machine; they can sign in again at once."""
    sessions.end_all(connection, agent_id)
    audit.record(
        connection, actor=changed_by, action="agent.signed_out", about=agent_id, details={}
    )


def _change(
    connection: Connection, agent_id: str, action: str, changed_by: str, **values: Any
) -> None:
    connection.execute(update(agents).where(agents.c.id == agent_id).values(**values))
    audit.record(connection, actor=changed_by, action=action, about=agent_id, details={})
