"""300 agents with an open console each, while 50 mails a second come in for them."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import aiohttp

from benchmarks.generator import Generator
from benchmarks.stacks import Stack
from benchmarks.subjects import Subject
from benchmarks.volume.year import STAFF, staff_id
from hub.store import sessions
from hub.store.database import open_database

RATE = 50
COOKIE = "loket_session"
LASTS = timedelta(hours=1)
SECONDS = 20
_READ = 65_536
_POSITION = 'data-position="'


@dataclass(frozen=True)
class Live:
    """`told`: frames that all consoles got; `cpu`: seconds of processor time of Loket in each
    second; `p99`: milliseconds in which one of them gets the work list. `megabytes` of memory."""

    agents: int
    mails: int
    told: int
    cpu: float
    p50: float
    p99: float
    megabytes: float


@dataclass(eq=False)
class _Console:
    http: aiohttp.ClientSession
    position: str
    frames: int = 0

    async def follow(self) -> None:
        query = {"after": self.position}
        async with self.http.get("/console/live", params=query) as response:
            while chunk := await response.content.read(_READ):
                self.frames += chunk.count(b"event: changes")


async def live(stack: Stack, subject: Subject, *, seconds: int = SECONDS) -> Live:
    base = f"http://127.0.0.1:{subject.http_port}"
    consoles = await _arrive(base, stack.store_url)
    following = [asyncio.create_task(one.follow()) for one in consoles]
    try:
        await asyncio.sleep(2)
        count = RATE * seconds
        # Other mails than those of a run before: what is known already is told to nobody.
        generator = await asyncio.to_thread(
            Generator, stack.folder, subject, count=count, rate=RATE, first=int(time.time()) * 1000
        )
        process = subject.processes[0]
        began, used = time.monotonic(), process.cpu_seconds()
        generator.go()
        looking = asyncio.create_task(_look(consoles[0].http, seconds))
        await asyncio.to_thread(generator.wait)
        taken = sorted(await looking)
        cpu = (process.cpu_seconds() - used) / (time.monotonic() - began)
        told = sum(one.frames for one in consoles)
        memory = sum(process.resident()) / 1e6
    finally:
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
        for one in consoles:
            await one.http.close()
    p50, p99 = (taken[int(len(taken) * part)] for part in (0.5, 0.99))
    found = Live(len(consoles), count, told, cpu, p50, p99, memory)
    print(
        f"{found.agents} consoles, {count} mails: {cpu:.2f} of a processor, {told} frames, "
        f"the work list p50 {p50:.0f} ms, p99 {p99:.0f} ms, {memory:.0f} MB",
        flush=True,
    )
    return found


async def _arrive(base: str, store_url: str) -> Sequence[_Console]:
    """They are signed in by the store: to check 300 passwords takes a minute."""
    database = open_database(store_url)
    try:
        tokens = await database.write(
            lambda c: [sessions.begin(c, staff_id(number), LASTS) for number in range(STAFF)]
        )
    finally:
        await database.close()
    opened = [
        aiohttp.ClientSession(
            base,
            cookies={COOKIE: token},
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # else not for an IP address
            timeout=aiohttp.ClientTimeout(),
        )
        for token in tokens
    ]
    async with opened[0].get("/console") as response:
        position = (await response.text()).split(_POSITION, 1)[1].split('"', 1)[0]
    return [_Console(http, position) for http in opened]


async def _look(http: aiohttp.ClientSession, seconds: int) -> list[float]:
    """How long an agent waits for the work list meanwhile."""
    taken = []
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        began = time.perf_counter()
        async with http.get("/console/work", headers={"X-Loket-Part": "1"}) as response:
            await response.read()
        taken.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(0.1)
    return taken
