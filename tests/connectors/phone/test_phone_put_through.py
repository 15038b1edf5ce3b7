"""A customer is put through to a number outside, which is answered or not; and who is passed on or
comes back in a call that we made. Driven through Twilio's cloud."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, update

from config.demo.twilio.call import Call
from connectors.phone import twiml
from hub import clock
from hub.store import admission, call_wishes, calls, handing_over, presence, working, wrapping
from hub.store.agents import Agent
from hub.store.asked import waiting_for
from hub.store.call_wishes import Other, Wish
from hub.store.handing_over import Goal
from hub.store.ranking import goes_first
from hub.store.tables import calls as table
from phone_house import ANNAS, BOBS, THEIRS, House, said
from waiting import eventually

OUTSIDE = "+31655555555"


def answers_never(how: str, *numbers: str) -> Callable[[Call], str]:
    """The fate of calls to these numbers; all others are answered."""
    return lambda call: how if call.recipient in (numbers or (OUTSIDE,)) else "answer"


async def talk(house: House) -> tuple[Agent, Call]:
    """Anna and a customer are on the phone; gives her, and the customer's end."""
    anna, call = await house.agent(), await house.wait_in_line()
    await house.take(anna)
    await eventually(lambda: call.talking)
    return anna, call


async def call_out(house: House) -> tuple[Agent, Call]:
    """The same in a call that we make to who has hung up."""
    anna, call = await house.agent(), await house.wait_in_line()
    await house.cloud.calls.hang_up(call)
    await house.reaches("over")
    await house.take(anna)
    await house.place(anna, THEIRS)
    await house.reaches("talking")
    [customer] = house.cloud.calls.to(THEIRS)
    await eventually(lambda: customer.talking)
    return anna, customer


async def put_through(house: House, agent: Agent, number: str = OUTSIDE) -> None:
    row = await house.call()
    await house.write(lambda c: call_wishes.put_through(c, row.sid, agent, number))


async def wish(house: House, agent: Agent, what: Wish) -> None:
    row = await house.call()
    await house.write(lambda c: call_wishes.say(c, row.sid, agent, what))


async def rings_outside(house: House, call: Call) -> Call:
    """It rings there; gives that end."""
    await house.reaches(calls.THROUGH)
    await eventually(lambda: call.dials == OUTSIDE)
    [other] = house.cloud.calls.to(OUTSIDE)
    await eventually(lambda: other.rings)
    return other


async def outcomes(house: House) -> list[tuple[str, str]]:
    return [(event["outcome"], event.get("why", "")) for event in await house.events()]


@pytest.mark.parametrize("how", ["busy", "no-answer", "failed"])
async def test_a_number_that_is_not_reached_brings_the_customer_back_to_the_agent(
    house: House, how: str
) -> None:
    anna, call = await talk(house)
    house.cloud.calls.fate = answers_never(how)
    await put_through(house, anna)
    await eventually(lambda: len(house.cloud.calls.to(ANNAS)) == 2)
    await eventually(lambda: call.talking and call.bridged_to == "")
    first, again = house.cloud.calls.to(ANNAS)
    assert (first.is_over, again.talking, call.problem) == (True, True, "")
    assert "Doorverbinden is niet gelukt." in said(call)
    row, item = await house.call(), await house.item()
    assert (row.state, row.agent_id, row.put_through) == ("talking", anna.id, "")
    assert (item.state, item.agent_id) == ("assigned", anna.id)
    [event] = await house.events()
    assert (event["outcome"], event["why"], event["who"]) == ("unreached", how, "outside")
    assert event["to"] == OUTSIDE


async def test_a_number_that_nobody_answers_in_time_is_not_reached(house: House) -> None:
    anna, call = await talk(house)
    house.cloud.calls.fate = answers_never("ring")
    await put_through(house, anna)
    other = await rings_outside(house, call)
    assert "U wordt doorverbonden." in said(call)
    await house.cloud.calls.hang_up(other)  # they decline
    await eventually(lambda: call.talking)
    assert await outcomes(house) == [("unreached", "busy")]


async def test_an_agent_who_does_not_answer_either_leaves_the_customer_to_the_role(
    house: House,
) -> None:
    anna, call = await talk(house)
    house.cloud.calls.fate = answers_never("no-answer", OUTSIDE, ANNAS)
    await put_through(house, anna)

    async def is_back() -> bool:
        item = await house.item()
        return item.state == "waiting" and item.agent_id is None

    await eventually(is_back)
    assert goes_first(await house.item())
    await eventually(lambda: call.waiting)
    bob = await house.agent("bob", phone=BOBS)
    await house.take(bob)
    await eventually(lambda: call.talking)
    assert (await house.call()).agent_id == bob.id


@pytest.mark.parametrize("resolved", [True, False])
async def test_an_agent_who_is_gone_is_not_rung(house: House, *, resolved: bool) -> None:
    anna, call = await talk(house)
    house.cloud.calls.fate = answers_never("ring")
    await put_through(house, anna)
    other = await rings_outside(house, call)
    if resolved:
        await house.resolve((await house.item()).id, anna)
    await house.write(lambda c: admission.block(c, anna.id, changed_by=anna.id))
    await house.cloud.calls.hang_up(other)
    await eventually(lambda: call.waiting)
    item = await house.item()
    assert (item.state, item.agent_id, goes_first(item)) == ("waiting", None, True)
    assert len(house.cloud.calls.to(ANNAS)) == 1


@pytest.mark.parametrize("answers", [True, False])
async def test_an_agent_who_has_another_call_by_then_is_not_rung(
    house: House, *, answers: bool
) -> None:
    anna, call = await talk(house)
    house.cloud.calls.fate = answers_never("ring")
    await put_through(house, anna)
    first = await house.call()
    other = await rings_outside(house, call)
    await house.write(lambda c: busy_with_another(c, first.conversation_id, anna, answers=answers))
    await house.cloud.calls.hang_up(other)
    await eventually(lambda: call.waiting)
    assert (await house.item()).state == "waiting"


def busy_with_another(
    connection: Any, conversation_id: str, agent: Agent, *, answers: bool
) -> None:
    calls.add(connection, "CA2", conversation_id, account="", caller="+31600000000", language="nl")
    another = calls.get(connection, "CA2")
    assert another is not None
    calls.ring(connection, another, agent.id)
    if answers:
        calls.answered(connection, "CA2", 1)


@pytest.mark.parametrize("what", ["resolved", "put aside", "given back"])
async def test_work_that_was_put_away_meanwhile_goes_on(house: House, what: str) -> None:
    anna, call = await talk(house)
    house.cloud.calls.fate = answers_never("ring")
    await put_through(house, anna)
    other = await rings_outside(house, call)
    item = await house.item()
    ways = {
        "resolved": lambda c: working.resolve(c, item.id, anna, {}),
        "put aside": lambda c: handing_over.snooze(c, item.id, anna),
        "given back": lambda c: working.release(c, item.id, anna),
    }
    await house.write(ways[what])
    await house.cloud.calls.hang_up(other)
    if what == "given back":
        await eventually(lambda: call.waiting)
        assert len(house.cloud.calls.to(ANNAS)) == 1
    else:
        await eventually(lambda: call.talking)
    found = await house.item()
    expected = ("waiting", None) if what == "given back" else ("assigned", anna.id)
    assert (found.state, found.agent_id, goes_first(found)) == (*expected, True)
    assert not call.is_over


async def test_who_was_wrapping_up_is_done_with_that_when_the_customer_comes_back(
    house: House,
) -> None:
    anna, call = await talk(house)
    await house.write(lambda c: presence.say(c, anna.id, presence.AVAILABLE))
    house.cloud.calls.fate = answers_never("ring")
    await put_through(house, anna)
    other = await rings_outside(house, call)
    item = await house.item()

    def resolve(connection: Connection) -> None:
        wrapping.begin(connection, working.resolve(connection, item.id, anna, {}), anna)

    await house.write(resolve)
    assert await house.database.read(lambda c: wrapping.of(c, anna.id)) is not None
    await house.cloud.calls.hang_up(other)
    await eventually(lambda: call.talking)
    assert await house.database.read(lambda c: wrapping.of(c, anna.id)) is None


async def test_who_is_answered_outside_frees_the_agent_and_both_talk_on(house: House) -> None:
    anna, call = await talk(house)
    house.cloud.calls.fate = answers_never("ring")
    await put_through(house, anna)
    other = await rings_outside(house, call)
    assert await house.events() == []
    house.cloud.calls.pick_up_now(other)
    row = await house.reaches("over")
    assert (row.outcome, call.talking, other.talking) == ("put_through", True, True)
    [event] = await house.events()
    assert (event["outcome"], event["to"]) == ("put_through", OUTSIDE)
    await house.cloud.calls.hang_up(other)
    await eventually(lambda: call.is_over)
    assert (call.problem, await outcomes(house)) == ("", [("put_through", "")])


async def test_that_somebody_answered_is_known_from_the_end_as_well(house: House) -> None:
    anna, call = await talk(house)
    house.cloud.calls.fate = answers_never("ring")
    await put_through(house, anna)
    await rings_outside(house, call)
    path = f"{twiml.THROUGH}?call={call.sid}&room=0"
    form = house.form(CallSid=call.sid, DialCallStatus="completed")
    status, answer = await house.post(path, form)
    assert (status, "<Hangup" in answer) == (200, True)
    assert (await house.reaches("over")).outcome == "put_through"


async def test_a_customer_who_hangs_up_while_it_rings_outside_is_told_of(house: House) -> None:
    anna, call = await talk(house)
    house.cloud.calls.fate = answers_never("ring")
    await put_through(house, anna)
    other = await rings_outside(house, call)
    await house.cloud.calls.hang_up(call)
    await house.reaches("over")
    await eventually(lambda: other.is_over)
    [event] = await house.events()
    assert (event["outcome"], event["to"]) == ("hung_up", OUTSIDE)


async def test_the_agent_takes_the_customer_back_while_it_rings(house: House) -> None:
    anna, call = await talk(house)
    house.cloud.calls.fate = answers_never("ring")
    await put_through(house, anna)
    other = await rings_outside(house, call)
    await wish(house, anna, Wish.CANCEL)
    await eventually(lambda: other.is_over)
    await eventually(lambda: call.talking)
    assert (await house.call()).agent_id == anna.id
    assert await house.events() == []


async def test_what_is_told_of_a_number_that_is_wanted_no_more_ends_nothing(house: House) -> None:
    anna, call = await talk(house)
    house.cloud.calls.fate = answers_never("ring")
    await put_through(house, anna)
    await rings_outside(house, call)
    await wish(house, anna, Wish.CANCEL)
    await eventually(lambda: call.talking)
    late = house.form(CallSid="CA-of-the-other-end", CallStatus="in-progress")
    assert (await house.post(f"{twiml.THROUGH_STATUS}?call={call.sid}&room=0", late))[0] == 204
    assert (await house.call()).state == "talking"
    await put_through(house, anna)
    await house.reaches(calls.THROUGH)
    assert (await house.post(f"{twiml.THROUGH_STATUS}?call={call.sid}&room=0", late))[0] == 204
    assert (await house.call()).state == calls.THROUGH, "this is of the time before"


async def test_the_agent_hangs_up_on_a_customer_whom_they_put_through(house: House) -> None:
    anna, call = await talk(house)
    house.cloud.calls.fate = answers_never("ring")
    await put_through(house, anna)
    other = await rings_outside(house, call)
    await wish(house, anna, Wish.HANG_UP)
    await eventually(lambda: call.is_over and other.is_over)
    assert await outcomes(house) == [("talked", "")]


async def test_the_answer_is_the_same_when_twilio_asks_again(house: House) -> None:
    anna, call = await talk(house)
    house.cloud.calls.fate = answers_never("ring")
    await put_through(house, anna)
    await rings_outside(house, call)
    path = f"{twiml.THROUGH}?call={call.sid}&room=0"
    form = house.form(CallSid=call.sid, DialCallStatus="no-answer")
    answers = [await house.post(path, form) for _ in range(2)]
    assert answers[0] == answers[1]
    assert f"loket-{call.sid}-1" in answers[0][1]
    assert await outcomes(house) == [("unreached", "no-answer")]


@pytest.mark.parametrize("path", [twiml.THROUGH, twiml.THROUGH_STATUS])
async def test_nobody_but_twilio_tells_what_became_of_it(house: House, path: str) -> None:
    anna, call = await talk(house)
    house.cloud.calls.fate = answers_never("ring")
    await put_through(house, anna)
    await rings_outside(house, call)
    form = house.form(CallSid=call.sid, DialCallStatus="busy")
    status, _ = await house.post(f"{path}?call={call.sid}&room=0", form, signature="A" * 28)
    assert (status, (await house.call()).state) == (403, calls.THROUGH)


async def test_a_voice_sdk_of_ours_is_dialled_as_what_it_is(house: House) -> None:
    anna, call = await talk(house)
    await put_through(house, anna, "client:expert")
    await eventually(lambda: call.bridged_to == "client:expert")
    assert (await house.reaches("over")).outcome == "put_through"


async def test_a_customer_whom_we_called_comes_back_as_one_who_called_us(house: House) -> None:
    anna, customer = await call_out(house)
    house.cloud.calls.fate = answers_never("busy")
    await put_through(house, anna)
    await eventually(lambda: "Doorverbinden is niet gelukt." in said(customer))
    await eventually(lambda: customer.talking)
    row = await house.call()
    assert (row.state, row.agent_id, row.customer_sid) == ("talking", anna.id, customer.sid)
    assert (len(house.cloud.calls.to(THEIRS)), customer.problem) == (1, "")


async def test_a_customer_whom_we_called_can_be_passed_on_to_a_role(house: House) -> None:
    anna, customer = await call_out(house)
    bob, row = await house.agent("bob", phone=BOBS), await house.call()
    await house.write(lambda c: call_wishes.pass_on(c, row.sid, anna, Goal("service")))
    await eventually(lambda: customer.waiting)
    assert goes_first(await house.item())
    await house.take(bob)
    await eventually(lambda: customer.talking)
    [bobs] = house.cloud.calls.to(BOBS)
    assert (bobs.talking, customer.problem) == (True, "")
    await house.cloud.calls.hang_up(bobs)
    await eventually(lambda: customer.is_over)
    await house.reaches("over")
    assert not goes_first(await house.item())


async def test_who_is_passed_on_and_hangs_up_has_waited_since_then(house: House) -> None:
    anna, call = await talk(house)
    long_ago = clock.now() - timedelta(minutes=9)
    since = {"created_at": long_ago - timedelta(minutes=1), "talking_at": long_ago}
    await house.write(lambda c: c.execute(update(table).values(since)))
    row = await house.call()
    await house.write(lambda c: call_wishes.pass_on(c, row.sid, anna, Goal("service")))
    await eventually(lambda: call.waiting)
    await house.cloud.calls.hang_up(call)
    await house.reaches("over")
    passed_on, missed = await house.events()
    assert (passed_on["outcome"], missed["outcome"]) == ("passed_on", "missed")
    assert int(missed["seconds"]) < 9 * 60 <= int(passed_on["seconds"]) < 10 * 60


async def test_a_customer_whom_we_called_asks_to_be_called_back_while_they_wait(
    house: House,
) -> None:
    anna, customer = await call_out(house)
    row = await house.call()
    await house.write(lambda c: call_wishes.pass_on(c, row.sid, anna, Goal("service")))
    await eventually(lambda: customer.waiting)
    house.cloud.calls.press(customer, "*")
    await eventually(lambda: customer.expects == "keys")
    house.cloud.calls.press(customer, "1")
    await eventually(lambda: customer.is_over)
    assert (customer.problem, (await house.item()).callback_to) == ("", THEIRS)


async def test_a_customer_whom_we_called_hears_out_that_we_call_back(house: House) -> None:
    anna, customer = await call_out(house)
    row, item = await house.call(), await house.item()
    await house.write(lambda c: call_wishes.pass_on(c, row.sid, anna, Goal("service")))
    await eventually(lambda: customer.waiting)
    house.cloud.calls.say_slowly(60)

    def put_aside(connection: Any) -> None:
        working.claim(connection, item.id, anna)
        handing_over.snooze(connection, item.id, anna)

    await house.write(put_aside)
    await house.reaches("over")
    assert "bellen u terug" in said(customer)
    assert not customer.is_over, "nobody cuts it short"


async def test_an_agent_who_hangs_up_their_own_phone_at_once_leaves_the_customer_on_the_line(
    house: House,
) -> None:
    anna, call = await talk(house)
    house.cloud.calls.fate = answers_never("ring")
    house.cloud.troubles.extend([503] * 1000)
    await put_through(house, anna)
    [annas] = house.cloud.calls.to(ANNAS)
    await house.cloud.calls.hang_up(annas)
    await eventually(lambda: call.waiting or call.is_over)
    house.cloud.troubles.clear()
    await rings_outside(house, call)


async def test_who_was_asked_first_is_asked_no_more_when_the_customer_is_put_through(
    house: House,
) -> None:
    anna, call = await talk(house)
    bob, row = await house.agent("bob", phone=BOBS), await house.call()
    house.cloud.calls.fate = answers_never("ring", OUTSIDE, BOBS)
    await house.write(lambda c: call_wishes.consult(c, row.sid, anna, Other(agent_id=bob.id)))
    await eventually(lambda: house.cloud.calls.to(BOBS))
    await put_through(house, anna)
    other = await rings_outside(house, call)
    await house.cloud.calls.hang_up(other)
    await eventually(lambda: call.talking)
    assert await house.database.read(lambda c: waiting_for(c, bob)) == []


async def test_what_is_told_of_the_conference_that_was_left_ends_nothing(house: House) -> None:
    anna, call = await talk(house)
    house.cloud.calls.fate = answers_never("ring")
    await put_through(house, anna)
    other = await rings_outside(house, call)
    late = house.form(CallSid=call.sid)
    assert (await house.post(f"{twiml.LEFT}?call={call.sid}&room=0", late))[0] == 200
    await house.cloud.calls.hang_up(other)
    await eventually(lambda: call.talking)


@pytest.mark.parametrize("who", ["called us", "was called"])
@pytest.mark.parametrize("asks", ["nobody", "who does not answer", "who is there"])
async def test_an_agent_who_puts_the_phone_down_has_the_customer_on_hold_back(
    house: House, who: str, asks: str
) -> None:
    anna, customer = await (talk(house) if who == "called us" else call_out(house))
    house.cloud.calls.fate = answers_never("answer" if asks == "who is there" else "ring")
    row = await house.call()
    if asks == "nobody":
        await wish(house, anna, Wish.HOLD)
    else:
        other = Other(number=OUTSIDE)
        await house.write(lambda c: call_wishes.consult(c, row.sid, anna, other))
        state = "there" if asks == "who is there" else "ringing"
        await eventually(lambda: house.is_so(other_state=state, on_hold=True))
    await eventually(lambda: customer.held)
    theirs = house.cloud.calls.to(ANNAS)[-1]
    await house.cloud.calls.hang_up(theirs)
    await eventually(lambda: house.cloud.calls.to(ANNAS)[-1] is not theirs)
    await eventually(lambda: customer.talking)
    assert "u krijgt weer een medewerker" in said(customer)
    row = await house.call()
    assert (row.state, row.agent_id, row.other_state, row.on_hold) == (
        "talking",
        anna.id,
        "",
        False,
    )
    last = (await house.events())[-1]
    assert (last["outcome"], last["who"], customer.problem) == ("unreached", "holder", "")


async def test_an_agent_who_puts_the_phone_down_while_they_talk_ends_it(house: House) -> None:
    anna, customer = await call_out(house)
    await house.cloud.calls.hang_up(house.cloud.calls.to(ANNAS)[-1])
    await eventually(lambda: customer.is_over)
    assert (await house.reaches("over")).outcome == "talked"
    assert customer.problem == ""
    assert (await house.item()).agent_id == anna.id
