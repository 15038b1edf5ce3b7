"""What a customer sees and does in the portal; never what is another's, and never our notes."""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import FormData
from sqlalchemy import Connection, insert, update

from builders import TOKENS, email_party, mail_arrival
from hub import clock
from hub.deliveries import EventKind, NewEvent
from hub.interaction import Channel, Party, PointKind, Thread
from hub.references import Reference
from hub.replies import Reply, add_note, add_reply
from hub.store import agents, links, orders, tracking
from hub.store.arrivals import store_arrivals
from hub.store.links import Link
from hub.store.tables import conversation_links, customers, deliveries, outbound
from hub.store.tables import deadlines as deadlines_table
from hub.store.tables import orders as orders_table
from hub.store.threads import TOKEN_PURPOSE
from hub.store.tracking import Shipment
from portal_house import EVE, JAN, Browser, House, browser, open_house
from stores import only, rows
from waiting import eventually
from workplace import add_work


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path, file_bytes=2_000) as house:
        yield house


@pytest.fixture
async def jan(house: House) -> AsyncIterator[Browser]:
    async with browser(house) as one:
        await one.sign_in()
        yield one


async def mails(house: House, sender: str, text: str) -> str:
    arrival = mail_arrival(sender, text=text, subject=f"Of {sender}")
    [kept] = await house.database.write(lambda c: store_arrivals(c, [arrival], TOKENS))
    return kept.conversation_id


async def test_requests_on_all_channels_are_theirs_and_go_on_here(
    house: House, jan: Browser
) -> None:
    mine = await mails(house, JAN, "My <b>mail</b>")

    def note(c: Connection) -> None:
        anna = agents.add(c, login="anna", name="Anna", password_hash="", held=[])
        add_note(c, conversation_id=mine, text="He is angry", agent_id=anna, agent_name="Anna")

    await house.database.write(note)
    hers = await mails(house, EVE, "Her secret")
    _, page = await jan.get("/portal/requests")
    assert "Of jan@" in page
    assert "Of eve@" not in page
    status, page = await jan.get(f"/portal/requests/{mine}")
    assert status == 200
    assert "My &lt;b&gt;mail&lt;/b&gt;" in page
    assert "He is angry" not in page
    for path in (f"/portal/requests/{hers}", "/portal/requests/nothing", "/portal/files/nothing"):
        assert (await jan.get(path))[0] == 404
    assert (await jan.post(f"/portal/requests/{hers}", text="Let me in"))[0] == 404
    form = {"text": "And one thing more", "form_id": "f1"}
    for _ in range(2):
        assert (await jan.post(f"/portal/requests/{mine}", **form))[0] == 303
    assert (await jan.post(f"/portal/requests/{mine}", text=" "))[0] == 422
    added = [one for one in await house.said() if one.channel == "portal"]
    assert [(one.text, one.conversation_id, one.customer_id) for one in added] == [
        ("And one thing more", mine, "jan")
    ]
    assert "Her secret" not in (await jan.get("/portal/my-data.json"))[1]
    assert "And one thing more" in (await jan.get("/portal/my-data.json"))[1]
    known = update(customers).where(customers.c.id == "jan").values(attributes={"loyalty": "gold"})
    await house.database.write(lambda c: c.execute(known))
    assert json.loads((await jan.get("/portal/my-data.json"))[1])["details"] == {"loyalty": "gold"}


async def passes_on(house: House, conversation_id: str, to: str, subject: str) -> None:
    """To others, who answer it."""
    passed = Reply(
        conversation_id=conversation_id, channel=Channel.EMAIL, account="info@vandalen.example",
        to=(email_party(to),), subject=subject, text="See below.", details={"forward": "1"},
    )  # fmt: skip
    thread = Thread(token=TOKENS.sign(TOKEN_PURPOSE, conversation_id))
    answer = mail_arrival(to, subject=f"Re: {subject}", message_id="d@x", thread=thread)
    await house.database.write(lambda c: add_reply(c, passed))
    [kept] = await house.database.write(lambda c: store_arrivals(c, [answer], TOKENS))
    assert kept.conversation_id == conversation_id


async def test_what_a_carrier_began_is_seen_once_they_speak_in_it(
    house: House, jan: Browser
) -> None:
    event = mail_arrival(text="The belt stands still").model_copy(
        update={
            "channel": Channel.PARTNER, "external_id": "e1", "about": "jan",
            "sender": Party(kind=PointKind.PARTNER, value="bode", name="Bode"),
            "subject": "Bode 3S1", "thread": Thread(own=("parcel",), references=("parcel",)),
        }
    )  # fmt: skip
    [kept] = await house.database.write(lambda c: store_arrivals(c, [event], TOKENS))
    path = f"/portal/requests/{kept.conversation_id}"
    assert (await jan.get(path))[0] == 404
    await passes_on(house, kept.conversation_id, "depot@bode.example", "Jansen again")
    reply = mail_arrival(JAN, subject="About my parcel", text="When then?", message_id="r@x")
    reply = reply.model_copy(update={"thread": Thread(own=("r@x",), within=timedelta(days=1))})
    [answer] = await house.database.write(lambda c: store_arrivals(c, [reply], TOKENS))
    assert answer.conversation_id == kept.conversation_id
    status, page = await jan.get(path)
    assert (status, "When then?" in page) == (200, True)
    assert "The belt stands still" not in page
    _, index = await jan.get("/portal/requests")
    assert "<strong>About my parcel</strong>" in index, "as what they see of it is called"
    assert "from the carrier" in index


async def test_a_new_request_asks_what_the_model_wants_to_know(house: House, jan: Browser) -> None:
    _, page = await jan.get("/portal/requests/new?topic=delivery/late")
    assert "Order number" in page
    assert "q-name" not in page, "who they are we know"
    form = {"topic": "delivery/late", "text": "Where is it?", "q-order_number": "VK-1"}
    status, where = await jan.post("/portal/requests/new", **form)
    assert (status, where.startswith("/portal/requests/")) == (303, True)
    [said] = await house.said()
    assert (said.topic, said.subject, said.verification) == ("delivery/late", "Late", "verified")
    assert said.details == {"answer.order_number": "VK-1"}
    assert (await jan.post("/portal/requests/new", topic="complaint", text="x"))[0] == 422
    assert (await jan.post("/portal/requests/new", topic="no", text="x"))[0] == 422
    assert "We do not handle" in (await jan.get("/portal/requests/new?topic=complaint"))[1]


async def test_who_asks_about_an_order_need_not_say_which(house: House, jan: Browser) -> None:
    assert 'href="/portal/requests/new?order=VK-1"' in (await jan.get("/portal/orders/VK-1"))[1]
    _, page = await jan.get("/portal/requests/new?order=VK-1")
    assert "?topic=delivery/late&amp;order=VK-1" in page
    _, page = await jan.get("/portal/requests/new?topic=delivery/late&order=VK-1")
    assert '<a href="/portal/orders/VK-1">Order VK-1</a>' in page
    assert "q-order_number" not in page
    form = {"topic": "delivery/late", "text": "Where is it?", "order": "VK-1", "form_id": "f"}
    for _ in range(2):
        status, where = await jan.post("/portal/requests/new", **form)
        assert status == 303
    [said] = await house.said()
    assert said.details == {"answer.order_number": "VK-1"}
    [link] = await rows(house.database, conversation_links)
    assert (link.conversation_id, link.object_id) == (said.conversation_id, "VK-1")
    assert '<a href="/portal/orders/VK-1">Order VK-1</a>' in (await jan.get(where))[1]


async def test_until_when_we_answer_is_said_until_we_did(house: House, jan: Browser) -> None:
    await jan.post("/portal/requests/new", topic="delivery/late", text="Where?")
    [said] = await house.said()
    path = f"/portal/requests/{said.conversation_id}"
    assert "answer before" not in (await jan.get(path))[1], "nobody has counted yet"
    work = await house.database.write(lambda c: add_work(c, said.conversation_id))
    promised = {
        "id": "d", "work_item_id": work, "conversation_id": said.conversation_id,
        "promise": "first_response", "target": 3600, "clock": "", "source": "", "state": "running",
        "history": [], "due_at": clock.now() + timedelta(hours=1), "created_at": clock.now(),
    }  # fmt: skip
    solved = promised | {"id": "r", "promise": "resolution"}
    await house.database.write(lambda c: c.execute(insert(deadlines_table), [solved]))
    assert "answer before" not in (await jan.get(path))[1], "solving it is more than an answer"
    await house.database.write(lambda c: c.execute(insert(deadlines_table), [promised]))
    assert "We have it, and answer before <time" in (await jan.get(path))[1]
    late = update(deadlines_table).values(due_at=clock.now() - timedelta(hours=1))
    await house.database.write(lambda c: c.execute(late))
    assert "answer before" not in (await jan.get(path))[1], "what was not kept is not said again"


async def test_nobody_asks_about_an_order_of_others(house: House, jan: Browser) -> None:
    _, page = await jan.get("/portal/requests/new?topic=delivery/late&order=VK-2")
    assert "VK-2" not in page
    assert "q-order_number" in page
    form = {"topic": "delivery/late", "text": "Where is it?", "order": "VK-2"}
    _, where = await jan.post("/portal/requests/new", **form)
    assert await rows(house.database, conversation_links) == []
    # What somebody else wrote into it shows them nothing either.
    theirs = Link((await house.said())[0].conversation_id, Reference.ORDER, "VK-2")
    await house.database.write(lambda c: links.add(c, [theirs], by="router"))
    assert "VK-2" not in (await jan.get(where))[1]


async def test_an_answer_is_told_by_mail_without_its_text_and_read_here(
    house: House, jan: Browser
) -> None:
    await jan.post("/portal/requests/new", topic="delivery/late", text="Where?")
    [said] = await house.said()
    reply = Reply(
        conversation_id=said.conversation_id, channel=Channel.PORTAL, account="portal",
        to=(Party(kind=PointKind.PORTAL, value="jan"),), text="It comes on Friday",
    )  # fmt: skip
    await house.database.write(lambda c: add_reply(c, reply))
    house.relay.wake()
    before = len(house.mails)
    await eventually(lambda: len(house.mails) > before)
    told = house.mails[-1].interaction
    assert said.conversation_id in told.text
    assert "Friday" not in told.text

    async def state() -> str:
        return str((await only(house.database, outbound)).state)

    await eventually(lambda: _equals(state, "waiting"))
    assert "It comes on Friday" in (await jan.get(f"/portal/requests/{said.conversation_id}"))[1]
    await eventually(lambda: _equals(state, "read"))


async def _equals(look: Any, wanted: str) -> bool:
    return bool(await look() == wanted)


async def test_orders_of_their_own_and_of_their_firm(house: House, jan: Browser) -> None:
    _, page = await jan.get("/portal/orders")
    assert "VK-1" in page
    assert "VK-2" not in page
    assert (await jan.get("/portal/orders/VK-2"))[0] == 404
    for action in ("cancel", "prefer"):
        assert (await jan.post(f"/portal/orders/VK-2/{action}", version="1"))[0] == 404
    stale = await jan.post("/portal/orders/VK-1/cancel", version="7")
    assert stale[0] == 409
    assert await jan.post("/portal/orders/VK-1/cancel", version="1") == (303, "/portal/orders/VK-1")
    assert "Cancelled" in (await jan.get("/portal/orders/VK-1"))[1]
    other = next(row for row in await rows(house.database, orders_table) if row.id == "VK-2")
    assert other.state == "placed"


async def test_ordering_under_an_agreement(house: House, jan: Browser) -> None:
    assert "Beans" in (await jan.get("/portal/orders/new/price"))[1]
    assert (await jan.post("/portal/orders/new/price", **{"n-beans": "many"}))[0] == 422
    assert (await jan.post("/portal/orders/new/price", **{"n-gold": "1"}))[0] == 422
    assert (await jan.post("/portal/orders/new/price"))[0] == 422
    status, where = await jan.post("/portal/orders/new/price", **{"n-beans": "3"})
    assert status == 303
    placed = next(r for r in await rows(house.database, orders_table) if where.endswith(r.id))
    assert (placed.customer_id, placed.total, placed.channel) == ("jan", 300, "portal")
    async with browser(house) as eve:
        await eve.sign_in(EVE)
        assert (await eve.get("/portal/orders/new/price"))[0] == 404, "not her agreement"


async def test_what_is_refused_of_an_order_is_said_in_their_language(
    house: House, jan: Browser
) -> None:
    await jan.get("/portal/orders/VK-1?language=nl")
    _, page = await jan.post("/portal/orders/VK-1/cancel", version="7")
    assert "De bestelling is gewijzigd sinds u keek." in page
    _, page = await jan.post("/portal/orders/new/price", **{"n-gold": "1"})
    assert "Voor gold is geen prijs afgesproken." in page
    shipped = update(orders_table).where(orders_table.c.id == "VK-1").values(state="shipped")
    await house.database.write(lambda c: c.execute(shipped))
    _, page = await jan.get("/portal/orders/VK-1")
    assert "Deze bestelling is al verzonden." in page


async def test_a_parcel_is_followed_and_a_wish_kept(house: House, jan: Browser) -> None:
    def ship(connection: Any) -> None:
        [one] = orders.by_ids(connection, ["VK-1"])
        tracking.shipped(connection, [(one, Shipment("3S1", "bode"))])
        event = NewEvent(
            partner="bode", tracking="3S1", external_id="1", kind=EventKind.EXCEPTION,
            occurred_at=datetime(2026, 11, 28, tzinfo=UTC), place="Utrecht",
            expected_until=datetime(2026, 11, 29, 14, tzinfo=UTC),
        )  # fmt: skip
        tracking.record(connection, [event])

    await house.database.write(ship)
    _, page = await jan.get("/portal/orders/VK-1")
    trouble = '<span class="state state-exception">Problem reported</span>'
    assert page.count(trouble) == 2, "of the order as of its parcel"
    assert trouble in (await jan.get("/portal/orders"))[1]
    assert "Utrecht" in page
    assert "was expected" in page, "what is late is not expected in the past"
    parcel = await only(house.database, deliveries)
    form = {"parcel": parcel.id, "version": str(parcel.version)}
    assert (await jan.post("/portal/orders/VK-1/prefer", leave_with="roof", **form))[0] == 404
    assert (await jan.post("/portal/orders/VK-1/prefer", leave_with="shed", **form))[0] == 303
    assert (await only(house.database, deliveries)).preferences == {"leave_with": "shed"}


async def test_details_are_kept_and_erasing_is_asked_for(house: House, jan: Browser) -> None:
    chosen = {"name": "Jan \u202e\x1b Jansen", "language": "nl", "preferred": "sms"}
    assert (await jan.post("/portal/details", **chosen))[0] == 303
    row = next(one for one in await rows(house.database, customers) if one.id == "jan")
    assert (row.name, row.language) == ("Jan Jansen", "nl")
    assert row.attributes == {"preferred_channel": "sms"}
    assert (await jan.post("/portal/details", **chosen | {"preferred": "fax"}))[0] == 422
    assert (await jan.post("/portal/erase"))[0] == 303
    assert (await house.said())[0].subject == "Erase my data"


async def test_a_fault_of_ours_is_told_to_us_without_the_customer_writing(
    house: House, jan: Browser
) -> None:
    broken = update(orders_table).values(currency="?")
    await house.database.write(lambda c: c.execute(broken))
    status, page = await jan.get("/portal/orders")
    assert status == 500
    assert "you need not write" in page
    [told] = await house.said()
    assert (told.customer_id, "/portal/orders" in told.text) == ("jan", True)


async def test_more_messages_than_a_person_writes(sqlite_url: str, tmp_path: Path) -> None:
    async with (
        open_house(sqlite_url, tmp_path, messages_per_minute=2) as house,
        browser(house) as one,
    ):
        await one.sign_in()
        form = {"topic": "delivery/late", "text": "x"}
        found = [(await one.post("/portal/requests/new", **form))[0] for _ in range(3)]
        assert found == [303, 303, 429]


async def test_what_no_form_of_ours_sends_is_refused_and_no_fault_of_ours(
    house: House, jan: Browser
) -> None:
    await jan.get("/portal/orders/new/price")
    for article in ("", "x" * 500):
        status, page = await jan.post("/portal/orders/new/price", **{f"n-{article}": "1"})
        assert (status, "Choose from the list" in page) == (422, True)
    form = "application/x-www-form-urlencoded"
    for kind in (f"{form}; charset=klingon", form, "multipart/form-data"):
        headers = {"Content-Type": kind}
        async with jan.http.post("/portal/erase", data=b"a=\xff", headers=headers) as answer:
            assert answer.status == 400, kind
    part = b'--x\r\nContent-Disposition: form-data; name="a\0"\r\n\r\n\r\n--x--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    async with jan.http.post("/portal/erase", data=part, headers=headers) as answer:
        assert answer.status == 400
    assert (await jan.get("/portal/requests/%00"))[0] == 404
    nul = {"reason": "a\0b", "version": "1"}
    assert (await jan.post("/portal/orders/VK-1/cancel", **nul))[0] == 303
    assert await house.said() == []


async def test_a_page_that_fails_again_and_again_is_told_once(house: House, jan: Browser) -> None:
    broken = update(orders_table).values(currency="?")
    await house.database.write(lambda c: c.execute(broken))
    for _ in range(3):
        assert (await jan.get("/portal/orders"))[0] == 500
    assert len(await house.said()) == 1


async def test_files_of_refused_messages_do_not_fill_the_disk(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with (
        open_house(sqlite_url, tmp_path, messages_per_minute=2) as house,
        browser(house) as one,
    ):
        await one.sign_in()
        found = []
        for _ in range(3):
            form = FormData({"form_token": one.token, "topic": "no such topic", "text": "x"})
            form.add_field("file", b"%PDF-1.7\nmine", filename="bill.pdf")
            async with one.http.post("/portal/requests/new", data=form) as answer:
                found.append(answer.status)
        assert found == [422, 422, 429]


async def test_files_go_with_a_request_and_are_downloaded_by_who_sees_it(
    house: House, jan: Browser
) -> None:
    await jan.get("/portal/requests/new?topic=delivery/late")

    async def send(path: str, body: bytes, name: str) -> tuple[int, str]:
        form = FormData({"form_token": jan.token, "topic": "delivery/late", "text": "See this"})
        form.add_field("file", body, filename=name)
        async with jan.http.post(path, data=form, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location") or await answer.text()

    status, text = await send("/portal/requests/new", b"MZ\x90\0", "run.exe")
    assert (status, "This kind of file is not taken." in text) == (415, True)
    assert (await send("/portal/requests/new", b"%PDF-" + b"x" * 210_000, "a.pdf"))[0] == 413
    status, where = await send("/portal/requests/new", b"%PDF-1.7\nmine", "bill.pdf")
    assert (status, where.startswith("/portal/requests/")) == (303, True)
    assert (await send(where, b"%PDF-1.7\nmore", "more.pdf"))[0] == 303
    _, page = await jan.get(where)
    assert "bill.pdf" in page
    assert "more.pdf" in page
    file = re.search(r"/portal/files/[\w-]+", page)
    assert file
    async with jan.http.get(file[0]) as answer:
        assert await answer.read() == b"%PDF-1.7\nmine"
        assert answer.headers["Content-Type"] == "application/octet-stream"
    async with browser(house) as eve:
        await eve.sign_in(EVE)
        assert (await eve.get(file[0]))[0] == 404
