"""What the socket promises: acknowledged means kept, nothing twice, everything in order."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import ClientSession

from chat_house import House, Visitor, broken, open_house
from hub.store.tables import interactions
from waiting import eventually


@pytest.fixture
async def visitor(house: House, http: ClientSession) -> Visitor:
    return await Visitor(http, house.origin).arrive(
        page="https://shop.example/beans?card=4111#pay", language="nl-NL", topic="delivery/late"
    )


async def test_an_acknowledged_message_is_kept_with_what_the_page_said(
    house: House, visitor: Visitor
) -> None:
    answer = await visitor.say("Where are my beans?", "first-message", name=" Ada \n Lovelace ")

    assert answer == {"type": "ack", "id": "first-message", "sequence": 1}
    [row] = await house.rows(interactions)
    assert (row.channel, row.account, row.text) == ("chat", "shop", "Where are my beans?")
    assert row.sender == {"kind": "visitor", "value": visitor.id, "name": "Ada Lovelace"}
    assert (row.language, row.topic) == ("nl", "delivery/late")
    assert row.details == {"page": "https://shop.example/beans"}


async def test_a_message_sent_again_gets_the_same_answer_and_is_kept_once(
    house: House, visitor: Visitor
) -> None:
    first = await visitor.say("one", "message-1")
    await visitor.say("two", "message-2")
    again = await visitor.say("one", "message-1")

    assert again == first
    assert await house.texts() == ["one", "two"]


async def test_an_answer_arrives_live_with_the_name_of_who_wrote_it(
    house: House, visitor: Visitor
) -> None:
    await visitor.say("Hello?")
    await house.answer("Hello, Anna here.")

    line = await visitor.hears("Hello, Anna here.")
    assert (line["side"], line["name"], line["sequence"]) == ("us", "Anna", 2)


async def test_what_was_missed_comes_in_order_and_nothing_comes_twice(
    house: House, visitor: Visitor
) -> None:
    await visitor.say("one")
    await visitor.hears("one")
    await visitor.hang_up()
    for text in ("two", "three", "four"):
        await house.answer(text)
    await visitor.connect()
    await visitor.hears("four")

    assert [line["text"] for line in visitor.lines] == ["one", "two", "three", "four"]
    assert [line["sequence"] for line in visitor.lines] == [1, 2, 3, 4]


async def test_a_long_absence_is_replayed_page_by_page(
    house: House, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.chat.desk._PAGE", 5)
    await visitor.say("hello")
    await visitor.hang_up()
    texts = [f"answer {number}" for number in range(14)]
    for text in texts:
        await house.answer(text)
    await visitor.connect()
    await visitor.hears(texts[-1])

    assert [line["text"] for line in visitor.lines if line["side"] == "us"] == texts


async def test_two_tabs_see_the_same_chat(
    house: House, http: ClientSession, visitor: Visitor
) -> None:
    other = Visitor(http, house.origin)
    other.session = visitor.session
    await other.connect()

    await visitor.say("from the first tab", "message-1")
    line = await other.hears("from the first tab")
    assert (line["side"], line["id"]) == ("you", "message-1")
    await other.say("from the second tab")
    await house.answer("to both")
    for tab in (visitor, other):
        await tab.hears("to both")
    expected = ["from the first tab", "from the second tab", "to both"]
    assert [line["text"] for line in visitor.lines] == expected
    assert [line["text"] for line in other.lines] == expected


async def test_mails_and_other_visitors_stay_out_of_the_chat(
    house: House, http: ClientSession, visitor: Visitor
) -> None:
    stranger = await Visitor(http, house.origin).arrive()
    await visitor.say("mine")
    await stranger.say("not yours")
    await house.answer("for the stranger", to=stranger.id)
    await stranger.hears("for the stranger")
    await house.mail("a mail", to="ada@example.org")
    await house.answer("for you", to=visitor.id)
    await visitor.hears("for you")

    assert [line["text"] for line in visitor.lines] == ["mine", "for you"]


async def test_what_cannot_be_kept_now_is_not_acknowledged_and_can_be_sent_again(
    house: House, visitor: Visitor
) -> None:
    with broken(house.database):
        answer = await visitor.say("keep me", "message-1")
    assert answer["type"] == "retry"
    assert answer["after"] > 0

    answer = await visitor.say("keep me", "message-1")
    assert answer["type"] == "ack"
    assert await house.texts() == ["keep me"]


async def test_answers_wait_out_a_broken_store(house: House, visitor: Visitor) -> None:
    await visitor.say("hello")
    await visitor.hears("hello")
    await house.answer("before")
    with broken(house.database):
        await house.connector._live.on_gap()
        answer = await visitor.say("meanwhile")
    assert answer["type"] == "retry"
    await visitor.hears("before")


async def test_a_gap_on_the_bus_is_made_good_from_the_store(house: House, visitor: Visitor) -> None:
    await visitor.say("hello")
    await visitor.hears("hello")
    await house.bus.stop()
    await house.answer("nobody was told")
    await house.connector._live.on_gap()

    await visitor.hears("nobody was told")
    await house.bus.start()


async def test_what_was_shown_counts_as_delivered(house: House, visitor: Visitor) -> None:
    await visitor.say("hello")
    answer = await house.answer("look here")
    line = await visitor.hears("look here")
    await eventually(lambda: _is(house, answer, "waiting"))
    await visitor.send({"type": "seen", "sequence": line["sequence"]})

    await eventually(lambda: _is(house, answer, "delivered"))


async def test_seen_does_not_reach_beyond_what_was_sent(house: House, visitor: Visitor) -> None:
    await visitor.say("hello")
    await visitor.hears("hello")
    await visitor.send({"type": "seen", "sequence": 2**31 - 1})
    await visitor.send({"type": "ping"})
    await visitor.until(lambda frame: frame["type"] == "pong")
    answer = await house.answer("not seen yet")
    await visitor.hears("not seen yet")

    await eventually(lambda: _is(house, answer, "waiting"))


async def _is(house: House, interaction_id: str, state: str) -> bool:
    return await house.state_of(interaction_id) == state


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "empty"), (" \n\t ", "empty"), ("\x00\x07", "empty"), ("ü" * 5000, "too_long")],
    ids=["nothing", "blank", "control characters", "too long"],
)
async def test_what_will_never_do_is_refused_by_name(
    house: House, visitor: Visitor, text: str, code: str
) -> None:
    answer = await visitor.say(text, "message-1")
    assert answer == {"type": "refused", "id": "message-1", "code": code}
    assert await house.texts() == []


@pytest.mark.parametrize(
    "data",
    ["", "null", "[]", "{", '{"type":"hello"}', '{"type":"nonsense"}', '{"type":"message"}',
     '{"type":"message","id":"\\ud800abcdefgh","text":"x"}', '{"type":"seen","sequence":-1}'],
)  # fmt: skip
async def test_what_is_no_frame_closes_the_socket(visitor: Visitor, data: str) -> None:
    assert visitor.socket is not None
    await visitor.socket.send_str(data)
    closed = await visitor.receive()
    assert closed == {"type": "closed", "code": 4400}


async def test_a_frame_that_is_too_large_closes_the_socket(visitor: Visitor) -> None:
    assert visitor.socket is not None
    await visitor.socket.send_str("x" * 100_000)
    assert (await visitor.receive())["code"] == 1009


async def test_binary_data_closes_the_socket(visitor: Visitor) -> None:
    assert visitor.socket is not None
    await visitor.socket.send_bytes(b"\x00\xff")
    assert (await visitor.receive())["code"] == 4400


async def test_control_characters_do_not_reach_the_store(house: House, visitor: Visitor) -> None:
    await visitor.say("a\x00b\r\nc\u2028d\te")
    assert await house.texts() == ["ab\ncd\te"]


async def test_who_writes_too_fast_is_asked_to_wait_and_loses_nothing(
    sqlite_url: str, tmp_path: Path, http: ClientSession
) -> None:
    async with open_house(sqlite_url, tmp_path, messages_per_minute=3) as house:
        visitor = await Visitor(http, house.origin).arrive()
        answers = [await visitor.say(f"message {number}") for number in range(4)]

        assert [answer["type"] for answer in answers] == ["ack", "ack", "ack", "retry"]
        assert 0 < answers[-1]["after"] <= 20


async def test_a_flood_of_frames_closes_the_socket(visitor: Visitor) -> None:
    for _ in range(700):
        await visitor.send({"type": "ping"})
    closed = await visitor.until(lambda frame: frame["type"] == "closed")
    assert closed["code"] == 4429


async def test_one_tab_too_many_closes_the_oldest(
    sqlite_url: str, tmp_path: Path, http: ClientSession
) -> None:
    async with open_house(sqlite_url, tmp_path, sockets_per_visitor=2) as house:
        first = await Visitor(http, house.origin).arrive()
        tabs = [Visitor(http, house.origin) for _ in range(2)]
        for tab in tabs:
            tab.session = first.session
            assert (await tab.connect())["type"] == "welcome"
        closed = await first.until(lambda frame: frame["type"] == "closed")
        assert closed["code"] == 4409
        assert [(await tab.say("still here"))["type"] for tab in tabs] == ["ack", "ack"]


async def test_stopping_closes_the_sockets_and_what_was_kept_is_there_after(
    house: House, visitor: Visitor
) -> None:
    await visitor.say("before")
    closing = asyncio.create_task(visitor.until(lambda frame: frame["type"] == "closed"))
    await house.stop()
    assert (await closing)["code"] == 1012
    await house.start()
    await visitor.connect()
    await visitor.hears("before")
    assert (await visitor.say("after"))["sequence"] == 2


async def test_a_silent_socket_does_not_stay(
    house: House, http: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.chat.receive.HELLO_SECONDS", 0.05)
    socket = await http.ws_connect(
        f"{house.origin}/chat/socket?site=shop", headers={"Origin": house.origin}
    )
    async with asyncio.timeout(20):
        await socket.receive()
    assert socket.close_code == 4400
