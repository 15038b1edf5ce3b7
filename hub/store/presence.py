"""Whether agents take offers now: available, wrapping up, away with a reason, not responding, or
off."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from hub import clock
from hub.errors import Rejected
from hub.events import PresenceChanged
from hub.interaction import Channel
from hub.store import attendance, audit, in_hand, outbox
from hub.store.among import among
from hub.store.constants import constant
from hub.store.tables import presence

SOURCE = "/loket/presence"

AVAILABLE = attendance.AVAILABLE
WRAPPING = attendance.WRAPPING
AWAY = "away"
NOT_RESPONDING = "not_responding"
OFF = "off"
CHOSEN = (AVAILABLE, AWAY, OFF)
"""What an agent can say; the others happen to them."""
NOT_WRAPPING = {"until_at": None, "wrapping_id": None}

LONGEST_REASON = 200
LOST_AFTER = timedelta(seconds=60)
"""For so long a console may be closed, while another page loads or the network is away."""
CLOSED = "The console was closed"


_ANYONE = (
    select(presence.c.agent_id).where(presence.c.state == constant(AVAILABLE)).limit(constant(1))
)


@dataclass(frozen=True)
class Presence:
    """`closed_channels`: those on which the agent takes nothing though available."""

    agent_id: str
    state: str
    reason: str
    closed_channels: frozenset[Channel]
    since: datetime
    idle_since: datetime


def of(connection: Connection, agent_id: str) -> Presence:
    """Who never said anything is off."""
    row = connection.execute(select(presence).where(presence.c.agent_id == agent_id)).one_or_none()
    if row is None:
        now = clock.now()
        return Presence(agent_id, OFF, "", frozenset(), now, now)
    closed = frozenset(Channel(name) for name in row.closed_channels)
    return Presence(row.agent_id, row.state, row.reason, closed, row.since, row.idle_since)


def anyone(connection: Connection) -> bool:
    """Whether somebody takes offers now."""
    return connection.execute(_ANYONE).first() is not None


def say(
    connection: Connection,
    agent_id: str,
    state: str,
    *,
    reason: str = "",
    closed_channels: Sequence[Channel] | None = None,
    changed_by: str = "",
) -> Presence:
    """The agent is in this state from now on; None leaves the channels as they are.

    Raises Rejected for a state that nobody can choose. Offers are withdrawn by `offers.withdraw`.
    """
    if state not in CHOSEN:
        raise Rejected("no_presence", f"Choose one of: {', '.join(CHOSEN)}.")
    before = of(connection, agent_id)
    closed = before.closed_channels if closed_channels is None else closed_channels
    now = clock.now()
    values = {
        "state": state,
        "reason": reason.strip()[:LONGEST_REASON],
        "closed_channels": sorted(closed),
        "since": before.since if before.state == state else now,
        "idle_since": before.idle_since if before.state == AVAILABLE else now,
        "seen_at": None,
        **NOT_WRAPPING,
    }
    _write(connection, agent_id, values)
    in_hand.recount(connection, [agent_id])  # what they took before they ever said anything
    details = {"state": state, "reason": values["reason"], "closed": values["closed_channels"]}
    audit.record(
        connection,
        actor=changed_by or agent_id,
        action="agent.presence",
        about=agent_id,
        details=details,
    )
    tell(connection, agent_id, state)
    return of(connection, agent_id)


def missed_an_offer(connection: Connection, agent_id: str) -> None:
    """Nobody answered: no more offers until the agent says that they are there."""
    now = clock.now()
    values = {"state": NOT_RESPONDING, "reason": "", "since": now}
    result = connection.execute(
        update(presence)
        .where(presence.c.agent_id == agent_id, presence.c.state == AVAILABLE)
        .values(values)
    )
    if result.rowcount:
        tell(connection, agent_id, NOT_RESPONDING)


def seen(connection: Connection, agent_ids: Collection[str], at: datetime) -> None:
    """These agents have a console open."""
    connection.execute(
        update(presence)
        .where(among(presence.c.agent_id, agent_ids), presence.c.state.in_([AVAILABLE, WRAPPING]))
        .values(seen_at=at)
    )


def lost(connection: Connection, now: datetime) -> list[str]:
    """Who is available and closed their console some time ago is away; gives who."""
    gone = connection.execute(
        update(presence)
        .where(presence.c.state == AVAILABLE, presence.c.seen_at < now - LOST_AFTER)
        .values(state=AWAY, reason=CLOSED, since=now, seen_at=None)
        .returning(presence.c.agent_id)
    )
    agent_ids = sorted(gone.scalars())
    for agent_id in agent_ids:
        tell(connection, agent_id, AWAY)
    return agent_ids


def got_work(connection: Connection, agent_id: str, at: datetime) -> None:
    """Whoever has something new to do goes to the back of who is idle."""
    connection.execute(_GOT_WORK, {"of_agent": agent_id, "at": at})


_GOT_WORK = (
    update(presence)
    .where(presence.c.agent_id == bindparam("of_agent"))
    .values(idle_since=bindparam("at"))
)


def tell(connection: Connection, agent_id: str, state: str) -> None:
    """Let the consoles and the dispatchers know, and keep it for reports."""
    attendance.note(connection, agent_id, state)
    event = PresenceChanged(agent_id=agent_id, state=state)
    outbox.add(connection, event, subject=agent_id, source=SOURCE)


def _write(connection: Connection, agent_id: str, values: dict[str, Any]) -> None:
    mine = presence.c.agent_id == agent_id
    if not connection.execute(update(presence).where(mine).values(values)).rowcount:
        connection.execute(insert(presence), [{"agent_id": agent_id} | values])
