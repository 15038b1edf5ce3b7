"""Work is put before the right agent, once, on both databases."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete, update

from hub import clock
from hub.errors import Rejected
from hub.store import (
    Database,
    handing_over,
    in_hand,
    offers,
    people,
    presence,
    steps,
    working,
)
from hub.store import tables as t
from hub.store.handing_over import Goal
from routing.assigning.rules import Rules
from routing.handing_out import Outcome
from stores import opened, rows
from workplace import Workplace

MINUTE = timedelta(minutes=1)
RULES = Rules()


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


@pytest.fixture
async def at(database: Database) -> Workplace:
    place = Workplace(database, RULES)
    await place.open()
    return place


async def test_new_work_is_offered_to_who_is_idle_longest(at: Workplace) -> None:
    first, second = await at.hire("anna"), await at.hire("bea")
    await at.hire("carl", "bills")
    one, two = await at.wait_for("one"), await at.wait_for("two")
    assert [await at.place(item) for item in (one, two)] == [Outcome.OFFERED] * 2
    assert [await at.offered_to(agent) for agent in (first, second)] == [[one], [two]]
    item = await at.item(one)
    assert (item.state, item.agent_id) == ("offered", first.id)
    [step] = await at.database.read(lambda c: steps.of(c, one))
    assert (step.kind, step.agent_name, step.details["because"]) == (
        "offered",
        "Anna",
        "longest-idle",
    )
    assert {c["name"] for c in step.details["candidates"]} == {"Anna", "Bea"}
    [live] = await at.database.read(lambda c: offers.live(c, first.id))
    assert live.expires_at - live.offered_at == pytest.approx(2 * MINUTE, abs=MINUTE / 60)


async def test_each_channel_has_its_own_time_to_answer(at: Workplace) -> None:
    seconds = {"phone": 20, "chat": 30, "email": 120}
    waits: dict[str, timedelta] = {}
    for channel in seconds:
        agent = await at.hire(f"agent of {channel}")
        await at.place(await at.wait_for(channel, channel=channel))
        [offer] = await at.database.read(lambda c, a=agent: offers.live(c, a.id))
        waits[offer.item.channel] = offer.expires_at - offer.offered_at
    # They count from when the choice began, and a busy machine writes it down later.
    early = {channel: seconds[channel] - wait.total_seconds() for channel, wait in waits.items()}
    assert all(0 <= gone < 10 for gone in early.values()), early


async def test_who_accepts_has_it_and_gets_the_next(at: Workplace) -> None:
    anna = await at.hire("anna")
    old = await at.wait_for("old", waiting_since=clock.now() - 9 * MINUTE)
    new = await at.wait_for("new")
    assert await at.serve(anna) is Outcome.OFFERED
    assert await at.offered_to(anna) == [old]
    assert await at.serve(anna) is Outcome.NOBODY, "one question at a time"
    await at.database.write(lambda c: offers.accept(c, old, anna))
    assert (await at.item(old)).state == "assigned"
    assert await at.serve(anna) is Outcome.OFFERED
    assert await at.offered_to(anna) == [new]
    assert [offer.state for offer in await at.offers()] == ["accepted", "offered"]


async def test_who_declines_is_not_asked_again_and_the_age_stays(at: Workplace) -> None:
    anna = await at.hire("anna")
    since = clock.now() - 9 * MINUTE
    item = await at.wait_for("one", waiting_since=since)
    await at.place(item)
    await at.database.write(lambda c: offers.decline(c, item, anna, "I know him"))
    after = await at.item(item)
    assert (after.state, after.agent_id, after.waiting_since) == ("waiting", None, since)
    assert await at.place(item) is Outcome.NOBODY
    assert (await at.item(item)).look_again_at is not None
    bea = await at.hire("bea")
    assert await at.place(item) is Outcome.OFFERED
    assert await at.offered_to(bea) == [item]
    kinds = [step.kind for step in await at.database.read(lambda c: steps.of(c, item))]
    assert kinds == ["offered", "declined", "nobody", "offered"]


async def test_who_does_not_answer_gets_nothing_more(at: Workplace) -> None:
    anna = await at.hire("anna")
    item = await at.wait_for("one")
    await at.place(item)
    assert await at.expire(clock.now() + MINUTE) == []
    assert await at.expire(clock.now() + 3 * MINUTE) == [(item, anna.id)]
    assert (await at.item(item)).state == "waiting"
    state = await at.database.read(lambda c: presence.of(c, anna.id))
    assert state.state == presence.NOT_RESPONDING
    assert await at.place(item) is Outcome.NOBODY
    with pytest.raises(Rejected, match="offer has ended"):
        await at.database.write(lambda c: offers.accept(c, item, anna))
    await at.database.write(lambda c: presence.say(c, anna.id, presence.AVAILABLE))
    assert await at.serve(anna) is Outcome.NOBODY, "the cool-down holds"


async def test_who_goes_away_is_not_asked_any_more(at: Workplace) -> None:
    anna = await at.hire("anna")
    item = await at.wait_for("one")
    await at.place(item)

    await at.database.write(lambda c: presence.say(c, anna.id, presence.AWAY, reason="lunch"))
    await at.database.write(lambda c: offers.withdraw(c, anna.id))
    assert (await at.item(item)).state == "waiting"
    assert [offer.state for offer in await at.offers()] == ["withdrawn"]
    assert await at.place(item) is Outcome.NOBODY


async def test_who_closed_their_console_is_away(at: Workplace) -> None:
    anna, bea = await at.hire("anna"), await at.hire("bea")
    item = await at.wait_for("one")
    await at.place(item)
    now = clock.now()
    await at.database.write(lambda c: presence.seen(c, [anna.id], now))
    soon, late = now + presence.LOST_AFTER / 2, now + presence.LOST_AFTER * 2
    assert await at.database.write(lambda c: offers.withdraw_of_lost(c, soon)) == []
    assert await at.database.write(lambda c: offers.withdraw_of_lost(c, late)) == [anna.id]
    state = await at.database.read(lambda c: presence.of(c, anna.id))
    assert (state.state, state.reason) == (presence.AWAY, presence.CLOSED)
    assert (await at.item(item)).state == "waiting"
    assert await at.place(item) is Outcome.OFFERED
    assert await at.offered_to(bea) == [item], "who works without scripts is not away"


async def test_what_one_is_asked_nobody_else_takes(at: Workplace) -> None:
    anna, bea = await at.hire("anna"), await at.hire("bea", state=presence.OFF)
    item = await at.wait_for("one")
    await at.place(item)
    with pytest.raises(Rejected, match="being asked"):
        await at.database.write(lambda c: working.claim(c, item, bea))
    assert await at.database.write(lambda c: working.take_next(c, bea)) is None
    await at.database.write(lambda c: working.claim(c, item, anna))
    assert [offer.state for offer in await at.offers()] == ["accepted"]


async def test_nobody_gets_more_than_they_can_do(at: Workplace) -> None:
    anna = await at.hire("anna")
    for number in range(7):
        await at.wait_for(f"mail{number}")
    for _ in range(5):
        assert await at.serve(anna) is Outcome.OFFERED
        [item] = await at.offered_to(anna)
        await at.database.write(lambda c, i=item: offers.accept(c, i, anna))
    assert await at.serve(anna) is Outcome.NOBODY
    call = await at.wait_for("call", channel="phone", units=100)
    assert await at.place(call) is Outcome.OFFERED, "a call goes before mail"
    [step] = await at.database.read(lambda c: steps.of(c, call))
    assert step.details["interrupts"]


@pytest.mark.parametrize(("capacity", "fits"), [(40, 2), (140, 7)])
async def test_offers_go_by_what_each_agent_can_have_in_hand(
    at: Workplace, capacity: int, fits: int
) -> None:
    anna = await at.hire("anna")

    def set_capacity(connection: Connection) -> None:
        person = people.find(connection, anna.id)
        assert person is not None
        people.set_capacity(connection, person, capacity, by=anna.id)

    await at.database.write(set_capacity)
    for number in range(8):
        await at.wait_for(f"mail{number}")
    for _ in range(fits):
        assert await at.serve(anna) is Outcome.OFFERED
        [item] = await at.offered_to(anna)
        await at.database.write(lambda c, i=item: offers.accept(c, i, anna))
    assert await at.serve(anna) is Outcome.NOBODY
    assert await at.database.read(in_hand.idle) == []
    call = await at.wait_for("call", channel="phone", units=100)
    assert await at.place(call) is Outcome.OFFERED, "with no other call there is room for one"


async def test_skills_are_honoured(at: Workplace) -> None:
    await at.hire("anna")
    bea = await at.hire("bea", skills={"dutch": 2})
    item = await at.wait_for("one", skills={"dutch": 2})
    hard = await at.wait_for("two", skills={"dutch": 3})
    assert await at.place(hard) is Outcome.NOBODY
    assert await at.place(item) is Outcome.OFFERED
    assert await at.offered_to(bea) == [item]


async def test_work_of_a_role_that_serves_itself_is_not_offered(at: Workplace) -> None:
    anna = await at.hire("anna", "pulls")
    item = await at.wait_for("one", role="pulls")
    assert await at.place(item) is Outcome.NOTHING
    assert await at.serve(anna) is Outcome.NOTHING


async def test_the_backup_role_takes_over_later(at: Workplace) -> None:
    bea = await at.hire("bea", "backup")
    new = await at.wait_for("new", backup_role="backup")
    old = {"waiting_since": clock.now() - 31 * MINUTE, "backup_role": "backup"}
    item = await at.wait_for("old", **old)
    assert await at.place(new) is Outcome.NOBODY
    assert await at.place(item) is Outcome.OFFERED
    [offered, *_] = await at.database.read(lambda c: steps.of(c, item))
    assert offered.details["circle"] == "backup"
    await at.database.write(lambda c: offers.accept(c, item, bea))
    older = await at.wait_for("older", **old)
    assert await at.serve(bea) is Outcome.OFFERED
    assert await at.offered_to(bea) == [older]


async def test_what_is_given_to_an_agent_waits_for_them(at: Workplace) -> None:
    anna, bea = await at.hire("anna"), await at.hire("bea", "bills")
    await at.hire("carl")
    item = await at.wait_for("one")
    await at.place(item)
    await at.database.write(lambda c: offers.accept(c, item, anna))
    goal = Goal("service", bea.id)
    await at.database.write(lambda c: handing_over.transfer(c, item, anna, goal))
    assert await at.place(item) is Outcome.OFFERED
    assert await at.offered_to(bea) == [item], "though they do not hold the role"
    await at.database.write(lambda c: offers.decline(c, item, bea, ""))
    assert await at.place(item) is Outcome.OFFERED
    assert await at.offered_to(anna) == [], "who gave it away is not asked at once"


async def test_what_is_given_to_an_agent_of_a_role_that_serves_itself_is_offered(
    at: Workplace,
) -> None:
    anna, bea = await at.hire("anna", "pulls"), await at.hire("bea", "pulls")
    item = await at.wait_for("one", role="pulls")
    await at.database.write(lambda c: working.claim(c, item, anna))
    goal = Goal("pulls", bea.id)
    await at.database.write(lambda c: handing_over.transfer(c, item, anna, goal))
    assert await at.place(item) is Outcome.OFFERED
    assert await at.offered_to(bea) == [item]


async def test_what_was_put_aside_comes_back_at_its_place(at: Workplace) -> None:
    anna = await at.hire("anna")
    since = clock.now() - 90 * MINUTE
    item = await at.wait_for("one", waiting_since=since)
    await at.place(item)
    await at.database.write(lambda c: offers.accept(c, item, anna))
    until = clock.now() + 10 * MINUTE
    await at.database.write(lambda c: handing_over.snooze(c, item, anna, until))
    assert await at.place(item) is Outcome.NOTHING
    early = until - MINUTE
    assert await at.database.write(lambda c: handing_over.wake_due(c, early)) == []
    assert await at.database.write(lambda c: handing_over.wake_due(c, until)) == [item]
    newer = await at.wait_for("two")
    await at.hire("bea")
    assert await at.place(item) is Outcome.OFFERED
    assert await at.offered_to(anna) == [item], "first to who had it"
    before, after = await at.item(item), await at.item(newer)
    assert before.waiting_since == since
    assert before.rank < after.rank


async def test_who_is_free_gets_what_stands_behind_work_that_is_not_for_them(
    at: Workplace,
) -> None:
    anna = await at.hire("anna")
    for number in range(25):
        since = clock.now() - (9 * MINUTE)
        await at.wait_for(f"hard{number}", skills={"dutch": 5}, waiting_since=since)
    easy = await at.wait_for("easy")
    assert await at.serve(anna) is Outcome.OFFERED
    assert await at.offered_to(anna) == [easy]
    [offered] = await at.database.read(lambda c: steps.of(c, easy))
    assert offered.details["passed"] == 25
    assert {one["details"]["skill"] for one in offered.details["passed_over"]} == {"dutch"}


async def test_a_call_behind_many_mails_reaches_who_has_room_for_calls_only(
    at: Workplace,
) -> None:
    anna = await at.hire("anna")
    held = await at.wait_for("held", units=100)
    await at.database.write(lambda c: working.claim(c, held, anna))
    for number in range(25):
        await at.wait_for(f"mail{number}", waiting_since=clock.now() - MINUTE)
    call = await at.wait_for("call", channel="phone", units=100)
    assert await at.serve(anna) is Outcome.OFFERED
    assert await at.offered_to(anna) == [call]


async def test_the_role_goes_before_its_backup_however_many_of_these_are_idle(
    at: Workplace,
) -> None:
    for number in range(25):
        await at.hire(f"backup{number}", "backup")
    anna = await at.hire("anna")
    since = clock.now() - 40 * MINUTE
    item = await at.wait_for("one", backup_role="backup", waiting_since=since)
    assert await at.place(item) is Outcome.OFFERED
    assert await at.offered_to(anna) == [item]


async def test_who_cannot_take_it_does_not_hide_who_can(at: Workplace) -> None:
    """Of the chats that somebody has in hand the figures know only what they take at least."""
    busy = [await at.hire(f"busy{number}") for number in range(25)]
    for agent in busy:
        for number in range(3):
            chat = await at.wait_for(f"{agent.login}-{number}", channel="chat", units=30)
            await at.database.write(lambda c, i=chat, a=agent: working.claim(c, i, a))
    anna = await at.hire("anna")
    mail = await at.wait_for("mail")
    assert await at.place(mail) is Outcome.OFFERED
    assert await at.offered_to(anna) == [mail]


async def test_what_somebody_took_before_they_said_that_they_are_there_counts(
    at: Workplace,
) -> None:
    anna = await at.hire("anna")
    await at.database.write(lambda c: c.execute(delete(t.presence)))
    item = await at.wait_for("one", units=100)
    await at.database.write(lambda c: working.claim(c, item, anna))
    await at.database.write(lambda c: presence.say(c, anna.id, presence.AVAILABLE))
    assert await at.database.read(in_hand.idle) == []


async def test_the_figures_of_who_has_room_are_mended(at: Workplace) -> None:
    anna = await at.hire("anna")
    wrong = update(t.presence).values(units_used=100, live_used=100, asked=2)
    await at.database.write(lambda c: c.execute(wrong))
    assert await at.database.read(in_hand.idle) == []
    await at.database.write(in_hand.mend)
    assert await at.database.read(in_hand.idle) == [anna.id]


async def test_the_first_who_comes_does_not_get_the_whole_night(at: Workplace) -> None:
    yesterday = clock.now() - 600 * MINUTE
    mails = [await at.wait_for(f"mail{n}", waiting_since=yesterday) for n in range(4)]
    anna = await at.hire("anna")
    for mail in mails[:2]:
        await at.serve(anna)
        assert await at.offered_to(anna) == [mail]
        await at.database.write(lambda c, i=mail: offers.accept(c, i, anna))
    assert await at.serve(anna) is Outcome.NOBODY
    again_at = (await at.item(mails[2])).look_again_at
    assert again_at is not None
    assert MINUTE < again_at - clock.now() < 10 * MINUTE
    bea = await at.hire("bea")
    assert await at.serve(bea) is Outcome.OFFERED
    assert await at.offered_to(bea) == [mails[2]]


async def test_several_dispatchers_give_nothing_twice(at: Workplace) -> None:
    """Each agent has one offer, each item one agent, whoever is fastest."""
    staff = [await at.hire(f"agent{number}") for number in range(6)]
    items = [await at.wait_for(f"item{number}") for number in range(6)]
    tries = [at.serve(agent) for agent in staff] + [at.place(item) for item in items]
    outcomes = await asyncio.gather(*tries, *[at.serve(agent) for agent in staff])
    while Outcome.BUSY in outcomes:
        outcomes = await asyncio.gather(*(at.place(item) for item in items))
    live = [offer for offer in await at.offers() if offer.state == "offered"]
    assert len({offer.work_item_id for offer in live}) == len(live)
    assert len({offer.agent_id for offer in live}) == len(live) == 6
    held = {row.id: row.agent_id for row in await rows(at.database, t.work_items)}
    assert held == {offer.work_item_id: offer.agent_id for offer in live}
