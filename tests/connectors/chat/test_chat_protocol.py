"""Whatever the network and the store do, each message is kept once and in order, and every tab
ends up with the same chat. A model of the widget plays against the real server."""

import asyncio
import shutil
from collections import deque
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from aiohttp import ClientSession
from hypothesis import given, settings
from hypothesis import strategies as st

from chat_house import House, Visitor, break_store, mend_store, open_house
from examples import examples
from hub import clock
from hub.store import migrate
from hub.store.database import open_database

TABS = 2
DEEDS = ("send", "send and cut", "cut", "connect")
EVENTS = st.one_of(
    st.just(("write", 0)),
    st.just(("answer", 0)),
    st.sampled_from(["break", "mend"]).map(lambda name: (name, 0)),
    st.tuples(
        st.sampled_from(["send", "send and cut", "cut", "connect"]), st.integers(0, TABS - 1)
    ),
)


class Widget:
    """What link.js does, for several tabs of one browser: they share what is not acknowledged."""

    def __init__(self, http: ClientSession, house: House) -> None:
        self.house = house
        self.tabs = [Visitor(http, house.origin) for _ in range(TABS)]
        self.waiting: deque[tuple[str, str]] = deque()
        self.written: list[str] = []
        self.answered: list[str] = []
        self.broken = False

    async def begin(self) -> None:
        session = await self.tabs[0].begin()
        for tab in self.tabs:
            tab.session = session
            await tab.connect()

    async def play(self, event: str, tab: Visitor) -> None:
        match event:
            case "write":
                text = f"message {len(self.written)}"
                self.written.append(text)
                self.waiting.append((clock.new_id(), text))
            case "answer":
                await self.answer()
            case "break" if not self.broken:
                break_store(self.house.database)
                self.broken = True
            case "mend":
                self.mend()
            case "send" if self.waiting:
                await self.send(tab)
            case "send and cut" if self.waiting:
                message_id, text = self.waiting[0]
                await self.connected(tab)
                await tab.send({"type": "message", "id": message_id, "text": text})
                await tab.hang_up()
            case "cut" if tab.socket is not None and not tab.socket.closed:
                await tab.hang_up()
            case "connect":
                await self.connected(tab)

    async def send(self, tab: Visitor) -> None:
        """One at a time, and only an ack takes it from the list."""
        message_id, text = self.waiting[0]
        await self.connected(tab)
        if (await tab.say(text, message_id))["type"] == "ack":
            self.waiting.popleft()

    async def connected(self, tab: Visitor) -> None:
        if tab.socket is None or tab.socket.closed:
            assert (await tab.connect())["type"] == "welcome"

    async def answer(self) -> None:
        if not self.broken and await self.house.texts():
            text = f"answer {len(self.answered)}"
            self.answered.append(text)
            await self.house.answer(text)

    def mend(self) -> None:
        if self.broken:
            mend_store(self.house.database)
            self.broken = False

    async def settle(self) -> None:
        """The network and the store are well again: everything goes through."""
        self.mend()
        while self.waiting:
            await self.send(self.tabs[0])
        expected = len(self.written) + len(self.answered)
        for tab in self.tabs:
            await self.connected(tab)
            while len(tab.lines) < expected:
                frame = await tab.receive()
                assert frame["type"] != "closed", frame


async def story(events: list[tuple[str, int]], folder: Path, template: Path) -> None:
    shutil.copy(template, folder / "loket.db")
    url = f"sqlite:///{folder}/loket.db"
    async with (
        open_house(url, folder, messages_per_minute=10_000) as house,
        ClientSession() as http,
    ):
        widget = Widget(http, house)
        await widget.begin()
        for event, number in events:
            await widget.play(event, widget.tabs[number])
        await widget.settle()
        assert await house.texts("inbound") == widget.written
        assert await house.texts("outbound") == widget.answered
        for tab in widget.tabs:
            sequences = [line["sequence"] for line in tab.lines]
            assert sequences == sorted(set(sequences))
            assert [one["text"] for one in tab.lines if one["side"] == "you"] == widget.written
            assert [one["text"] for one in tab.lines if one["side"] == "us"] == widget.answered


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "loket.db"

    async def make() -> None:
        database = open_database(f"sqlite:///{path}")
        await migrate.upgrade(database)
        await database.close()

    asyncio.run(make())
    return path


@settings(max_examples=examples(20), deadline=None)
@given(events=st.lists(EVENTS, max_size=25))
def test_each_message_is_kept_once_and_in_order(
    events: list[tuple[str, int]], template: Path
) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(story(events, Path(folder), template))
