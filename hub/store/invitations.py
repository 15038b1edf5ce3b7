"""Links by which people choose their own password: used once, and for some time only.

The table holds digests: who reads it cannot use a link.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select, update

from hub import clock
from hub.store import agents, audit, sessions
from hub.store.agents import Agent
from hub.store.inserting import digest
from hub.store.tables import agents as agents_table
from hub.store.tables import invitations

LASTS = timedelta(days=3)
_COLUMNS = invitations.c


class WhyNot(StrEnum):
    """`gone`: used, or a newer one was sent, or it was never there."""

    GONE = "gone"
    OLD = "old"
    KEPT_OUT = "kept_out"


@dataclass(frozen=True)
class Open:
    """A link that was not used yet."""

    agent_id: str
    address: str


def invite(connection: Connection, agent_id: str, address: str, *, by: str) -> str:
    """A new link for an agent, sent to this mail address; gives its token. Former links end."""
    now, token = clock.now(), clock.new_secret()
    connection.execute(
        delete(invitations).where((_COLUMNS.agent_id == agent_id) | (_COLUMNS.expires_at <= now))
    )
    row = {
        "token_hash": _hash(token),
        "agent_id": agent_id,
        "address": address,
        "created_at": now,
        "created_by": by,
        "expires_at": now + LASTS,
    }
    connection.execute(insert(invitations), [row])
    details = {"address": address}
    audit.record(connection, actor=by, action="agent.invited", about=agent_id, details=details)
    return token


def find(connection: Connection, token: str) -> Agent | None:
    """Whom an unused link is for; None for one that does not serve any more."""
    agent_id = connection.execute(
        select(_COLUMNS.agent_id).where(
            _COLUMNS.token_hash == _hash(token), _COLUMNS.expires_at > clock.now()
        )
    ).scalar_one_or_none()
    return agents.find(connection, agent_id) if agent_id else None


def why_not(connection: Connection, token: str) -> WhyNot | None:
    """Why a link does not serve; None for one that does."""
    row = connection.execute(
        select(_COLUMNS.agent_id, _COLUMNS.expires_at).where(_COLUMNS.token_hash == _hash(token))
    ).one_or_none()
    if row is None:
        return WhyNot.GONE
    if row.expires_at <= clock.now():
        return WhyNot.OLD
    return None if agents.find(connection, row.agent_id) else WhyNot.KEPT_OUT


def use(connection: Connection, token: str, password_hash: str) -> Agent | None:
    """The agent has this password from now on, and the link serves no more; None if it does not
    serve."""
    agent = find(connection, token)
    if agent is None:
        return None
    gone = connection.execute(delete(invitations).where(_COLUMNS.token_hash == _hash(token)))
    if not gone.rowcount:
        return None
    sessions.end_all(connection, agent.id)
    connection.execute(
        update(agents_table)
        .where(agents_table.c.id == agent.id)
        .values(password_hash=password_hash)
    )
    audit.record(
        connection, actor=agent.id, action="agent.password_chosen", about=agent.id, details={}
    )
    return agent


def waiting(connection: Connection) -> dict[str, Open]:
    """By agent: links that were not used and still serve."""
    rows = connection.execute(select(invitations).where(_COLUMNS.expires_at > clock.now()))
    return {row.agent_id: Open(row.agent_id, row.address) for row in rows}


def _hash(token: str) -> str:
    return digest("invitation", token)
