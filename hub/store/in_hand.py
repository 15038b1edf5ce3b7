"""What agents have in hand or are being offered, in units, and who has room for more.

Each agent's row in `presence` says how much that is, so that whoever has room is found by an index
whatever the number of agents. It counts each chat by the half that it takes once nobody writes in
it: nobody is passed over who may have room. What is decided goes by the work itself. Who can have
less in hand than others counts as having the rest already, so that everybody is full at the same.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    ScalarSelect,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)

from hub.interaction import LIVE, Channel
from hub.store.among import among, among_named
from hub.store.constants import constant, one_of
from hub.store.holding import hold
from hub.store.tables import agents, conversations, presence, work_items

FULL = 100
LOOKED_AT = 200
NOT_ASKED, ASKED, ASKED_LIVE = range(3)
"""`presence.asked`: whether an offer waits for their answer, and of a customer on the line."""

IN_HAND = one_of(work_items.c.state, ("assigned", "offered"))


@dataclass(frozen=True)
class Load:
    """One piece of work in hand, or offered. `last_at`: when somebody last wrote in it."""

    channel: Channel
    units: int
    offered: bool
    last_at: datetime


def least_units(channel: Channel, units: int) -> int:
    """What it takes at least, some time."""
    return (units + 1) // 2 if channel is Channel.CHAT else units


def units_in_use(loads: Sequence[Load], now: datetime, quiet: timedelta) -> int:
    """What this work takes of 100 units; a chat in which nobody wrote for so long takes half."""
    return sum(
        least_units(load.channel, load.units) if load.last_at + quiet <= now else load.units
        for load in loads
    )


def loads(connection: Connection, agent_ids: Collection[str]) -> dict[str, tuple[Load, ...]]:
    """What each of these agents has in hand."""
    found: dict[str, tuple[Load, ...]] = defaultdict(tuple)
    whose = among(work_items.c.agent_id, agent_ids)
    for row in connection.execute(_LOADS.where(whose, IN_HAND)):
        found[row.agent_id] += (load_of(row.channel, row.units, row.state, row.last_at),)
    return found


def load_of(channel: str, units: int, state: str, last_at: datetime) -> Load:
    return Load(Channel(channel), units, state == "offered", last_at)


def recount(connection: Connection, agent_ids: Collection[str | None]) -> None:
    """Keep with these agents what they have in hand, after it changed."""
    ids = [agent_id for agent_id in agent_ids if agent_id]
    if not ids:
        return
    # Locked first: what is counted includes what another transaction gave them meanwhile.
    hold(connection, _THESE, {"agent_ids": ids})
    connection.execute(_RECOUNT_THESE, {"agent_ids": ids})


def mend(connection: Connection) -> None:
    """Count again whoever is there and is counted wrongly: a release that did not count may have
    been at work."""
    connection.execute(
        _RECOUNT.where(
            presence.c.state != "off",
            or_(*(presence.c[name] != counted for name, counted in _FIGURES.items())),
        )
    )


def idle(connection: Connection) -> list[str]:
    """Agents who have room and are not being asked, who had nothing new for longest in front."""
    free = (
        select(presence.c.agent_id)
        .where(
            presence.c.state == constant("available"),
            presence.c.units_used < constant(FULL),
            presence.c.asked == NOT_ASKED,
        )
        .order_by(presence.c.idle_since)
        .limit(LOOKED_AT)
    )
    return list(connection.execute(free).scalars())


def add(channel: Channel, units: int) -> dict[str, int]:
    """What an offer adds to the figures of its agent: the values of `ADDING`."""
    least, live = least_units(channel, units), channel in LIVE
    return {
        "more_units": least,
        "more_live": least if live else 0,
        "now_asked": ASKED_LIVE if live else ASKED,
    }


def _counted(number: ColumnElement[Any], *only: ColumnElement[bool]) -> ScalarSelect[Any]:
    whose = work_items.c.agent_id == presence.c.agent_id
    return select(func.coalesce(number, 0)).where(whose, IN_HAND, *only).scalar_subquery()


def own_start() -> ScalarSelect[Any]:
    """What an agent counts as having with nothing in hand: 0 for who can have as much as all."""
    whose = agents.c.id == presence.c.agent_id
    return select(FULL - agents.c.capacity).where(whose).correlate(presence).scalar_subquery()


_IS_LIVE = one_of(work_items.c.channel, sorted(LIVE))
_HALF = (work_items.c.units + 1) // 2
_LEAST = func.sum(case((work_items.c.channel == constant("chat"), _HALF), else_=work_items.c.units))
_ASKING = func.max(case((_IS_LIVE, ASKED_LIVE), else_=ASKED))
_FIGURES = {
    "units_used": _counted(_LEAST) + own_start(),
    "live_used": _counted(_LEAST, _IS_LIVE) + own_start(),
    "asked": _counted(_ASKING, work_items.c.state == constant("offered")),
}
_RECOUNT = update(presence).values(_FIGURES)
_ARE_THESE = among_named(presence.c.agent_id, "agent_ids")
_THESE = select(presence.c.agent_id).where(_ARE_THESE).order_by(presence.c.agent_id)
_RECOUNT_THESE = _RECOUNT.where(_ARE_THESE)
_LOADS = select(
    work_items.c.agent_id,
    work_items.c.channel,
    work_items.c.units,
    work_items.c.state,
    conversations.c.last_at,
).join(conversations, conversations.c.id == work_items.c.conversation_id)
ADDING = {
    "units_used": presence.c.units_used + bindparam("more_units"),
    "live_used": presence.c.live_used + bindparam("more_live"),
    "asked": case(
        (presence.c.asked > bindparam("now_asked"), presence.c.asked), else_=bindparam("now_asked")
    ),
}
"""New values of the row of an agent whose presence is locked."""
