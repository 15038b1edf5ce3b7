"""The no-loss ledger: where each contact that was acknowledged has got to.

Every id ends in one of these states, found from what the tables say now and not from a mark that
somebody sets: what none of them explains was lost, and is counted as `unexplained`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, or_, select

from hub import clock
from hub.interaction import Automatic, InteractionKind
from hub.store.constants import constant
from hub.store.tables import (
    conversations,
    dead_letters,
    interactions,
    outbound,
    parked,
    partner_posts,
    unrouted,
    work_items,
)

UNEXPLAINED = "unexplained"
IMPORTED = "import"
_SENT = (
    "queued",
    "sending",
    "transmitting",
    "uncertain",
    "waiting",
    "sent",
    "delayed",
    "delivered",
    "read",
    "failed",
    "bounced",
)
SENDING = tuple(f"out_{state}" for state in _SENT)
WORK = ("work_waiting", "work_offered", "work_assigned", "work_snoozed", "work_done")
STATES = ("unrouted", "dead", *WORK, "filed", "imported", "internal", *SENDING, UNEXPLAINED)
"""`unrouted`: the router has not had it; `dead`: nor can it, and a person must act. `work_…`: the
work of its conversation. `filed`: automatic, kept with its conversation, no work. `internal`: notes
and events. `out_…`: what became of a message of ours."""
POSTS = ("waiting", "done")


@dataclass(frozen=True)
class Line:
    """One interaction behind a state."""

    id: str
    conversation_id: str
    number: int
    subject: str
    channel: str
    direction: str
    at: datetime


@dataclass(frozen=True)
class Balance:
    """`states` has every state, also those of which there are none; `posts` of partners, which are
    kept before they are handled; `parked`: what waits until it can be used."""

    states: dict[str, int]
    posts: dict[str, int]
    parked: int

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def unexplained(self) -> int:
        return self.states[UNEXPLAINED]


def balance(connection: Connection, since: datetime, until: datetime) -> Balance:
    """Of what was acknowledged from `since` to before `until`."""
    state = _state().label("state")
    rows = connection.execute(
        _joined(select(state, func.count())).where(_within(since, until)).group_by(state)
    )
    found: dict[str, int] = {row[0]: row[1] for row in rows}
    posts = connection.execute(
        select(partner_posts.c.state, func.count())
        .where(partner_posts.c.received_at >= since, partner_posts.c.received_at < until)
        .group_by(partner_posts.c.state)
    )
    waiting = connection.execute(
        select(func.count()).select_from(parked).where(parked.c.due_at.is_not(None))
    ).scalar_one()
    return Balance(
        states={name: found.get(name, 0) for name in STATES},
        posts=dict.fromkeys(POSTS, 0) | {row[0]: row[1] for row in posts},
        parked=waiting,
    )


def behind(
    connection: Connection,
    state: str,
    since: datetime,
    until: datetime,
    *,
    limit: int,
    offset: int = 0,
) -> list[Line]:
    """The newest of those in a state."""
    columns = interactions.c
    query = select(
        columns.id,
        columns.conversation_id,
        conversations.c.number,
        conversations.c.subject,
        columns.channel,
        columns.direction,
        columns.received_at,
    )
    rows = connection.execute(
        _joined(query)
        .join(conversations, conversations.c.id == columns.conversation_id)
        .where(_within(since, until), _state() == state)
        .order_by(columns.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [Line(*row) for row in rows]


def _within(since: datetime, until: datetime) -> ColumnElement[bool]:
    key = interactions.c.id
    return and_(key >= clock.first_id(since), key < clock.first_id(until))


def _joined(query: Any) -> Select[Any]:
    """`query` selects any columns."""
    joined: Select[Any] = (
        query.select_from(interactions)
        .outerjoin(outbound, outbound.c.interaction_id == interactions.c.id)
        .outerjoin(unrouted, unrouted.c.interaction_id == interactions.c.id)
    )
    return joined


def _state() -> ColumnElement[str]:
    columns = interactions.c
    work = (
        select(work_items.c.state)
        .where(work_items.c.conversation_id == columns.conversation_id)
        .order_by(work_items.c.created_at.desc(), work_items.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    dead = (
        select(dead_letters.c.id).where(dead_letters.c.subject == columns.conversation_id).exists()
    )
    automatic = columns.automatic
    filed = or_(
        automatic == constant(Automatic.COMMAND.value),
        and_(automatic != constant(Automatic.NO.value), columns.sequence > 1),
    )
    return case(
        (columns.kind != constant(InteractionKind.MESSAGE.value), "internal"),
        (outbound.c.state.is_not(None), constant("out_").concat(outbound.c.state)),
        (and_(unrouted.c.interaction_id.is_not(None), dead), "dead"),
        (unrouted.c.interaction_id.is_not(None), "unrouted"),
        (columns.account == IMPORTED, "imported"),
        (filed, "filed"),
        (work.is_not(None), constant("work_").concat(work)),
        else_=UNEXPLAINED,
    )
