"""The call bar at a browser without scripts: what it shows, what it writes, whom it refuses."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from builders import TOKENS, text_arrival
from console_house import House, Page, Person, person
from hub import clock
from hub.interaction import Accepted, Attachment, Channel
from hub.store import agents, call_wishes, calls, putting_through, recordings, steps
from hub.store.tables import asked_colleagues, audit_log, customers, work_items
from hub.store.tables import calls as table

NUMBER = "+31612345678"


async def on_the_phone(house: House, who: Person) -> tuple[str, Accepted]:
    """A caller is talked with; gives the address of the conversation."""
    arrival = text_arrival(channel=Channel.PHONE, external_id="CA1", subject="Bestelling")
    accepted = await house.receive(arrival)
    page = await who.take_next()

    def talk(connection: Any) -> None:
        calls.add(
            connection,
            "CA1",
            accepted.conversation_id,
            account="+31203080000",
            caller=NUMBER,
            language="nl",
            chosen="Bestelling",
        )
        call = calls.get(connection, "CA1")
        assert call is not None
        item = calls.item_of(connection, call)
        assert item is not None
        assert calls.ring(connection, call, item.agent_id or "")
        calls.answered(connection, "CA1", 1)

    await house.write(talk)
    return page.path, accepted


async def call_of(house: House) -> Any:
    return (await house.rows(table))[-1]


async def test_a_caller_whom_we_know_is_called_by_name_with_the_number_beside_it(
    house: House, anna: Person
) -> None:
    accepted = await house.receive(text_arrival(channel=Channel.PHONE, external_id="CA1"))
    page = await anna.get(f"/console/conversations/{accepted.conversation_id}")
    assert page.texts(".entry-who, .entry-address") == [NUMBER]
    await house.write(lambda c: c.execute(update(customers).values(name="James Cook")))
    page = await anna.get(f"/console/conversations/{accepted.conversation_id}")
    assert page.texts(".entry-who, .entry-address") == ["James Cook", NUMBER]


async def do(who: Person, path: str, what: str, **fields: str) -> Page:
    return await who.post(f"{path}/call", what=what, call="CA1", **fields)


async def test_when_somebody_asked_to_be_called_back_stands_beside_it(
    house: House, anna: Person
) -> None:
    """Also in work that was merged with the one that slept until then."""
    accepted = await house.receive()
    page = await anna.take_next()
    item = await house.work_of(accepted.conversation_id)
    wanted = update(work_items).values(callback_to=NUMBER)

    async def asked_for(at: datetime) -> str:
        details = {"number": NUMBER, "until": at.isoformat()}
        await house.write(lambda c: steps.add(c, item.id, steps.CALLBACK, **details))
        return (await anna.get(page.path)).text(".call-bar")

    await house.write(lambda c: c.execute(wanted))
    assert "not before" in await asked_for(clock.now() + timedelta(hours=20))
    assert "not before" not in await asked_for(clock.now() - timedelta(hours=1))


async def test_a_call_shows_how_it_stands_and_what_was_chosen(house: House, anna: Person) -> None:
    path, _ = await on_the_phone(house, anna)
    page = await anna.get(path)
    assert "You are on the phone" in page.text(".call-bar")
    assert "Chose: Bestelling" in page.text(".call-bar")
    assert page.values(".call-actions button") == ["hold", "mute", "hang_up"]
    assert page.values(".keypad button[name=keys]") == list("123456789*0#")


async def test_beside_a_caller_on_the_line_stands_since_when_and_no_far_deadline(
    house: House, anna: Person
) -> None:
    call = text_arrival(channel=Channel.PHONE, external_id="CA1", subject="Bestelling")
    accepted = await house.receive(call)
    item = await house.work_of(accepted.conversation_id)
    since = f'<time datetime="{item.waiting_since.isoformat()}" data-show="moment">'
    for page in (await anna.get("/console"), await anna.take_next()):
        assert since in page.body
        assert "on the line since" in page.text(".chip-line")
        assert not page.has(".row .deadline, .talk-facts .deadline")

    def warn(connection: Any) -> None:
        due = {"answer_warn": clock.now(), "answer_due": clock.now() + timedelta(minutes=1)}
        connection.execute(update(work_items).values(**due))

    await house.write(warn)
    for path in ("/console", page.path):
        assert (await anna.get(path)).value(
            ".row .deadline, .talk-facts .deadline", "data-urgency"
        ) == "near"


async def test_hold_and_mute_are_switched_on_and_off(house: House, anna: Person) -> None:
    path, _ = await on_the_phone(house, anna)
    page = await do(anna, path, "hold")
    assert (await call_of(house)).wants_hold
    assert page.values(".call-actions button") == ["resume", "mute", "hang_up"]
    await do(anna, path, "resume")
    page = await do(anna, path, "mute")
    assert page.values(".call-actions button") == ["hold", "unmute", "hang_up"]
    assert page.text("[data-muted]") == "Nobody hears you"
    row = await call_of(house)
    assert (row.wants_hold, row.wants_mute) == (False, True)


async def test_keys_and_nothing_else_are_pressed(house: House, anna: Person) -> None:
    path, _ = await on_the_phone(house, anna)
    await do(anna, path, "press", keys="5")
    assert (await call_of(house)).keys == "5"
    refused = await do(anna, path, "press", keys="five")
    assert (refused.status, "Choose a key" in refused.text("[role=alert]")) == (422, True)
    assert (await do(anna, path, "dance")).status == 400


async def test_a_colleague_or_a_number_is_asked_first(house: House, anna: Person) -> None:
    carl = await house.hire("carl", "Carl Visser")
    path, _ = await on_the_phone(house, anna)
    refused = await do(anna, path, "consult", to="service|")
    assert "Choose a colleague to ask" in refused.text("[role=alert]")
    refused = await do(anna, path, "consult", to="", number="tomorrow")
    assert "This is not a phone number" in refused.text("[role=alert]")
    page = await do(anna, path, "consult", to=f"service|{carl}")
    assert "Carl Visser is called; the customer is on hold" in page.text(".call-bar")
    async with person(house) as colleague:
        await colleague.sign_in("carl")
        page = await colleague.get("/console")
        wants = "Anna de Wit wants to talk with you on the phone: answer it"
        assert page.text(".asked summary") == wants
        assert (await colleague.get(page.value(".asked a", "href"))).status == 200
        page = await do(anna, path, "cancel")
        assert not (await colleague.get("/console")).has(".asked")
        assert not page.has(".asked")
    row = await call_of(house)
    assert (row.other_state, row.wants_hold) == (call_wishes.LEAVING, False)
    assert "call.consulted" in [line.action for line in await house.rows(audit_log)]


async def test_nobody_is_wanted_on_the_phone_when_the_call_is_over(
    house: House, anna: Person
) -> None:
    carl = await house.hire("carl", "Carl Visser")
    path, _ = await on_the_phone(house, anna)
    await do(anna, path, "consult", to=f"service|{carl}")
    async with person(house) as colleague:
        await colleague.sign_in("carl")
        assert (await colleague.get("/console")).has(".asked")
        await do(anna, path, "hang_up")
        assert not (await colleague.get("/console")).has(".asked")


async def test_who_is_asked_again_on_the_phone_is_asked_once(house: House, anna: Person) -> None:
    carl = await house.hire("carl", "Carl Visser")
    path, _ = await on_the_phone(house, anna)

    def missed(connection: Any) -> None:
        call = calls.get(connection, "CA1")
        assert call is not None
        assert call_wishes.other_is(connection, call, "", was=call_wishes.ASKED)

    async with person(house) as colleague:
        await colleague.sign_in("carl")
        await do(anna, path, "consult", to=f"service|{carl}")
        await house.write(missed)
        assert not (await colleague.get("/console")).has(".asked")
        await do(anna, path, "consult", to=f"service|{carl}")
        assert len((await colleague.get("/console")).texts(".asked")) == 1


@pytest.mark.parametrize("what", ["consult", "pass_on", "mute", "cancel", "press"])
async def test_nothing_in_a_call_is_done_in_another_conversation(
    house: House, anna: Person, what: str
) -> None:
    carl = await house.hire("carl", "Carl Visser")
    mail = await house.receive(subject="Invoice 9")
    item = await house.work_of(mail.conversation_id)
    await anna.post(f"/console/work/{item.id}/claim")
    await anna.post(f"/console/work/{item.id}/transfer", role="billing")
    other = f"/console/conversations/{mail.conversation_id}"
    path, _ = await on_the_phone(house, anna)
    await do(anna, path, "consult", to=f"service|{carl}")
    before, asked = await call_of(house), await house.rows(asked_colleagues)
    if what == "consult":
        await house.write(lambda c: c.execute(update(table).values(other_state="")))
        before = await call_of(house)
    assert (await do(anna, other, what, to=f"service|{carl}", keys="5")).status == 404
    assert await call_of(house) == before
    assert await house.rows(asked_colleagues) == asked
    async with person(house) as colleague:
        await colleague.sign_in("carl")
        assert (await colleague.get(other)).status == 404


async def test_a_call_is_passed_on_with_its_work(house: House, anna: Person) -> None:
    path, accepted = await on_the_phone(house, anna)
    await do(anna, path, "pass_on", to="billing|")
    item, row = await house.work_of(accepted.conversation_id), await call_of(house)
    assert (item.role, item.state, item.agent_id) == ("billing", "waiting", None)
    assert (row.state, row.room, row.agent_id) == ("waiting", 1, None)


async def test_a_call_is_put_through_to_a_number_as_it_is_written_here(
    house: House, anna: Person
) -> None:
    path, _ = await on_the_phone(house, anna)
    await do(anna, path, "pass_on", number="020 123 45 67")
    assert (await call_of(house)).put_through == "+31201234567"


async def test_a_call_that_was_given_back_while_it_rang_waits_for_anybody(
    house: House, anna: Person
) -> None:
    path, _ = await on_the_phone(house, anna)
    await house.write(lambda c: c.execute(update(table).values(state=calls.RINGING)))
    page = await do(anna, path, "hang_up")
    assert (await call_of(house)).agent_id is None
    assert "A caller waits" in page.text(".call-bar")


async def test_while_it_rings_outside_the_agent_can_take_the_customer_back(
    house: House, anna: Person
) -> None:
    path, _ = await on_the_phone(house, anna)
    page = await do(anna, path, "pass_on", number="020 123 45 67")
    assert "it rings at +31201234567" in page.text(".call-bar")
    assert page.values(".call-actions button") == ["hang_up"]
    asked = await house.database.read(lambda c: calls.get(c, "CA1"))
    assert asked is not None
    await house.write(lambda c: putting_through.rings(c, asked))
    page = await anna.get(path)
    assert page.values(".call-actions button") == ["cancel", "hang_up"]
    assert not page.has("[data-through]")
    page = await do(anna, path, "cancel")
    row = await call_of(house)
    assert (row.state, row.room, row.seated, row.put_through) == ("waiting", 1, 0, "")
    assert "A caller waits" in page.text(".call-bar")
    assert not page.has("[data-call-time]")


async def test_a_colleague_sees_the_call_and_can_do_nothing_in_it(
    house: House, anna: Person
) -> None:
    path, _ = await on_the_phone(house, anna)
    carl = await house.hire("carl", "Carl Visser")
    colleague = Person(anna.http, anna.origin)
    await colleague.post("/console/sign-out")
    await colleague.sign_in("carl")
    page = await colleague.get(path)
    assert "Anna de Wit is on the phone" in page.text(".call-bar")
    assert not page.has(".call-bar button")
    refused = await do(colleague, path, "hang_up")
    assert "somebody else has it" in refused.text("[role=alert]")
    assert (await call_of(house)).agent_id != carl


async def test_the_customer_is_called_at_a_number_of_theirs_alone(
    house: House, anna: Person
) -> None:
    await house.receive(text_arrival())
    page = await anna.take_next()
    assert page.values(".call-actions button") == [NUMBER]
    refused = await anna.post(f"{page.path}/call", what="place", number="+31699999999")
    assert "choose a number of the customer" in refused.text("[role=alert]")
    page = await anna.post(f"{page.path}/call", what="place", number=NUMBER)
    assert "Your phone is about to ring" in page.text(".call-bar")
    row = await call_of(house)
    assert (row.direction, row.caller, row.state) == ("outbound", NUMBER, "waiting")
    assert "call.placed" in [line.action for line in await house.rows(audit_log)]
    again = await anna.post(f"{page.path}/call", what="place", number=NUMBER)
    assert "There is a call already" in again.text("[role=alert]")


async def test_work_of_another_is_not_called_about(house: House, bob: Person) -> None:
    accepted = await house.receive(text_arrival())
    path = f"/console/conversations/{accepted.conversation_id}/call"
    assert (await bob.get(path)).status == 404
    refused = await bob.post(path, what="place", number=NUMBER)
    assert refused.status == 404
    assert await house.rows(table) == []


@pytest.mark.parametrize(("typed", "kept"), [("06 12345678", NUMBER), ("", ""), ("client", None)])
async def test_agents_say_where_they_are_called(
    house: House, anna: Person, typed: str, kept: str | None
) -> None:
    answer = await anna.post("/console/phone", phone=typed)
    assert answer.status == (422 if kept is None else 200)
    found = await house.database.read(lambda c: agents.find_by_login(c, "anna"))
    assert found is not None
    agent_id = found[0].id
    phone = (await house.database.read(lambda c: agents.phone_of(c, agent_id)))[1]
    assert phone == (kept or "")


async def test_a_recording_is_played_by_an_address_without_a_session(
    house: House, anna: Person, guest: Person
) -> None:
    path, _ = await on_the_phone(house, anna)
    with house.blobs.writer() as writer:
        writer.write(b"RIFF....WAVE")
        sha256, size = writer.finish()
    sound = Attachment(
        id=clock.new_id(),
        filename="audio-1.mp3",
        content_type="audio/mpeg",
        size=size,
        sha256=sha256,
    )
    assert await house.write(lambda c: recordings.keep(c, "CA1", sound, "65"))
    assert not await house.write(lambda c: recordings.keep(c, "CA1", sound, "65"))
    page = await anna.get(path)
    address = page.value("audio", "src")
    assert "Recording of the call: 1 min" in page.text(".entries")
    async with guest.http.get(house.origin + address) as response:
        assert (response.status, await response.read()) == (200, b"RIFF....WAVE")
        assert response.headers["Content-Type"] == "audio/wav"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Disposition"].startswith("attachment")
    for other in (address[:-1], address.replace("_", "_9"), "/sound/x.y"):
        assert (await guest.get(other)).status == 404


async def test_an_address_of_a_sound_ends(house: House, guest: Person) -> None:
    ended = TOKENS.sign("sound", f"{clock.new_id()}_1")
    assert (await guest.get(f"/sound/{ended}")).status == 404


async def test_an_agent_sees_that_the_call_is_recorded(house: House, anna: Person) -> None:
    path, _ = await on_the_phone(house, anna)
    for state, told in (("on", "Is recorded"), ("paused", "Recording stands still")):
        await house.write(lambda c, now=state: c.execute(update(table).values(recording=now)))
        assert told in (await anna.get(path)).text(".call-state")
