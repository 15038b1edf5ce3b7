"""What an agent needs besides their password: an authenticator app, or one of their spare codes.

The secret of the app is not kept: it follows from a salt that is, and the key of the deployment.
Who reads the table can make no codes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from hub import clock, one_time
from hub.store import audit, sessions
from hub.store.inserting import digest
from hub.store.tables import second_factors

_COLUMNS = second_factors.c


@dataclass(frozen=True)
class Factor:
    """`confirmed_at`: None until the agent has shown that their app works. `spare`: how many codes
    for who has lost the app are left."""

    agent_id: str
    salt: str
    confirmed_at: datetime | None
    last_step: int
    spare: int


def find(connection: Connection, agent_id: str) -> Factor | None:
    row = connection.execute(
        select(second_factors).where(_COLUMNS.agent_id == agent_id)
    ).one_or_none()
    if row is None:
        return None
    return Factor(agent_id, row.salt, row.confirmed_at, row.last_step, len(row.recovery))


def holders(connection: Connection) -> set[str]:
    """The agents who have one that works."""
    found = select(_COLUMNS.agent_id).where(_COLUMNS.confirmed_at.is_not(None))
    return set(connection.execute(found).scalars())


def begin(connection: Connection, agent_id: str) -> Factor:
    """What the agent is to put in their app: the same until they have confirmed it."""
    found = find(connection, agent_id)
    if found is not None:
        return found
    salt = clock.new_secret()
    row: dict[str, Any] = {
        "agent_id": agent_id,
        "salt": salt,
        "confirmed_at": None,
        "last_step": 0,
        "recovery": [],
    }
    connection.execute(insert(second_factors), [row])
    return Factor(agent_id, salt, None, 0, 0)


def confirm(connection: Connection, agent_id: str, step: int) -> list[str] | None:
    """The app works: from now on it is asked for. Gives the spare codes, which are shown once; None
    where it was confirmed already."""
    codes = one_time.new_recovery_codes()
    changed = connection.execute(
        update(second_factors)
        .where(_COLUMNS.agent_id == agent_id, _COLUMNS.confirmed_at.is_(None))
        .values(
            confirmed_at=clock.now(),
            last_step=step,
            recovery=[_hash(agent_id, one) for one in codes],
        )
    )
    if not changed.rowcount:
        return None
    _audit(connection, agent_id, "agent.second_factor_set", agent_id)
    return codes


def use(connection: Connection, agent_id: str, step: int) -> bool:
    """The code of this step serves now, and never again."""
    changed = connection.execute(
        update(second_factors)
        .where(_COLUMNS.agent_id == agent_id, _COLUMNS.last_step < step)
        .values(last_step=step)
    )
    return changed.rowcount == 1


def use_spare(connection: Connection, agent_id: str, given: str) -> bool:
    """Whether this is one of the spare codes; it is used up."""
    wanted = _hash(agent_id, given)
    kept = connection.execute(
        select(_COLUMNS.recovery).where(_COLUMNS.agent_id == agent_id).with_for_update()
    ).scalar_one_or_none()
    if kept is None or wanted not in kept:
        return False
    left = [one for one in kept if one != wanted]
    connection.execute(
        update(second_factors).where(_COLUMNS.agent_id == agent_id).values(recovery=left)
    )
    _audit(connection, agent_id, "agent.spare_code_used", agent_id)
    return True


def remove(connection: Connection, agent_id: str, *, changed_by: str) -> None:
    """The agent needs none any more, and signs in anew everywhere."""
    if connection.execute(delete(second_factors).where(_COLUMNS.agent_id == agent_id)).rowcount:
        sessions.end_all(connection, agent_id)
        _audit(connection, agent_id, "agent.second_factor_removed", changed_by)


def _hash(agent_id: str, given: str) -> str:
    return digest("spare code", agent_id, one_time.canonical_recovery(given))


def _audit(connection: Connection, agent_id: str, action: str, actor: str) -> None:
    audit.record(connection, actor=actor, action=action, about=agent_id, details={})
