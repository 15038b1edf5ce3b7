"""The facts that business rules ask for, of much work at once and each as of a moment.

Everything that rules look at has its time in the store, so what held a month ago can be told today.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from sqlalchemy import Connection, Row

from hub.deliveries import ENDED, ParcelState
from hub.interaction import Channel, Direction
from hub.promises import Promise
from hub.rules.conditions import Fact
from hub.rules.facts import (
    Broken,
    Contact,
    CustomerKind,
    Facts,
    InForce,
    LateOrder,
    Missed,
    Overdue,
    Rated,
)
from hub.rules.turning import LOOKED_AHEAD
from hub.store.rule_rows import Found, Now, Who, read_rows
from hub.store.work_items import WorkItem

ANY = "any"
"""What stands for all topics, and for all groups."""
_MOST = 20
"""So many late orders, invoices and so on of one customer are told."""


def read(
    connection: Connection,
    items: Sequence[WorkItem],
    at: Callable[[WorkItem], datetime],
    needs: Collection[Fact],
    zone: tzinfo = UTC,
) -> Mapping[str, Facts]:
    """By work item. `at`: as of when; `zone`: in which the days of the organisation begin."""
    found = Found()
    moments = [at(item) for item in items]
    if items:
        read_rows(connection, found, items, min(moments), set(needs))
    return {
        item.id: _facts(item, moment, found, needs, zone)
        for item, moment in zip(items, moments, strict=True)
    }


def ahead(
    connection: Connection,
    item: WorkItem,
    now: datetime,
    needs: Collection[Fact],
    zone: tzinfo = UTC,
) -> Callable[[datetime], Facts]:
    """What is known now, as it stands at any moment from now until as far as is looked ahead."""
    found, until = Found(), now + LOOKED_AHEAD
    today, last_day = (moment.astimezone(zone).date() for moment in (now, until))
    looked_at = Now(now, today, until, last_day)
    read_rows(connection, found, [item], now, set(needs), now=looked_at)
    return lambda moment: _facts(item, moment, found, needs, zone)


def without_reading(item: WorkItem, at: datetime, zone: tzinfo = UTC) -> Facts:
    """What the work item itself says."""
    return _facts(item, at, Found(), (), zone)


def _facts(
    item: WorkItem, at: datetime, found: Found, needs: Collection[Fact], zone: tzinfo
) -> Facts:
    who = found.who.get(item.customer_id)
    own_orders = _orders_of(item, found)
    today = at.astimezone(zone).date()
    house = who.house if who else frozenset()
    agreed = [row for one in (who.parties if who else ()) for row in found.agreed.get(one, ())]
    return Facts(
        at=at,
        today=today,
        topic=_path(item.topic),
        channel=item.channel,
        group=_path(str(item.decision.get("target_group") or "")),
        customer=_kind(who),
        waiting_since=_waiting_since(found.messages.get(item.conversation_id, ()), at),
        missed=tuple(
            Missed(Promise(row.promise), row.due_at)
            for row in found.missed.get(item.id, ())
            if row.due_at <= at
        ),
        orders=tuple(sorted(own_orders)),
        contacts=tuple(_contacts(item, at, found)) if Fact.CONTACTS in needs else (),
        late=_late(found, house, own_orders, at),
        overdue=_overdue(found, house, today),
        broken=tuple(Broken(row.title, row.due_at) for row in agreed if _is_broken(row, at)),
        ratings=tuple(
            Rated(row.score, row.at)
            for row in found.ratings.get(item.customer_id, ())
            if row.at <= at
        ),
        agreements=tuple(_agreement(row) for row in agreed if _is_in_force(row, at)),
        coming=tuple(_agreement(row) for row in agreed if _is_coming(row, at)),
    )


def _late(
    found: Found, house: Collection[str], named: Collection[str], at: datetime
) -> tuple[LateOrder, ...]:
    """Of the whole house, first what the conversation is about, then what should have been there
    longest."""
    rows = (row for one in house for row in found.late.get(one, ()) if _is_late(row, at))
    late = [LateOrder(row.number, row.expected_until, row.number in named) for row in rows]
    return tuple(sorted(late, key=lambda one: (not one.named, one.expected, one.number))[:_MOST])


def _overdue(found: Found, house: Collection[str], today: date) -> tuple[Overdue, ...]:
    """Of the whole house, the oldest first."""
    overdue = [
        Overdue(row.number, (today - row.due_on).days)
        for one in house
        for row in found.bills.get(one, ())
        if row.due_on < today and (row.paid_on is None or row.paid_on > today)
    ]
    return tuple(sorted(overdue, key=lambda one: (-one.days, one.number))[:_MOST])


def _orders_of(item: WorkItem, found: Found) -> set[str]:
    """What it names that is theirs: a number of somebody else's is a claim, of which nothing is
    told."""
    who = found.who.get(item.customer_id)
    numbers = found.orders.get(item.conversation_id, set())
    return {one for one in numbers if who is not None and found.owners.get(one) in who.house}


def _path(text: str) -> str:
    """A topic or group; the one that stands for all is none."""
    return "" if text == ANY else text


def _kind(who: Who | None) -> CustomerKind:
    if who is None:
        return CustomerKind.PRIVATE
    if who.kind == "shared":
        return CustomerKind.SHARED
    if who.kind == "visitor":
        return CustomerKind.VISITOR
    has_firm = who.kind == "organisation" or who.in_organisation
    return CustomerKind.BUSINESS if has_firm else CustomerKind.PRIVATE


def _waiting_since(messages: Sequence[Row[Any]], at: datetime) -> datetime | None:
    """`messages`: the newest first."""
    since = None
    for row in messages:
        if row.received_at > at:
            continue
        if row.direction != Direction.INBOUND.value:
            break
        since = row.received_at
    return since


def _contacts(item: WorkItem, at: datetime, found: Found) -> list[Contact]:
    """What they turned to us with: what a carrier tells of their parcel is none of it."""
    topics: dict[str, set[str]] = defaultdict(set)
    for row in found.talks.get(item.customer_id, ()):
        topics[row.id].add(row.topic or "")
    topics[item.conversation_id].add(item.topic)
    own = _orders_of(item, found)
    house = found.who[item.customer_id].house
    about = {one for one, writer in found.writers.items() if writer in house}
    return [
        Contact(
            at=row.received_at,
            conversation_id=conversation_id,
            channel=Channel(row.channel),
            same_topic=bool(item.topic) and item.topic in topics.get(conversation_id, ()),
            orders=frozenset(found.orders.get(conversation_id, set()) & own),
        )
        for conversation_id in {*topics, *about}
        for row in found.messages.get(conversation_id, ())
        if row.direction == Direction.INBOUND.value
        and row.channel != Channel.PARTNER.value
        and row.received_at <= at
    ]


def _is_late(row: Row[Any], at: datetime) -> bool:
    """What was lost or came back is not late: it does not come."""
    if row.expected_until >= at:
        return False
    if row.delivered_at is not None:
        return bool(row.delivered_at > at)
    return ParcelState(row.state) not in ENDED


def _is_broken(row: Row[Any], at: datetime) -> bool:
    """A promise that was due by then and not kept in time; others end when they are kept."""
    if row.kind != "promise" or row.due_at is None or row.due_at > at:
        return False
    kept = row.kept_at or row.valid_until
    return kept is None or bool(kept > row.due_at)


def _agreement(row: Row[Any]) -> InForce:
    return InForce(row.kind, row.title, row.terms, row.valid_from, row.valid_until)


def _is_in_force(row: Row[Any], at: datetime) -> bool:
    has_ended = row.valid_until is not None and row.valid_until <= at
    return row.kind != "promise" and not has_ended and not _is_coming(row, at)


def _is_coming(row: Row[Any], at: datetime) -> bool:
    return bool(row.kind != "promise" and row.valid_from > at)
