"""Agents are offered work, answer, hand it over and put it aside, at a browser without scripts."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent_ui.context import Escalation
from agent_ui.times import until_of
from builders import mail_arrival
from console_house import MODEL, House, Page, Person, open_house, person
from hub import clock
from hub.errors import Rejected
from hub.interaction import Accepted
from hub.store import handing_over
from hub.store import offers as store
from hub.store.tables import audit_log, offers, presence
from routing.assigning.rules import Rules
from waiting import eventually

OFFERED = MODEL.replace(
    "nl: Klantenservice},", "nl: Klantenservice}, mode: both, backup: billing,"
).replace("nl: Facturatie},", "nl: Facturatie}, mode: offered,")

UP = Escalation("billing", 60)


@pytest.fixture
async def house(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(
        sqlite_url, tmp_path, model_text=OFFERED, rules=Rules(), escalation=UP
    ) as opened:
        yield opened


@pytest.fixture
async def anna(house: House) -> AsyncIterator[Person]:
    await house.hire("anna", "Anna de Wit")
    async with person(house) as one:
        await one.sign_in("anna")
        yield one


@pytest.fixture
async def carl(house: House) -> AsyncIterator[Person]:
    await house.hire("carl", "Carl Visser", roles=["service", "billing"])
    async with person(house) as one:
        await one.sign_in("carl")
        yield one


async def is_there(who: Person, **fields: str) -> Page:
    return await who.post("/console/presence", **({"state": "available"} | fields))


async def offered(who: Person) -> Page:
    """The page with an offer on it, once there is one."""

    async def look() -> Page | None:
        page = await who.get("/console")
        return page if page.has(".offer[data-offer]") else None

    return await eventually(look)


async def work_offered(house: House, who: Person) -> tuple[Accepted, str]:
    await is_there(who)
    accepted = await house.receive()
    page = await offered(who)
    return accepted, page.value(".offer", "data-offer")


async def test_who_says_nothing_is_offered_nothing(house: House, anna: Person) -> None:
    accepted = await house.receive()
    page = await anna.get("/console")
    assert page.value("#presence", "data-state") == "off"
    assert not page.has(".offer")
    assert page.texts("[data-part-of-list=queue] .row-title") == ["Where is my order?"]
    assert (await house.work_of(accepted.conversation_id)).state == "waiting"


async def test_an_offer_says_who_what_and_why_and_is_accepted(house: House, anna: Person) -> None:
    accepted, item = await work_offered(house, anna)
    page = await anna.get("/console")
    assert page.text(".offer-title") == "Where is my order?"
    assert "Why you: " in page.text(".offer")
    assert page.value(".offer > progress", "max") == "120"
    shown = await anna.get(f"/console/conversations/{accepted.conversation_id}")
    assert shown.text(".no-reply") == "Accept it to answer. You can leave a note."
    page = await anna.post(f"/console/work/{item}/accept")
    assert page.path.endswith(accepted.conversation_id)
    assert page.text(".chip-mine") == "You have it"
    assert "Work in hand: 20 of 100" in page.text("#presence")
    assert "Anna de Wit accepted it." in page.text(".why")
    assert "Anna de Wit: could take it" in " ".join(page.texts(".candidates"))


async def test_who_declines_says_why_and_somebody_else_is_asked(
    house: House, anna: Person, carl: Person
) -> None:
    _, item = await work_offered(house, anna)
    await is_there(carl)
    page = await anna.post(f"/console/work/{item}/decline", reason="I know too little about this")
    assert not page.has(".offer")
    page = await offered(carl)
    assert page.value(".offer", "data-offer") == item
    page = await carl.post(f"/console/work/{item}/accept")
    assert "Anna de Wit declined it. I know too little about this" in page.text(".why")


async def test_an_offer_that_went_to_somebody_else_cannot_be_accepted(
    house: House, anna: Person, carl: Person
) -> None:
    _, item = await work_offered(house, anna)
    refused = await carl.post(f"/console/work/{item}/accept")
    assert refused.status == 409
    assert "A colleague is being asked" in refused.text("[data-notice]")
    await anna.post("/console/presence", state="away", reason="Lunch")
    refused = await anna.post(f"/console/work/{item}/accept")
    assert refused.status == 409
    assert "This offer has ended" in refused.text("[data-notice]")


async def test_who_missed_an_offer_is_told_and_comes_back(house: House, anna: Person) -> None:
    _, item = await work_offered(house, anna)
    later = clock.now() + timedelta(minutes=3)
    assert await house.write(lambda c: store.expire(c, later))
    page = await anna.get("/console")
    assert "You did not answer an offer." in page.text(".offer-missed")
    assert page.value("#presence", "data-state") == "not_responding"
    page = await is_there(anna)
    assert not page.has(".offer-missed")
    assert page.value("#presence", "data-state") == "available"
    assert [row.state for row in await house.rows(offers)] == ["missed"]
    assert item


async def test_presence_keeps_reason_and_channels(house: House, anna: Person) -> None:
    channels = {"channels": "1", "channel.email": "1", "channel.phone": "1"}
    page = await anna.post("/console/presence", state="away", reason="Lunch", **channels)
    assert "Lunch" in page.text("#presence")
    [row] = await house.rows(presence)
    assert (row.state, row.reason, "chat" in row.closed_channels) == ("away", "Lunch", True)
    assert "email" not in row.closed_channels
    await is_there(anna)
    [row] = await house.rows(presence)
    assert (row.state, row.reason, "chat" in row.closed_channels) == ("available", "", True)
    refused = await anna.post("/console/presence", state="asleep")
    assert refused.status == 400
    await anna.post("/console/sign-out")
    [row] = await house.rows(presence)
    assert row.state == "off"
    said = [r.details["state"] for r in await house.rows(audit_log) if r.action == "agent.presence"]
    assert said == ["away", "available", "off"]


async def test_work_that_is_only_offered_is_not_taken(house: House, carl: Person) -> None:
    accepted = await house.receive(subject="Invoice wrong", text="The invoice is wrong")
    item = await house.work_of(accepted.conversation_id)
    assert item.role == "billing"
    page = await carl.take_next()
    assert page.path == "/console"
    assert not page.has(".row-take")
    refused = await carl.post(f"/console/work/{item.id}/claim")
    assert refused.status == 409
    assert "offered to you when it is your turn" in refused.text("[data-notice]")
    refused = await carl.reply(refused, "Dear Jan,", seen="9")
    assert (await house.work_of(accepted.conversation_id)).state == "waiting"


async def test_work_is_handed_to_a_colleague_with_a_note(
    house: House, anna: Person, carl: Person
) -> None:
    accepted, item = await work_offered(house, anna)
    await anna.post(f"/console/work/{item}/accept")
    goals = await anna.get("/console/goals")
    carl_id = goals.value("optgroup[label=Billing] option:last-child").partition("|")[2]
    await is_there(carl)
    page = await anna.post(
        f"/console/work/{item}/transfer", to=f"service|{carl_id}", note="Knows this one"
    )
    assert page.path == "/console"
    page = await offered(carl)
    assert "a colleague handed it to you" in page.text(".offer")
    page = await carl.post(f"/console/work/{item}/accept")
    assert page.texts(".entry-note .text") == ["Knows this one"]
    assert "Anna de Wit handed it over: Carl Visser." in page.text(".why")
    refused = await anna.post(f"/console/work/{item}/transfer", to="service|")
    assert refused.status == 409
    assert accepted


async def test_work_that_is_put_aside_is_out_of_the_way_until_then(
    house: House, anna: Person
) -> None:
    accepted, item = await work_offered(house, anna)
    await anna.post(f"/console/work/{item}/accept")
    before = await house.work_of(accepted.conversation_id)
    page = await anna.post(f"/console/work/{item}/snooze", **{"for": "4h"})
    assert page.texts("[data-part-of-list=aside] .row-title") == ["Where is my order?"]
    assert page.texts("[data-part-of-list=mine] .row-title") == []
    assert "0 of 100" in page.text("#presence")
    after = await house.work_of(accepted.conversation_id)
    assert (after.state, after.rank) == ("snoozed", before.rank)
    assert await house.write(lambda c: handing_over.wake_due(c, after.snoozed_until)) == [item]
    page = await offered(anna)
    assert "you had put it aside" in page.text(".offer")


async def test_who_may_not_decide_asks_a_supervisor(
    house: House, anna: Person, carl: Person
) -> None:
    _, item = await work_offered(house, anna)
    page = await anna.post(f"/console/work/{item}/accept")
    assert "Ask a supervisor" in page.text("[data-give]")
    await is_there(carl)
    note = {"note": "May I refund 500 euro?", "to": "service|"}
    await anna.post(f"/console/work/{item}/transfer", escalate="billing", **note)
    page = await offered(carl)
    page = await carl.post(f"/console/work/{item}/accept")
    assert page.texts(".entry-note .text") == ["May I refund 500 euro?"]
    assert "Anna de Wit asked for a decision: Billing." in page.text(".why")
    refused = await carl.post(f"/console/work/{item}/transfer", escalate="billing", **note)
    assert (refused.status, "highest role" in refused.text("main")) == (409, True)


async def test_what_was_put_aside_until_the_customer_writes_has_no_time(
    house: House, anna: Person
) -> None:
    accepted, item = await work_offered(house, anna)
    await anna.post(f"/console/work/{item}/accept")
    page = await anna.post(f"/console/work/{item}/snooze", **{"for": "answer"})
    assert "until they write" in page.text("[data-part-of-list=aside]")
    page = await anna.get(f"/console/conversations/{accepted.conversation_id}")
    assert "Put aside until the customer writes" in page.text("main")


async def test_what_was_put_aside_comes_back_when_the_customer_writes(
    house: House, anna: Person
) -> None:
    await is_there(anna)
    accepted = await house.receive(mail_arrival(message_id="one@x.example"))
    item = (await offered(anna)).value(".offer", "data-offer")
    await anna.post(f"/console/work/{item}/accept")
    await anna.post(f"/console/work/{item}/snooze", **{"for": "1d"})
    await house.receive(mail_arrival(references=("one@x.example",), text="Any news?"))
    page = await offered(anna)
    assert page.value(".offer", "data-offer") == item
    assert accepted


async def test_a_conversation_that_opens_again_goes_to_who_handled_it(
    house: House, anna: Person, carl: Person
) -> None:
    await is_there(anna)
    await house.receive(mail_arrival(message_id="one@x.example"))
    item = (await offered(anna)).value(".offer", "data-offer")
    await anna.post(f"/console/work/{item}/accept")
    await is_there(carl)
    await anna.post(f"/console/work/{item}/resolve", seen="1")
    again = mail_arrival(references=("one@x.example",), text="It broke again")
    await house.intake.accept(again)
    page = await offered(anna)
    assert "you handled this conversation before" in page.text(".offer")


@pytest.mark.parametrize(
    ("chosen", "at", "zone", "expected"),
    [
        ("4h", "", "", datetime(2026, 11, 2, 16, tzinfo=UTC)),
        ("", "2026-11-03T09:00", "Europe/Amsterdam", datetime(2026, 11, 3, 8, tzinfo=UTC)),
        ("", "2026-07-03T09:00", "Europe/Amsterdam", datetime(2026, 7, 3, 7, tzinfo=UTC)),
        ("", "2026-11-03T09:00", "", datetime(2026, 11, 3, 9, tzinfo=UTC)),
    ],
)
def test_until_when(chosen: str, at: str, zone: str, expected: datetime) -> None:
    assert until_of(chosen, at, zone, datetime(2026, 11, 2, 12, tzinfo=UTC)) == expected


@pytest.mark.parametrize(
    ("at", "zone"),
    [("", ""), ("soon", ""), ("2026-11-03T09:00", "Mars/Base"), ("2026-11-03T09:00", "../x")],
)
def test_no_time_that_could_be_meant(at: str, zone: str) -> None:
    with pytest.raises(Rejected, match="time to come"):
        until_of("", at, zone, clock.now())


async def test_who_is_outside_the_hours_of_a_role_is_told_when_it_opens(
    sqlite_url: str, tmp_path: Path
) -> None:
    day = (clock.now() + timedelta(days=3)).strftime("%A")
    hours = f"""\
hours:
  short:
    title: {{en: Short, nl: Kort}}
    time_zone: UTC
    week: {{{day[:3].lower()}: "08:30-09:00"}}
channels:
"""
    text = OFFERED.replace("channels:\n", hours, 1).replace(
        "owner: anna", "owner: anna, hours: short"
    )
    async with open_house(sqlite_url, tmp_path, model_text=text, rules=Rules()) as house:
        await house.hire("anna", "Anna de Wit")
        async with person(house) as anna:
            await anna.sign_in("anna")
            page = await is_there(anna)
            assert page.texts("#presence .notice") == [f"Customer service: opens {day} at 08:30."]


async def test_colleagues_are_read_when_somebody_looks_for_one(
    house: House, anna: Person, carl: Person
) -> None:
    _, item = await work_offered(house, anna)
    page = await anna.post(f"/console/work/{item}/accept")
    roles = page.texts("[data-give] select[name=to] option")
    assert {role.rpartition(": ")[2] for role in roles} == {"whoever can"}
    found = (await anna.get("/console/goals")).texts("option")
    assert "Carl Visser" in found
    assert "Anna de Wit" not in found
    page = await anna.get(page.value("[data-give] noscript a", "href"))
    assert page.texts("[data-give][open] select[name=to] option") == found
