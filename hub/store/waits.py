"""How long customers wait for a first answer: what the last ones waited, as an honest estimate."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, func, select

from hub import clock
from hub.interaction import Channel
from hub.store.tables import agent_roles, presence, work_items

RECENT = timedelta(hours=2)
_LOOKED_AT = 50
_FEWEST = 3
_HELD_BY = 0.8  # of those looked at, so many waited no longer than we say


@dataclass(frozen=True)
class Wait:
    """`seconds`: most wait no longer than this; None when too few were helped lately to say.
    `waiting`: how many wait now. `somebody`: whether an agent takes work for this role now."""

    seconds: float | None
    waiting: int
    somebody: bool


def expected(connection: Connection, channel: Channel, role: str) -> Wait:
    """What one more customer who waits for this role on this channel may expect."""
    columns = work_items.c
    now = clock.now()
    answered = connection.execute(
        select(columns.created_at, columns.first_response_at)
        .where(
            columns.channel == channel.value,
            columns.first_response_at > now - RECENT,
            columns.role == role,
        )
        .order_by(columns.first_response_at.desc())
        .limit(_LOOKED_AT)
    )
    waited = sorted((until - since).total_seconds() for since, until in answered)
    waiting, oldest = connection.execute(
        select(func.count(), func.min(columns.created_at)).where(
            columns.state == "waiting", columns.role == role, columns.channel == channel.value
        )
    ).one()
    seconds = waited[int(len(waited) * _HELD_BY)] if len(waited) >= _FEWEST else None
    if seconds is not None and oldest is not None:
        # Who has waited longer than that shows that it takes longer now.
        seconds = max(seconds, (now - oldest).total_seconds())
    return Wait(seconds, waiting, _somebody(connection, role))


def _somebody(connection: Connection, role: str) -> bool:
    found = (
        select(presence.c.agent_id)
        .join(agent_roles, agent_roles.c.agent_id == presence.c.agent_id)
        .where(presence.c.state == "available", agent_roles.c.role == role)
    )
    return connection.execute(found.limit(1)).first() is not None
