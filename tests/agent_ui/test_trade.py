"""What the customer ordered, beside the conversation: theirs is shown, somebody else's is a claim,
and what the work asks to know is filled in from it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from agent_ui.live import Change, Feed
from builders import mail_arrival
from console_house import MODEL, House, Page, Person, open_house
from house import JAN, STRANGER, agreed, order, people, reachable
from hub.deliveries import EventKind, NewEvent
from hub.interaction import Channel, Party, PointKind, Thread
from hub.invoices import Invoice
from hub.store import invoices, orders, tracking
from hub.store.tracking import Shipment
from waiting import eventually

NOW = datetime.now(UTC)
TRADE_MODEL = MODEL.replace(
    "rules: {words: [order, bestelling]}",
    'rules: {words: [order, bestelling], patterns: [{pattern: "48####", reference: order}, '
    '{pattern: "VK-#####", reference: invoice}, {pattern: "SP####", reference: tracking}]}',
).replace(
    "      - {name: number, title: {en: Order number, nl: Bestelnummer}, source: ask}\n",
    "      - {name: number, title: {en: Order number, nl: N}, source: order, field: order.number}\n"
    "      - {name: parcel, title: {en: Parcel, nl: P}, source: delivery}\n"
    "      - {name: serial, title: {en: Serial number, nl: S}, source: agreement,"
    " field: agreement.serial_number}\n"
    "      - {name: postcode, title: {en: Postcode, nl: Postcode}, source: customer,"
    " field: customer.postcode}\n",
)


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path, model_text=TRADE_MODEL) as opened:
        yield opened


@pytest.fixture(autouse=True)
async def _people(house: House) -> None:
    """Jan has two orders, in parcels that a carrier has, and a stranger has one."""

    def fill(c: Connection) -> None:
        people(c)
        reachable(c, "jan@example.org")
        agreed(c, {"serial_number": "EP2-7"})
        new = [order("481207"), order("481208"), order("481209", STRANGER)]
        orders.add(c, new)
        tracking.shipped(c, [(one, Shipment(f"SP{one.number[2:]}", "Bode")) for one in new])
        bill = Invoice(
            id="bill", number="VK-11001", customer_id=JAN, order_id=new[0].id, currency="EUR",
            amount=3500, due_on=NOW.date() - timedelta(days=3),
        )  # fmt: skip
        invoices.add(c, [bill])

    await house.database.write(fill)


async def taken(house: House, anna: Person, text: str) -> Page:
    accepted = await house.receive(subject="My order", text=text)
    await anna.take_next()
    return await anna.get(f"/console/conversations/{accepted.conversation_id}")


async def test_what_is_theirs_is_shown_and_fills_in_what_is_asked(
    house: House, anna: Person
) -> None:
    page = await taken(house, anna, "Where is 481207?")
    assert page.texts(".thing-meant .thing-head strong") == ["481207", "SP1207"]
    assert page.texts(".thing-why") == ["named in this conversation"]
    assert "VK-11001 3 days late EUR 35.00" in page.text("#side")
    assert page.texts(".need-value") == ["481207", "SP1207", "EP2-7"]
    assert "from the agreement (price)" in page.text(".needs-list")
    assert page.texts(".need label") == ["Postcode"], "the one thing that nobody knows"


async def test_more_orders_than_are_read_are_not_counted_as_all(house: House, anna: Person) -> None:
    many = [order(str(490000 + number)) for number in range(21)]
    await house.database.write(lambda c: orders.add(c, many))
    page = await taken(house, anna, "Where is it?")
    counts = page.texts("[data-trade] .count")
    assert counts == ["20+", "2", "1"]


async def test_what_is_somebody_elses_is_a_claim_and_nothing_of_it_is_told(
    house: House, anna: Person
) -> None:
    page = await taken(house, anna, "Where is 481209?")
    assert "Named, but not theirs as far as we know Order 481209" in page.text("#side")
    assert page.texts(".thing-meant") == []
    assert "SP1209" not in page.text("#side")
    assert "481209" not in page.text(".needs-list")
    assert "not known as this customer's: 481209" in page.text(".why")


async def test_two_that_it_may_be_are_offered_and_not_chosen(house: House, anna: Person) -> None:
    page = await taken(house, anna, "Where are 481207 and 481208?")
    assert page.texts(".need-value") == ["EP2-7"]
    offered = page.texts(".perhaps")
    assert {text.split()[1] for text in offered} == {"481207", "481208", "SP1207", "SP1208"}


async def test_what_the_agent_finds_out_is_kept_and_proposed_for_the_customer(
    house: House, anna: Person
) -> None:
    page = await taken(house, anna, "Where is 481207?")
    item = await house.work_of(page.path.rpartition("/")[2])
    fields = {"info.postcode": " 3512 AB ", "info.number": "not asked", "info.other": "x"}
    page = await anna.post(f"/console/work/{item.id}/information", **fields)
    assert page.value("input[name='info.postcode']") == "3512 AB"
    assert "Postcode: 3512 AB found out by Anna de Wit" in page.text(".proposal")
    proposal = page.value(".proposal", "action")
    talk = page.value(".proposal input[name=conversation]")
    page = await anna.post(proposal, conversation=talk, keep="yes")
    assert page.texts(".details dd") == ["3512 AB"]
    assert not page.has(".proposal")
    twice = await anna.post(proposal, conversation=talk, keep="no")
    assert twice.status == 409


async def test_only_who_holds_the_work_enters_and_only_who_sees_it_decides(
    house: House, anna: Person, bob: Person
) -> None:
    page = await taken(house, anna, "Where is 481207?")
    talk = page.path.rpartition("/")[2]
    item = await house.work_of(talk)
    path, field = f"/console/work/{item.id}/information", {"info.postcode": "1"}
    assert (await bob.post(path, **field)).status == 404
    page = await anna.post(path, **field)
    proposal = page.value(".proposal", "action")
    assert (await bob.post(proposal, conversation=talk, keep="yes")).status == 404
    await anna.post(f"/console/work/{item.id}/release")
    assert (await anna.post(path, **field)).status == 409


async def test_a_parcel_moves_on_the_open_page(house: House, anna: Person) -> None:
    """What the live line tells is read anew."""
    page = await taken(house, anna, "Where is 481207?")
    feed = house.console._feed
    position = feed.watch()
    event = NewEvent(
        partner="Bode", tracking="SP1207", external_id="1", kind=EventKind.OUT_FOR_DELIVERY,
        occurred_at=NOW, place="Utrecht",
    )  # fmt: skip
    await house.write(lambda c: tracking.record(c, [event]))
    [change] = await eventually(lambda: _changes(feed, position))
    assert (change.beside, change.conversation_id) == (True, page.path.rpartition("/")[2])
    page = await anna.get(page.path)
    assert page.text(".track-event").startswith("Out for delivery, Utrecht")


async def _changes(feed: Feed, position: str) -> list[Change]:
    return [change for change in feed.after(position) or [] if change.beside][:1]


async def test_what_a_carrier_told_stands_in_the_conversation(house: House, anna: Person) -> None:
    told = {
        "channel": Channel.PARTNER, "account": "Bode", "external_id": "told", "about": JAN,
        "sender": Party(kind=PointKind.PARTNER, value="Bode", name="Bode"), "thread": Thread(),
        "details": {"event": "exception"},
    }  # fmt: skip
    arrival = mail_arrival(text="Stuck in Utrecht").model_copy(update=told)
    accepted = await house.receive(arrival)
    await anna.take_next()
    page = await anna.get(f"/console/conversations/{accepted.conversation_id}")
    [entry] = page.texts(".entry-inbound")
    assert entry.startswith("Partner Bode Problem reported")
    assert "Stuck in Utrecht" in entry
    assert "did not say" not in entry
    silent = {"external_id": "silent", "details": {"event": "exception", "unsaid": "yes"}}
    silent_in = await house.receive(arrival.model_copy(update=told | silent))
    page = await anna.get(f"/console/conversations/{silent_in.conversation_id}")
    assert "Bode did not say what is wrong." in page.texts(".entry-inbound")[0]
    late = {"external_id": "late", "details": {"event": "exception", "expected_until": f"{NOW}"}}
    again = await house.receive(arrival.model_copy(update=told | late))
    page = await anna.get(f"/console/conversations/{again.conversation_id}")
    [told_late] = page.texts(".entry-inbound")
    assert told_late.startswith("Partner Bode Delayed")
    assert f"Now expected: {NOW:%Y-%m-%d %H:%M} UTC" in told_late
    options = page.texts("select[name=way] option")
    assert [one.split()[0] for one in options] == ["E-mail"], "the customer is answered"


async def test_what_a_driver_ticked_is_said_in_the_language_of_who_reads_it(
    house: House, anna: Person
) -> None:
    told = {
        "channel": Channel.PARTNER, "account": "Bode", "external_id": "told", "about": JAN,
        "sender": Party(kind=PointKind.PARTNER, value="Bode", name="Bode"), "thread": Thread(),
        "details": {"report": "refused", "call": "0612345678", "tracking": "3S1"},
    }  # fmt: skip
    accepted = await house.receive(mail_arrival(text="It is wet.").model_copy(update=told))
    path = f"/console/conversations/{accepted.conversation_id}"
    page = await anna.get(path)
    assert page.value("input[name=subject]") == "Re: Your parcel 3S1", "as the customer knows it"
    [said] = page.texts(".entry-inbound")
    assert said.startswith("Partner Bode The customer refused it")
    assert said.endswith("It is wet. The customer wants to be called at 0612345678.")
    await anna.post("/console/language", language="nl")
    [said] = (await anna.get(path)).texts(".entry-inbound")
    assert "De klant weigerde het" in said
