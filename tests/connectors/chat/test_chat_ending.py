"""At the end a visitor rates how they were helped, and gets what was said by mail."""

from datetime import timedelta

import pytest
from aiohttp import ClientSession

from chat_house import House, Visitor
from connectors.chat.mail import Said, compose_transcript
from hub import clock
from hub.store.tables import interactions, ratings

ADDRESS = "ada@example.org"


@pytest.fixture
async def visitor(house: House, http: ClientSession) -> Visitor:
    """One who was answered."""
    visitor = await Visitor(http, house.origin).arrive(language="nl")
    await visitor.say("See www.spam.example/now or https://spam.example!", name="Ada")
    await house.answer("They left today.")
    await visitor.hears("They left today.")
    return visitor


async def test_a_resolved_chat_is_rated_once(house: House, visitor: Visitor) -> None:
    assert await visitor.ask("rate", score=5) == "not_resolved"
    await house.resolve(clock.now() - timedelta(minutes=1))
    house.connector._live.all()[0].wake(standing=True)
    await visitor.until(lambda frame: frame["type"] == "status" and frame["rating"])
    assert await visitor.ask("rate", score=4, comment=" Quick\0! ") == ""
    assert await visitor.ask("rate", score=1) == "rated"
    [rating] = await house.rows(ratings)
    assert (rating.score, rating.comment, rating.channel) == (4, "Quick!", "chat")
    told = next(row for row in await house.rows(interactions) if row.kind == "event")
    assert told.details == {"event": "rated", "score": "4", "comment": "Quick!"}
    assert told.sender["name"] == "Ada"


async def test_what_was_said_is_mailed_where_the_visitor_wants(
    house: House, visitor: Visitor
) -> None:
    assert await visitor.ask("transcript", address="ada") == "bad_address"
    assert await visitor.ask("transcript", address="help@van-dalen.example") == "bad_address"
    assert await visitor.ask("transcript", address=ADDRESS) == ""
    mail = next(row for row in await house.rows(interactions) if row.channel == "email")
    assert mail.recipients[0]["value"] == ADDRESS
    assert mail.automatic == "generated"
    assert "They left today." in mail.text
    assert "U:\nSee […] or […]" in mail.text

    assert await visitor.ask("transcript", address="eve@example.org") == ""
    assert await visitor.ask("transcript", address="bob@example.org") == "mailed"


async def test_nobody_is_mailed_what_no_agent_answered(house: House, http: ClientSession) -> None:
    visitor = await Visitor(http, house.origin).arrive()
    assert await visitor.ask("transcript", address=ADDRESS) == "no_message"
    await visitor.say("Buy now!")
    assert await visitor.ask("transcript", address=ADDRESS) == "no_answer"
    # The third within a minute to one address, from whatever chat.
    other = await Visitor(http, house.origin).arrive()
    assert await other.ask("transcript", address=ADDRESS) == "retry"
    assert [row for row in await house.rows(interactions) if row.channel == "email"] == []


@pytest.mark.parametrize(
    "word",
    ["evil.com", "(WWW.evil)", "evil.com?x", "me@evil.com", "hxxps://a", "evil。com", "a.b" * 2730],
)
def test_nobody_is_led_anywhere_by_what_a_stranger_typed(word: str) -> None:
    said = [Said("", f"Dear J. Doe, see\t{word} today.", ours=False, files=[f"see {word}.pdf"])]
    _, text = compose_transcript(said * 20, organisation="Van Dalen", language="", proved=False)
    assert "You:\nDear J. Doe, see\t[…] today.\nFile: […]\n" in text
    assert word not in text


def test_a_proved_address_gets_every_word() -> None:
    said = [Said("", "See https://example.org", ours=False, files=["photo.jpg"])]
    _, text = compose_transcript(said, organisation="Van Dalen", language="", proved=True)
    assert "You:\nSee https://example.org\nFile: photo.jpg" in text
