"""The time after a call or a chat in which an agent writes down what came of it: they are offered
nothing until it is over, by itself or because they say so. How long is chosen for each role."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from hub import clock
from hub.errors import Rejected
from hub.interaction import LIVE, Channel
from hub.store import audit, choices, presence
from hub.store.agents import Agent
from hub.store.tables import presence as people
from hub.store.work_items import WorkItem

CHOICE = "wrap_up"
"""By role: seconds by channel; 0 for none."""
SECONDS = {Channel.PHONE: 60, Channel.CHAT: 15}
"""Where nothing was chosen."""
LONGEST = 3_600
MORE = timedelta(seconds=60)
ENDED_AT_ONCE = 100


@dataclass(frozen=True)
class Wrapping:
    """`item_id`: the work that was done. `until`: then it is over by itself."""

    item_id: str
    since: datetime
    until: datetime


def chosen(connection: Connection, role: str) -> dict[Channel, int]:
    """How many seconds there are after each kind of contact that this role handles."""
    kept: dict[str, Any] = choices.value(connection, CHOICE).get(role, {})
    return {channel: int(kept.get(channel, usual)) for channel, usual in SECONDS.items()}


def begin(connection: Connection, item: WorkItem, agent: Agent) -> None:
    """The agent is done with a call or a chat. Who takes no offers need not be kept from any."""
    if item.channel not in LIVE:
        return
    seconds = chosen(connection, item.role).get(item.channel, 0)
    now = clock.now()
    values = {
        "state": presence.WRAPPING,
        "reason": "",
        "since": now,
        "until_at": now + timedelta(seconds=seconds),
        "wrapping_id": item.id,
    }
    there = (people.c.agent_id == agent.id) & (people.c.state == presence.AVAILABLE)
    if seconds and connection.execute(update(people).where(there).values(values)).rowcount:
        presence.tell(connection, agent.id, presence.WRAPPING)


def of(connection: Connection, agent_id: str) -> Wrapping | None:
    row = connection.execute(
        select(people.c.wrapping_id, people.c.since, people.c.until_at).where(
            people.c.agent_id == agent_id, people.c.state == presence.WRAPPING
        )
    ).one_or_none()
    return None if row is None else Wrapping(row.wrapping_id, row.since, row.until_at)


def extend(connection: Connection, agent: Agent) -> None:
    """A minute more, in all no more than LONGEST. Raises Rejected when it is over."""
    now = of(connection, agent.id)
    if now is None:
        raise Rejected("no_wrap_up", "The wrap-up is over.", status=409)
    until = min(now.until + MORE, now.since + timedelta(seconds=LONGEST))
    connection.execute(
        update(people).where(people.c.agent_id == agent.id).values(until_at=max(until, now.until))
    )
    presence.tell(connection, agent.id, presence.WRAPPING)
    details = {"until": until.isoformat()}
    audit.record(
        connection,
        actor=agent.id,
        action="agent.wrap_up_extended",
        about=now.item_id,
        details=details,
    )


def finish(connection: Connection, agent: Agent, item_id: str) -> None:
    """The agent is there again, if this is what they were wrapping up."""
    this = people.c.agent_id == agent.id, people.c.wrapping_id == item_id
    if connection.execute(_ended(clock.now()).where(*this)).rowcount:
        presence.tell(connection, agent.id, presence.AVAILABLE)


def end_due(connection: Connection, now: datetime) -> list[str]:
    """Whose time is over is there again; gives who."""
    over = (
        select(people.c.agent_id)
        .where(people.c.state == presence.WRAPPING, people.c.until_at <= now)
        .order_by(people.c.agent_id)
        .limit(ENDED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    ended = []
    for agent_id in connection.execute(over).scalars().all():
        connection.execute(_ended(now).where(people.c.agent_id == agent_id))
        presence.tell(connection, agent_id, presence.AVAILABLE)
        ended.append(agent_id)
    return ended


def following(connection: Connection) -> datetime | None:
    """When the next one ends."""
    ends: datetime | None = connection.execute(
        select(people.c.until_at)
        .where(people.c.state == presence.WRAPPING)
        .order_by(people.c.until_at)
        .limit(1)
    ).scalar_one_or_none()
    return ends


def _ended(now: datetime) -> Any:
    """They had something to do all the time: they are idle from now on."""
    values = {"state": presence.AVAILABLE, "since": now, "idle_since": now, **presence.NOT_WRAPPING}
    return update(people).where(people.c.state == presence.WRAPPING).values(values)
