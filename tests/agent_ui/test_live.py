"""The live line: every change in order, and a new start where one may be missing."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import ClientConnectionResetError, ClientResponse
from aiohttp.test_utils import make_mocked_request
from aiohttp.web import StreamResponse

from agent_ui import live
from agent_ui.frames import Reader
from agent_ui.live import Change, Feed
from agent_ui.settings import ConsoleSettings
from agent_ui.streams import _Line
from agent_ui.texts import texts_for
from agent_ui.visit import Visit
from builders import mail_arrival
from console_house import House, Person, open_house, person
from hub.errors import StoreDown
from hub.events import Envelope, InteractionRecorded, wrap
from hub.interaction import Channel, Direction, InteractionKind
from hub.store import agents, relating, sessions
from hub.store.tables import agents as agents_table


@dataclass(frozen=True)
class Told:
    kind: str
    position: str
    data: list[dict[str, Any]]


class Line:
    """An open stream, read as a browser would."""

    def __init__(self, response: ClientResponse) -> None:
        self._response = response
        self.position = ""

    async def next(self) -> Told | None:
        """The next event; None when the stream has ended."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(30):
            async for raw in self._response.content:
                name, _, value = raw.decode().rstrip("\n").partition(": ")
                if name:
                    fields[name] = value
                    continue
                self.position = fields.get("id", self.position)
                if fields.get("event", "beat") != "beat":
                    return Told(fields["event"], self.position, json.loads(fields["data"]))
                fields = {}
        return None


@asynccontextmanager
async def listening(agent: Person, after: str) -> AsyncIterator[Line]:
    async with agent.http.get(f"{agent.origin}/console/live", params={"after": after}) as response:
        assert response.headers["Content-Type"] == "text/event-stream"
        yield Line(response)


async def position_of(agent: Person) -> str:
    return (await agent.get("/console")).value("loket-work", "data-position")


async def test_new_work_is_told_as_the_list_shows_it(house: House, anna: Person) -> None:
    async with listening(anna, await position_of(anna)) as line:
        accepted = await house.receive(subject="Order 1")
        told = await anext_work(line)
    item = await house.work_of(accepted.conversation_id)
    assert (told["item"], told["epoch"], told["part"]) == (item.id, 1, "queue")
    page = await anna.get("/console")
    assert " ".join(told["html"].split()) in " ".join(page.body.split()), "one maker of rows"


async def anext_work(line: Line) -> dict[str, Any]:
    while told := await line.next():
        for change in told.data:
            if "item" in change:
                return change
    raise AssertionError("the stream ended")


async def test_what_leaves_the_queue_leaves_it_for_everyone(house: House, anna: Person) -> None:
    await house.hire("carl", "Carl")
    accepted = await house.receive()
    async with person(house) as carl:
        await carl.sign_in("carl")
        async with (
            listening(anna, await position_of(anna)) as to_anna,
            listening(carl, await position_of(carl)) as to_carl,
        ):
            await anna.take_next()
            mine, gone = await anext_work(to_anna), await anext_work(to_carl)
    item = await house.work_of(accepted.conversation_id)
    assert (mine["item"], mine["part"]) == (item.id, "mine")
    assert (gone["item"], gone["epoch"]) == (item.id, 2)
    assert "part" not in gone
    assert "html" not in gone


async def test_whoever_has_either_of_two_before_them_is_told_of_their_link(
    house: House, anna: Person, bob: Person
) -> None:
    one = (await house.receive(subject="Order 1")).conversation_id
    other = await house.receive(mail_arrival("eva@example.org", subject="Invoice 1"))
    await house.work_of(one)
    await house.work_of(other.conversation_id)
    first, second = (await position_of(anna)), (await position_of(bob))
    both = (one, other.conversation_id)
    for act in (relating.relate, relating.unrelate):
        async with listening(anna, first) as to_anna, listening(bob, second) as to_bob:
            await house.write(lambda c, act=act: act(c, *both, by="sam"))
            for line, conversation_id in zip((to_anna, to_bob), both, strict=True):
                told = await line.next()
                assert told is not None
                assert told.data == [{"conversation": conversation_id, "beside": True}]
            first, second = to_anna.position, to_bob.position


async def test_other_roles_are_told_nothing(house: House, anna: Person, bob: Person) -> None:
    async with listening(bob, await position_of(bob)) as line:
        secret = await house.receive(subject="Order 1")
        await anna.take_next()
        own = await house.receive(subject="Invoice 1")
        told = await line.next()
    assert told is not None
    assert {change["conversation"] for change in told.data} == {own.conversation_id}
    assert secret.conversation_id not in json.dumps(told.data)


async def test_after_a_short_break_nothing_is_missing(house: House, anna: Person) -> None:
    position = await position_of(anna)
    first = await house.receive(subject="Order 1")
    second = await house.receive(subject="Order 2")
    order: list[str] = []
    async with listening(anna, position) as line:
        while len(order) < 2:
            told = await line.next()
            assert told is not None
            order += [c["conversation"] for c in told.data if c.get("epoch") == 1]
    assert order == [first.conversation_id, second.conversation_id]


async def test_a_position_from_another_life_means_start_again(house: House, anna: Person) -> None:
    for position in ("", "elsewhere-3", "elsewhere", "x-y-z"):
        async with listening(anna, position) as line:
            told = await line.next()
        assert told is not None
        assert (told.kind, told.data) == ("reset", [])


async def test_who_comes_back_when_nobody_was_there_starts_again(
    house: House, anna: Person
) -> None:
    position, feed = await position_of(anna), house.console._feed
    feed._asked_at -= feed._unwatched
    await house.receive(subject="Order 1")
    async with listening(anna, position) as line:
        await house.receive(subject="Order 2")
        told = await line.next()
    assert told is not None
    assert (told.kind, told.data) == ("reset", [])


async def test_a_gap_on_the_bus_means_start_again(house: House, anna: Person) -> None:
    async with listening(anna, await position_of(anna)) as line:
        await house.console._feed.lose()
        told = await line.next()
        assert told is not None
        assert told.kind == "reset"
        await house.receive(subject="Order 1")
        assert (await anext_work(line))["part"] == "queue", "and it goes on"


async def test_news_in_a_conversation_is_told_by_its_id(house: House, anna: Person) -> None:
    await house.receive(mail_arrival("jan@example.org", message_id="one@example.org"))
    page = await anna.take_next()
    async with listening(anna, await position_of(anna)) as line:
        again = await house.receive(
            mail_arrival("jan@example.org", references=("one@example.org",))
        )
        changes: list[dict[str, Any]] = []
        while not [c for c in changes if "entry" in c]:
            told = await line.next()
            assert told is not None
            changes += told.data
    [entry] = [c for c in changes if "entry" in c]
    assert entry == {
        "conversation": page.path.split("/")[-1],
        "entry": again.interaction_id,
        "inbound": True,
    }
    part = await anna.get(f"{page.path}/entries?id={again.interaction_id}")
    assert part.texts(".entry .text") == ["I ordered beans on Monday and nothing came."]


async def test_signing_out_ends_the_stream(house: House, anna: Person) -> None:
    async with listening(anna, await position_of(anna)) as line:
        await anna.post("/console/sign-out")
        told = await line.next()
        assert told is not None
        assert told.kind == "signed-out"
        assert await line.next() is None


async def test_a_session_ended_elsewhere_ends_the_stream(sqlite_url: str, tmp_path: Path) -> None:
    settings = ConsoleSettings(session_check_seconds=0.05)
    async with open_house(sqlite_url, tmp_path, settings=settings) as house, person(house) as anna:
        await house.hire("anna", "Anna")
        await anna.sign_in("anna")
        async with listening(anna, await position_of(anna)) as line:
            [agent] = await house.rows(agents_table)
            await house.database.write(lambda c: sessions.end_all(c, agent.id))
            told = await line.next()
            assert told is not None
            assert told.kind == "signed-out"


async def test_other_roles_mean_start_again(sqlite_url: str, tmp_path: Path) -> None:
    settings = ConsoleSettings(session_check_seconds=0.05)
    async with open_house(sqlite_url, tmp_path, settings=settings) as house, person(house) as anna:
        await house.hire("anna", "Anna")
        await anna.sign_in("anna")
        async with listening(anna, await position_of(anna)) as line:
            [agent] = await house.rows(agents_table)
            await house.write(
                lambda c: agents.set_roles(c, agent.id, ["billing"], changed_by="test")
            )
            told = await line.next()
            assert told is not None
            assert told.kind == "reset"
            await house.receive(subject="Invoice 1")
            assert (await anext_work(line))["part"] == "queue"


async def test_a_quiet_line_says_that_it_is_open(sqlite_url: str, tmp_path: Path) -> None:
    settings = ConsoleSettings(keep_alive_seconds=0.05)
    async with open_house(sqlite_url, tmp_path, settings=settings) as house, person(house) as anna:
        await house.hire("anna", "Anna")
        await anna.sign_in("anna")
        position = await position_of(anna)
        async with listening(anna, position) as line:
            seen = [await line._response.content.readline() for _ in range(20)]
    assert seen.count(f"id: {position}\n".encode()) >= 3


async def test_a_line_that_ends_while_it_writes_does_not_wait_for_news(house: House) -> None:
    streams = house.console._streams
    written: list[bytes] = []

    class Writing:
        async def write(self, data: bytes) -> None:
            written.append(data)
            if len(written) == 2:
                await streams.stop()

    texts = texts_for("en")
    line = _Line("session", Reader("a", frozenset(), texts))
    streams._lines.add(line)
    position = house.console._feed.watch()
    async with asyncio.timeout(30):
        await streams._follow(line, cast(StreamResponse, Writing()), position)
    assert written[1:] == [f'id: {position}\nevent: beat\ndata: {{"every": 15}}\n\n'.encode()]


async def test_who_is_gone_before_the_line_is_open_is_no_fault(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: object) -> None:
        raise ClientConnectionResetError("Cannot write to closing transport")

    ida = await house.hire("ida", "Ida")
    agent = await house.database.read(lambda c: agents.find(c, ida))
    assert agent is not None
    visit = Visit(make_mocked_request("GET", "/console/live"), texts_for("en"), agent, "token")
    monkeypatch.setattr(StreamResponse, "prepare", gone)
    await house.console._streams.serve(visit)
    assert not house.console._streams._lines


def _news(number: int) -> Envelope:
    event = InteractionRecorded(
        interaction_id=f"i{number}",
        conversation_id="c",
        customer_id="k",
        channel=Channel.EMAIL,
        direction=Direction.OUTBOUND,
        kind=InteractionKind.NOTE,
    )
    return wrap(event, subject="c", source="/test")


def _change(envelope: Envelope) -> Change:
    assert isinstance(envelope.event, InteractionRecorded)
    return Change(frozenset({"service"}), frozenset(), "c", interaction_id=envelope.id)


async def _look_up(envelopes: Sequence[Envelope]) -> list[Change]:
    return [_change(envelope) for envelope in envelopes]


@asynccontextmanager
async def running(feed: Feed) -> AsyncIterator[Feed]:
    await feed.start()
    try:
        yield feed
    finally:
        await feed.stop()


async def test_a_feed_keeps_what_came_after_each_position() -> None:
    async with running(Feed(_look_up)) as feed:
        start = feed.watch()
        told = [_news(number) for number in range(3)]
        positions = []
        for envelope in told:
            positions.append(feed.watch())
            before = feed.watch()
            await feed.take(envelope)
            await feed.news(before)
        assert [c.interaction_id for c in feed.after(start) or []] == [e.id for e in told]
        for number, position in enumerate(positions):
            assert len(feed.after(position) or []) == 3 - number
        assert feed.after(feed.watch()) == []


async def test_what_comes_soon_after_something_was_told_is_told_together() -> None:
    asked: list[int] = []

    async def look_up(envelopes: Sequence[Envelope]) -> list[Change]:
        asked.append(len(envelopes))
        return await _look_up(envelopes)

    async with running(Feed(look_up)) as feed:
        position = feed.watch()
        await feed.take(_news(0))
        await feed.news(position)
        assert asked == [1], "what comes alone does not wait for more"
        position = feed.watch()
        for number in (1, 2, 3):
            await feed.take(_news(number))
            await asyncio.sleep(0)  # it could go out here
        await feed.news(position)
        assert asked == [1, 3]
        assert len(feed.after(position) or []) == 3


async def test_a_feed_forgets_what_is_too_old_and_says_so() -> None:
    async with running(Feed(_look_up)) as feed:
        start = feed.watch()
        for number in range(live.KEPT + 1):
            await feed.take(_news(number))
        await feed.news(start)
        assert feed.after(start) is None
        assert feed.after(feed.watch()) == []


async def test_a_feed_that_cannot_read_the_store_tells_to_start_again() -> None:
    async def away(_envelopes: Sequence[Envelope]) -> list[Change]:
        raise StoreDown("the database does not answer")

    async with running(Feed(away)) as feed:
        start = feed.watch()
        await feed.take(_news(1))
        await feed.news(start)
        assert feed.after(start) is None
        assert feed.watch() != start


async def test_more_than_a_feed_can_hold_is_not_held() -> None:
    feed = Feed(_look_up)
    start = feed.watch()
    for number in range(live.MOST_WAITING + 1):
        await feed.take(_news(number))
    assert feed.after(start) is None
    assert feed._waiting == []


def test_a_feed_is_watched_once_a_console_asks_and_starts_over_after_a_pause() -> None:
    feed = Feed(_look_up)
    assert not feed.is_watched()
    start = feed.watch()
    assert feed.is_watched()
    assert feed.after(start) == []
    left = Feed(_look_up, unwatched=0)
    before = left.watch()
    assert not left.is_watched()
    assert left.after(left.watch()) == []
    assert left.after(before) is None


async def test_while_no_console_is_open_the_store_is_left_alone(house: House) -> None:
    looked_up: list[Envelope] = []
    look_up = house.console._feed._look_up

    async def spy(envelopes: Sequence[Envelope]) -> Sequence[Change]:
        looked_up.extend(envelopes)
        return await look_up(envelopes)

    house.console._feed._look_up = spy
    first = await house.receive(mail_arrival())
    await house.work_of(first.conversation_id)
    assert looked_up == []
