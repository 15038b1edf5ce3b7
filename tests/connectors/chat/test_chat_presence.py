"""Each side knows of the other: who is there, on which page, who types, how far was read."""

from typing import Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import update

from chat_house import House, Visitor
from connectors.chat import attendance
from hub.asking import AskedTopic, Question
from hub.events import ChatActivity, ChatSign
from hub.membership import Membership
from hub.store import chat_visits
from hub.store.tables import chat_visits as visits
from hub.store.tables import customers, interactions
from hub.telling import tell
from waiting import eventually


async def hears(house: House, what: ChatSign) -> None:
    """Wait until our side was told this of the visitor."""

    def heard() -> bool:
        return any(one.what is what and one.by_customer for one in house.signs)

    await eventually(heard)
    house.signs.clear()


@pytest.fixture
async def visitor(house: House, http: ClientSession) -> Visitor:
    page = "https://shop.example/beans?session=secret#top"
    visitor = await Visitor(http, house.origin).arrive(page=page, title="Our\nbeans")
    await visitor.say("hello")
    await visitor.hears("hello")
    return visitor


async def visit(house: House) -> Any:
    async def known() -> bool:
        return bool(await house.rows(visits))

    await eventually(known)
    [row] = await house.rows(visits)
    return row


async def test_we_see_which_page_the_visitor_is_on_without_its_secrets(
    house: House, visitor: Visitor
) -> None:
    await hears(house, ChatSign.HERE)
    first = await visit(house)
    assert (first.page, first.page_title) == ("https://shop.example/beans", "Our beans")
    await visitor.send({"type": "about", "page": "https://shop.example/cart?x=1", "title": "Cart"})
    await hears(house, ChatSign.HERE)
    assert (await visit(house)).page == "https://shop.example/cart"
    await visitor.say("this one?")
    rows = await house.rows(interactions)
    assert [row.details["page_title"] for row in rows] == ["Our beans", "Cart"]


async def test_we_hear_that_the_visitor_types_and_leaves(
    house: House, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attendance, "GRACE_SECONDS", 0.01)
    await visitor.send({"type": "typing"})
    await hears(house, ChatSign.TYPING)
    await visitor.send({"type": "typing", "on": False})
    await hears(house, ChatSign.STOPPED)
    await visitor.hang_up()
    await hears(house, ChatSign.LEFT)
    assert (await visit(house)).left_at is not None
    await visitor.connect()
    await hears(house, ChatSign.HERE)
    assert (await visit(house)).left_at is None


async def test_who_types_all_the_time_is_passed_over_and_goes_on(
    house: House, visitor: Visitor
) -> None:
    for _ in range(100):
        await visitor.send({"type": "typing"})
    await visitor.say("done")
    await visitor.hears("done")
    assert 0 < len([one for one in house.signs if one.what is ChatSign.TYPING]) <= 61


async def test_the_visitor_sees_that_we_type_and_how_far_we_read(
    house: House, visitor: Visitor
) -> None:
    conversation = (await visit(house)).conversation_id
    sign = ChatActivity(
        conversation_id=conversation, what=ChatSign.TYPING, by_customer=False, name="Anna"
    )
    await tell(house.bus, sign, source="/loket/test")
    typing = await visitor.until(lambda frame: frame["type"] == "typing")
    assert typing == {"type": "typing", "name": "Anna", "on": True}

    await house.database.write(lambda c: chat_visits.read_by_us(c, conversation, 1))
    seen = sign.model_copy(update={"what": ChatSign.SEEN, "sequence": 1})
    await tell(house.bus, seen, source="/loket/test")
    await visitor.until(lambda frame: frame["type"] == "status" and frame["seen"] == 1)


async def test_what_is_asked_before_the_chat_comes_with_the_first_message(
    house: House, http: ClientSession
) -> None:
    question = Question("order-number", {"en": "Order number", "nl": "Bestelnummer"}, False)
    topic = AskedTopic(
        "delivery", {"en": "Delivery", "nl": "Levering"}, 1, True, (), "logistics", None, None,
        (question, Question("postcode", {"en": "Postcode"}, True)),
    )  # fmt: skip
    house.topics = (topic,)
    visitor = Visitor(http, house.origin)
    [told] = (await visitor.begin(language="nl-BE"))["topics"]
    assert (told["title"], told["open"], told["staffed"], told["wait"]) == (
        "Levering", True, False, None,
    )  # fmt: skip
    assert [one["title"] for one in told["questions"]] == ["Bestelnummer", "Postcode"]
    await visitor.connect()
    answers = {"order-number": " 10042\n", "postcode": ""}
    await visitor.say("hello", topic="delivery", answers=answers, email="ada@example.org")
    [row] = await house.rows(interactions)
    assert row.topic == "delivery"
    assert row.details == {"answer.order-number": "10042", "email": "ada@example.org"}
    assert (await visitor.begin(visitor.session["token"]))["email"] == "given"
    assert house.asked_for[0] == Membership(traits={"kind": "visitor"})
    segment = {"segment": "key account"}
    await house.database.write(lambda c: c.execute(update(customers).values(attributes=segment)))
    await visitor.begin(visitor.session["token"])
    assert house.asked_for[-1] == Membership(traits={"kind": "visitor", **segment})


async def test_what_is_malformed_ends_the_socket_with_a_code_that_says_so(
    visitor: Visitor,
) -> None:
    for frame in (
        {"type": "rate", "id": "message-1", "score": 99},
        {"type": "message", "id": "message-1", "text": "x", "answers": {"<b>": "x"}},
        {
            "type": "message",
            "id": "message-1",
            "text": "x",
            "answers": {str(n): "" for n in range(99)},
        },
    ):
        await visitor.connect()
        await visitor.send(frame)
        closed = await visitor.until(lambda f: f["type"] == "closed")
        assert closed["code"] == 4400
