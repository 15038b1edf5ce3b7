"""The front of the queues, for whoever hands out work. Looks at heads only, by their indexes."""

import functools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Integer,
    Row,
    Select,
    bindparam,
    literal,
    select,
    tuple_,
    union_all,
    update,
)

from hub.interaction import LIVE
from hub.store import answers
from hub.store.constants import constant, one_of
from hub.store.ranking import Place
from hub.store.tables import work_items
from hub.store.types import Counter

PAGES = (20, 200, 200, 200, 200)
"""Items of each queue that are looked at for one agent: more only where those were not for them."""
LOOKS_AT_ONCE = 200

_WAITS = work_items.c.state == constant("waiting")
_IS_LIVE = one_of(work_items.c.channel, sorted(LIVE))
_ORDER = (work_items.c.rank, work_items.c.id)
_COLUMNS = (
    work_items.c.id,
    work_items.c.conversation_id,
    work_items.c.agent_id,
    work_items.c.epoch,
    work_items.c.role,
    work_items.c.backup_role,
    work_items.c.channel,
    work_items.c.units,
    work_items.c.skills,
    work_items.c.waiting_since,
    work_items.c.rank,
    work_items.c.preferred_agent_id,
    work_items.c.preferred_until,
    work_items.c.preferred_why,
    work_items.c.answer_due,
    work_items.c.overdue,
    answers.REFUSED,
)
_BEGINNING = (-(2**62), "")
_WAITING: Select[Any] = select(*_COLUMNS).where(work_items.c.id == bindparam("item"), _WAITS)


_LOOK_AGAIN = (
    update(work_items)
    .where(
        work_items.c.id
        == select(work_items.c.id)
        .where(work_items.c.id == bindparam("item"), _WAITS)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    .values(look_again_at=bindparam("at"))
)


@dataclass(frozen=True)
class Reach:
    """What one agent may be given: the queues of these roles, of those that these roles back up,
    and what waits for the agent in person. `live`: only calls and chats."""

    agent_id: str
    roles: tuple[str, ...]
    backup_for: tuple[str, ...]
    live: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.roles, *self.backup_for)


def heads(connection: Connection, roles: Collection[str], limit: int) -> list[Row[Any]]:
    """The first items of each of these roles."""
    reach = Reach("", tuple(sorted(roles)), ())
    return _page(connection, reach, dict(enumerate([_BEGINNING] * len(reach.names))), limit)


def reachable(connection: Connection, reach: Reach) -> Iterator[list[Row[Any]]]:
    """The heads of its queues; then what comes after them, in those that are longer."""
    ends = dict(enumerate([_BEGINNING] * len(reach.names)))
    for size in PAGES:
        found = _page(connection, reach, ends, size)
        if found:
            yield found
        rows = {number: [row for row in found if row.part == number] for number in ends}
        ends = {n: (r[-1].rank, r[-1].id) for n, r in rows.items() if len(r) == size}
        if not ends:
            return


def first_ids(
    connection: Connection, roles: Collection[str], limit: int, *, after: Place | None = None
) -> list[str]:
    """The front of these roles' queues taken together, or what comes after a place in them."""
    if not roles:
        return []
    given = {f"role_{number}": role for number, role in enumerate(sorted(roles))}
    behind = {} if after is None else {"rank": after[0], "id": after[1]}
    statement = _front(len(given), is_on=bool(behind))
    return list(connection.execute(statement, {**given, **behind, "most": limit}).scalars())


def front(connection: Connection, roles: Collection[str], now: datetime, limit: int) -> list[str]:
    """The ids of the first items of each of these roles, and of what waits for somebody."""
    waits_for = select(work_items.c.id).where(
        _WAITS, work_items.c.preferred_agent_id.is_not(None), work_items.c.preferred_until > now
    )
    given = connection.execute(waits_for.limit(LOOKS_AT_ONCE)).scalars().all()
    return [*given, *(row.id for row in heads(connection, roles, limit))]


def waiting(connection: Connection, item_id: str) -> Row[Any] | None:
    """The item, if it waits."""
    return connection.execute(_WAITING, {"item": item_id}).one_or_none()


def due(connection: Connection, now: datetime) -> list[str]:
    """Waiting items to look at again, because something about them changed by itself."""
    asked = (
        select(work_items.c.id)
        .where(_WAITS, work_items.c.look_again_at <= now)
        .order_by(work_items.c.look_again_at)
        .limit(LOOKS_AT_ONCE)
    )
    return list(connection.execute(asked).scalars())


def look_again(connection: Connection, item_id: str, at: datetime | None) -> bool:
    """At this time; whether that was noted: not of what somebody else is changing."""
    return connection.execute(_LOOK_AGAIN, {"item": item_id, "at": at}).rowcount > 0


def look_again_by(connection: Connection, item_id: str, at: datetime) -> None:
    """At this time, unless it is looked at sooner."""
    later = work_items.c.look_again_at.is_(None) | (work_items.c.look_again_at > at)
    connection.execute(
        update(work_items).where(work_items.c.id == item_id, _WAITS, later).values(look_again_at=at)
    )


def next_look(connection: Connection) -> datetime | None:
    return _first(connection, work_items.c.look_again_at, _WAITS)


def next_awakening(connection: Connection) -> datetime | None:
    """When the next snoozed item comes back."""
    return _first(connection, work_items.c.snoozed_until, work_items.c.state == constant("snoozed"))


def _first(
    connection: Connection, column: ColumnElement[Any], condition: ColumnElement[bool]
) -> datetime | None:
    found: datetime | None = connection.execute(
        select(column).where(condition, column.is_not(None)).order_by(column).limit(1)
    ).scalar_one_or_none()
    return found


def _page(
    connection: Connection, reach: Reach, after: Mapping[int, tuple[int, str]], size: int
) -> list[Row[Any]]:
    """In one question, each part cut by itself: a queue of 100,000 costs what its head does."""
    beginning = all(end == _BEGINNING for end in after.values())
    personal = reach.agent_id if beginning else ""
    parts = tuple((number, number >= len(reach.roles)) for number in sorted(after))
    if not parts and not personal:
        return []
    values: dict[str, Any] = {"agent": personal}
    for number, (rank, item_id) in after.items():
        name = reach.names[number]
        values |= {f"role_{number}": name, f"rank_{number}": rank, f"id_{number}": item_id}
    statement = _statement(parts, reach.live, bool(personal), size)
    return list(connection.execute(statement, values))


@functools.lru_cache(maxsize=1000)  # making it takes longer than running it
def _statement(
    parts: tuple[tuple[int, bool], ...], live: bool, personal: bool, size: int
) -> CompoundSelect[Any]:
    """`parts`: numbers of the queues, and whether each is one that is backed up."""
    chosen = []
    for number, backed_up in parts:
        column = work_items.c.backup_role if backed_up else work_items.c.role
        end = tuple_(bindparam(f"rank_{number}", type_=Counter), bindparam(f"id_{number}"))
        behind = tuple_(*_ORDER) > end
        only = (_IS_LIVE,) if live else ()
        part = _part(number, column == bindparam(f"role_{number}"), behind, *only)
        chosen.append(part.order_by(*_ORDER).limit(constant(size)))
    if personal:
        given = work_items.c.preferred_agent_id == bindparam("agent")
        chosen.append(_part(-1, given).order_by(*_ORDER).limit(constant(size)))
    return union_all(*(select(part.subquery()) for part in chosen))


def _part(number: int, *conditions: ColumnElement[bool]) -> Select[Any]:
    return select(*_COLUMNS, constant(number).label("part")).where(*conditions, _WAITS)


def is_behind(place: Place) -> ColumnElement[bool]:
    """Whether an item comes after this place in the order of the queues."""
    rank, item_id = place
    return tuple_(*_ORDER) > tuple_(literal(rank, Counter), literal(item_id))


@functools.lru_cache(maxsize=100)  # making it takes longer than running it
def _front(queues: int, *, is_on: bool) -> Select[Any]:
    """`is_on`: behind a place, not from the beginning."""
    most = bindparam("most", type_=Integer)
    behind = tuple_(*_ORDER) > tuple_(bindparam("rank", type_=Counter), bindparam("id"))
    heads = [
        select(work_items.c.id, work_items.c.rank)
        .where(work_items.c.role == bindparam(f"role_{number}"), _WAITS, *((behind,) * is_on))
        .order_by(*_ORDER)
        .limit(most)
        for number in range(queues)
    ]
    merged = union_all(*(select(head.subquery()) for head in heads)).subquery()
    return select(merged.c.id).order_by(merged.c.rank, merged.c.id).limit(most)
