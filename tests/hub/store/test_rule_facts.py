"""What rules are told of work, as things stood at any moment, on both databases."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, update

from builders import TOKENS, mail_arrival
from console_house import House, open_house
from hub import clock
from hub.interaction import Channel, Party, PointKind, Thread
from hub.promises import Promise
from hub.rules.conditions import Fact
from hub.rules.facts import CustomerKind, Facts, count
from hub.rules.turning import LOOKED_AHEAD
from hub.store import rule_facts, rule_rows, work_items
from hub.store.rule_rows import Found, Now
from hub.store.tables import (
    agreements,
    conversation_links,
    customers,
    deadlines,
    deliveries,
    invoices,
    orders,
    ratings,
)
from hub.store.threads import TOKEN_PURPOSE

DAY = timedelta(days=1)


@pytest.fixture
async def house(store_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(store_url, tmp_path) as opened:
        yield opened


async def work(house: House, sender: str = "jan@example.org", subject: str = "Order 12") -> Any:
    accepted = await house.receive(mail_arrival(sender, subject=subject))
    return await house.work_of(accepted.conversation_id)


async def facts(house: House, item: Any, at: datetime | None = None) -> Facts:
    def read(connection: Connection) -> Facts:
        [found] = work_items.by_ids(connection, [item.id])
        moment = at or clock.now()
        return rule_facts.read(connection, [found], lambda _: moment, list(Fact))[item.id]

    return await house.database.read(read)


async def facts_now(house: House, item: Any) -> tuple[Facts, Found]:
    """As a conversation that is opened is told of them, and what was read for it."""

    def look(connection: Connection) -> tuple[Facts, Found]:
        [one] = work_items.by_ids(connection, [item.id])
        needs, at = set(Fact), clock.now()
        told = rule_facts.ahead(connection, one, at, needs)
        found, last = Found(), at + LOOKED_AHEAD
        looked_at = Now(at, at.date(), last, last.date())
        rule_rows.read_rows(connection, found, [one], at, needs, now=looked_at)
        return told(at), found

    return await house.database.read(look)


async def put(house: House, table: Any, **values: Any) -> str:
    row = {"id": clock.new_id()} | values
    await house.write(lambda c: c.execute(insert(table), [row]))
    return str(row["id"])


async def order(house: House, customer_id: str, number: str) -> str:
    return await put(
        house, orders, number=number, customer_id=customer_id, placed_at=clock.now() - 4 * DAY,
        channel="portal", state="confirmed", currency="EUR", lines=[], total=1, reference="",
        address="", note="", version=1, updated_at=clock.now(),
    )  # fmt: skip


async def parcel(house: House, customer_id: str, order_id: str | None, **changes: Any) -> str:
    values: dict[str, Any] = {
        "partner": "p", "tracking": clock.new_id(), "order_id": order_id, "order_number": "",
        "customer_id": customer_id, "state": "in_transit", "flags": [], "address": "",
        "preferences": {}, "version": 1, "created_at": clock.now(), "updated_at": clock.now(),
        "expected_until": clock.now() - DAY,
    }  # fmt: skip
    return await put(house, deliveries, **values | changes)


async def link(house: House, item: Any, kind: str, object_id: str) -> None:
    row = {
        "conversation_id": item.conversation_id, "kind": kind, "object_id": object_id,
        "linked_at": clock.now(), "linked_by": "test",
    }  # fmt: skip
    await house.write(lambda c: c.execute(insert(conversation_links), [row]))


async def agree(house: House, customer_id: str, **values: Any) -> None:
    given = {
        "customer_id": customer_id, "kind": "sla", "title": "Fast", "terms": "Within 48 h",
        "valid_from": clock.now() - 10 * DAY, "owner": "",
    }  # fmt: skip
    await put(house, agreements, **given | values)


async def test_of_a_stranger_little_is_known(house: House) -> None:
    item = await work(house)
    found = await facts(house, item)
    assert (found.topic, found.group, found.channel) == ("order", "", Channel.EMAIL)
    assert found.customer is CustomerKind.PRIVATE
    assert found.waiting_since is not None
    assert count(found.contacts) == 1
    assert (found.late, found.overdue, found.missed, found.agreements) == ((), (), (), ())


async def test_a_late_parcel_is_late_until_it_is_there(house: House) -> None:
    item = await work(house)
    named = await order(house, item.customer_id, "1043")
    await link(house, item, "order", named)
    came = clock.now() - timedelta(hours=2)
    await parcel(house, item.customer_id, named, delivered_at=came, state="delivered")
    await parcel(house, item.customer_id, None, tracking="3S1")
    await parcel(house, item.customer_id, None, state="lost")
    found = await facts(house, item)
    assert [(one.number, one.named) for one in found.late] == [("3S1", False)]
    before = await facts(house, item, came - timedelta(minutes=1))
    assert {(one.number, one.named) for one in before.late} == {("1043", True), ("3S1", False)}
    assert found.orders == ("1043",)


async def test_contacts_about_an_order_are_those_of_the_house_by_name_or_parcel(
    house: House,
) -> None:
    item = await work(house)
    other = await work(house, "kim@example.net", "Order 13")
    stranger = await work(house, "eve@example.com", "Order 14")
    firm = await put(
        house, customers, kind="organisation", name="Firm", target_group="", language="",
        attributes={}, created_at=clock.now(),
    )  # fmt: skip
    ours = customers.c.id.in_([item.customer_id, other.customer_id])
    await house.write(
        lambda c: c.execute(update(customers).where(ours).values(organisation_id=firm))
    )
    theirs = await order(house, firm, "1043")
    await link(house, item, "tracking", await parcel(house, firm, theirs))
    await link(house, other, "order", theirs)
    await link(house, stranger, "order", theirs)
    found = await facts(house, item)
    assert found.customer is CustomerKind.BUSINESS
    assert count([one for one in found.contacts if "1043" in one.orders]) == 2
    assert count([one for one in found.contacts if one.same_topic]) == 1
    claimed = await facts(house, stranger)
    assert (claimed.orders, claimed.late) == ((), ())
    assert not any(one.orders for one in claimed.contacts)


async def test_what_a_carrier_tells_is_no_contact_of_the_customer(house: House) -> None:
    item = await work(house)
    told = mail_arrival().model_copy(
        update={
            "channel": Channel.PARTNER,
            "sender": Party(kind=PointKind.PARTNER, value="bode", name="Bode"),
            "about": item.customer_id,
            "thread": Thread(token=TOKENS.sign(TOKEN_PURPOSE, item.conversation_id)),
        }
    )
    accepted = await house.receive(told)
    assert accepted.conversation_id == item.conversation_id
    assert [one.channel for one in (await facts(house, item)).contacts] == [Channel.EMAIL]


async def test_invoices_promises_agreements_ratings_and_deadlines(house: House) -> None:
    item = await work(house)
    now, who = clock.now(), item.customer_id
    today = now.date()
    bill = {"customer_id": who, "currency": "EUR", "amount": 100, "updated_at": now}
    await put(house, invoices, number="F-1", due_on=today - 9 * DAY, **bill)
    await put(house, invoices, number="F-2", due_on=today - 9 * DAY, paid_on=today, **bill)
    await put(house, invoices, number="F-3", due_on=today - 9 * DAY, **bill | {"amount": -100})
    await agree(house, who, valid_until=now + DAY)
    await agree(house, who, title="Over", valid_until=now - DAY)
    promise = {"kind": "promise", "due_at": now - DAY}
    await agree(house, who, title="Broken", **promise)
    await agree(house, who, title="Late", kept_at=now, valid_until=now, **promise)
    await agree(house, who, title="Kept", kept_at=now - 2 * DAY, **promise)
    await agree(house, who, title="Runs", kind="promise", due_at=now + DAY)
    talk = {"conversation_id": item.conversation_id, "channel": "email", "comment": ""}
    await put(house, ratings, score=2, at=now - DAY, **talk)
    await put(house, ratings, score=5, at=now + DAY, **talk)
    due = now - timedelta(hours=1)
    overdue = {"state": "running", "due_at": due, "breached_at": due}
    await house.write(
        lambda c: c.execute(
            update(deadlines).where(deadlines.c.work_item_id == item.id).values(overdue)
        )
    )
    found = await facts(house, item, now)
    assert [(one.number, one.days) for one in found.overdue] == [("F-1", 9)]
    assert [one.title for one in found.agreements] == ["Fast"]
    assert {one.title for one in found.broken} == {"Broken", "Late"}
    assert [one.score for one in found.ratings] == [2]
    assert {one.promise for one in found.missed} == {Promise.FIRST_RESPONSE}
    earlier = await facts(house, item, now - 2 * DAY)
    assert {one.number for one in earlier.overdue} == {"F-1", "F-2"}
    assert (earlier.broken, earlier.ratings, earlier.missed) == ((), (), ())


async def firm_of(house: House, *people: Any) -> str:
    """The organisation of the customers of all this work."""
    firm = await put(
        house, customers, kind="organisation", name="Firm", target_group="", language="",
        attributes={}, created_at=clock.now(),
    )  # fmt: skip
    ours = customers.c.id.in_([one.customer_id for one in people])
    await house.write(
        lambda c: c.execute(update(customers).where(ours).values(organisation_id=firm))
    )
    return firm


async def bill(house: House, customer_id: str, days: int, **changes: Any) -> None:
    """An invoice that should have been paid so many days ago."""
    values = {
        "number": clock.new_id(), "due_on": clock.now().date() - days * DAY, "currency": "EUR",
        "customer_id": customer_id, "amount": 100, "updated_at": clock.now(),
    }  # fmt: skip
    await put(house, invoices, **values | changes)


async def test_of_much_that_is_late_the_named_and_the_latest_are_told(house: House) -> None:
    item, other = await work(house), await work(house, "kim@example.net", "Order 13")
    await firm_of(house, item, other)
    for number in range(22):
        who = (item, other)[number % 2].customer_id
        await parcel(
            house,
            who,
            None,
            tracking=f"T{number:02}",
            expected_until=clock.now() - (number + 2) * DAY,
        )
        await bill(house, who, number + 2)
    named = await order(house, item.customer_id, "1043")
    await link(house, item, "order", named)
    await parcel(house, item.customer_id, named, expected_until=clock.now() - DAY)
    for told in (await facts(house, item), (await facts_now(house, item))[0]):
        assert [one.number for one in told.late] == [
            "1043", *(f"T{number:02}" for number in range(21, 2, -1)),
        ]  # fmt: skip
        assert [one.days for one in told.overdue] == [*range(23, 3, -1)]


async def test_of_a_conversation_that_is_opened_only_what_matters_now_is_read(
    house: House,
) -> None:
    item, other = await work(house), await work(house, "kim@example.net", "Order 13")
    firm = await firm_of(house, item, other)
    now, today = clock.now(), clock.now().date()
    for who in (firm, item.customer_id, other.customer_id):
        for _ in range(3):
            await parcel(house, who, None, delivered_at=now, state="delivered")
            await parcel(house, who, None, expected_until=now + 2 * DAY)
            await parcel(house, who, None, state="lost")
            await bill(house, who, 9, paid_on=today)
            await bill(house, who, -9)
            await agree(house, other.customer_id)
            await agree(house, firm, kind="promise", due_at=now - 200 * DAY)
    await parcel(house, firm, None, tracking="3S1")
    await bill(house, firm, 9, number="F-1")
    talk = {"conversation_id": item.conversation_id, "channel": "email", "comment": ""}
    await put(house, ratings, score=2, at=now - 200 * DAY, **talk)
    told, found = await facts_now(house, item)
    assert [one.number for one in told.late] == ["3S1"]
    assert [one.number for one in told.overdue] == ["F-1"]
    read = (found.late, found.bills, found.agreed, found.ratings)
    assert [sum(map(len, rows.values())) for rows in read] == [1, 1, 0, 0]


async def test_what_time_alone_changes_is_known_ahead(house: House) -> None:
    item = await work(house)
    now = clock.now()
    soon = now + timedelta(hours=3)
    await parcel(house, item.customer_id, None, tracking="3S1", expected_until=soon)
    await bill(house, item.customer_id, 0, number="F-1")
    await agree(house, item.customer_id, kind="promise", title="Call back", due_at=soon)
    await agree(house, item.customer_id, title="New", valid_from=soon)
    await agree(house, item.customer_id, title="Old", valid_until=soon)

    def look(connection: Connection) -> list[Facts]:
        [one] = work_items.by_ids(connection, [item.id])
        facts_at = rule_facts.ahead(connection, one, now, set(Fact))
        return [facts_at(now), facts_at(now + DAY)]

    present, later = await house.database.read(look)
    assert (present.late, present.overdue, present.broken) == ((), (), ())
    assert [one.title for one in present.agreements] == ["Old"]
    assert [one.number for one in later.late] == ["3S1"]
    assert [one.number for one in later.overdue] == ["F-1"]
    assert [one.title for one in later.broken] == ["Call back"]
    assert [one.title for one in later.agreements] == ["New"]
    assert later.waited - present.waited == DAY


async def test_of_a_house_with_much_open_so_much_is_read_and_no_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPEN", "PEOPLE", "TALKS"):
        monkeypatch.setattr(rule_rows, name, 3)
    item = await work(house)
    others = [await work(house, f"p{number}@example.org", "Order 13") for number in range(5)]
    firm = await firm_of(house, item, *others)
    named = await order(house, others[4].customer_id, "1043")
    for one in (item, *others):
        await link(house, one, "order", named)
        await parcel(house, item.customer_id, None)
        await bill(house, firm, 9)
    await parcel(house, item.customer_id, named)
    for _ in range(4):
        await house.receive(mail_arrival("jan@example.org", subject="Something else"))
    told, found = await facts_now(house, item)
    [who] = found.who.values()
    assert len(who.house) == 4
    assert {item.customer_id, firm, others[4].customer_id} <= who.house
    assert [sum(map(len, rows.values())) for rows in (found.late, found.bills)] == [3, 3]
    assert (len(found.talks[item.customer_id]), len(found.writers)) == (3, 3)
    assert told.late[0].named


async def test_only_what_is_needed_is_read_and_many_take_no_more(house: House) -> None:
    many = [await work(house, f"p{number}@example.org") for number in range(3)]

    async def queries(items: list[Any], needs: list[Fact]) -> int:
        def read(connection: Connection) -> int:
            found = work_items.by_ids(connection, [one.id for one in items])
            asked: list[str] = []

            def note(_c: Any, _k: Any, statement: str, *_: Any) -> None:
                asked.append(statement)

            event.listen(connection, "before_cursor_execute", note)
            rule_facts.read(connection, found, lambda _: clock.now(), needs)
            event.remove(connection, "before_cursor_execute", note)
            return len(asked)

        return await house.database.read(read)

    assert await queries(many, []) == 0
    assert await queries(many[:1], list(Fact)) == await queries(many, list(Fact))
