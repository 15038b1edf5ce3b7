"""A call from the greeting to the hang-up, driven through Twilio's cloud."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from builders import TOKENS, mail_arrival
from config.demo.twilio.player import TRANSCRIPT
from connectors.phone import twiml
from hub import clock
from hub.intake import Intake
from hub.interaction import Channel
from hub.replies import reachable
from hub.store import work_items, work_lists, working
from hub.store.agents import Agent
from hub.store.ranking import goes_first
from hub.store.tables import attachments, interactions
from hub.store.tables import work_items as items
from hub.store.work_items import WorkItem
from phone_house import ANNAS, SHUT, THEIRS, House, open_house, said
from twilio_cloud import OURS, CloudServer
from waiting import eventually


async def test_a_caller_hears_the_topics_of_the_phone_and_waits_for_the_chosen_one(
    house: House,
) -> None:
    call = await house.wait_in_line("2")
    assert {heard.language for heard in call.heard} == {"nl-NL"}
    assert said(call).startswith(
        "Welkom bij Van Dalen. Voor Rekening: toets 1. Voor Bestelling: toets 2."
        " Voor Reparatie: toets 3. Voor Klacht: toets 4. Voor iets anders: toets 0. U kunt ook"
    )
    [kept] = await house.received()
    assert (kept.channel, kept.account, kept.external_id) == ("phone", OURS, call.sid)
    assert (kept.sender["value"], kept.topic, kept.language) == (THEIRS, "order", "nl")
    assert (await house.item()).topic == "order"
    await eventually(lambda: "U bent nummer 1 in de rij." in said(call))


async def test_who_presses_nothing_or_what_is_not_there_is_put_through_all_the_same(
    house: House,
) -> None:
    call = house.cloud.calls.dial(THEIRS, OURS)
    await eventually(lambda: call.expects == "keys")
    house.cloud.calls.press(call, "7")
    await eventually(lambda: "Die keuze is er niet." in said(call) and call.expects == "keys")
    house.cloud.calls.press(call, "")
    await eventually(lambda: call.waiting)
    [kept] = await house.received()
    assert kept.topic == ""


async def test_when_an_agent_takes_it_their_phone_rings_and_both_talk(house: House) -> None:
    anna, call = await house.agent(), await house.wait_in_line()
    await house.take(anna)
    await eventually(lambda: call.talking)
    [theirs] = house.cloud.calls.to(ANNAS)
    assert (theirs.sender, theirs.talking, theirs.problem) == (OURS, True, "")
    await house.cloud.calls.hang_up(theirs)
    await house.reaches("over")
    assert (call.status, call.problem) == ("completed", "")
    [event] = await house.events()
    assert (event["event"], event["outcome"], event["call"]) == ("call", "talked", call.sid)
    item = await house.item()
    assert (item.state, item.callback_to) == ("assigned", "")
    assert item.first_response_at is not None


async def test_who_hangs_up_while_talking_frees_the_agent(house: House) -> None:
    anna, call = await house.agent(), await house.wait_in_line()
    await house.take(anna)
    await eventually(lambda: call.talking)
    await house.cloud.calls.hang_up(call)
    await house.reaches("over")
    [theirs] = house.cloud.calls.to(ANNAS)
    await eventually(lambda: theirs.is_over)
    assert [event["outcome"] for event in await house.events()] == ["talked"]


async def test_a_caller_who_hangs_up_while_waiting_is_to_be_called_back(house: House) -> None:
    call = await house.wait_in_line()
    await house.cloud.calls.hang_up(call)
    await house.reaches("over")
    item = await house.item()
    assert (item.state, item.callback_to) == ("waiting", THEIRS)
    assert [event["outcome"] for event in await house.events()] == ["missed"]


async def test_nothing_can_be_written_over_the_phone_but_a_text_can_be_sent(
    house: House,
) -> None:
    await house.wait_in_line()
    [kept] = await house.received()
    ways = await house.database.read(
        lambda c: reachable(c, kept.conversation_id, {Channel.SMS: OURS})
    )
    assert [(way.channel, way.to.value) for way in ways] == [("sms", THEIRS)]


async def test_an_agent_who_is_not_reached_gives_the_work_back(house: House) -> None:
    house.cloud.calls.fate = lambda _call: "no-answer"
    anna, call = await house.agent(), await house.wait_in_line()
    await house.take(anna)

    async def is_back() -> Any:
        return (await house.item()).state == "waiting"

    await eventually(is_back)
    assert (call.waiting, (await house.call()).state) == (True, "waiting")
    [event] = await house.events()
    assert (event["outcome"], event["why"]) == ("unreached", "no-answer")


async def test_an_agent_without_a_phone_is_not_waited_for(house: House) -> None:
    bob, call = await house.agent("bob"), await house.wait_in_line()
    await house.take(bob)

    async def is_back() -> Any:
        return (await house.item()).state == "waiting"

    await eventually(is_back)
    assert call.waiting
    assert [event["why"] for event in await house.events()] == ["no_number"]


async def test_who_hangs_up_while_it_rings_leaves_no_phone_ringing(house: House) -> None:
    house.cloud.calls.pick_up = 60
    anna, call = await house.agent(), await house.wait_in_line()
    await house.take(anna)
    [theirs] = await eventually(lambda: house.cloud.calls.to(ANNAS))
    await house.cloud.calls.hang_up(call)
    await house.reaches("over")
    await eventually(lambda: theirs.is_over)
    assert [event["outcome"] for event in await house.events()] == ["missed"]


async def test_resolved_work_leaves_nobody_on_hold(house: House) -> None:
    house.cloud.calls.pick_up = 60
    anna, call = await house.agent(), await house.wait_in_line()
    item_id = await house.take(anna)
    await eventually(lambda: house.cloud.calls.to(ANNAS))
    await house.resolve(item_id, anna)
    await eventually(lambda: call.is_over)
    await house.reaches("over")
    assert "afgehandeld" in said(call)
    [theirs] = house.cloud.calls.to(ANNAS)
    await eventually(lambda: theirs.is_over)
    assert [event["outcome"] for event in await house.events()] == ["handled"]


async def test_star_and_one_keep_the_place_for_a_callback(house: House) -> None:
    call = await house.wait_in_line()
    before = await house.item()
    house.cloud.calls.press(call, "*")
    await eventually(lambda: call.expects == "keys")
    house.cloud.calls.press(call, "1")
    await eventually(lambda: call.is_over)
    await house.reaches("over")
    item = await house.item()
    assert (item.state, item.callback_to) == ("waiting", THEIRS)
    assert (item.rank, item.waiting_since) == (before.rank, before.waiting_since)
    assert [event["outcome"] for event in await house.events()] == ["callback"]
    assert "Wij bellen u terug" in said(call)


async def test_who_is_on_the_line_stands_before_all_work_until_they_hang_up(house: House) -> None:
    anna = await house.agent()
    intake = Intake(house.database, TOKENS, house.metrics, house.relay.wake)
    await intake.accept(mail_arrival())
    await eventually(lambda: queue_of(house, anna))
    call = await house.wait_in_line()

    async def both() -> list[WorkItem] | None:
        found = await queue_of(house, anna)
        return found if len(found) > 1 else None

    assert [item.is_on_the_line for item in await eventually(both)] == [True, False]
    await house.cloud.calls.hang_up(call)
    await house.reaches("over")
    assert [item.channel for item in await queue_of(house, anna)] == ["email", "phone"]


async def test_the_call_of_who_withholds_their_number_goes_back_too(house: House) -> None:
    anna, call = await house.agent(), await house.wait_in_line(caller="anonymous")
    await house.cloud.calls.hang_up(call)
    await house.reaches("over")
    assert [item.is_on_the_line for item in await queue_of(house, anna)] == [False]


@pytest.mark.parametrize(("caller", "called_back"), [(THEIRS, THEIRS), ("anonymous", "")])
async def test_a_call_that_was_over_before_it_was_routed_is_called_back_and_not_first(
    house: House, caller: str, called_back: str
) -> None:
    anna, call = await house.agent(), await house.wait_in_line(caller=caller)
    before = await house.item()
    await house.cloud.calls.hang_up(call)
    await house.reaches("over")

    def route_late(connection: Connection) -> None:
        came = clock.now() - timedelta(minutes=3)
        connection.execute(update(interactions).values(received_at=came))
        connection.execute(update(items).values(rank=before.rank, callback_to=""))
        work_items.tell_again(connection, [before.conversation_id])

    await house.write(route_late)

    async def is_put_back() -> bool:
        return [item.is_on_the_line for item in await queue_of(house, anna)] == [False]

    await eventually(is_put_back)
    item = await house.item()
    assert (goes_first(item), item.callback_to) == (False, called_back)


async def test_a_call_that_is_taken_and_put_back_is_first_again(house: House) -> None:
    anna = await house.agent()
    await house.wait_in_line()
    before = await house.item()
    item_id = await house.take(anna)
    await house.write(lambda c: working.release(c, item_id, anna))
    assert (await house.item()).rank == before.rank


async def queue_of(house: House, agent: Agent) -> list[WorkItem]:
    return await house.database.read(lambda c: work_lists.in_queue(c, agent, length=9))


async def test_star_and_nothing_more_is_waiting_on(house: House) -> None:
    call = await house.wait_in_line()
    house.cloud.calls.press(call, "*")
    await eventually(lambda: call.expects == "keys")
    house.cloud.calls.press(call, "")
    await eventually(lambda: call.waiting)
    assert (await house.call()).state == "waiting"
    anna = await house.agent()
    await house.take(anna)
    await eventually(lambda: call.talking)


async def test_outside_opening_hours_a_message_is_taken(house: House) -> None:
    house.at = SHUT
    call = house.cloud.calls.dial(THEIRS, OURS)
    await eventually(lambda: call.expects == "message")
    assert "Wij zijn open op maandag tot en met vrijdag van 8:30 tot 17:00." in said(call)
    assert "Wij zijn er weer op maandag om 8:30." in said(call)
    house.cloud.calls.leave_message(call, b"RIFF....WAVE")
    [kept] = await eventually(house.received)
    assert (kept.sender["value"], kept.subject, kept.problem) == (
        THEIRS,
        "Ingesproken bericht",
        "",
    )
    [file] = await house.database.read(lambda c: list(c.execute(select(attachments))))
    assert house.blobs.path(file.sha256).read_bytes() == b"RIFF....WAVE"
    await eventually(lambda: call.is_over)
    assert call.problem == ""
    await eventually(house.item)


async def test_a_call_survives_a_restart(house: House) -> None:
    anna, call = await house.agent(), await house.wait_in_line()
    await house.stop()
    await house.start()
    await house.take(anna)
    await eventually(lambda: call.talking)


async def test_a_message_is_written_out_wherever_its_transcript_comes_first(
    sqlite_url: str, tmp_path: Path, cloud: CloudServer
) -> None:
    english = {"main": {"number": OURS, "language": "en"}}
    async with open_house(sqlite_url, tmp_path, cloud, numbers=english, transcribe=True) as house:
        house.at = SHUT
        early = house.form(
            RecordingSid="RE1", TranscriptionStatus="completed", TranscriptionText="Too early"
        )
        assert (await house.post(twiml.TRANSCRIPT, early))[0] == 204
        assert await house.events() == []
        call = house.cloud.calls.dial(THEIRS, OURS)
        await eventually(lambda: call.expects == "message")
        house.cloud.calls.leave_message(call)
        [event] = await eventually(house.events)
        assert (event["event"], event["text"]) == ("transcript", TRANSCRIPT)
        assert call.problem == ""
        again = house.form(
            RecordingSid=event["recording"],
            TranscriptionStatus="completed",
            TranscriptionText="Once more",
        )
        assert (await house.post(twiml.TRANSCRIPT, again))[0] == 204
        assert len(await house.events()) == 1
