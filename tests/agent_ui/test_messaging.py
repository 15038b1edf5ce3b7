"""Answering by SMS and WhatsApp: what may be written is shown beforehand, and held to."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from agent_ui.delivery_words import SENTENCES
from builders import text_arrival
from connectors.shared.twilio.errors import WORDS
from console_house import House, Page, Person
from hub import clock
from hub.interaction import Channel
from hub.store import consents
from hub.store.tables import interactions, outbound
from twilio_cloud import OURS, TEMPLATE

WHATSAPP = {"channel": Channel.WHATSAPP}
POINT = "phone:+31612345678"


async def answers(house: House) -> list[Any]:
    return [row for row in await house.rows(interactions) if row.direction == "outbound"]


def way(page: Page, channel: str) -> str:
    return page.value(f"select[name=way] option[data-channel={channel}]")


async def test_a_text_is_answered_by_sms(house: House, anna: Person) -> None:
    await house.receive(text_arrival())
    page = await anna.take_next()
    assert page.text("select[name=way] option") == "SMS to +31612345678"
    assert page.value("[data-segments]", "data-price") == "0.075"
    await anna.reply(page, "It is on its way.")
    [sent] = await house.rows(outbound)
    assert sent.channel == "sms"
    [answer] = await answers(house)
    assert (answer.account, answer.recipients[0]["value"]) == (OURS, "+31612345678")


async def test_a_text_is_not_longer_than_one_can_be(house: House, anna: Person) -> None:
    await house.receive(text_arrival())
    page = await anna.reply(await anna.take_next(), "x" * 1601)
    assert page.status == 422
    assert "1600" in page.text("[role=alert]")
    assert await house.rows(outbound) == []


async def test_who_said_stop_is_shown_so_and_not_written_to(house: House, anna: Person) -> None:
    await house.receive(text_arrival())
    said = consents.Keyword(POINT, Channel.SMS, "STOP")
    await house.write(lambda c: consents.stop(c, said))
    page = await anna.take_next()
    sms = "select[name=way] option[data-channel=sms]"
    assert "wants no messages here" in page.text(f"{sms}[disabled]")
    assert page.text(".points .chip") == "No SMS"
    refused = await anna.reply(page, "Are you sure?", way=way(page, "sms"))
    assert refused.status == 409
    assert "does not want messages this way" in refused.text("[role=alert]")
    assert refused.text("textarea[name=text]") == "Are you sure?"
    assert await house.rows(outbound) == []


async def test_within_whatsapps_day_text_is_free_and_the_end_is_shown(
    house: House, anna: Person
) -> None:
    await house.receive(text_arrival(**WHATSAPP))
    page = await anna.take_next()
    assert page.has("option[data-templates=free]")
    assert page.text(".window-free").startswith("You can write freely until")
    await anna.reply(page, "Hello", once="o")
    filled = {"template": "shipped", "value.shipped.1": "Jan", "value.shipped.2": "10002"}
    other = await anna.reply(page, "Hello", once="o", **filled)
    assert "was sent already; this is not" in other.text("[data-notice]")
    [answer] = await answers(house)
    assert (answer.channel, answer.text, answer.details) == ("whatsapp", "Hello", {})


async def test_after_whatsapps_day_only_a_template_goes(house: House, anna: Person) -> None:
    await house.receive(text_arrival(**WHATSAPP))
    past = update(interactions).values(received_at=clock.now() - timedelta(hours=25))
    await house.write(lambda c: c.execute(past))
    page = await anna.take_next()
    chosen = {"way": way(page, "whatsapp")}
    refused = await anna.reply(page, "Hello", **chosen)
    assert refused.status == 409
    assert "only a template" in refused.text("[role=alert]")
    chosen["template"] = "shipped"
    missing = await anna.reply(page, "", **chosen, **{"value.shipped.1": "Jan"})
    assert (missing.status, await answers(house)) == (422, [])
    assert missing.value("input[name='value.shipped.1']") == "Jan"
    filled = chosen | {"value.shipped.1": "Jan", "value.shipped.2": "10002", "once": "o"}
    for _ in range(2):
        assert (await anna.reply(page, "", **filled)).text("[data-notice]") == ""
    other = await anna.reply(page, "", **filled | {"value.shipped.2": "10003"})
    assert "was sent already; this is not" in other.text("[data-notice]")
    [answer] = await answers(house)
    assert answer.text == TEMPLATE.replace("{{1}}", "Jan").replace("{{2}}", "10002")
    assert answer.details["template"] == "shipped"
    page = await anna.get(page.path.removesuffix("/entries"))
    assert "Template" in page.texts(".entry-outbound .badge")


async def test_why_it_did_not_arrive_is_said_in_the_readers_language(
    house: House, anna: Person
) -> None:
    await house.receive(text_arrival())
    page = await anna.reply(await anna.take_next(), "Hello")
    error = {"state": "failed", "error": "The phone is off or out of reach. (Twilio 30003)"}
    await house.write(lambda c: c.execute(update(outbound).values(error)))
    await anna.post("/console/language", language="nl")
    page = await anna.get(page.path.removesuffix("/entries"))
    wanted = "De telefoon staat uit of heeft geen bereik. (Twilio 30003)"
    assert page.text(".delivery-error") == wanted


def test_every_sentence_of_a_provider_can_be_translated() -> None:
    assert set(WORDS.values()) <= set(SENTENCES)
