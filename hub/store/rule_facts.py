"""Reads the facts that business rules ask for, of much work at once and each as of a moment.

Everything that rules look at has its time in the store, so what held a month ago can be told today.
Only what is needed is read, in so many queries whatever the number of work items.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Connection, Row, func, select

from hub.deliveries import ENDED, ParcelState
from hub.interaction import Automatic, Channel, Direction, InteractionKind
from hub.promises import Promise
from hub.references import Reference
from hub.rules.conditions import LONGEST_DAYS, Fact
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
from hub.store.among import among
from hub.store.tables import (
    agreements,
    conversation_links,
    conversations,
    customers,
    deadlines,
    deliveries,
    interactions,
    invoices,
    orders,
    ratings,
    work_items,
)
from hub.store.work_items import WorkItem

ANY = "any"
MESSAGES = 300
"""So many of each conversation's newest are looked at, on average."""
_BACK = timedelta(days=LONGEST_DAYS)
_MOST = 20
"""So many late orders, invoices and so on of one customer are told."""


@dataclass(frozen=True)
class _Who:
    """`house`: the customer, who they work for, and everybody else of it. `parties`: with whom
    something may have been agreed that holds for the customer."""

    kind: str
    in_organisation: bool
    house: frozenset[str]
    parties: frozenset[str]


@dataclass
class _Found:
    """What was read, by customer or conversation."""

    who: dict[str, _Who] = field(default_factory=dict)
    messages: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    talks: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    missed: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    orders: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    owners: dict[str, str] = field(default_factory=dict)
    """Of orders, by number."""
    writers: dict[str, str] = field(default_factory=dict)
    """Of conversations about these orders."""
    late: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    bills: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    agreed: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    ratings: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))


def read(
    connection: Connection,
    items: Sequence[WorkItem],
    at: Callable[[WorkItem], datetime],
    needs: Collection[Fact],
    zone: tzinfo = UTC,
) -> Mapping[str, Facts]:
    """By work item. `at`: as of when; `zone`: in which the days of the organisation begin."""
    found = _Found()
    moments = [at(item) for item in items]
    if items:
        _read_all(connection, found, items, min(moments), set(needs))
    return {
        item.id: _facts(item, moment, found, needs, zone)
        for item, moment in zip(items, moments, strict=True)
    }


def without_reading(item: WorkItem, at: datetime, zone: tzinfo = UTC) -> Facts:
    """What the work item itself says."""
    return _facts(item, at, _Found(), (), zone)


def _read_all(
    connection: Connection,
    found: _Found,
    items: Sequence[WorkItem],
    first: datetime,
    needs: set[Fact],
) -> None:
    own = {item.conversation_id for item in items}
    customer_ids = {item.customer_id for item in items}
    if needs - {Fact.WAITING, Fact.MISSED}:
        found.who = _who(connection, customer_ids)
    house = {one for who in found.who.values() for one in who.house}
    if Fact.CONTACTS in needs or Fact.LATE in needs:
        _read_orders(connection, found, own)
    if Fact.CONTACTS in needs:
        _read_talks(connection, found, customer_ids, own, first - _BACK)
    if needs & {Fact.CONTACTS, Fact.WAITING}:
        _read_messages(connection, found, own | _others(found), first - _BACK, len(items))
    if Fact.MISSED in needs:
        _read_missed(connection, found, [item.id for item in items])
    if Fact.LATE in needs:
        _read_late(connection, found, house)
    if Fact.OVERDUE in needs:
        _read_bills(connection, found, house)
    if Fact.AGREED in needs:
        _read_agreed(connection, found, house)
    if Fact.RATINGS in needs:
        _read_ratings(connection, found, customer_ids)


def _who(connection: Connection, ids: Collection[str]) -> dict[str, _Who]:
    columns = customers.c
    own = connection.execute(
        select(columns.id, columns.kind, columns.organisation_id).where(among(columns.id, ids))
    ).all()
    heads = {row.organisation_id or row.id for row in own}
    houses: dict[str, set[str]] = {head: {head} for head in heads}
    colleagues = select(columns.id, columns.organisation_id).where(
        among(columns.organisation_id, heads)
    )
    for row in connection.execute(colleagues):
        houses[row.organisation_id].add(row.id)
    return {
        row.id: _Who(
            kind=row.kind,
            in_organisation=row.organisation_id is not None,
            house=frozenset({row.id, *houses[row.organisation_id or row.id]}),
            parties=frozenset({row.id, row.organisation_id or row.id}),
        )
        for row in own
    }


def _read_orders(connection: Connection, found: _Found, conversation_ids: Collection[str]) -> None:
    """The numbers of the orders that conversations are about, by name or by their parcels."""
    links, mine = conversation_links.c, orders.c
    told = select(links.conversation_id, mine.number, mine.customer_id).where(
        among(links.conversation_id, conversation_ids)
    )
    by_order = told.join(
        orders, (mine.id == links.object_id) & (links.kind == Reference.ORDER.value)
    )
    by_parcel = told.join(
        deliveries,
        (deliveries.c.id == links.object_id) & (links.kind == Reference.TRACKING.value),
    ).join(orders, mine.id == deliveries.c.order_id)
    for row in connection.execute(by_order.union_all(by_parcel)):
        found.orders[row.conversation_id].add(row.number)
        found.owners[row.number] = row.customer_id


def _read_talks(
    connection: Connection,
    found: _Found,
    customer_ids: Collection[str],
    own: Collection[str],
    since: datetime,
) -> None:
    """Their other conversations, and those of anybody about the same orders."""
    columns = conversations.c
    rows = connection.execute(
        select(columns.id, columns.customer_id, work_items.c.topic)
        .outerjoin(work_items, work_items.c.conversation_id == columns.id)
        .where(among(columns.customer_id, customer_ids), columns.last_at >= since)
    )
    for row in rows:
        found.talks[row.customer_id].append(row)
    numbers = {number for one in own for number in found.orders.get(one, ())}
    if not numbers:
        return
    mine, links = orders.c, conversation_links.c
    about = connection.execute(
        select(links.conversation_id, mine.number, columns.customer_id)
        .join(orders, (mine.id == links.object_id) & (links.kind == Reference.ORDER.value))
        .join(conversations, columns.id == links.conversation_id)
        .where(among(mine.number, numbers))
    )
    for row in about:
        found.orders[row.conversation_id].add(row.number)
        found.writers[row.conversation_id] = row.customer_id


def _others(found: _Found) -> set[str]:
    return {row.id for rows in found.talks.values() for row in rows} | set(found.orders)


def _read_messages(
    connection: Connection,
    found: _Found,
    conversation_ids: Collection[str],
    since: datetime,
    times: int,
) -> None:
    columns = interactions.c
    rows = connection.execute(
        select(columns.conversation_id, columns.channel, columns.direction, columns.received_at)
        .where(
            among(columns.conversation_id, conversation_ids),
            columns.kind == InteractionKind.MESSAGE.value,
            columns.automatic == Automatic.NO.value,
            columns.received_at >= since,
        )
        .order_by(columns.received_at.desc())
        .limit(MESSAGES * times)
    )
    for row in rows:
        found.messages[row.conversation_id].append(row)


def _read_missed(connection: Connection, found: _Found, item_ids: Collection[str]) -> None:
    columns = deadlines.c
    rows = connection.execute(
        select(columns.work_item_id, columns.promise, columns.due_at, columns.met_at)
        .where(among(columns.work_item_id, item_ids), columns.breached_at.is_not(None))
        .order_by(columns.breached_at)
    )
    for row in rows:
        if row.due_at is not None:
            found.missed[row.work_item_id].append(row)


def _read_late(connection: Connection, found: _Found, house: Collection[str]) -> None:
    """Parcels that had to be there by now, and are not, or came later."""
    mine = deliveries.c
    number = func.coalesce(orders.c.number, mine.tracking).label("number")
    rows = connection.execute(
        select(mine.customer_id, mine.state, mine.expected_until, mine.delivered_at, number)
        .outerjoin(orders, orders.c.id == mine.order_id)
        .where(among(mine.customer_id, house), mine.expected_until.is_not(None))
        .order_by(mine.expected_until)
    )
    for row in rows:
        found.late[row.customer_id].append(row)


def _read_bills(connection: Connection, found: _Found, house: Collection[str]) -> None:
    columns = invoices.c
    rows = connection.execute(
        select(columns.customer_id, columns.number, columns.due_on, columns.paid_on)
        .where(among(columns.customer_id, house), columns.due_on.is_not(None), columns.amount > 0)
        .order_by(columns.due_on)
    )
    for row in rows:
        found.bills[row.customer_id].append(row)


def _read_agreed(connection: Connection, found: _Found, house: Collection[str]) -> None:
    columns = agreements.c
    rows = connection.execute(
        select(agreements).where(among(columns.customer_id, house)).order_by(columns.id)
    )
    for row in rows:
        found.agreed[row.customer_id].append(row)


def _read_ratings(connection: Connection, found: _Found, customer_ids: Collection[str]) -> None:
    talks = conversations.c
    rows = connection.execute(
        select(talks.customer_id, ratings.c.score, ratings.c.at)
        .join(conversations, talks.id == ratings.c.conversation_id)
        .where(among(talks.customer_id, customer_ids))
    )
    for row in rows:
        found.ratings[row.customer_id].append(row)


def _facts(
    item: WorkItem, at: datetime, found: _Found, needs: Collection[Fact], zone: tzinfo
) -> Facts:
    who = found.who.get(item.customer_id)
    own_orders = _orders_of(item, found)
    today = at.astimezone(zone).date()
    house = who.house if who else frozenset()
    bills = [row for one in house for row in found.bills.get(one, ())]
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
        late=tuple(
            LateOrder(row.number, row.expected_until, row.number in own_orders)
            for one in house
            for row in found.late.get(one, ())
            if _is_late(row, at)
        )[:_MOST],
        overdue=tuple(
            Overdue(row.number, (today - row.due_on).days)
            for row in bills
            if row.due_on < today and (row.paid_on is None or row.paid_on > today)
        )[:_MOST],
        broken=tuple(Broken(row.title, row.due_at) for row in agreed if _is_broken(row, at)),
        ratings=tuple(
            Rated(row.score, row.at)
            for row in found.ratings.get(item.customer_id, ())
            if row.at <= at
        ),
        agreements=tuple(
            InForce(row.kind, row.title, row.terms, row.valid_until)
            for row in agreed
            if row.kind != "promise" and _is_in_force(row, at)
        ),
    )


def _orders_of(item: WorkItem, found: _Found) -> set[str]:
    """What it names that is theirs: a number of somebody else's is a claim, of which nothing is
    told."""
    who = found.who.get(item.customer_id)
    numbers = found.orders.get(item.conversation_id, set())
    return {one for one in numbers if who is not None and found.owners.get(one) in who.house}


def _path(text: str) -> str:
    """A topic or group; the one that stands for all is none."""
    return "" if text == ANY else text


def _kind(who: _Who | None) -> CustomerKind:
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


def _contacts(item: WorkItem, at: datetime, found: _Found) -> list[Contact]:
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
        if row.direction == Direction.INBOUND.value and row.received_at <= at
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


def _is_in_force(row: Row[Any], at: datetime) -> bool:
    return bool(row.valid_from <= at and (row.valid_until is None or at < row.valid_until))
