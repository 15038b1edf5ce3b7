"""A thousand visitors of the chat in one process, and a hundred messages a second, half each way.

A visitor's message is timed until the live stream of a console tells of it, an agent's answer, sent
through the console's form, until it is on the visitor's socket. All is kept on disk in between. The
memory of a visitor is what the process grew by with all of them connected, each with a chat begun.
"""

import asyncio
import re
import statistics
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
from sqlalchemy import select

from benchmarks import machine
from benchmarks.consoles import Stream, hire
from benchmarks.stacks import Stack, Stacks
from benchmarks.subjects import Subject, started
from benchmarks.subjects.loket import CHAT_SITE, Loket
from hub import clock
from hub.store.database import open_database
from hub.store.tables import chat_visits

VISITORS = 1_000
RATE = 100
SECONDS = 40
AT_ONCE = 20
PATIENCE = 60.0
SETTLE = 5.0
_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')


@dataclass(frozen=True)
class Result:
    """Milliseconds from one side to the other; `kilobytes` of memory for each visitor. `direction`
    is `visitor` for what they wrote, `agent` for answers."""

    stack: str
    direction: str
    visitors: int
    messages: int
    p50: float
    p99: float
    longest: float
    kilobytes: float
    load_before: float
    at: str


@dataclass
class Visitor:
    """One socket, and when each numbered answer came."""

    socket: aiohttp.ClientWebSocketResponse
    id: str
    conversation: str = ""
    came: dict[str, float] = field(default_factory=dict)

    async def listen(self) -> None:
        async for message in self.socket:
            frame = message.json()
            if frame["type"] == "message" and frame["side"] == "us":
                self.came[frame["text"]] = time.perf_counter()

    async def say(self, text: str) -> None:
        frame = {"type": "message", "id": clock.new_id(), "text": text, "name": "Visitor"}
        await self.socket.send_json(frame)


def run(
    stacks: Stacks, names: Sequence[str], *, visitors: int = VISITORS, seconds: int = SECONDS
) -> list[Result]:
    results = []
    for name in names:
        load_before = machine.busy()
        with stacks.fresh(name) as stack, started(Loket(stack)) as subject:
            kilobytes, delays = asyncio.run(_talk(stack, subject, visitors, seconds))
        for direction, times in delays.items():
            ordered = sorted(times)
            result = Result(
                stack=name,
                direction=direction,
                visitors=visitors,
                messages=len(ordered),
                p50=statistics.median(ordered) * 1000,
                p99=ordered[int(len(ordered) * 0.99)] * 1000,
                longest=ordered[-1] * 1000,
                kilobytes=kilobytes,
                load_before=load_before,
                at=datetime.now(UTC).isoformat(timespec="seconds"),
            )
            print(
                f"{name:9} {direction:8} {len(ordered)} messages: p50 {result.p50:.0f} ms, "
                f"p99 {result.p99:.0f} ms, longest {result.longest:.0f} ms, "
                f"{kilobytes:.0f} KB for each of {visitors:,} visitors",
                flush=True,
            )
            results.append(result)
    return results


async def _talk(
    stack: Stack, subject: Subject, count: int, seconds: int
) -> tuple[float, dict[str, list[float]]]:
    await hire(stack.store_url)
    base = f"http://127.0.0.1:{subject.http_port}"
    connector = aiohttp.TCPConnector(limit=0)
    headers = {"Origin": "https://bench.example"}
    async with aiohttp.ClientSession(base, connector=connector, headers=headers) as http:
        await asyncio.gather(*(_visitor(http) for _ in range(2)))  # all code is loaded now
        await asyncio.sleep(3)
        before = _resident(subject)
        visitors = await _arrive(http, count)
        listening = [asyncio.create_task(visitor.listen()) for visitor in visitors]
        await _find_conversations(stack.store_url, visitors)
        kilobytes = (_resident(subject) - before) / 1024 / count
        async with Stream(base) as stream:
            delays = await _both_ways(stream, visitors, RATE * seconds)
        for task in listening:
            task.cancel()
    return kilobytes, delays


async def _arrive(http: aiohttp.ClientSession, count: int) -> list[Visitor]:
    """So many at once, until all are there and have a chat."""
    visitors: list[Visitor] = []
    for _ in range(0, count, AT_ONCE):
        visitors += await asyncio.gather(*(_visitor(http) for _ in range(AT_ONCE)))
    return visitors


async def _visitor(http: aiohttp.ClientSession) -> Visitor:
    async with http.post(f"/chat/sessions?site={CHAT_SITE}", json={}) as response:
        response.raise_for_status()
        session = await response.json()
    socket = await http.ws_connect(f"/chat/socket?site={CHAT_SITE}")
    page = {"page": "https://bench.example/beans", "title": "Beans", "language": "nl"}
    await socket.send_json({"type": "hello", "token": session["token"]} | page)
    visitor = Visitor(socket, session["visitor"])
    await visitor.say("hello")
    while (await socket.receive_json())["type"] != "ack":
        pass
    return visitor


async def _find_conversations(store_url: str, visitors: Sequence[Visitor]) -> None:
    """Wait until each is known to be there."""
    database = open_database(store_url)
    query = select(chat_visits.c.visitor_id, chat_visits.c.conversation_id)
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                rows = await database.read(lambda c: c.execute(query).all())
                found = {row[0]: row[1] for row in rows}
                if all(visitor.id in found for visitor in visitors):
                    break
                await asyncio.sleep(0.5)
    finally:
        await database.close()
    for visitor in visitors:
        visitor.conversation = found[visitor.id]
    await asyncio.sleep(SETTLE)  # until all is routed


async def _both_ways(
    stream: Stream, visitors: Sequence[Visitor], count: int
) -> dict[str, list[float]]:
    """Seconds that each message took. A visitor takes part in one direction only."""
    told: defaultdict[str, list[float]] = defaultdict(list)
    wrote: defaultdict[str, list[float]] = defaultdict(list)
    answered: dict[str, float] = {}
    following = asyncio.create_task(_follow(stream, told))
    token = await _form_token(stream, visitors[0])
    start, answering = time.perf_counter(), []
    for number in range(count):
        await asyncio.sleep(max(0.0, start + number / RATE - time.perf_counter()))
        visitor = visitors[number % len(visitors)]
        if number % 2:
            wrote[visitor.conversation].append(time.perf_counter())
            await visitor.say(f"message {number}")
        else:
            answered[f"answer {number}"] = time.perf_counter()
            answering.append(asyncio.create_task(_answer(stream, visitor, token, number)))
    await asyncio.gather(*answering)
    await asyncio.sleep(SETTLE)
    following.cancel()
    came = {text: at for visitor in visitors for text, at in visitor.came.items()}
    return {
        "visitor": [
            at - since
            for conversation, sent in wrote.items()
            for at, since in zip(told[conversation], sent, strict=True)
        ],
        "agent": [came[text] - since for text, since in answered.items()],
    }


async def _answer(stream: Stream, visitor: Visitor, token: str, number: int) -> None:
    form = {
        "form_token": token,
        "mode": "reply",
        "way": f"chat|{CHAT_SITE}|visitor:{visitor.id}",
        "text": f"answer {number}",
        "seen": "999999",
    }
    path = f"/console/conversations/{visitor.conversation}/entries"
    async with stream.session.post(path, data=form, allow_redirects=False) as response:
        assert response.status == 303, await response.text()


async def _form_token(stream: Stream, visitor: Visitor) -> str:
    async with stream.session.get(f"/console/conversations/{visitor.conversation}") as response:
        found = _TOKEN.search(await response.text())
    assert found is not None
    return found[1]


async def _follow(stream: Stream, told: dict[str, list[float]]) -> None:
    """Note when each conversation was told to have something new of the customer."""
    async for change in stream.changes():
        if change.get("inbound"):
            told[change["conversation"]].append(time.perf_counter())


def _resident(subject: Subject) -> float:
    return float(sum(process.resident()[0] for process in subject.processes))
