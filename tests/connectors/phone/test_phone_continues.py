"""Who mailed and calls about it: the call goes on in that conversation, and rings who has it."""

from typing import Any

import pytest
from sqlalchemy import insert, select, update

from builders import TOKENS, mail_arrival
from config.demo.twilio.call import Call
from hub import clock
from hub.intake import Intake
from hub.store import presence
from hub.store.tables import (
    chat_visits,
    contact_points,
    conversations,
    former_decisions,
    interactions,
    unrouted,
)
from hub.store.tables import presence as people
from hub.store.tables import work_items as items
from phone_house import ANNAS, SHUT, THEIRS, House
from twilio_cloud import OURS
from waiting import eventually

ELSE = "0"
BILL, ORDER = "1", "2"


async def mailed(
    house: House, *topics: str, verified: bool = True, shared: bool = False
) -> list[Any]:
    """The work of the mails of one customer, who has this number."""
    intake = Intake(house.database, TOKENS, house.metrics, house.relay.wake)
    for topic in topics:
        await intake.accept(mail_arrival(topic=topic))

    async def routed() -> list[Any]:
        found = await house.rows(select(items).order_by(items.c.id))
        return found if len(found) == len(topics) else []

    found: list[Any] = await eventually(routed)
    point = {
        "id": clock.new_id(),
        "customer_id": found[0].customer_id,
        "key": f"phone:{THEIRS}",
        "kind": "phone",
        "value": THEIRS,
        "verified": verified,
        "shared": shared,
        "created_at": clock.now(),
    }
    await house.write(lambda c: c.execute(insert(contact_points), [point]))
    return found


async def waits(house: House, key: str = ORDER) -> Call:
    """A caller whose contact was routed."""
    call = house.cloud.calls.dial(THEIRS, OURS)
    await eventually(lambda: call.expects == "keys")
    house.cloud.calls.press(call, key)
    await eventually(lambda: call.waiting)

    async def routed() -> bool:
        newest = (await house.received())[-1]
        wanted = select(items).where(
            items.c.conversation_id == newest.conversation_id, items.c.channel == "phone"
        )
        return newest.external_id == call.sid and bool(await house.rows(wanted))

    await eventually(routed)
    return call


@pytest.mark.parametrize("key", [ORDER, ELSE])
async def test_a_call_about_what_was_mailed_waits_as_a_call_for_who_has_the_mail(
    house: House, key: str
) -> None:
    [mail], anna = await mailed(house, "order"), await house.agent()
    await house.write(lambda c: presence.say(c, anna.id, presence.AVAILABLE))
    await house.take(anna)
    call = await waits(house, key)
    [item] = await house.rows(select(items))
    assert (item.id, item.channel, item.state, item.topic) == (mail.id, "phone", "waiting", "order")
    assert (item.preferred_agent_id, item.preferred_why) == (anna.id, "called")
    assert item.waiting_since > mail.waiting_since
    assert item.first_response_due == mail.first_response_due
    [there] = await house.rows(select(people).where(people.c.agent_id == anna.id))
    assert there.units_used == 0, "it is not in hand while it waits"
    assert house.cloud.calls.to(ANNAS) == [], "nobody rings before they took it"
    await house.take(anna)
    await eventually(lambda: call.talking)
    await house.cloud.calls.hang_up(call)
    await house.reaches("over")
    [item] = await house.rows(select(items))
    assert (item.state, item.agent_id) == ("assigned", anna.id), "the mail is still to be answered"
    channels = select(interactions.c.channel).order_by(interactions.c.sequence)
    assert [row.channel for row in await house.rows(channels)][:2] == ["email", "phone"]
    assert len(await house.rows(select(former_decisions))) == 1


async def test_who_hangs_up_while_waiting_is_to_be_called_back_about_it(house: House) -> None:
    [mail], anna = await mailed(house, "bill/late"), await house.agent()
    await house.take(anna)
    call = await waits(house, BILL)
    await house.cloud.calls.hang_up(call)
    await house.reaches("over")
    [item] = await house.rows(select(items))
    assert (item.id, item.state, item.callback_to) == (mail.id, "waiting", THEIRS)
    assert item.topic == "bill/late", "what was known of it is more than the menu asks"
    assert [event["outcome"] for event in await house.events()] == ["missed"]


@pytest.mark.parametrize(
    ("topics", "key", "point"),
    [
        (["order"], BILL, {}),
        (["order", "order"], ORDER, {}),
        (["order", "bill"], ELSE, {}),
        (["order"], ORDER, {"verified": False}),
        (["order"], ORDER, {"shared": True}),
    ],
    ids=["other-topic", "two-fit", "two-open", "not-proved", "shared"],
)
async def test_what_a_caller_means_is_not_guessed(
    house: House, topics: list[str], key: str, point: dict[str, bool]
) -> None:
    mails = await mailed(house, *topics, **point)
    await waits(house, key)
    assert len(await house.rows(select(conversations))) == len(mails) + 1
    untouched = [row for row in await house.rows(select(items)) if row.channel == "email"]
    assert [row.epoch for row in untouched] == [mail.epoch for mail in mails]


async def test_of_two_mails_the_one_about_the_chosen_topic_is_meant(house: House) -> None:
    _, bill = await mailed(house, "order", "bill")
    await waits(house, BILL)
    [called] = await house.rows(select(items).where(items.c.channel == "phone"))
    assert called.id == bill.id


async def test_while_somebody_waits_in_it_a_second_call_stands_by_itself(house: House) -> None:
    await mailed(house, "order")
    first, second = await waits(house), await waits(house)
    assert (first.waiting, second.waiting) == (True, True)
    assert len(await house.rows(select(conversations))) == 2


@pytest.mark.parametrize("is_here", [True, False])
async def test_a_call_goes_on_in_a_chat_that_was_left(house: House, is_here: bool) -> None:
    """While somebody is in it, a call stands by itself."""
    [mail] = await mailed(house, "order")
    visit = {
        "conversation_id": mail.conversation_id, "site": "shop", "visitor_id": "u-1",
        "session_id": clock.new_id(), "identified": True, "page": "", "page_title": "",
        "language": "nl", "seen_at": clock.now(), "left_at": None if is_here else clock.now(),
        "our_seen": 0,
    }  # fmt: skip
    await house.write(lambda c: c.execute(insert(chat_visits), [visit]))
    await house.write(lambda c: c.execute(update(items).values(channel="chat")))
    await waits(house)
    assert len(await house.rows(select(conversations))) == (2 if is_here else 1)


async def test_what_was_answered_before_waits_first_for_who_helped_last(house: House) -> None:
    [mail, _], anna = await mailed(house, "order", "bill"), await house.agent()
    await house.take(anna)
    await house.resolve(mail.id, anna)
    await waits(house, BILL)
    [called] = await house.rows(select(items).where(items.c.channel == "phone"))
    assert (called.preferred_agent_id, called.preferred_why) == (anna.id, "sticky")


@pytest.mark.parametrize("topics", [["order"], ["order", "bill"]], ids=["one-open", "two-open"])
async def test_a_message_on_voicemail_goes_on_in_the_only_thing_it_can_be_about(
    house: House, topics: list[str]
) -> None:
    """Nobody waits on the phone: who has the mail keeps it as a mail."""
    mails, anna = await mailed(house, *topics), await house.agent()
    if len(mails) == 1:
        await house.take(anna)
    before = await house.rows(select(items).order_by(items.c.id))
    house.at = SHUT
    call = house.cloud.calls.dial(THEIRS, OURS)
    await eventually(lambda: call.expects == "message")
    house.cloud.calls.leave_message(call, b"RIFF....WAVE")
    row = (await eventually(lambda: left(house)))[0]
    joined = row.conversation_id in {mail.conversation_id for mail in mails}
    assert joined == (len(mails) == 1)
    after = await house.rows(select(items).order_by(items.c.id))
    kept = [(one.id, one.channel, one.state, one.agent_id) for one in after[: len(before)]]
    assert kept == [(one.id, one.channel, one.state, one.agent_id) for one in before]
    assert len(after) == len(before) + (not joined)


async def left(house: House) -> list[Any]:
    """The message on voicemail, once it was routed."""
    found = [row for row in await house.received() if row.details.get("seconds")]
    waiting = await house.rows(select(unrouted))
    return found if not waiting else []


async def test_who_hangs_up_in_the_menu_is_called_back_about_what_is_open(house: House) -> None:
    [mail] = await mailed(house, "order")
    call = house.cloud.calls.dial(THEIRS, OURS)
    await eventually(lambda: call.expects == "keys")
    await house.cloud.calls.hang_up(call)

    async def proposed() -> list[Any]:
        return [row for row in await house.rows(select(items)) if row.callback_to == THEIRS]

    [item] = await eventually(proposed)
    assert (item.id, item.channel) == (mail.id, "email")
    assert len(await house.rows(select(conversations))) == 1
