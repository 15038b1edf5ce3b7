"""Who may open a chat, from which page, how often, and which chat a visitor comes back to."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, WSServerHandshakeError

from chat_house import PAGE_ORIGIN, SITE, House, Visitor, broken, open_house
from hub import clock


@pytest.fixture
def visitor(house: House, http: ClientSession) -> Visitor:
    return Visitor(http, house.origin)


def sessions_url(house: House, site: str = SITE) -> str:
    return f"{house.origin}/chat/sessions?site={site}"


# Coming back


async def test_a_new_visitor_gets_a_token_and_an_empty_chat(visitor: Visitor) -> None:
    session = await visitor.begin()
    assert session["history"] == []
    assert session["email"] == "offered"
    assert session["visitor"] in session["token"]


async def test_a_visitor_who_comes_back_finds_the_chat_as_it_was(
    house: House, visitor: Visitor
) -> None:
    before = await visitor.arrive()
    await visitor.say("one")
    await house.answer("two")
    await visitor.hears("two")
    first = before.session
    again = await visitor.begin(first["token"])

    assert (again["visitor"], again["session"]) == (first["visitor"], first["session"])
    assert [line["text"] for line in again["history"]] == ["one", "two"]


async def test_only_the_newest_lines_come_with_the_session(
    house: House, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.chat.sessions.HISTORY", 2)
    await visitor.arrive()
    for text in ("one", "two", "three"):
        await visitor.say(text)
    again = await visitor.begin(visitor.session["token"])
    assert [line["text"] for line in again["history"]] == ["two", "three"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _token: "",
        lambda token: token[:-1] + ("a" if token[-1] != "a" else "b"),
        lambda token: token.replace("shop.", "demo."),
        lambda _token: "shop.v.s.99999999999.é",
    ],
    ids=["none", "forged", "another site", "not ASCII"],
)
async def test_a_token_that_is_not_ours_makes_a_new_visitor(visitor: Visitor, spoil: Any) -> None:
    first = await visitor.begin()
    again = await visitor.begin(spoil(first["token"]))
    assert again["visitor"] != first["visitor"]


async def test_a_token_expires(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await visitor.begin()
    later = clock.now() + timedelta(days=31)
    monkeypatch.setattr(clock, "now", lambda: later)

    assert (await visitor.connect())["code"] == 4401
    assert (await visitor.begin(first["token"]))["visitor"] != first["visitor"]


async def test_coming_back_renews_the_token(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await visitor.begin()
    start = clock.now()
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(days=20))
    renewed = await visitor.begin(first["token"])
    monkeypatch.setattr(clock, "now", lambda: start + timedelta(days=40))
    assert (await visitor.begin(renewed["token"]))["visitor"] == first["visitor"]


async def test_long_after_it_was_resolved_a_new_chat_begins(house: House, visitor: Visitor) -> None:
    await visitor.arrive()
    await visitor.say("an old matter")
    old = visitor.session
    await house.resolve(clock.now() - timedelta(hours=25))

    assert (await visitor.connect())["code"] == 4401
    new = await visitor.begin(old["token"])
    assert new["visitor"] == old["visitor"]
    assert new["session"] != old["session"]
    assert new["history"] == []
    visitor.last = 0
    await visitor.connect()
    assert (await visitor.say("a new matter"))["sequence"] == 1


async def test_soon_after_it_was_resolved_the_chat_goes_on(house: House, visitor: Visitor) -> None:
    await visitor.arrive()
    await visitor.say("one thing")
    await house.resolve(clock.now() - timedelta(hours=1))
    again = await visitor.begin(visitor.session["token"])

    assert [line["text"] for line in again["history"]] == ["one thing"]
    await visitor.connect()
    assert (await visitor.say("and another"))["sequence"] == 2


async def test_a_message_whose_ack_was_lost_is_not_doubled_by_a_new_chat(
    house: House, visitor: Visitor
) -> None:
    await visitor.arrive()
    await visitor.say("the ack of this is lost", "message-1")
    await visitor.hang_up()
    await house.resolve(clock.now() - timedelta(days=2))
    await visitor.begin(visitor.session["token"])
    visitor.last = 0
    await visitor.connect()

    assert await visitor.say("the ack of this is lost", "message-1") == {
        "type": "ack",
        "id": "message-1",
        "sequence": 0,
    }
    assert await house.texts() == ["the ack of this is lost"]


# Which pages


async def test_an_allowed_page_may_read_the_answer(house: House, http: ClientSession) -> None:
    headers = {"Origin": PAGE_ORIGIN}
    async with http.post(sessions_url(house), json={}, headers=headers) as response:
        assert response.headers["Access-Control-Allow-Origin"] == PAGE_ORIGIN
        assert response.headers["Vary"] == "Origin"
        assert response.headers["Cache-Control"] == "no-store"
    async with http.options(sessions_url(house), headers=headers) as response:
        assert response.status == 204
        assert response.headers["Access-Control-Allow-Origin"] == PAGE_ORIGIN
        assert response.headers["Access-Control-Allow-Headers"] == "Content-Type"


async def test_our_own_pages_always_may(house: House, http: ClientSession) -> None:
    assert await _status(house, http, house.origin) == 200
    async with http.ws_connect(_socket_url(house), headers={"Origin": house.origin}) as socket:
        assert not socket.closed


@pytest.mark.parametrize(
    "origin",
    ["https://shop.example", "http://evil.example", "http://shop.example.evil.example", "null", ""],
)
async def test_other_pages_may_not(house: House, http: ClientSession, origin: str) -> None:
    assert await _status(house, http, origin) == 403
    headers = {"Origin": origin} if origin else {}
    async with http.options(sessions_url(house), headers=headers) as response:
        assert response.status == 403
        assert "Access-Control-Allow-Origin" not in response.headers
    with pytest.raises(WSServerHandshakeError) as refused:
        await http.ws_connect(_socket_url(house), headers=headers)
    assert refused.value.status == 403


async def test_a_site_may_be_open_to_any_page(
    sqlite_url: str, tmp_path: Path, http: ClientSession
) -> None:
    async with open_house(sqlite_url, tmp_path, sites={SITE: {"origins": ["*"]}}) as house:
        assert await _status(house, http, "https://anywhere.example") == 200


async def test_an_unknown_site_has_no_doors(house: House, http: ClientSession) -> None:
    async with http.post(sessions_url(house, "nobody"), json={}) as response:
        assert response.status == 404
        assert (await response.json(content_type=None))["code"] == "unknown_site"
    with pytest.raises(WSServerHandshakeError) as refused:
        await http.ws_connect(f"{house.origin}/chat/socket?site=nobody")
    assert refused.value.status == 404


# How often and how much


async def test_one_address_begins_so_many_sessions_and_no_more(
    sqlite_url: str, tmp_path: Path, http: ClientSession
) -> None:
    async with open_house(sqlite_url, tmp_path, sessions_per_minute=2) as house:
        for _ in range(2):
            assert await _status(house, http, PAGE_ORIGIN) == 200
        headers = {"Origin": PAGE_ORIGIN, "X-Forwarded-For": "203.0.113.9"}
        async with http.post(sessions_url(house), json={}, headers=headers) as response:
            assert response.status == 429
            assert 1 <= int(response.headers["Retry-After"]) <= 60
            assert response.headers["Access-Control-Allow-Origin"] == PAGE_ORIGIN


async def test_new_visitors_do_not_use_up_the_turns_of_known_ones(
    sqlite_url: str, tmp_path: Path, http: ClientSession
) -> None:
    async with open_house(sqlite_url, tmp_path, sessions_per_minute=2) as house:
        visitor = Visitor(http, house.origin)
        token = (await visitor.begin())["token"]
        assert await _status(house, http, PAGE_ORIGIN) == 200
        assert await _status(house, http, PAGE_ORIGIN) == 429
        assert (await visitor.begin(token))["visitor"] == visitor.id


async def test_one_address_opens_so_many_sockets_and_no_more(
    sqlite_url: str, tmp_path: Path, http: ClientSession
) -> None:
    async with open_house(sqlite_url, tmp_path, sockets_per_minute=1) as house:
        visitor = await Visitor(http, house.origin).arrive()
        with pytest.raises(WSServerHandshakeError) as refused:
            await visitor.connect()
        assert refused.value.status == 429


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 200), (b"{", 400), (b"[]", 400), (b'{"token":7}', 400), (b" " * 10_000, 413)],
    ids=["empty", "broken", "a list", "a number", "large"],
)
async def test_odd_bodies_get_a_plain_answer(
    house: House, http: ClientSession, body: bytes, status: int
) -> None:
    headers = {"Origin": PAGE_ORIGIN}
    async with http.post(sessions_url(house), data=body, headers=headers) as response:
        assert response.status == status


async def test_a_page_can_read_that_the_store_is_down(
    house: House, http: ClientSession, visitor: Visitor
) -> None:
    await visitor.arrive()
    await visitor.say("hello")
    body = {"token": visitor.session["token"]}
    with broken(house.database):
        headers = {"Origin": PAGE_ORIGIN}
        async with http.post(sessions_url(house), json=body, headers=headers) as response:
            assert response.status == 503
            assert "Retry-After" in response.headers
            assert response.headers["Access-Control-Allow-Origin"] == PAGE_ORIGIN


@pytest.mark.parametrize(
    "first",
    ["{}", '{"type":"ping"}', '{"type":"message","id":"message-1","text":"x"}', "nonsense"],
)
async def test_who_does_not_say_hello_first_is_shown_out(
    house: House, http: ClientSession, first: str
) -> None:
    socket = await http.ws_connect(_socket_url(house), headers={"Origin": PAGE_ORIGIN})
    await socket.send_str(first)
    await socket.receive(timeout=20)
    assert socket.close_code == 4400
    assert await house.texts() == []


async def test_a_forged_hello_is_shown_out(visitor: Visitor) -> None:
    await visitor.begin()
    token = visitor.session["token"].replace(visitor.id, clock.new_id())
    assert (await visitor.connect(token=token))["code"] == 4401


async def _status(house: House, http: ClientSession, origin: str) -> int:
    headers = {"Origin": origin} if origin else {}
    async with http.post(sessions_url(house), json={}, headers=headers) as response:
        return response.status


def _socket_url(house: House) -> str:
    return f"{house.origin}/chat/socket?site={SITE}"
