"""STOP, START and HELP, in English and Dutch: noted, answered once, and kept to."""

import pytest

from connectors.messaging.keywords import keyword_of
from hub.errors import Rejected
from hub.interaction import Channel
from hub.store import consents
from hub.store.tables import consents as consents_table
from hub.store.tables import unrouted
from messaging_house import THEIRS, House
from stores import rows

POINT = f"phone:{THEIRS}"


@pytest.mark.parametrize(
    ("text", "channel", "wish"),
    [
        ("STOP", Channel.SMS, "stop"),
        (" stop. ", Channel.WHATSAPP, "stop"),
        ("Stop Alles!", Channel.SMS, "stop"),
        ("afmelden", Channel.SMS, "stop"),
        ("Uitschrijven", Channel.WHATSAPP, "stop"),
        ("CANCEL", Channel.SMS, "stop"),
        ("cancel", Channel.WHATSAPP, ""),
        ("Start", Channel.SMS, "start"),
        ("AANMELDEN", Channel.SMS, "start"),
        ("HELP", Channel.SMS, "help"),
        ("Hulp?", Channel.WHATSAPP, "help"),
        ("Stop sending me the wrong beans", Channel.SMS, ""),
        ("Ik wil mij afmelden voor het proeven", Channel.SMS, ""),
        ("yes", Channel.SMS, ""),
        ("", Channel.SMS, ""),
    ],
)
def test_only_a_word_and_nothing_else_is_one(text: str, channel: Channel, wish: str) -> None:
    found = keyword_of(text, channel)
    assert (found.wish if found else "") == wish


async def allowed(house: House, channel: Channel = Channel.SMS) -> bool:
    return await house.database.read(lambda c: consents.allows(c, channel, POINT))


async def test_stop_is_kept_to_and_start_takes_it_back(house: House) -> None:
    await house.text("Hi")
    await house.text("AFMELDEN")
    assert not await allowed(house)
    assert await allowed(house, Channel.WHATSAPP)
    with pytest.raises(Rejected) as error:
        await house.answer("Are you sure?")
    assert error.value.code == "no_consent"
    await house.text("AANMELDEN")
    assert await allowed(house)
    await house.reaches(await house.answer("Welcome back"), "delivered")
    said = await rows(house.database, consents_table)
    assert [(line.granted, line.words, line.source) for line in said] == [
        (False, "AFMELDEN", "keyword"),
        (True, "AANMELDEN", "keyword"),
    ]
    assert all(line.text_version and line.interaction_id for line in said)


async def test_a_dutch_word_is_answered_in_dutch_and_an_english_one_by_twilio(
    house: House,
) -> None:
    await house.text("hulp")
    await house.text("HELP")
    [answer] = await house.sent()
    assert answer.text.startswith("Dit is Van Dalen.")
    assert answer.automatic == "generated"
    await house.reaches(answer.interaction_id, "delivered")
    phone = [m.body for m in house.cloud.cloud.of(THEIRS) if m.direction != "inbound"]
    assert len(phone) == 2  # ours, and Twilio's own


async def test_the_last_word_to_stop_goes_out(house: House) -> None:
    await house.whatsapp("STOP")
    [answer] = await house.sent()
    await house.reaches(answer.interaction_id, "delivered")


async def test_a_word_is_carried_out_once_and_makes_no_work(house: House) -> None:
    form = {
        "AccountSid": house.settings.twilio.account_sid,
        "MessageSid": "SM1",
        "From": THEIRS,
        "To": house.settings.numbers["main"].number,
        "Body": "stoppen",
        "NumMedia": "0",
    }
    await house.post(form)
    await house.text("aanmelden")
    await house.post(form)  # again, late
    assert await allowed(house)
    assert len(await house.sent()) == 2
    first, *_ = await house.received()
    assert first.automatic == "command"
    assert await rows(house.database, unrouted)  # the router files it: see test_router


async def test_twilio_itself_refuses_who_stopped(house: House) -> None:
    await house.text("Hi")
    house.cloud.cloud.opt_outs.heard(THEIRS, house.settings.numbers["main"].number, "STOP")
    row = await house.reaches(await house.answer("Hello"), "failed")
    assert row.error == "The customer said STOP to this number. (Twilio 21610)"
