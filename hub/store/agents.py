"""Agents: who may sign in, and which roles they hold."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_bytes
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from hub import clock
from hub.errors import Rejected
from hub.store import audit
from hub.store.among import among_named
from hub.store.inserting import insert_all, insert_new
from hub.store.tables import agent_roles, agents, roles

LONGEST_PASSWORD = 1000
_HASHER = PasswordHasher()


@dataclass(frozen=True)
class Agent:
    """A person who handles work items. `language` is empty when they never chose one.
    `administrator`: may change the interaction model as well. `supervisor`: holds a role that the
    settings name as such, so they may read and hand out all work; who signs them in knows."""

    id: str
    login: str
    name: str
    language: str
    roles: frozenset[str]
    administrator: bool = False
    supervisor: bool = False

    @property
    def oversees(self) -> bool:
        """Whether they see how the work of everybody stands."""
        return self.supervisor or self.administrator


def hash_password(password: str) -> str:
    """Takes a tenth of a second and 64 MB on purpose: call it in a thread.

    Raises Rejected for one that is longer than what is looked at when somebody signs in.
    """
    if len(password) > LONGEST_PASSWORD:
        raise Rejected("long_password", f"A password has {LONGEST_PASSWORD} characters at most.")
    return _HASHER.hash(password)


def hash_of_nobody() -> str:
    """What no password fits: checked for a login that does not exist, so that the answer takes as
    long as for one that does."""
    salt, digest = (
        b64encode(token_bytes(size)).decode().rstrip("=")
        for size in (_HASHER.salt_len, _HASHER.hash_len)
    )
    cost = f"m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${digest}"


def password_fits(password_hash: str, password: str) -> bool:
    """Whether this is the password. As slow as hashing: call it in a thread."""
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def canonical_login(login: str) -> str:
    return login.strip().casefold()


def add_roles(connection: Connection, titles: Mapping[str, str]) -> None:
    """Make the roles that are not there yet."""
    rows = [{"name": name, "title": title} for name, title in titles.items()]
    insert_new(connection, roles, rows)


def add(
    connection: Connection,
    *,
    login: str,
    name: str,
    password_hash: str,
    held: Sequence[str],
    language: str = "",
    administrator: bool = False,
) -> str:
    """Make an agent who holds these roles; gives the agent's id."""
    agent_id = clock.new_id()
    row = {
        "id": agent_id,
        "login": canonical_login(login),
        "name": name,
        "password_hash": password_hash,
        "language": language,
        "active": True,
        "administrator": administrator,
        "created_at": clock.now(),
    }
    connection.execute(insert(agents), [row])
    insert_all(connection, agent_roles, [{"agent_id": agent_id, "role": role} for role in held])
    return agent_id


def find(connection: Connection, agent_id: str) -> Agent | None:
    """The agent, while they are active."""
    row = connection.execute(
        select(agents).where(agents.c.id == agent_id, agents.c.active)
    ).one_or_none()
    return None if row is None else _agent(connection, row)


def find_by_login(connection: Connection, login: str) -> tuple[Agent, str] | None:
    """The active agent with this login, and the hash of their password."""
    row = connection.execute(
        select(agents).where(agents.c.login == canonical_login(login), agents.c.active)
    ).one_or_none()
    return None if row is None else (_agent(connection, row), row.password_hash)


def phone_of(connection: Connection, agent_id: str) -> tuple[str, str]:
    """The login of an agent, and the phone that they want to be called at ("" for none)."""
    row = connection.execute(_PHONE, {"id": agent_id}).one_or_none()
    return ("", "") if row is None else (row.login, row.phone)


def capacity_of(connection: Connection, agent_id: str) -> int:
    """How many units of work an agent can have in hand."""
    return int(connection.execute(_CAPACITY, {"id": agent_id}).scalar_one())


def set_phone(connection: Connection, agent: Agent, phone: str) -> None:
    """The agent wants calls at this number, or "" to leave it to the settings."""
    connection.execute(update(agents).where(agents.c.id == agent.id).values(phone=phone))
    details = {"phone": phone}
    audit.record(
        connection, actor=agent.id, action="agent.phone_set", about=agent.id, details=details
    )


def id_of(connection: Connection, login: str) -> str | None:
    """The agent with this login, also when they are blocked."""
    found = select(agents.c.id).where(agents.c.login == canonical_login(login))
    agent_id: str | None = connection.execute(found).scalar_one_or_none()
    return agent_id


def set_roles(
    connection: Connection, agent_id: str, held: Sequence[str], *, changed_by: str
) -> None:
    """From now on the agent holds exactly these roles."""
    connection.execute(delete(agent_roles).where(agent_roles.c.agent_id == agent_id))
    insert_all(connection, agent_roles, [{"agent_id": agent_id, "role": role} for role in held])
    audit.record(
        connection,
        actor=changed_by,
        action="agent.roles_set",
        about=agent_id,
        details={"roles": sorted(held)},
    )


def set_administrator(
    connection: Connection, agent_id: str, *, administrator: bool, changed_by: str
) -> None:
    """Whether the agent may change the interaction model; it counts from their next click on."""
    changed = update(agents).where(agents.c.id == agent_id)
    connection.execute(changed.values(administrator=administrator))
    audit.record(
        connection,
        actor=changed_by,
        action="agent.administrator_set",
        about=agent_id,
        details={"administrator": administrator},
    )


def set_picture(connection: Connection, agent_id: str, *, sha256: str, changed_by: str) -> None:
    """Show this picture, a blob, to customers."""
    connection.execute(update(agents).where(agents.c.id == agent_id).values(picture=sha256))
    audit.record(
        connection, actor=changed_by, action="agent.picture_set", about=agent_id, details={}
    )


def set_language(connection: Connection, agent_id: str, language: str) -> None:
    connection.execute(update(agents).where(agents.c.id == agent_id).values(language=language))


def nobody_yet(connection: Connection) -> bool:
    return first_came(connection) is None


def first_came(connection: Connection) -> datetime | None:
    """When the first of them was there."""
    found: datetime | None = connection.execute(select(func.min(agents.c.created_at))).scalar_one()
    return found


def names(connection: Connection, agent_ids: Sequence[str]) -> dict[str, str]:
    rows = connection.execute(_NAMES, {"ids": set(agent_ids)})
    return {row.id: row.name for row in rows}


def _agent(connection: Connection, row: Any) -> Agent:
    held = connection.execute(
        select(agent_roles.c.role).where(agent_roles.c.agent_id == row.id)
    ).scalars()
    return Agent(row.id, row.login, row.name, row.language, frozenset(held), row.administrator)


def held_roles(connection: Connection) -> set[str]:
    """The roles that at least one active agent holds."""
    return set(connection.execute(_HELD_ROLES).scalars())


def holders(connection: Connection) -> list[tuple[str, str, str]]:
    """(role, agent id, name) of everyone who can be given work, by role and name."""
    rows = connection.execute(_HOLDERS)
    return [(row.role, row.id, row.name) for row in rows]


# Made once: making them takes longer than running them.
_PHONE = select(agents.c.login, agents.c.phone).where(agents.c.id == bindparam("id"))
_CAPACITY = select(agents.c.capacity).where(agents.c.id == bindparam("id"))
_NAMES = select(agents.c.id, agents.c.name).where(among_named(agents.c.id, "ids"))
_HOLDING = agent_roles.join(agents, agents.c.id == agent_roles.c.agent_id)
_HELD_ROLES = select(agent_roles.c.role).select_from(_HOLDING).where(agents.c.active).distinct()
_HOLDERS = (
    select(agent_roles.c.role, agents.c.id, agents.c.name)
    .select_from(_HOLDING)
    .where(agents.c.active)
    .order_by(agent_roles.c.role, agents.c.name, agents.c.id)
)
