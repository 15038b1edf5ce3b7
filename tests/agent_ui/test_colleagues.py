"""Colleagues are asked: by a name in a note, or to approve something in time."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from sqlalchemy import Connection, update

from agent_ui.settings import ConsoleSettings
from builders import mail_arrival
from console_browser import desk
from console_house import MODEL, House, Person, open_house, person
from hub import clock
from hub.store import agents, supervising
from hub.store.agents import Agent
from hub.store.tables import agents as table_of_agents
from hub.store.tables import asked_colleagues, outbound

APPROVED = MODEL.replace(
    'nl: "U mag tot EUR 50 terugbetalen."}',
    'nl: "U mag tot EUR 50 terugbetalen.", approver: billing, within: 2h}',
)


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path, model_text=APPROVED) as opened:
        yield opened


async def asked(house: House, anna: Person) -> str:
    """A request to billing; gives the path of the conversation."""
    accepted = await house.receive(subject="Order 12")
    item = await house.work_of(accepted.conversation_id)
    page = await anna.post(f"/console/work/{item.id}/claim")
    assert page.text(".ask-approval button") == "Ask Billing"
    fields = {"role": "billing", "what": "Refund EUR 80"}
    page = await anna.post(f"/console/work/{item.id}/approval", **fields)
    assert "Anna de Wit asked to approve: Refund EUR 80" in page.text(".event")
    return page.path


async def test_who_holds_the_role_approves_and_who_asked_is_told(
    house: House, anna: Person, bob: Person
) -> None:
    path = await asked(house, anna)
    page = await bob.get("/console")
    assert "Refund EUR 80" in page.text(".asked .text")
    assert page.text(".asked .deadline").startswith("due in")
    assert (await bob.get(path)).status == 200
    request = page.value(".asked", "data-asked")
    await bob.post(f"/console/asked/{request}", answer="yes")
    assert not (await bob.get("/console")).has(".asked")
    page = await anna.get(path)
    assert "Bob Kramer approved: Refund EUR 80" in page.texts(".event")[-1]
    assert "approved this" in page.text(".asked .offer-title")
    assert (await bob.post(f"/console/asked/{request}", answer="no")).status == 409
    await anna.post(f"/console/asked/{request}", answer="seen")
    assert not (await anna.get("/console")).has(".asked")


def of(connection: Connection, login: str) -> Agent:
    found = agents.find_by_login(connection, login)
    assert found is not None
    return found[0]


async def late(house: House) -> str:
    """The time to answer in is over; gives the id of the request."""
    ago = clock.now() - timedelta(minutes=5)
    before = {"asked_at": ago - timedelta(hours=2), "due_at": ago}
    await house.database.write(lambda c: c.execute(update(asked_colleagues).values(before)))
    [request] = await house.rows(asked_colleagues)
    return str(request.id)


async def test_who_asked_sees_what_waits_and_asks_again_when_it_was_not_answered_in_time(
    house: House, anna: Person, bob: Person
) -> None:
    path = await asked(house, anna)
    page = await anna.get(path)
    assert page.text(".approval").startswith("waits for approval Refund EUR 80 Billing")
    assert page.text(".approval .deadline").startswith("due in")
    assert not (await anna.get("/console")).has(".asked")
    ahead = int(page.value("#offers", "data-turns-in"))
    assert 0 < ahead <= 2 * 3_600_000
    request = await late(house)
    page = await anna.get(path)
    assert page.text(".asked .offer-title") == "did not answer in time"
    assert page.text(".asked").startswith("Billing did not answer in time")
    assert page.value(".approval .deadline", "data-urgency") == "late"
    assert (await bob.get("/console")).value(".asked .deadline", "data-urgency") == "late"
    await anna.post(f"/console/asked/{request}", answer="again")
    page = await anna.get(path)
    assert not page.has(".asked")
    assert page.texts(".event")[-1].startswith("Anna de Wit asked again to approve: Refund EUR 80")
    page = await bob.get("/console")
    assert page.text(".asked .deadline").startswith("due in 1 h")
    await bob.post(f"/console/asked/{request}", answer="no")
    assert not (await anna.get(path)).has(".approval")


async def test_who_asked_takes_the_request_back_and_nobody_is_asked_any_more(
    house: House, anna: Person, bob: Person
) -> None:
    path = await asked(house, anna)
    request = (await bob.get("/console")).value(".asked", "data-asked")
    assert (await bob.post(f"/console/asked/{request}", answer="withdraw")).status == 409
    page = await anna.post(f"/console/asked/{request}", answer="withdraw", next=path)
    assert not page.has(".approval")
    assert page.texts(".event")[-1].startswith("Anna de Wit took back: Refund EUR 80")
    assert not (await bob.get("/console")).has(".asked")
    assert (await bob.post(f"/console/asked/{request}", answer="yes")).status == 409


async def test_who_does_not_approve_may_say_why_and_who_asked_reads_it(
    house: House, anna: Person, bob: Person
) -> None:
    path = await asked(house, anna)
    page = await bob.get("/console")
    assert page.has(".asked form:has([name=reason]) button[value=no]")
    request = page.value(".asked", "data-asked")
    await bob.post(f"/console/asked/{request}", answer="no", reason=" Half is enough. ")
    page = await anna.get(path)
    assert "did not approve this" in page.text(".asked .offer-title")
    assert "Why not: Half is enough." in page.text(".asked")
    assert "did not approve: Refund EUR 80 · Half is enough." in page.texts(".event")[-1]


@pytest.mark.parametrize(
    ("way", "said"),
    [
        (("resolve", "result.outcome", "found"), "finished the work"),
        (("transfer", "to", "billing|"), "passed the work on"),
        (("transfer", "to", "billing|bob"), "passed the work on"),
    ],
)
async def test_what_is_finished_or_passed_on_waits_for_no_approval(
    house: House, anna: Person, bob: Person, way: tuple[str, str, str], said: str
) -> None:
    path = await asked(house, anna)
    [hired] = [one.id for one in await house.rows(table_of_agents) if one.login == "bob"]
    request = (await bob.get("/console")).value(".asked", "data-asked")
    item = await house.work_of(path.rpartition("/")[2])
    act, name, text = way
    fields = {"seen": "9", name: text.replace("bob", hired)}
    await anna.post(f"/console/work/{item.id}/{act}", **fields)
    page = await bob.get(path)
    assert not page.has(".approval")
    assert not page.has(".asked")
    told = f"Anna de Wit {said} before this was approved: Refund EUR 80"
    assert [line for line in page.texts(".event") if line.startswith(told)]
    assert (await bob.post(f"/console/asked/{request}", answer="yes")).status == 409
    await late(house)
    assert not (await anna.get("/console")).has(".asked")


async def test_what_a_supervisor_moves_to_another_role_waits_for_no_approval(
    house: House, anna: Person, bob: Person
) -> None:
    path = await asked(house, anna)
    item = await house.work_of(path.rpartition("/")[2])

    def move(connection: Connection) -> None:
        supervising.move(connection, item.id, of(connection, "bob"), "billing", backup_role="")

    await house.database.write(move)
    page = await bob.get(path)
    assert not page.has(".approval")
    assert "Bob Kramer passed the work on before this was approved" in page.texts(".event")[-1]


@pytest.mark.parametrize("way", ["release", "transfer", "give"])
async def test_who_takes_the_work_over_gets_the_answer_and_the_approver_sees_that(
    house: House, anna: Person, bob: Person, way: str
) -> None:
    carl_id = await house.hire("carl", "Carl Smit")
    path = await asked(house, anna)
    item = await house.work_of(path.rpartition("/")[2])
    card = (await bob.get("/console")).text(".asked")
    assert "the answer" not in card
    if way == "give":
        await house.database.write(
            lambda c: supervising.give(c, item.id, of(c, "bob"), carl_id) and None
        )
    else:
        await anna.post(f"/console/work/{item.id}/{way}", to=f"service|{carl_id}")
        card = (await bob.get("/console")).text(".asked")
        assert "The work is in the queue: who takes it gets the answer." in card
        page = await anna.get(path)
        assert page.text(".approval").startswith("waits for approval Refund EUR 80 Billing")
        assert not page.has(".approval button")
    async with person(house) as carl:
        await carl.sign_in("carl")
        if way != "give":
            await carl.post(f"/console/work/{item.id}/claim")
        page = await carl.get(path)
        assert "Billing, Anna de Wit asked" in page.text(".approval")
        assert page.has(".approval button")
        page = await bob.get("/console")
        assert "Anna de Wit asks you to approve this" in page.text(".asked")
        assert "Carl Smit has the work now and gets the answer." in page.text(".asked")
        request = page.value(".asked", "data-asked")
        assert (await anna.post(f"/console/asked/{request}", answer="withdraw")).status == 409
        await bob.post(f"/console/asked/{request}", answer="yes")
        assert "Bob Kramer approved this" in (await carl.get("/console")).text(".asked")
        assert not (await anna.get("/console")).has(".asked")


async def test_an_answer_to_work_that_nobody_has_waits_for_who_takes_it(
    house: House, anna: Person, bob: Person
) -> None:
    await house.hire("carl", "Carl Smit")
    path = await asked(house, anna)
    item = await house.work_of(path.rpartition("/")[2])
    await anna.post(f"/console/work/{item.id}/release")
    request = (await bob.get("/console")).value(".asked", "data-asked")
    await bob.post(f"/console/asked/{request}", answer="no", reason="Half is enough.")
    assert not (await anna.get(path)).has(".asked")
    async with person(house) as carl:
        await carl.sign_in("carl")
        assert not (await carl.get("/console")).has(".asked")
        await carl.post(f"/console/work/{item.id}/claim")
        page = await carl.get(path)
        assert page.text(".asked").startswith("Bob Kramer did not approve this")
        await carl.post(f"/console/asked/{request}", answer="seen")
        assert not (await carl.get("/console")).has(".asked")


async def test_who_takes_the_work_over_hears_that_it_was_not_answered_and_asks_again(
    house: House, anna: Person, bob: Person
) -> None:
    await house.hire("carl", "Carl Smit")
    path = await asked(house, anna)
    item = await house.work_of(path.rpartition("/")[2])
    await anna.post(f"/console/work/{item.id}/release")
    request = await late(house)
    assert not (await anna.get("/console")).has(".asked")
    async with person(house) as carl:
        await carl.sign_in("carl")
        await carl.post(f"/console/work/{item.id}/claim")
        page = await carl.get(path)
        assert page.text(".asked .offer-title") == "did not answer in time"
        await carl.post(f"/console/asked/{request}", answer="again")
        assert not (await carl.get("/console")).has(".asked")
    card = (await bob.get("/console")).text(".asked")
    assert card.startswith("Carl Smit asks you to approve this")
    assert "the answer" not in card


async def test_who_may_approve_and_takes_the_work_approves_it_and_hears_nothing_of_it(
    house: House, anna: Person, bob: Person
) -> None:
    await house.hire("carl", "Carl Smit", ["service", "billing"])
    path = await asked(house, anna)
    item = await house.work_of(path.rpartition("/")[2])
    await anna.post(f"/console/work/{item.id}/release")
    await late(house)
    async with person(house) as carl:
        await carl.sign_in("carl")
        await carl.post(f"/console/work/{item.id}/claim")
        page = await carl.get(path)
        assert "You have the work yourself now." in page.text(".asked")
        request = page.value(".asked", "data-asked")
        await carl.post(f"/console/asked/{request}", answer="yes")
        page = await carl.get(path)
        assert not page.has(".asked")
        assert "Carl Smit approved: Refund EUR 80" in page.texts(".event")[-1]
    assert not (await bob.get("/console")).has(".asked")


async def test_taking_back_what_resolved_asks_for_the_approval_again(
    sqlite_url: str, tmp_path: Path
) -> None:
    settings = ConsoleSettings(undo_send_seconds=60)
    async with (
        open_house(sqlite_url, tmp_path, model_text=APPROVED, settings=settings) as patient,
        person(patient) as anna,
        person(patient) as bob,
    ):
        await patient.hire("anna", "Anna de Wit")
        await patient.hire("bob", "Bob Kramer", ["billing"])
        await anna.sign_in("anna")
        await bob.sign_in("bob")
        path = await asked(patient, anna)
        await anna.reply(await anna.get(path), "You get it back.")
        item = await patient.work_of(path.rpartition("/")[2])
        fields = {"seen": "9", "result.outcome": "found"}
        await anna.post(f"/console/work/{item.id}/resolve", **fields)
        [message] = await patient.rows(outbound)
        assert not (await bob.get("/console")).has(".asked")
        page = await anna.post(f"/console/interactions/{message.interaction_id}/take-back")
        assert "Refund EUR 80" in page.text(".approval")
        request = (await bob.get("/console")).value(".asked", "data-asked")
        await bob.post(f"/console/asked/{request}", answer="yes")
        assert "approved this" in (await anna.get(path)).text(".asked .offer-title")


@pytest_asyncio.fixture(loop_scope="session")
async def live_house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(sqlite_url, tmp_path, model_text=APPROVED) as opened:
        await opened.hire("anna", "Anna de Wit")
        await opened.hire("bob", "Bob Kramer", ["billing"])
        yield opened


@pytest.mark.asyncio(loop_scope="session")
async def test_approval_is_asked_for_given_and_missed_by_keys_in_both_languages(
    live_house: House, browser: Browser
) -> None:
    accepted = await live_house.receive(subject="Order 12")
    item = await live_house.work_of(accepted.conversation_id)
    await live_house.hire("carl", "Carl Smit", ["billing"], language="nl")
    async with (
        desk(browser, live_house) as at,
        desk(browser, live_house, locale="nl-NL") as asks,
        person(live_house) as anna,
    ):
        await anna.sign_in("anna")
        await anna.post(f"/console/work/{item.id}/claim")
        await at.sign_in("anna", accepted.conversation_id)
        await asks.sign_in("carl")
        await at.page.keyboard.press("Shift+V")
        await at.page.keyboard.type("Refund EUR 80, as the parcel was away for three weeks")
        await at.page.keyboard.press("Enter")
        waiting = at.page.locator(".approval")
        await expect(waiting).to_contain_text("Refund EUR 80")
        await at.done()
        assert (await at.focused()).startswith("INPUT")
        await at.check_accessible()
        await expect(at.page.locator("#side .waits-here")).to_contain_text("Refund EUR 80")
        await at.page.set_viewport_size({"width": 390, "height": 844})
        await at.page.locator("[data-from-side]").click()
        fits = "(one) => one.scrollWidth <= one.clientWidth"
        assert await at.page.locator("#talk").evaluate(fits)
        await expect(waiting.get_by_role("button", name="Take it back")).to_be_in_viewport(ratio=1)
        await at.page.set_viewport_size({"width": 1280, "height": 800})
        card = asks.page.locator(".asked")
        await expect(card).to_contain_text("vraagt of u dit goedkeurt")
        await asks.check_accessible()
        await late(live_house)
        await at.page.reload()
        await at.live()
        await expect(at.page.locator(".asked .offer-title")).to_have_text("did not answer in time")
        await at.check_accessible()
        await at.page.keyboard.press("Shift+Y")
        await at.page.keyboard.press("Enter")
        await expect(at.page.locator(".asked")).to_have_count(0)
        await asks.page.keyboard.press("Shift+Y")
        await asks.page.keyboard.press("Enter")
        await expect(card).to_have_count(0)
        await expect(at.page.locator(".asked .offer-title")).to_have_text("approved this")
        await expect(waiting).to_have_count(0)
        await expect(at.page.locator("#side .waits-here")).to_have_count(0)
        await at.check_traps()
        await asks.check_traps()


@pytest.mark.asyncio(loop_scope="session")
async def test_the_approver_sees_who_has_the_work_now_without_a_reload(
    live_house: House, browser: Browser
) -> None:
    await live_house.hire("carl", "Carl Smit")
    async with (
        desk(browser, live_house) as at,
        person(live_house) as anna,
        person(live_house) as carl,
    ):
        await anna.sign_in("anna")
        await carl.sign_in("carl")
        path = await asked(live_house, anna)
        item = await live_house.work_of(path.rpartition("/")[2])
        await at.sign_in("bob")
        await anna.post(f"/console/work/{item.id}/release")
        card = at.page.locator(".asked")
        await expect(card).to_contain_text("who takes it gets the answer")
        await carl.post(f"/console/work/{item.id}/claim")
        await expect(card).to_contain_text("Carl Smit has the work now and gets the answer.")
        await at.check_accessible()
        await at.check_traps()


@pytest.mark.asyncio(loop_scope="session")
async def test_a_reason_stays_while_it_is_typed_and_enter_behind_it_approves_nothing(
    live_house: House, browser: Browser
) -> None:
    async with desk(browser, live_house) as at, person(live_house) as anna:
        await anna.sign_in("anna")
        path = await asked(live_house, anna)
        await at.sign_in("bob")
        why = at.page.locator("[data-why-not]")
        await why.fill("Half is")
        await asked(live_house, anna)
        await expect(at.page.locator(".asked")).to_have_count(2)
        await expect(why.first).to_be_focused()
        await at.check_accessible()
        await at.page.keyboard.type(" enough")
        await at.page.keyboard.press("Enter")
        await expect(at.page.locator(".asked")).to_have_count(1)
        page = await anna.get(path)
        assert "did not approve: Refund EUR 80 · Half is enough" in page.texts(".event")[-1]
        await at.check_traps()


@pytest.mark.asyncio(loop_scope="session")
async def test_what_a_colleague_asks_hides_nothing_for_hours(
    live_house: House, browser: Browser
) -> None:
    accepted = await live_house.receive(mail_arrival(subject="Invoice 9"))
    async with desk(browser, live_house) as at, person(live_house) as anna:
        await anna.sign_in("anna")
        await asked(live_house, anna)
        await at.sign_in("bob", accepted.conversation_id)
        card = at.page.locator(".asked")
        await expect(card).to_be_visible()
        await at.page.locator("#side").evaluate("(one) => one.scrollTo(0, one.scrollHeight)")
        last = await at.page.locator("#side > :last-child").bounding_box()
        over = await card.bounding_box()
        assert last is not None
        assert over is not None
        assert last["y"] + last["height"] <= over["y"]
        await at.page.set_viewport_size({"width": 390, "height": 844})
        await at.page.reload()
        await at.live()
        await expect(card.get_by_role("button", name="Approve", exact=True)).to_be_hidden()
        await at.page.keyboard.press("i")
        await expect(at.page.locator(".chip-mine")).to_be_visible()
        await at.page.keyboard.press("r")
        await expect(at.page.locator("[data-send]")).to_be_in_viewport(ratio=1)
        await at.page.keyboard.press("Escape")
        await at.page.keyboard.press("Shift+Y")
        await expect(card.get_by_role("button", name="Approve", exact=True)).to_be_focused()
        await at.check_traps()


async def test_nobody_approves_their_own_request_or_somebody_elses(
    house: House, anna: Person
) -> None:
    await asked(house, anna)
    [request] = await house.rows(asked_colleagues)
    await anna.post(f"/console/asked/{request.id}", answer="yes")
    [request] = await house.rows(asked_colleagues)
    assert (request.answer, request.is_over) == ("", False)
    await house.hire("carl", "Carl")
    async with person(house) as carl:
        await carl.sign_in("carl")
        assert (await carl.post(f"/console/asked/{request.id}", answer="yes")).status == 404
        assert not (await carl.get("/console")).has(".asked")


async def test_only_a_role_of_the_model_is_asked_and_only_for_something(
    house: House, anna: Person
) -> None:
    accepted = await house.receive(subject="Order 12")
    item = await house.work_of(accepted.conversation_id)
    await anna.post(f"/console/work/{item.id}/claim")
    for fields in ({"role": "service", "what": "x"}, {"role": "billing", "what": " "}):
        page = await anna.post(f"/console/work/{item.id}/approval", **fields)
        assert page.has("[role=alert]")
    assert await house.rows(asked_colleagues) == []


async def test_who_is_named_in_a_note_is_told_and_may_read(
    house: House, anna: Person, bob: Person
) -> None:
    accepted = await house.receive(subject="Order 12")
    path = f"/console/conversations/{accepted.conversation_id}"
    assert (await bob.get(path)).status == 404
    text = "@Bob can you look? Not a@bob.example, @nobody or @anna."
    await anna.post(f"{path}/entries", mode="note", text=text)
    page = await bob.get("/console")
    assert page.text(".asked .offer-title") == "mentions you"
    assert page.text(".asked .text").startswith("@Bob can you look?")
    assert (await bob.get(path)).status == 200
    assert len(await house.rows(asked_colleagues)) == 1
    await bob.post(f"/console/asked/{page.value('.asked', 'data-asked')}", answer="seen")
    assert not (await bob.get("/console")).has(".asked")
    assert (await bob.get(path)).status == 200
