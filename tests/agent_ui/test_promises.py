"""Promises to customers: given in words, shown with a clock, kept or told of when they are not."""

from datetime import timedelta

from builders import mail_arrival
from console_house import House, Person
from hub import clock, promising
from hub.store.tables import agreements, outbox


async def test_a_promise_has_a_clock_until_it_is_kept(house: House, anna: Person) -> None:
    accepted = await house.receive()
    path = f"/console/conversations/{accepted.conversation_id}"
    page = await anna.post(f"{path}/promises", what="Call back within 2 hours")
    assert page.path == path
    assert page.text("[data-promises] strong") == "Call back within 2 hours"
    assert page.text("[data-promises] .deadline").startswith("due in")
    assert "Anna de Wit promised: Call back within 2 hours (due" in page.text(".event")
    [promise] = await house.rows(agreements)
    page = await anna.post(f"/console/promises/{promise.id}/keep")
    assert not page.has("[data-promises] li")
    assert "kept the promise" in page.texts(".event")[-1]
    again = await anna.post(f"/console/promises/{promise.id}/keep")
    assert (again.status, again.text("[role=alert]")) == (
        409,
        "This promise does not stand any more.",
    )


async def test_who_keeps_it_from_another_conversation_stays_there(
    house: House, anna: Person
) -> None:
    accepted = await house.receive()
    path = f"/console/conversations/{accepted.conversation_id}"
    await anna.post(f"{path}/promises", what="Send it within 2 hours")
    [promise] = await house.rows(agreements)
    other = await house.receive(mail_arrival(message_id="b@x", subject="Another question"))
    page = await anna.post(f"/console/promises/{promise.id}/keep", here=other.conversation_id)
    assert page.path == f"/console/conversations/{other.conversation_id}"
    assert not page.has("[data-promises] li")


async def test_what_is_not_kept_in_time_is_told_once(house: House, anna: Person) -> None:
    accepted = await house.receive()
    path = f"/console/conversations/{accepted.conversation_id}"
    await anna.post(f"{path}/promises", what="Send it within 2 hours")
    late = clock.now() + timedelta(hours=3)
    assert await house.write(lambda c: promising.breach(c, late)) == 1
    assert await house.write(lambda c: promising.breach(c, late)) == 0
    page = await anna.get(path)
    assert "Not kept in time by Anna de Wit: Send it within 2 hours" in page.texts(".event")[-1]
    assert page.has("[data-promises] li")
    [promise] = await house.rows(agreements)
    assert promise.breached_at == late


async def test_a_promise_needs_a_time_and_words(house: House, anna: Person) -> None:
    accepted = await house.receive()
    path = f"/console/conversations/{accepted.conversation_id}/promises"
    for fields in ({"what": "Call back"}, {"what": "x", "at": "2020-01-01T10:00"}):
        page = await anna.post(path, **fields)
        assert page.text("[role=alert]") == "Say by when: a time to come, within a year."
    assert (await anna.post(path, what=" ", at="2026-12-31T10:00")).status == 400
    assert await house.rows(agreements) == []


async def test_strangers_promise_nothing(house: House, anna: Person, bob: Person) -> None:
    accepted = await house.receive()
    path = f"/console/conversations/{accepted.conversation_id}/promises"
    assert (await bob.post(path, what="within 2 hours")).status == 404
    await anna.post(path, what="within 2 hours")
    [promise] = await house.rows(agreements)
    assert (await bob.post(f"/console/promises/{promise.id}/keep")).status == 404
    assert (await bob.post("/console/promises/nothing/keep")).status == 404
    assert [row for row in await house.rows(outbox) if "kept" in str(row)] == []
