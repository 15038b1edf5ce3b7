"""The wallboard: what it counts, what stands behind each figure, and stepping in."""

from datetime import timedelta

import pytest
from aiohttp import ClientResponse
from sqlalchemy import insert, update

from builders import chat_arrival, mail_arrival
from console_house import House, Person
from hub import clock
from hub.store import added_mailboxes, chat_visits, choices, health, presence
from hub.store.tables import added_mailboxes as mailboxes_table
from hub.store.tables import audit_log, conversations, work_items
from hub.store.tables import health as health_table
from waiting import eventually

WALL = "/console/wall"


@pytest.fixture
def house(supervised: House) -> House:
    return supervised


async def since(house: House, conversation_id: str, ago: timedelta) -> None:
    """It waits since then."""
    item = await house.work_of(conversation_id)
    at = clock.now() - ago
    changed = update(work_items).where(work_items.c.id == item.id).values(waiting_since=at)
    await house.write(lambda c: c.execute(changed))


async def test_it_counts_what_waits_and_opens_what_is_behind(house: House, lead: Person) -> None:
    order = await house.receive(subject="My order")
    await house.receive(mail_arrival("piet@example.org", subject="Invoice 9"))
    await since(house, order.conversation_id, timedelta(hours=3))
    page = await lead.get(WALL)
    assert page.texts(".tile-value")[:2] == ["2", "3 h"]
    assert page.texts("tbody th[scope=row]") == ["Billing", "Customer service"]
    assert page.texts("tbody td[data-head=Waiting]") == ["1", "1"]
    assert page.text(".wall .notice-near a") == "Work waits, and nobody is available."
    assert not page.has(".wall .notice-good")
    behind = await lead.get(page.value("tbody tr:nth-child(2) a", "href"))
    assert behind.texts("tbody th a") == ["My order"]
    opened = await lead.get(behind.value("tbody th a", "href"))
    assert opened.text(".talk-title") == "My order", "a supervisor reads what is of other roles"


async def test_who_never_said_that_they_take_offers_is_as_busy_as_their_work(
    house: House, lead: Person, anna: Person
) -> None:
    for _ in range(2):
        await house.receive(subject="My order")
        await anna.take_next()
    page = await lead.get(WALL)
    assert page.value(".seat progress", "value") == "40"
    assert page.text(".wall .notice-good") == "Nothing needs your attention."
    await house.receive(subject="My order")
    await eventually(lambda: _board_says(lead, "under a minute"))
    assert (await lead.get(WALL)).texts(".tile-value")[1] == "under a minute"


@pytest.mark.parametrize("state", [presence.AVAILABLE, presence.OFF])
async def test_a_bar_is_as_full_as_the_agent_sees_it(
    house: House, lead: Person, anna: Person, state: str
) -> None:
    """With a chat in which somebody writes; one that is quiet takes half of its room."""
    chat = await house.receive(chat_arrival(text="My order"))
    mail = await house.receive(subject="My order")
    for one in (chat, mail):
        await anna.post(f"/console/work/{(await house.work_of(one.conversation_id)).id}/claim")
    agent_id = (await house.work_of(mail.conversation_id)).agent_id
    await house.write(lambda c: presence.say(c, agent_id, state))
    seen: list[int] = []
    for ago in (timedelta(), timedelta(hours=1)):
        wrote = update(conversations).where(conversations.c.id == chat.conversation_id)
        at = clock.now() - ago
        await house.write(lambda c, wrote=wrote, at=at: c.execute(wrote.values(last_at=at)))
        own = (await anna.get("/console")).value(".top progress", "value")
        # One reading of the board serves everybody for a second.
        await eventually(lambda own=own: _bar_is(lead, own))
        seen.append(int(own))
    units = (await house.work_of(chat.conversation_id)).units
    assert seen[0] - seen[1] == units // 2 > 0


async def _bar_is(agent: Person, value: str) -> bool:
    return (await agent.get(WALL)).value(".seat progress", "value") == value


async def test_work_is_given_to_a_person_at_once_and_taken_from_another(
    house: House, lead: Person
) -> None:
    ann = await house.hire("ann", "Ann Bos")
    ben = await house.hire("ben", "Ben Kok")
    mail = await house.receive(subject="My order")
    item = await house.work_of(mail.conversation_id)
    for agent_id in (ann, ben):
        given = await lead.post(
            f"{WALL}/move", item=item.id, to=f"service|{agent_id}", figure="waiting"
        )
        assert given.status == 200
        assert given.text("#given") == f"Given to {'Ann Bos' if agent_id == ann else 'Ben Kok'}."
        now = await house.work_of(mail.conversation_id)
        assert (now.state, now.agent_id) == ("assigned", agent_id)
    page = await lead.get(f"/console/conversations/{mail.conversation_id}")
    assert "A supervisor gave it to Ben Kok." in page.text(".why")
    assert page.text(".why").count("Lea Vos handed it over: Ben Kok.") == 1
    moved = await lead.post(f"{WALL}/move", item=item.id, to="billing", figure="held")
    assert (moved.text("h1"), moved.text("#given")) == ("In hand", "Given to Billing.")
    now = await house.work_of(mail.conversation_id)
    assert (now.state, now.role, now.agent_id) == ("waiting", "billing", None)
    lines = [row.action for row in await house.rows(audit_log) if row.object == item.id]
    assert lines.count("work_item.given") == 2
    assert "work_item.moved" in lines


async def test_what_is_done_is_not_given_and_nothing_chosen_is_said(
    house: House, anna: Person, lead: Person
) -> None:
    mail = await house.receive(subject="My order")
    item = await house.work_of(mail.conversation_id)
    await anna.post(f"/console/work/{item.id}/claim")
    await anna.post(f"/console/work/{item.id}/resolve", seen="99")
    refused = await lead.post(f"{WALL}/move", item=item.id, to="billing", figure="arrived")
    assert (refused.status, refused.text("[role=alert]")) == (409, "It is done already.")
    other = await house.receive(mail_arrival("kim@example.org", subject="Another order"))
    both = [item.id, (await house.work_of(other.conversation_id)).id]
    refused = await lead.post(f"{WALL}/move", item=both, to="billing", figure="arrived")
    assert (refused.status, refused.text("[role=alert]")) == (409, "It is done already.")
    assert (await house.work_of(other.conversation_id)).role == "billing", "the rest is given"
    refused = await lead.post(f"{WALL}/move", item=both[1], to="", figure="waiting")
    assert refused.text("[role=alert]") == "Choose to whom you give it."
    refused = await lead.post(f"{WALL}/move", to="billing", figure="waiting")
    assert refused.text("[role=alert]") == "Choose at least one piece of work first."
    for wrong in ("figure=nonsense", "figure=waiting&channel=pigeon", ""):
        assert (await lead.get(f"{WALL}/items?{wrong}")).status == 404


async def test_work_beyond_the_first_part_is_reached_and_given(house: House, lead: Person) -> None:
    mail = await house.receive(subject="My order")
    item = await house.work_of(mail.conversation_id)
    assert (await lead.get(f"{WALL}/items?figure=waiting")).has("[data-ticks-all]")
    [row] = await house.rows(work_items)
    done = {"state": "done", "resolved_at": clock.now()}
    more = [row._asdict() | done | {"id": clock.new_id()} for _ in range(204)]
    await house.write(lambda c: c.execute(insert(work_items), more))
    page = await lead.get(f"{WALL}/items?figure=arrived&role=service")
    assert page.text("nav.leaves") == "1 to 200 of 205 After this"
    rest = await lead.get(page.value("nav.leaves a", "href"))
    assert len(rest.texts("tbody th")) == 5
    assert rest.text("h1") == "Came in today · Customer service"
    too_many = [item.id] * 201
    refused = await lead.post(f"{WALL}/move", item=too_many, to="billing", figure="arrived")
    assert refused.text("[role=alert]") == "Choose at most 200 at once."


async def test_a_share_opens_what_was_too_late_or_else_in_time(
    house: House, anna: Person, lead: Person
) -> None:
    mail = await house.receive(subject="My order")
    page = await lead.get(WALL)
    assert not page.has("a[href*='figure=in_time']"), "nothing is due yet"
    opened = await anna.get(f"/console/conversations/{mail.conversation_id}")
    await anna.reply(opened, "It is on its way.")
    await eventually(lambda: _board_says(lead, "100 %"))
    page = await lead.get(WALL)
    for link in page.values("a[href*='figure=in_time']", "href"):
        assert (await lead.get(link)).texts("tbody th a") == ["My order"]
    assert len(page.values("a[href*='figure=in_time']", "href")) == 2


async def test_a_state_is_changed_for_somebody_and_the_log_says_by_whom(
    house: House, lead: Person
) -> None:
    ann = await house.hire("ann", "Ann Bos")
    await house.write(lambda c: presence.say(c, ann, presence.AVAILABLE))
    page = await lead.get(WALL)
    assert page.text(".seat").startswith("Ann Bos Available")
    await lead.post(f"{WALL}/agents/{ann}", state="away", reason="Lunch")
    page = await lead.get(WALL)
    assert "Away · Lunch" in page.text(".seat")
    assert not page.has(".seat select"), "no reason without a button"
    said = [row for row in await house.rows(audit_log) if row.action == "agent.presence"]
    assert said[-1].object == ann != said[-1].actor
    assert (await lead.post(f"{WALL}/agents/{ann}", state="asleep")).status == 400


async def test_it_alerts_on_what_was_set(house: House, lead: Person, ina: Person) -> None:
    chat = await house.receive(chat_arrival(text="Where is my order?"))
    await since(house, chat.conversation_id, timedelta(minutes=10))
    problems = {"email": "The server refuses the password.", "bus": ""}
    await house.write(lambda c: health.say(c, "all@there:1", problems))
    page = await lead.get(WALL)
    assert page.texts(".alerts li") == [
        "E-mail does not work: The server refuses the password.",
        "Somebody on Chat waits for Customer service: 10 min.",
        "Nobody takes work for Customer service now. Waiting on Chat: 1.",
    ]
    await house.receive(mail_arrival("kim@example.org", subject="My order"))
    for waits in page.values(".alerts a[href*='figure=waiting']", "href"):
        assert len((await lead.get(waits)).texts("tbody th")) == 1, "as many as it says"
    assert not page.has(".alerts a[href*='/admin/']"), "a supervisor may not open health"
    assert (await ina.get(WALL)).value(".alerts a", "href") == "/console/admin/health"
    assert (await lead.get(f"{WALL}/alerts")).text(".count") == "3"
    typed = {"form": "thresholds", "live_minutes": "soon", "written_minutes": "7"}
    refused = await lead.post(f"{WALL}/thresholds", **typed)
    assert (refused.status, refused.text("[role=alert]")) == (422, "Write whole numbers.")
    assert refused.value("details[open] [name=live_minutes]") == "soon"
    assert refused.value("details[open] [name=written_minutes]") == "7"
    refused = await lead.post(f"{WALL}/thresholds", form="thresholds", level_percent="101")
    assert (refused.status, refused.text("[role=alert]")) == (422, "A share is 100 % at most.")
    await lead.post(f"{WALL}/thresholds", live_minutes="15", level_percent="90")
    kept = await house.database.read(lambda c: choices.value(c, "alerts"))
    assert (kept["live_minutes"], kept["written_minutes"]) == (15, 0)
    assert "Somebody on Chat" not in (await lead.get(WALL)).text(".alerts")


async def test_an_added_mailbox_is_silent_from_when_it_was_added(
    house: House, lead: Person
) -> None:
    address = "kim@vandalen.example"
    account = {"address": address, "imap": {"host": "mail.vandalen.example"}}
    await house.write(lambda c: added_mailboxes.add(c, address, account, "", by="ina"))
    assert not (await lead.get(WALL)).has(".alerts")
    long_ago = clock.now() - timedelta(days=3)
    await house.write(lambda c: c.execute(update(mailboxes_table).values(added_at=long_ago)))
    await eventually(lambda: _board_says(lead, "No mail came into kim@vandalen.example for 3 d."))
    longer_ago = clock.now() - timedelta(days=30)
    await house.write(lambda c: c.execute(update(mailboxes_table).values(added_at=longer_ago)))
    await eventually(lambda: _board_says(lead, "No mail came into kim@vandalen.example for two"))


async def test_nobody_is_called_for_who_left_the_chat_or_hung_up(
    house: House, lead: Person
) -> None:
    """Their work still waits, as what was written does."""
    chat = await house.receive(chat_arrival(text="Where is my order?"))
    conversation = chat.conversation_id
    await house.write(
        lambda c: chat_visits.arrive(
            c, conversation_id=conversation, site="demo", visitor_id="v1", session_id="s1",
            identified=False, page="", page_title="", language="en",
        )
    )  # fmt: skip
    await since(house, conversation, timedelta(minutes=10))
    page = await lead.get(WALL)
    assert page.text(".alerts li").startswith("Somebody on Chat waits")
    behind = await lead.get(page.value(".alerts a", "href"))
    assert behind.text("h1").startswith("Waiting on the line or in a chat")
    assert len(behind.texts("tbody th")) == 1
    await house.write(lambda c: chat_visits.leave(c, conversation))
    await eventually(lambda: _board_says(lead, "Work waits, and nobody is available."))
    assert (await lead.get(WALL)).texts("tbody td[data-head=Waiting]") == ["1"]
    await since(house, conversation, timedelta(hours=5))
    await eventually(lambda: _board_says(lead, "The oldest on Chat waits for Customer service"))


async def test_a_process_that_went_silent_is_told(house: House, lead: Person) -> None:
    await house.write(lambda c: health.say(c, "router@there:1", {"store": ""}))
    long_ago = clock.now() - timedelta(minutes=2)
    await house.write(lambda c: c.execute(update(health_table).values(seen_at=long_ago)))
    assert (await lead.get(WALL)).texts(".alerts li") == [
        "A process says nothing any more: router@there:1."
    ]


async def test_the_big_screen_shows_no_customer_and_offers_nothing_to_press(
    house: House, lead: Person
) -> None:
    await house.receive(subject="My order")
    page = await lead.get(f"{WALL}?screen=1")
    assert not page.has("#wall a")
    assert not page.has("#wall form")
    assert page.texts("tbody td[data-head=Waiting]") == ["1"]


async def test_the_board_moves_by_the_live_line(house: House, lead: Person, anna: Person) -> None:
    """A line for the board hears of everybody's work; one of an agent without that right does not
    become one by asking."""
    position = (await lead.get(WALL)).value("#wall", "data-position")
    url = f"/console/live?wall=1&after={position}"
    async with (
        lead.http.get(lead.origin + url) as board,
        anna.http.get(anna.origin + url) as other,
    ):
        await house.receive(subject="My order")
        assert await line_with(board, "data: [") == 'data: [{"wall": true}]'
        assert '"wall"' not in await line_with(other, "data: [")


async def line_with(response: ClientResponse, beginning: str) -> str:
    async for line in response.content:
        text = line.decode().strip()
        if text.startswith(beginning) and text != "data: []":
            return text
    raise AssertionError("the line ended")


async def test_who_is_listened_in_on_sees_it_and_so_does_the_board(
    house: House, lead: Person, anna: Person
) -> None:
    mail = await house.receive(mail_arrival(subject="My order"))
    item = await house.work_of(mail.conversation_id)
    path, listen = (
        f"/console/conversations/{mail.conversation_id}",
        f"/console/work/{item.id}/listen",
    )
    assert not (await lead.get(path)).has("[data-listen]")
    assert (await lead.post(listen, listen="yes")).status == 409
    await anna.post(f"/console/work/{item.id}/claim")
    assert not (await anna.get(path)).has("[data-listen]")
    page = await lead.post(listen, listen="yes")
    assert page.path == path
    assert page.text("[data-listen]").startswith("Stop listening in")
    assert (await anna.get(path)).text("[data-listens]") == "Lea Vos listens in"
    await eventually(lambda: _board_says(lead, "Lea Vos listens in"))
    await lead.post(listen, listen="no")
    assert not (await anna.get(path)).has("[data-listens]")
    await lead.post(listen, listen="yes")
    await anna.post(f"/console/work/{item.id}/release")
    await eventually(lambda: _board_says(lead, "listens in", said=False))
    said = [row.action for row in await house.rows(audit_log) if row.object == item.id]
    assert said.count("work_item.listened_in") == 2
    assert "work_item.listening_ended" in said


async def _board_says(who: Person, words: str, *, said: bool = True) -> bool:
    """It is read once a second for everybody."""
    return (words in (await who.get(WALL)).text("main")) is said
