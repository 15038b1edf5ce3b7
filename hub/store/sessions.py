"""Sessions of signed-in agents: kept here, so that they can be ended from here.

The browser has a random token, the table only its hash: who reads the table cannot sign in with it.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select

from hub import clock
from hub.store import sign_ins
from hub.store.agents import Agent
from hub.store.among import among
from hub.store.inserting import digest
from hub.store.tables import agent_roles, agents, sessions

LONGEST_SIGN_IN = timedelta(minutes=30)
"""From the password until the second step is done. Who has no app yet looks for one first."""
_REMEMBERED = 2 * LONGEST_SIGN_IN


def token_hash(token: str) -> str:
    return digest("session", token)


def begin(connection: Connection, agent_id: str, lifetime: timedelta) -> str:
    """Start a session; gives the token for the cookie. Sweeps what has expired."""
    now = clock.now()
    token = clock.new_secret()
    connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
    row = {
        "token_hash": token_hash(token),
        "agent_id": agent_id,
        "created_at": now,
        "expires_at": now + lifetime,
    }
    connection.execute(insert(sessions), [row])
    return token


def find(connection: Connection, hashed: str) -> Agent | None:
    """Whose running session this is."""
    rows = connection.execute(_FIND, {"hashed": hashed, "now": clock.now()}).all()
    if not rows:
        return None
    agent = rows[0]
    return Agent(
        id=agent.id,
        login=agent.login,
        name=agent.name,
        language=agent.language,
        roles=frozenset(row.role for row in rows if row.role is not None),
        administrator=agent.administrator,
    )


_FIND = (
    select(
        agents.c.id,
        agents.c.login,
        agents.c.name,
        agents.c.language,
        agents.c.administrator,
        agent_roles.c.role,
    )
    .join(sessions, sessions.c.agent_id == agents.c.id)
    .outerjoin(agent_roles, agent_roles.c.agent_id == agents.c.id)
    .where(
        sessions.c.token_hash == bindparam("hashed"),
        sessions.c.expires_at > bindparam("now"),
        agents.c.active,
    )
)


def running(connection: Connection, hashes: Collection[str]) -> dict[str, frozenset[str]]:
    """Those of the sessions that still run, of active agents, each with the roles held now."""
    rows = connection.execute(
        select(sessions.c.token_hash, agent_roles.c.role)
        .join(agents, agents.c.id == sessions.c.agent_id)
        .outerjoin(agent_roles, agent_roles.c.agent_id == agents.c.id)
        .where(
            among(sessions.c.token_hash, hashes),
            sessions.c.expires_at > clock.now(),
            agents.c.active,
        )
    )
    held: dict[str, set[str]] = {}
    for row in rows:
        held.setdefault(row.token_hash, set()).update({row.role} - {None})
    return {hashed: frozenset(roles) for hashed, roles in held.items()}


def end(connection: Connection, hashed: str) -> None:
    connection.execute(delete(sessions).where(sessions.c.token_hash == hashed))


def end_all(connection: Connection, agent_id: str) -> None:
    """Sign the agent out everywhere: after a change of password or rights, or when they leave.
    Half a sign-in is nowhere in this table: that they were signed out is remembered for it."""
    connection.execute(delete(sessions).where(sessions.c.agent_id == agent_id))
    sign_ins.mark(connection, _ended(agent_id), clock.now() + _REMEMBERED)


def ended_since(connection: Connection, agent_id: str, begun: datetime) -> bool:
    """Whether they were signed out everywhere since: known for as long as a sign-in may take."""
    key = _ended(agent_id)
    marked = sign_ins.counts(connection, [key], clock.now()).get(key)
    return marked is not None and marked.until - _REMEMBERED > begun


def _ended(agent_id: str) -> str:
    return digest("signed out everywhere", agent_id)
