"""Placing, changing and cancelling, within what was agreed, and told in the same transaction."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, update

from house import HOUSE, JAN, STRANGER, agreed, people
from hub import clock
from hub.errors import Rejected
from hub.interaction import Channel
from hub.orders import Order, OrderState, Wanted
from hub.store import Database, orders, outbox, tables
from hub.store.ordering import Details, cancel, change, place
from stores import rows, told

PRICES = {"beans": {"description": "Huismelange 1 kg", "unit_price": 1750}}
TERMS = {"prices": PRICES, "max_order_total": 10_000, "cancel_until": 24}


async def opened_for(database: Database, details: Any = TERMS) -> None:
    await database.write(people)
    await database.write(lambda c: agreed(c, details))


def order(c: Connection, quantity: int = 2, **more: Any) -> Order:
    values = {"customer_id": JAN, "agreement_id": "price", "channel": Channel.PORTAL} | more
    wanted = [Wanted(sku="beans", quantity=quantity)]
    return place(c, wanted=wanted, actor=JAN, **values)


async def refused(database: Database, work: Any) -> str:
    with pytest.raises(Rejected) as caught:
        await database.write(work)
    return caught.value.code


async def test_an_order_is_placed_at_the_agreed_price_and_told(database: Database) -> None:
    await opened_for(database)
    placed = await database.write(lambda c: order(c, details=Details(reference="PO 7")))
    assert (placed.total, placed.state, placed.reference) == (3500, OrderState.PLACED, "PO 7")
    assert placed.lines[0].description == "Huismelange 1 kg"
    assert await database.read(lambda c: orders.by_ids(c, [placed.id])) == [placed]
    [envelope] = await told(database)
    assert (envelope.topic, envelope.subject) == ("order.changed", placed.id)


async def test_each_order_gets_a_number_of_its_own(database: Database) -> None:
    await opened_for(database)
    placed = await asyncio.gather(*(database.write(order) for _ in range(8)))
    assert len({one.number for one in placed}) == 8


async def test_what_the_agreement_does_not_allow_is_refused_with_the_reason(
    database: Database,
) -> None:
    await opened_for(database)
    await database.write(lambda c: agreed(c, None, name="contract"))
    assert await refused(database, lambda c: order(c, 6)) == "too_much"
    assert await refused(database, lambda c: order(c, customer_id=STRANGER)) == "not_agreed"
    assert await refused(database, lambda c: order(c, agreement_id="contract")) == "not_agreed"
    ended = update(tables.agreements).values(valid_until=clock.now() - timedelta(days=1))
    await database.write(lambda c: c.execute(ended))
    assert await refused(database, order) == "not_agreed"
    assert await rows(database, tables.orders) == []


async def test_a_change_needs_the_version_that_was_seen(database: Database) -> None:
    await opened_for(database)
    placed = await database.write(lambda c: order(c, customer_id=HOUSE))
    more = [Wanted(sku="beans", quantity=3)]
    changed = await database.write(
        lambda c: change(c, placed.id, version=1, actor="a", wanted=more)
    )
    assert (changed.total, changed.version) == (5250, 2)
    late = lambda c: change(c, placed.id, version=1, actor="a", wanted=more)  # noqa: E731
    assert await refused(database, late) == "changed"
    too_much = [Wanted(sku="beans", quantity=9)]
    over = lambda c: change(c, placed.id, version=2, actor="a", wanted=too_much)  # noqa: E731
    assert await refused(database, over) == "too_much"
    elsewhere = Details(address="Dam 1")
    moved = await database.write(
        lambda c: change(c, placed.id, version=2, actor="a", details=elsewhere)
    )
    assert (moved.address, moved.total, moved.version) == ("Dam 1", 5250, 3)


async def test_what_was_shipped_or_waited_too_long_stays(database: Database) -> None:
    await opened_for(database)
    sent, old, fresh = [await database.write(order) for _ in range(3)]
    table = tables.orders
    shipped = update(table).where(table.c.id == sent.id).values(state="shipped")
    long_ago = {"placed_at": clock.now() - timedelta(hours=25)}
    aged = update(table).where(table.c.id == old.id).values(long_ago)
    await database.write(lambda c: (c.execute(shipped), c.execute(aged)))
    by: dict[str, Any] = {"version": 1, "actor": JAN}
    assert await refused(database, lambda c: cancel(c, sent.id, **by)) == "shipped"
    assert await refused(database, lambda c: cancel(c, old.id, **by)) == "too_late"
    cancelled = await database.write(lambda c: cancel(c, fresh.id, **by))
    assert cancelled.state is OrderState.CANCELLED
    assert await refused(database, lambda c: cancel(c, fresh.id, **by)) == "cancelled"
    assert await refused(database, lambda c: cancel(c, "none", **by)) == "no_order"


async def test_the_past_is_written_without_telling(database: Database) -> None:
    await opened_for(database)

    def twice(c: Connection) -> None:
        with outbox.untold(c):
            order(c)
        order(c)

    await database.write(twice)
    await database.write(order)
    assert len(await told(database)) == 2
