"""How the work of everybody stands: what waits and is in hand, how today goes, who is there.

Reads the open work and what came in since the day began: both are few, however much is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal_column, or_, select

from hub import clock
from hub.interaction import Channel
from hub.promises import Promise
from hub.store import calls, in_hand, listening, presence
from hub.store.constants import constant, one_of
from hub.store.on_the_line import chat_was_left, is_called
from hub.store.tables import (
    agent_roles,
    agents,
    chat_visits,
    deadlines,
    interactions,
    outbound,
    work_items,
)
from hub.store.tables import calls as calls_table
from hub.store.tables import presence as people
from hub.store.work_items import ASSIGNED, DONE, OFFERED, SNOOZED, WAITING, WorkItem, by_ids

_FAILED = ("failed", "bounced", "uncertain")


@dataclass(frozen=True)
class Cell:
    """One role and channel. Now: `waiting` (with `offered`), since when the `oldest` of them does,
    those of them whose customer is on the line or in the chat (`present`, the oldest since
    `present_since`), `held`, `aside`, `soon` (an answer is due within its warning time) and `late`.
    Since the day began: what `arrived`, first answers that came `in_time` or `too_late`, and
    customers who gave up before one (`abandoned`)."""

    role: str
    channel: Channel
    waiting: int = 0
    oldest: datetime | None = None
    present: int = 0
    present_since: datetime | None = None
    offered: int = 0
    held: int = 0
    aside: int = 0
    soon: int = 0
    late: int = 0
    arrived: int = 0
    in_time: int = 0
    too_late: int = 0
    abandoned: int = 0

    @property
    def service_level(self) -> float | None:
        """The share of first answers that came in time, of those that came or are too late."""
        due = self.in_time + self.too_late
        return self.in_time / due if due else None

    def plus(self, other: "Cell") -> "Cell":
        """Both together, under the names of this one."""
        sums = {name: getattr(self, name) + getattr(other, name) for name in FIGURES}
        return replace(
            self,
            **sums,
            oldest=_first(self.oldest, other.oldest),
            present_since=_first(self.present_since, other.present_since),
        )


def _first(*times: datetime | None) -> datetime | None:
    return min((at for at in times if at is not None), default=None)


@dataclass(frozen=True)
class Seat:
    """An agent who is there, or has something in hand. `used`: of `capacity`
    units. `listeners`: the supervisors who listen in on it."""

    agent_id: str
    name: str
    state: str
    reason: str
    since: datetime | None
    used: int
    held: int
    capacity: int
    roles: frozenset[str] = frozenset()
    listeners: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wall:
    """`since`: when the day began. `cells` by role and channel."""

    at: datetime
    since: datetime
    cells: Sequence[Cell]
    seats: Sequence[Seat]

    @property
    def all(self) -> Cell:
        total = Cell("", Channel.MANUAL)
        for cell in self.cells:
            total = total.plus(cell)
        return total

    def count(self, *states: str) -> int:
        """How many agents are in one of these states."""
        return sum(seat.state in states for seat in self.seats)


def read(connection: Connection, *, since: datetime, quiet: timedelta) -> Wall:
    """`quiet`: after so long without a word, a chat takes half of its room."""
    now = clock.now()
    cells: dict[tuple[str, str], dict[str, Any]] = {}
    for figures in (NOW, TODAY):
        for role, channel, values in _counts(connection, figures, now=now, since=since):
            cells.setdefault((role, channel), {}).update(values)
    return Wall(
        at=now,
        since=since,
        cells=[Cell(role, Channel(c), **values) for (role, c), values in sorted(cells.items())],
        seats=seats(connection, now, quiet),
    )


def seats(connection: Connection, now: datetime, quiet: timedelta) -> list[Seat]:
    """Everybody who may sign in and has something in hand or is not off; who takes work first. What
    they have is counted as for themselves and for offers: the row in `presence` says the least."""
    held = (
        select(work_items.c.agent_id, func.count().label("held"))
        .where(work_items.c.agent_id.is_not(None), one_of(work_items.c.state, [ASSIGNED]))
        .group_by(work_items.c.agent_id)
        .subquery()
    )
    rows = connection.execute(
        select(
            agents.c.id,
            agents.c.name,
            people.c.state,
            people.c.reason,
            people.c.since,
            agents.c.capacity,
            func.coalesce(held.c.held, 0).label("held"),
        )
        .outerjoin(people, people.c.agent_id == agents.c.id)
        .outerjoin(held, held.c.agent_id == agents.c.id)
        .where(agents.c.active, or_(people.c.state != presence.OFF, held.c.held > 0))
        .order_by(agents.c.name, agents.c.id)
    ).all()
    roles: dict[str, set[str]] = {}
    listeners = listening.by_agent(connection)
    loads = in_hand.loads(connection, [row.id for row in rows])
    for agent_id, role in connection.execute(select(agent_roles.c.agent_id, agent_roles.c.role)):
        roles.setdefault(agent_id, set()).add(role)
    found = [
        Seat(
            agent_id=row.id,
            name=row.name,
            state=row.state or presence.OFF,
            reason=row.reason or "",
            since=row.since,
            used=in_hand.units_in_use(loads.get(row.id, ()), now, quiet),
            capacity=row.capacity,
            held=row.held,
            roles=frozenset(roles.get(row.id, ())),
            listeners=listeners.get(row.id, ()),
        )
        for row in rows
    ]
    return sorted(found, key=lambda seat: _ORDER.get(seat.state, len(_ORDER)))


_STATES = (
    presence.AVAILABLE,
    presence.WRAPPING,
    presence.NOT_RESPONDING,
    presence.AWAY,
    presence.OFF,
)
_ORDER = {state: place for place, state in enumerate(_STATES)}

NOW = ("waiting", "present", "offered", "held", "aside", "soon", "late")
TODAY = ("arrived", "in_time", "too_late", "abandoned")
FIGURES = (*NOW, *TODAY)


def behind(figure: str, *, now: datetime, since: datetime) -> ColumnElement[bool]:
    """Which work items a figure counts: those of `NOW` are open, those of `TODAY` came since."""
    columns = work_items.c
    conditions: dict[str, ColumnElement[bool]] = {
        "waiting": one_of(columns.state, [WAITING, OFFERED]),
        "present": and_(one_of(columns.state, [WAITING, OFFERED]), _is_there()),
        "offered": columns.state == constant(OFFERED),
        "held": columns.state == constant(ASSIGNED),
        "aside": columns.state == constant(SNOOZED),
        "soon": and_(columns.answer_warn <= now, columns.overdue.is_(False)),
        "late": columns.overdue.is_(True),
        "arrived": columns.id.is_not(None),
        "in_time": _first_answer(
            deadlines.c.met_at.is_not(None), deadlines.c.breached_at.is_(None)
        ),
        "too_late": _first_answer(deadlines.c.breached_at.is_not(None)),
        "abandoned": given_up(),
    }
    within = columns.state != constant(DONE) if figure in NOW else _came_since(since)
    return and_(within, conditions[figure])


@dataclass(frozen=True)
class Behind:
    """The work that a figure counts; of one role, channel or agent only, if that is given."""

    figure: str
    since: datetime
    role: str = ""
    channel: str = ""
    agent_id: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        columns = work_items.c
        found = [behind(self.figure, now=clock.now(), since=self.since)]
        for column, wanted in (
            (columns.role, self.role),
            (columns.channel, self.channel),
            (columns.agent_id, self.agent_id),
        ):
            if wanted:
                found.append(column == wanted)
        return found


def count_behind(connection: Connection, asked: Behind) -> int:
    query = select(func.count()).select_from(work_items).where(*asked.conditions())
    found: int = connection.execute(query).scalar_one()
    return found


def items_behind(
    connection: Connection, asked: Behind, *, limit: int, offset: int = 0
) -> list[WorkItem]:
    """The most urgent first; those that are done at the end."""
    columns = work_items.c
    done = case((columns.state == constant(DONE), 1), else_=0)
    query = select(columns.id).where(*asked.conditions())
    ordered = query.order_by(done, columns.rank, columns.id).limit(limit).offset(offset)
    ids = list(connection.execute(ordered).scalars())
    found = {item.id: item for item in by_ids(connection, ids)}
    return [found[item_id] for item_id in ids if item_id in found]


def _came_since(since: datetime) -> ColumnElement[bool]:
    """The first part is for the database: ids have an index, times of waiting have none."""
    columns = work_items.c
    return and_(columns.id >= clock.first_id(since), columns.waiting_since >= since)


def _first_answer(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Promises of a first answer, as their clocks went: with pauses, and moved from role to role.
    One that was withdrawn because the topic was corrected has neither end."""
    columns = deadlines.c
    return (
        select(columns.id)
        .where(
            columns.work_item_id == work_items.c.id,
            columns.promise == constant(Promise.FIRST_RESPONSE.value),
            *conditions,
        )
        .exists()
    )


def given_up() -> ColumnElement[bool]:
    """Who hung up before anybody answered, or left a chat in which nobody had."""
    columns = work_items.c
    missed = select(calls_table.c.sid).where(
        calls_table.c.conversation_id == columns.conversation_id,
        one_of(calls_table.c.outcome, [calls.MISSED, calls.CALLBACK]),
    )
    left = select(chat_visits.c.conversation_id).where(
        chat_visits.c.conversation_id == columns.conversation_id,
        chat_visits.c.left_at.is_not(None),
    )
    return or_(
        and_(columns.channel == constant("phone"), missed.exists()),
        and_(
            columns.channel == constant("chat"),
            columns.first_response_at.is_(None),
            left.exists(),
        ),
    )


def _is_there() -> ColumnElement[bool]:
    """The customer is on the line, or in the chat."""
    columns = work_items.c
    return or_(
        and_(columns.channel == constant("phone"), is_called(columns.conversation_id)),
        and_(columns.channel == constant("chat"), ~chat_was_left(columns.conversation_id)),
    )


_Rows = list[tuple[str, str, dict[str, Any]]]


def _counts(
    connection: Connection, figures: Sequence[str], *, now: datetime, since: datetime
) -> _Rows:
    columns = work_items.c
    of_now = figures == NOW
    within = columns.state != constant(DONE) if of_now else _came_since(since)
    counted = {name: _sum(behind(name, now=now, since=since)) for name in figures}
    if of_now:
        for name, figure in (("oldest", "waiting"), ("present_since", "present")):
            waits = behind(figure, now=now, since=since)
            counted[name] = func.min(case((waits, columns.waiting_since)))
    named = [expression.label(name) for name, expression in counted.items()]
    # SQLite would group by the index of roles, which goes through all work that there ever was.
    role = columns.role.concat(literal_column("''"))
    rows = connection.execute(
        select(role.label("role"), columns.channel, *named)
        .where(within)
        .group_by(role, columns.channel)
    )
    return [
        (row["role"], row["channel"], {name: row[name] for name in counted})
        for row in rows.mappings()
    ]


def _sum(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


@dataclass(frozen=True)
class Sending:
    """What became of the messages that were written over one channel lately."""

    channel: Channel
    count: int
    failed: int
    error: str = ""


def sending(connection: Connection, since: datetime) -> list[Sending]:
    """By channel, of the messages written since then; `error`: what was said of one that failed."""
    columns = outbound.c
    failed = one_of(columns.state, _FAILED)
    rows = connection.execute(
        select(
            columns.channel,
            func.count().label("written"),
            _sum(failed).label("failed"),
            func.max(case((failed, columns.error), else_="")).label("error"),
        )
        .where(columns.interaction_id >= clock.first_id(since))
        .group_by(columns.channel)
        .order_by(columns.channel)
    )
    return [Sending(Channel(row.channel), row.written, row.failed, row.error) for row in rows]


LOOK_BACK = timedelta(days=14)


def last_received(
    connection: Connection, accounts: Sequence[str], now: datetime
) -> dict[str, datetime | None]:
    """By mailbox, when the last mail came in; None: none since `LOOK_BACK`."""
    found: dict[str, datetime | None] = dict.fromkeys(accounts)
    columns = interactions.c
    for days in (1, LOOK_BACK.days):
        missing = [account for account, at in found.items() if at is None]
        if not missing:
            break
        rows = connection.execute(
            select(columns.account, func.max(columns.id))
            .where(
                columns.id >= clock.first_id(now - timedelta(days=days)),
                columns.channel == constant("email"),
                columns.direction == constant("inbound"),
                columns.account.in_(missing),
            )
            .group_by(columns.account)
        )
        for account, last in rows:
            found[account] = connection.execute(
                select(columns.received_at).where(columns.id == last)
            ).scalar_one()
    return found
