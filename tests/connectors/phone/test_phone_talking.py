"""What an agent does in a call, driven through Twilio's cloud: hold, mute, keys, transfers."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from config.demo.twilio.call import Call
from hub import clock
from hub.errors import Rejected
from hub.store import agents, call_wishes, working
from hub.store.agents import Agent
from hub.store.asked import waiting_for
from hub.store.call_wishes import Other, Wish
from hub.store.handing_over import Goal
from phone_house import ANNAS, BOBS, THEIRS, House
from twilio_cloud import OURS
from waiting import eventually

OUTSIDE = "+31655555555"


async def talk(house: House) -> tuple[Agent, Call, Call]:
    """Anna and a customer are on the phone; gives her, the customer's end and hers."""
    anna, call = await house.agent(), await house.wait_in_line()
    await house.take(anna)
    await eventually(lambda: call.talking)
    [theirs] = await eventually(lambda: house.cloud.calls.to(ANNAS))
    await eventually(lambda: theirs.talking)
    return anna, call, theirs


async def wish(house: House, agent: Agent, what: Wish) -> None:
    row = await house.call()
    await house.write(lambda c: call_wishes.say(c, row.sid, agent, what))


async def consult(house: House, agent: Agent, other: Other) -> None:
    row = await house.call()
    await house.write(lambda c: call_wishes.consult(c, row.sid, agent, other))


async def test_the_customer_is_on_hold_until_the_agent_resumes(house: House) -> None:
    anna, call, theirs = await talk(house)
    await wish(house, anna, Wish.HOLD)
    await eventually(lambda: call.held)
    await eventually(lambda: "in de wacht" in call.heard[-1].text)
    assert theirs.talking
    await wish(house, anna, Wish.RESUME)
    await eventually(lambda: call.talking)
    await eventually(lambda: house.is_so(wants_hold=False, on_hold=False))
    assert call.problem == ""


async def test_a_muted_agent_is_not_heard_and_the_customer_is_not_held(house: House) -> None:
    anna, call, theirs = await talk(house)
    await wish(house, anna, Wish.MUTE)
    await eventually(lambda: theirs.muted)
    assert call.talking
    await wish(house, anna, Wish.UNMUTE)
    await eventually(lambda: not theirs.muted)


async def test_keys_are_sounded_to_the_customers_end_once(house: House) -> None:
    anna, call, _ = await talk(house)
    row = await house.call()
    await house.write(lambda c: call_wishes.press(c, row.sid, anna, "12#"))
    await eventually(lambda: call.tones == "12#")
    with pytest.raises(Rejected, match="Choose a key"):
        await house.write(lambda c: call_wishes.press(c, row.sid, anna, "x"))
    await wish(house, anna, Wish.MUTE)  # whatever comes next does not sound them again
    await eventually(lambda: house.is_so(muted=True))
    assert call.tones == "12#"


async def test_hanging_up_ends_it_for_both(house: House) -> None:
    anna, call, theirs = await talk(house)
    await wish(house, anna, Wish.HANG_UP)
    await house.reaches("over")
    await eventually(lambda: call.is_over and theirs.is_over)
    assert [event["outcome"] for event in await house.events()] == ["talked"]
    with pytest.raises(Rejected, match="over"):
        await wish(house, anna, Wish.HOLD)


async def test_an_agent_who_hangs_up_while_their_phone_rings_gives_the_caller_back(
    house: House,
) -> None:
    house.cloud.calls.pick_up = 60
    anna, call = await house.agent(), await house.wait_in_line()
    await house.take(anna)
    [theirs] = await eventually(lambda: house.cloud.calls.to(ANNAS))
    await wish(house, anna, Wish.HANG_UP)
    await eventually(lambda: theirs.is_over)
    await house.reaches("waiting")
    item = await house.item()
    assert (item.state, item.agent_id, item.callback_to) == ("waiting", None, "")
    assert (call.waiting, call.is_over, await house.events()) == (True, False, [])
    bob = await house.agent("bob", phone=BOBS)
    house.cloud.calls.pick_up = 0
    await house.take(bob)
    await eventually(lambda: call.talking)


async def test_who_takes_the_caller_again_at_once_is_rung_again(house: House) -> None:
    house.cloud.calls.fate = lambda _call: "ring"
    anna, call = await house.agent(), await house.wait_in_line()
    item_id = await house.take(anna)
    [first] = await eventually(lambda: house.cloud.calls.to(ANNAS))
    await eventually(lambda: first.rings)
    row = await house.call()

    def give_back_and_take(connection: Connection) -> None:
        call_wishes.say(connection, row.sid, anna, Wish.HANG_UP)
        working.claim(connection, item_id, anna)

    await house.write(give_back_and_take)
    await eventually(lambda: first.is_over)
    await eventually(lambda: len(house.cloud.calls.to(ANNAS)) > 1)
    _, again = house.cloud.calls.to(ANNAS)
    await eventually(lambda: again.rings)
    house.cloud.calls.pick_up_now(again)
    await eventually(lambda: call.talking)
    assert await house.events() == []


async def test_only_who_has_the_call_does_something_in_it(house: House) -> None:
    await talk(house)
    bob = await house.agent("bob")
    with pytest.raises(Rejected, match="somebody else has it"):
        await wish(house, bob, Wish.HANG_UP)


async def test_a_wish_that_twilio_cannot_hear_yet_is_carried_out_later(house: House) -> None:
    anna, call, _ = await talk(house)
    house.cloud.troubles.append(503)
    await wish(house, anna, Wish.HOLD)
    await eventually(lambda: call.held)


async def test_a_call_that_is_passed_on_waits_and_rings_who_takes_it(house: House) -> None:
    anna, call, theirs = await talk(house)
    bob = await house.agent("bob", phone=BOBS)
    row = await house.call()
    await house.write(lambda c: call_wishes.pass_on(c, row.sid, anna, Goal("service")))
    await eventually(lambda: theirs.is_over)
    await eventually(lambda: call.waiting)
    assert "doorverbonden" in " ".join(heard.text for heard in call.heard)
    await house.take(bob)
    await eventually(lambda: call.talking)
    [bobs] = house.cloud.calls.to(BOBS)
    assert (bobs.talking, call.problem) == (True, "")
    assert (await house.call()).agent_id == bob.id
    [event] = await house.events()
    assert (event["outcome"], event["to"], event["role"]) == ("passed_on", "", "service")


async def test_who_is_passed_on_to_a_colleague_waits_for_them_alone_for_half_a_minute(
    house: House,
) -> None:
    anna, call, _ = await talk(house)
    bob = await house.agent("bob", phone=BOBS)
    row = await house.call()
    await house.write(lambda c: call_wishes.pass_on(c, row.sid, anna, Goal("service", bob.id)))
    await eventually(lambda: call.waiting)
    item = await house.item()
    assert item.preferred_agent_id == bob.id
    assert item.preferred_until - clock.now() <= timedelta(seconds=30)


async def test_a_colleague_is_asked_first_and_then_has_call_and_work(house: House) -> None:
    anna, call, theirs = await talk(house)
    bob = await house.agent("bob", phone=BOBS)
    await consult(house, anna, Other(agent_id=bob.id, role="service"))
    await eventually(lambda: call.held)
    [bobs] = await eventually(lambda: house.cloud.calls.to(BOBS))
    await eventually(lambda: house.is_so(other_state="there"))
    assert "Anna wil u spreken" in bobs.heard[0].text
    assert (theirs.talking, bobs.talking) == (True, True)
    await wish(house, anna, Wish.TAKE_OVER)
    await eventually(lambda: theirs.is_over)
    await eventually(lambda: call.talking)
    row, item = await house.call(), await house.item()
    assert (row.agent_id, item.agent_id, item.state) == (bob.id, bob.id, "assigned")
    await house.cloud.calls.hang_up(bobs)
    await eventually(lambda: call.is_over)
    await house.reaches("over")
    passed_on, talked = await house.events()
    assert (passed_on["outcome"], passed_on["to"]) == ("passed_on", "Bob")
    assert talked["outcome"] == "talked"


async def test_who_is_given_the_call_while_they_are_still_told_of_it_has_it_when_they_come(
    house: House,
) -> None:
    anna, call, theirs = await talk(house)
    bob = await house.agent("bob", phone=BOBS)
    house.cloud.calls.say_slowly(0.02)
    await consult(house, anna, Other(agent_id=bob.id, role="service"))
    await eventually(lambda: house.is_so(other_state="there"))
    [bobs] = house.cloud.calls.to(BOBS)
    assert not bobs.talking
    await wish(house, anna, Wish.TAKE_OVER)
    await eventually(lambda: theirs.is_over)
    await eventually(lambda: call.talking)
    row, item = await house.call(), await house.item()
    assert (row.agent_id, item.agent_id, bobs.talking) == (bob.id, bob.id, True)


async def test_a_consultation_that_is_cancelled_brings_the_customer_back(house: House) -> None:
    anna, call, theirs = await talk(house)
    await consult(house, anna, Other(number=OUTSIDE))
    [other] = await eventually(lambda: house.cloud.calls.to(OUTSIDE))
    await eventually(lambda: house.is_so(other_state="there"))
    await wish(house, anna, Wish.CANCEL)
    await eventually(lambda: other.is_over and call.talking)
    assert theirs.talking


async def test_who_is_not_reached_leaves_the_customer_with_the_agent(house: House) -> None:
    anna, call, _ = await talk(house)
    house.cloud.calls.fate = lambda _call: "busy"
    await consult(house, anna, Other(number=OUTSIDE))
    await eventually(lambda: house.is_so(other_state="", on_hold=False, wants_hold=False))
    await eventually(lambda: call.talking)
    [event] = await house.events()
    assert (event["outcome"], event["why"], event["name"]) == ("unreached", "busy", OUTSIDE)


async def test_a_colleague_who_was_not_reached_is_told_that_they_are_wanted_no_more(
    house: House,
) -> None:
    anna, _, _ = await talk(house)
    bob = await house.agent("bob", phone=BOBS)
    house.cloud.calls.fate = lambda _call: "busy"
    await consult(house, anna, Other(agent_id=bob.id, role="service"))
    await eventually(lambda: house.asked == [bob.id, bob.id])
    assert await house.database.read(lambda c: waiting_for(c, bob)) == []


async def test_somebody_outside_takes_over_and_the_agent_is_free(house: House) -> None:
    anna, call, theirs = await talk(house)
    await consult(house, anna, Other(number=OUTSIDE))
    await eventually(lambda: house.is_so(other_state="there"))
    await wish(house, anna, Wish.TAKE_OVER)
    await house.reaches("over")
    [other] = house.cloud.calls.to(OUTSIDE)
    await eventually(lambda: theirs.is_over and call.talking)
    assert other.talking
    [event] = await house.events()
    assert (event["outcome"], event["to"]) == ("put_through", OUTSIDE)


async def test_a_customer_is_put_through_to_a_number(house: House) -> None:
    anna, call, theirs = await talk(house)
    row = await house.call()
    await house.write(lambda c: call_wishes.put_through(c, row.sid, anna, OUTSIDE))
    await eventually(lambda: call.bridged_to == OUTSIDE)
    await eventually(lambda: theirs.is_over)
    assert (await house.reaches("over")).outcome == "put_through"


async def test_a_customer_is_called(house: House) -> None:
    anna, call = await house.agent(), await house.wait_in_line()
    await house.cloud.calls.hang_up(call)
    await house.reaches("over")
    await house.take(anna)
    sid = await house.place(anna, THEIRS)
    [theirs] = await eventually(lambda: house.cloud.calls.to(ANNAS))
    [customer] = await eventually(lambda: house.cloud.calls.to(THEIRS))
    await eventually(lambda: customer.talking and theirs.talking)
    assert "U wordt gebeld door Van Dalen." in customer.heard[0].text
    assert (customer.sender, customer.problem) == (OURS, "")
    await house.cloud.calls.hang_up(customer)
    await eventually(lambda: theirs.is_over)
    [_, event] = await house.events()
    assert (event["outcome"], event["direction"], event["call"]) == ("talked", "outbound", sid)
    item = await house.item()
    assert (item.state, item.callback_to) == ("assigned", "")


async def test_a_customer_who_does_not_answer_frees_the_agent(house: House) -> None:
    anna, call = await house.agent(), await house.wait_in_line()
    await house.cloud.calls.hang_up(call)
    await house.reaches("over")
    await house.take(anna)
    house.cloud.calls.fate = lambda c: "no-answer" if c.recipient == THEIRS else "answer"
    await house.place(anna, THEIRS)

    async def told() -> Any:
        return [e for e in await house.events() if e["outcome"] == "no_answer"]

    [event] = await eventually(told)
    assert event["why"] == "no-answer"
    [theirs] = house.cloud.calls.to(ANNAS)
    await eventually(lambda: theirs.is_over)


async def test_the_phone_that_an_agent_gave_comes_before_the_settings(house: House) -> None:
    anna, call = await house.agent(), await house.wait_in_line()
    await house.write(lambda c: agents.set_phone(c, anna, "client:anna"))
    await house.take(anna)
    await eventually(lambda: call.talking)
    assert [c.sender for c in house.cloud.calls.to("client:anna")] == [OURS]
    assert not house.cloud.calls.to(ANNAS)
