"""Calls are recorded where the model says so, of callers who agree, and not for ever."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from config.demo.twilio.call import Call
from hub import clock
from hub.retention import Retention
from hub.settings import RetentionSettings
from hub.store import call_wishes
from hub.store.call_wishes import Wish
from hub.store.leader import open_leadership
from hub.store.tables import attachments, calls, interactions
from phone_house import THEIRS, House, complain, said, talk
from waiting import eventually

OUTSIDE = "+31655555555"


async def sounds(house: House) -> list[Any]:
    wanted = select(attachments, interactions.c.details).join(
        interactions, interactions.c.id == attachments.c.interaction_id
    )
    return await house.rows(wanted)


async def test_a_call_is_recorded_but_not_while_the_customer_is_on_hold(house: House) -> None:
    call = await complain(house)
    anna = await talk(house, call)
    recording = await eventually(lambda: call.recording)
    sid = (await house.call()).sid
    await house.write(lambda c: call_wishes.say(c, sid, anna, Wish.HOLD))
    await eventually(lambda: recording.status == "paused")
    await house.write(lambda c: call_wishes.say(c, sid, anna, Wish.RESUME))
    await eventually(lambda: recording.status == "in-progress")
    await house.cloud.calls.hang_up(call)
    [sound] = await eventually(lambda: sounds(house))
    assert (sound.content_type, sound.details["event"]) == ("audio/mpeg", "recording")
    assert house.blobs.path(sound.sha256).read_bytes().startswith(b"RIFF")
    assert (await house.call()).consent == "agreed"
    # From here on it is ours to keep, or not.
    await eventually(lambda: house.cloud.files.content(f"ME{recording.sid[2:]}") is None)


async def test_what_a_customer_says_to_a_number_outside_is_not_recorded(house: House) -> None:
    call = await complain(house)
    anna = await talk(house, call)
    recording = await eventually(lambda: call.recording)
    sid = (await house.call()).sid
    house.cloud.calls.fate = lambda one: "ring" if one.recipient == OUTSIDE else "answer"
    await house.write(lambda c: call_wishes.put_through(c, sid, anna, OUTSIDE))
    await eventually(lambda: call.dials == OUTSIDE)
    assert recording.status == "paused"
    [other] = house.cloud.calls.to(OUTSIDE)
    await house.cloud.calls.hang_up(other)  # the customer comes back
    await eventually(lambda: call.talking)
    await eventually(lambda: recording.status == "in-progress")


async def test_who_refuses_is_not_recorded(house: House) -> None:
    call = await complain(house, "1")
    await talk(house, call)
    await house.cloud.calls.hang_up(call)
    await house.reaches("over")
    assert call.recording is None
    assert (await house.call()).consent == "refused"
    assert await sounds(house) == []


async def test_what_the_model_does_not_record_is_not_recorded(house: House) -> None:
    call = await house.wait_in_line()
    await talk(house, call)
    assert "nemen dit gesprek op" not in said(call)
    await house.cloud.calls.hang_up(call)
    await house.reaches("over")
    assert call.recording is None


async def call_back(house: House, call: Call, key: str) -> Call:
    """An agent calls a customer who hung up, who is told, and presses this key (or none)."""
    anna = await house.agent()
    await house.cloud.calls.hang_up(call)
    await house.reaches("over")
    await house.take(anna)
    await house.place(anna, THEIRS)
    [customer] = await eventually(lambda: house.cloud.calls.to(THEIRS))
    await eventually(lambda: customer.expects == "keys")
    assert said(customer).startswith("U wordt gebeld door Van Dalen. Wij nemen dit gesprek op.")
    assert not customer.talking
    house.cloud.calls.press(customer, key)
    await eventually(lambda: customer.talking)
    return customer


async def test_a_customer_whom_we_call_is_told_and_recorded(house: House) -> None:
    customer = await call_back(house, await complain(house), "")
    recording = await eventually(lambda: customer.recording)
    await house.cloud.calls.hang_up(customer)
    [sound] = await eventually(lambda: sounds(house))
    [out] = [row for row in await house.rows(select(calls)) if row.direction == "outbound"]
    assert (sound.details["call"], out.consent) == (out.sid, "agreed")
    await eventually(lambda: house.cloud.files.content(f"ME{recording.sid[2:]}") is None)


async def test_a_customer_whom_we_call_may_refuse(house: House) -> None:
    customer = await call_back(house, await complain(house), "1")
    await house.cloud.calls.hang_up(customer)
    await house.reaches("over")
    assert customer.recording is None
    assert await sounds(house) == []


async def test_recordings_go_when_they_are_old(house: House) -> None:
    call = await complain(house)
    await talk(house, call)
    await eventually(lambda: call.recording)
    await house.cloud.calls.hang_up(call)
    [sound] = await eventually(lambda: sounds(house))
    retention = Retention(
        house.database, house.blobs, RetentionSettings(), open_leadership(house.database)
    )
    await retention.round(clock.now())
    assert len(await sounds(house)) == 1
    old = clock.now() - timedelta(days=91)
    await house.write(lambda c: c.execute(update(calls).values(created_at=old)))
    await retention.round(clock.now())
    assert await sounds(house) == []
    assert not house.blobs.path(sound.sha256).exists()
    assert (await house.call()).recording == "removed"
