"""Reads from the store what the facts of business rules are made of, by customer or conversation.

Only what is needed is read, in so many queries whatever the number of work items.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, func, or_, select

from hub.deliveries import ENDED
from hub.interaction import Automatic, InteractionKind
from hub.references import Reference
from hub.rules.conditions import LONGEST_DAYS, Fact
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

MESSAGES = 300
"""So many of each conversation's newest are looked at, on average."""
PEOPLE = 1_000
"""So many colleagues of a customer are looked at when a conversation is opened."""
TALKS = 300
"""So many of the latest other conversations, then."""
OPEN = 100
"""So many late parcels and so many invoices, then: more than are told."""
_BACK = timedelta(days=LONGEST_DAYS)


@dataclass(frozen=True)
class Now:
    """The moment at which a conversation is opened, and until when it is looked ahead; with the
    days where the organisation is."""

    at: datetime
    today: date
    until: datetime
    last_day: date


@dataclass(frozen=True)
class Who:
    """`house`: the customer, who they work for, and everybody else of it. `parties`: with whom
    something may have been agreed that holds for the customer."""

    kind: str
    in_organisation: bool
    house: frozenset[str]
    parties: frozenset[str]


@dataclass
class Found:
    """What was read, by customer or conversation."""

    who: dict[str, Who] = field(default_factory=dict)
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


def read_rows(
    connection: Connection,
    found: Found,
    items: Sequence[WorkItem],
    first: datetime,
    needs: set[Fact],
    *,
    now: Now | None = None,
) -> None:
    """Put into `found` what is needed; `first`: the earliest moment as of which it is.

    `now`: nothing is told as of a moment before. Then what is over is not read, and of what an
    organisation has without end, only so much.
    """
    own = {item.conversation_id for item in items}
    customer_ids = {item.customer_id for item in items}
    if Fact.CONTACTS in needs or Fact.LATE in needs:
        _read_orders(connection, found, own)
    if needs - {Fact.WAITING, Fact.MISSED}:
        most, owners = None if now is None else PEOPLE, set(found.owners.values())
        found.who = _who(connection, customer_ids, most, owners)
    house = {one for who in found.who.values() for one in who.house}
    if Fact.CONTACTS in needs:
        _read_talks(connection, found, customer_ids, own, first - _BACK, now=now)
    if needs & {Fact.CONTACTS, Fact.WAITING}:
        _read_messages(connection, found, own | _others(found), first - _BACK, len(items))
    if Fact.MISSED in needs:
        _read_missed(connection, found, [item.id for item in items])
    if Fact.LATE in needs:
        _read_late(connection, found, house, now)
    if Fact.OVERDUE in needs:
        _read_bills(connection, found, house, now)
    if Fact.AGREED in needs:
        parties = {one for who in found.who.values() for one in who.parties}
        _read_agreed(connection, found, parties, first - _BACK)
    if Fact.RATINGS in needs:
        _read_ratings(connection, found, customer_ids, first - _BACK)


def _who(
    connection: Connection, ids: Collection[str], most: int | None, owners: Collection[str]
) -> dict[str, Who]:
    """`most`: so many colleagues at most, first the `owners` of what is written about."""
    columns = customers.c
    own = connection.execute(
        select(columns.id, columns.kind, columns.organisation_id).where(among(columns.id, ids))
    ).all()
    heads = {row.organisation_id or row.id for row in own}
    houses: dict[str, set[str]] = {head: {head} for head in heads}
    colleagues = (
        select(columns.id, columns.organisation_id)
        .where(among(columns.organisation_id, heads))
        .order_by(case((among(columns.id, owners), 0), else_=1), columns.id)
        .limit(most)
    )
    for row in connection.execute(colleagues):
        houses[row.organisation_id].add(row.id)
    return {
        row.id: Who(
            kind=row.kind,
            in_organisation=row.organisation_id is not None,
            house=frozenset({row.id, *houses[row.organisation_id or row.id]}),
            parties=frozenset({row.id, row.organisation_id or row.id}),
        )
        for row in own
    }


def _read_orders(connection: Connection, found: Found, conversation_ids: Collection[str]) -> None:
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
    found: Found,
    customer_ids: Collection[str],
    own: Collection[str],
    since: datetime,
    *,
    now: Now | None,
) -> None:
    """Their other conversations, and those of anybody about the same orders."""
    columns = conversations.c
    most = None if now is None else TALKS
    rows = connection.execute(
        select(columns.id, columns.customer_id, work_items.c.topic)
        .outerjoin(work_items, work_items.c.conversation_id == columns.id)
        .where(among(columns.customer_id, customer_ids), columns.last_at >= since)
        .order_by(columns.last_at.desc())
        .limit(most)
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
        .where(among(mine.number, numbers), columns.last_at >= since)
        .order_by(columns.last_at.desc())
        .limit(most)
    )
    for row in about:
        found.orders[row.conversation_id].add(row.number)
        found.writers[row.conversation_id] = row.customer_id


def _others(found: Found) -> set[str]:
    return {row.id for rows in found.talks.values() for row in rows} | set(found.orders)


def _read_messages(
    connection: Connection,
    found: Found,
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


def _read_missed(connection: Connection, found: Found, item_ids: Collection[str]) -> None:
    columns = deadlines.c
    rows = connection.execute(
        select(columns.work_item_id, columns.promise, columns.due_at, columns.met_at)
        .where(among(columns.work_item_id, item_ids), columns.breached_at.is_not(None))
        .order_by(columns.breached_at)
    )
    for row in rows:
        if row.due_at is not None:
            found.missed[row.work_item_id].append(row)


def _read_late(
    connection: Connection, found: Found, house: Collection[str], now: Now | None
) -> None:
    """Parcels that had to be there by the moment that is looked at, and are not, or came later;
    those of orders that the conversation is about first."""
    mine = deliveries.c
    number = func.coalesce(orders.c.number, mine.tracking).label("number")
    query = (
        select(mine.customer_id, mine.state, mine.expected_until, mine.delivered_at, number)
        .outerjoin(orders, orders.c.id == mine.order_id)
        .where(among(mine.customer_id, house), mine.expected_until.is_not(None))
    )
    if now is not None:
        named = {one for numbers in found.orders.values() for one in numbers}
        query = (
            query.where(
                mine.expected_until < now.until,
                or_(mine.delivered_at.is_(None), mine.delivered_at > now.at),
                or_(mine.delivered_at.is_not(None), mine.state.not_in(ENDED)),
            )
            .order_by(case((among(orders.c.number, named), 0), else_=1))
            .limit(OPEN)
        )
    for row in connection.execute(query.order_by(mine.expected_until)):
        found.late[row.customer_id].append(row)


def _read_bills(
    connection: Connection, found: Found, house: Collection[str], now: Now | None
) -> None:
    columns = invoices.c
    query = (
        select(columns.customer_id, columns.number, columns.due_on, columns.paid_on)
        .where(among(columns.customer_id, house), columns.due_on.is_not(None), columns.amount > 0)
        .order_by(columns.due_on)
    )
    if now is not None:
        not_paid = or_(columns.paid_on.is_(None), columns.paid_on > now.today)
        query = query.where(columns.due_on < now.last_day, not_paid).limit(OPEN)
    for row in connection.execute(query):
        found.bills[row.customer_id].append(row)


def _read_agreed(
    connection: Connection, found: Found, parties: Collection[str], since: datetime
) -> None:
    """Without promises that were due before."""
    columns = agreements.c
    rows = connection.execute(
        select(agreements)
        .where(
            among(columns.customer_id, parties),
            or_(columns.kind != "promise", columns.due_at >= since),
        )
        .order_by(columns.id)
    )
    for row in rows:
        found.agreed[row.customer_id].append(row)


def _read_ratings(
    connection: Connection, found: Found, customer_ids: Collection[str], since: datetime
) -> None:
    talks = conversations.c
    rows = connection.execute(
        select(talks.customer_id, ratings.c.score, ratings.c.at)
        .join(conversations, talks.id == ratings.c.conversation_id)
        .where(among(talks.customer_id, customer_ids), ratings.c.at >= since)
    )
    for row in rows:
        found.ratings[row.customer_id].append(row)
