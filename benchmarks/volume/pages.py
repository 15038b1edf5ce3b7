"""How long the server takes for each page over a year of work, asked for by its administrator."""

import random
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta

import aiohttp
from sqlalchemy import Connection, func, select

from benchmarks.running import Running
from benchmarks.volume.year import LOGIN, PASSWORD
from hub import clock
from hub.store.database import open_database
from hub.store.tables import conversations

PART = {"X-Loket-Part": "1"}
_OPENED = 200
_WARMING = 3


@dataclass(frozen=True)
class Page:
    """`addresses` are asked for in turn; `wanted`: milliseconds at the 95th percentile."""

    name: str
    addresses: Sequence[str]
    wanted: float
    is_part: bool = True


@dataclass(frozen=True)
class Times:
    """Milliseconds; `cpu`: of processor time of Loket, for each."""

    name: str
    wanted: float
    count: int
    p50: float
    p95: float
    cpu: float
    kilobytes: float


async def measure(base: str, store_url: str, process: Running) -> list[Times]:
    pages = await _pages(store_url)
    jar = aiohttp.CookieJar(unsafe=True)  # else not for an IP address
    async with aiohttp.ClientSession(base, cookie_jar=jar) as http:
        form = {"login": LOGIN, "password": PASSWORD}
        async with http.post("/console/sign-in", data=form) as response:
            response.raise_for_status()
        found = []
        for page in pages:
            found.append(await _times(http, page, process))
            print(said(found[-1]), flush=True)
        return found


def said(one: Times) -> str:
    verdict = "" if one.p95 < one.wanted else "  TOO SLOW"
    return (
        f"{one.name}: {one.count} times, p50 {one.p50:.0f} ms, p95 {one.p95:.0f} ms, "
        f"CPU {one.cpu:.0f} ms, {one.kilobytes:.0f} KB{verdict}"
    )


async def _times(http: aiohttp.ClientSession, page: Page, process: Running) -> Times:
    for address in page.addresses[:_WARMING]:
        await _get(http, page, address)
    taken, size, used = [], 0, process.cpu_seconds()
    for address in page.addresses:
        began = time.perf_counter()
        size += await _get(http, page, address)
        taken.append((time.perf_counter() - began) * 1000)
    cpu = (process.cpu_seconds() - used) * 1000
    taken.sort()
    count = len(taken)
    p95 = taken[min(count - 1, int(count * 0.95))]
    middle = statistics.median(taken)
    return Times(page.name, page.wanted, count, middle, p95, cpu / count, size / count / 1000)


async def _get(http: aiohttp.ClientSession, page: Page, address: str) -> int:
    async with http.get(address, headers=PART if page.is_part else {}) as response:
        response.raise_for_status()
        return len(await response.read())


async def _pages(store_url: str) -> list[Page]:
    database = open_database(store_url)
    try:
        opened, longest = await database.read(_chosen)
    finally:
        await database.close()
    return [*_for_agents(opened, longest), *_searches(), *_for_supervisors()]


def _chosen(connection: Connection) -> tuple[list[str], str]:
    """Conversations from all over the year, and the longest one."""
    columns = conversations.c
    first, last = connection.execute(
        select(func.min(columns.number), func.max(columns.number))
    ).one()
    chance = random.Random(1)  # noqa: S311 (no secret)
    numbers = chance.sample(range(first, last), _OPENED)
    ids = connection.execute(select(columns.id).where(columns.number.in_(numbers)))
    return list(ids.scalars()), longest_of(connection)


def longest_of(connection: Connection) -> str:
    ordered = select(conversations.c.id).order_by(conversations.c.interaction_count.desc())
    return str(connection.execute(ordered.limit(1)).scalar_one())


def _for_agents(opened: Sequence[str], longest: str) -> Iterator[Page]:
    one = "/console/conversations"
    yield Page("open a conversation", [f"{one}/{talk}" for talk in opened], 30)
    yield Page("open the longest conversation", [f"{one}/{longest}"] * 50, 30)
    yield Page("earlier entries of it", [f"{one}/{longest}/entries?before=1000"] * 50, 30)
    yield Page("the work list", ["/console/work"] * 50, 50)
    yield Page("the whole console", ["/console"] * 20, 100, is_part=False)


_QUESTIONS = {
    "a common word": ("parcel",),
    "two common words": ("late parcel", "broken machine", "factuur levering"),
    "five common words": ("late parcel broken machine friday",),
    "a mistyped word": ("parcle", "machien", "bestellign"),
    "two mistyped words": ("parcle machien", "delivrey fridya"),
    "a beginning": ("bes", "mach", "del"),
    "a number": ("100123", "1000123", "123456"),
    "a name": ("customer4711",),
    "nothing": ("zzzzqq", "parcel zzzzqq"),
}


def _searches() -> Iterator[Page]:
    narrowed = {"": "", ", one channel": "&channel=whatsapp", ", the last week": "&days=7"}
    for name, questions in _QUESTIONS.items():
        asked = [f"/console/search?q={question}" for question in questions]
        yield Page(f"search: {name}", asked * (24 // len(asked)), 200, is_part=False)
    for name, more in narrowed.items():
        if more:
            asked = [f"/console/search?q={q}{more}" for q in ("late parcel", "parcle", "mach")]
            yield Page(f"search{name}", asked * 8, 200, is_part=False)
    files = ["/console/search?q=invoice&kind=file"]
    yield Page("search: files", files * 24, 200, is_part=False)


def _for_supervisors() -> Iterator[Page]:
    today = clock.now().astimezone(UTC).date()

    def since(days: int) -> str:
        return f"from={today - timedelta(days=days)}&to={today}"

    year = since(365)
    yield Page("wallboard", ["/console/wall"] * 5, 500, is_part=False)
    yield Page("wallboard: who waits", ["/console/wall/items?figure=waiting"] * 10, 500, False)
    yield Page("report of a week", [f"/console/reports?{since(7)}"] * 5, 1000, False)
    yield Page("report of a month", [f"/console/reports?{since(30)}"] * 5, 2000, False)
    yield Page("report of a year", [f"/console/reports?{year}"] * 3, 3000, False)
    role = f"/console/reports?{year}&role=billing"
    yield Page("report of a year, one role", [role] * 3, 3000, False)
    moved = f"/console/reports/items?{year}&figure=moved"
    yield Page("report of a year: the items", [moved] * 5, 1000, False)
    admin = "/console/admin"
    yield Page("audit log", [f"{admin}/audit"] * 5, 500, False)
    for name, words in (("a name", "agent 17"), ("an id", _AN_ID), ("nothing", "zzzz")):
        asked = f"{admin}/audit?{year}&words={words.replace(' ', '+')}"
        yield Page(f"audit log of a year: {name}", [asked], 2000, False)
    for days in (1, 31):
        yield Page(f"ledger of {days} days", [f"{admin}/ledger?days={days}"] * 3, 2000, False)
    unexplained = f"{admin}/ledger/items?days=31&state=unexplained"
    yield Page("ledger: what is unexplained", [unexplained] * 3, 2000, False)
    yield Page("dead letters", [f"{admin}/dead-letters"] * 5, 500, False)
    yield Page("health", [f"{admin}/health"] * 5, 500, False)
    yield Page("customers who may be one", ["/console/doubles"] * 5, 500, False)
    yield Page("people", [f"{admin}/people"] * 5, 500, False)


_AN_ID = "00000000-0000-7000-8000-000000000007"
