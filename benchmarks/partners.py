"""How long a carrier waits for the answer to a post of 1,000 events, and until all are known.

Each post is a batch of CloudEvents about parcels of their own, signed as Standard Webhooks asks.
The answer comes when it is durable; parcels and timelines follow behind it. One post at a time, so
that none waits for another.
"""

import asyncio
import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiohttp import ClientSession
from sqlalchemy import Select, func, select
from standardwebhooks.webhooks import Webhook

from benchmarks import machine
from benchmarks.stacks import Stacks
from benchmarks.subjects import started
from benchmarks.subjects.loket import PARTNER, PARTNER_SECRET, Loket
from hub.store import Database
from hub.store.database import open_database
from hub.store.tables import delivery_events, partner_posts

EVENTS = 1_000
POSTS = 20
WARM_UP = 2
"""Posts before those that are timed: workers start and statements are prepared."""
_HANDLED_WITHIN = 60.0
_PAUSE = 0.02


@dataclass(frozen=True)
class Result:
    """Milliseconds from a post to its answer, and to when all of its events were known."""

    stack: str
    posts: int
    events: int
    p50: float
    longest: float
    known_p50: float
    known_longest: float
    load_before: float
    at: str


def run(stacks: Stacks, names: Sequence[str]) -> list[Result]:
    results = []
    for name in names:
        load_before = machine.busy()
        with stacks.fresh(name) as stack:
            loket = Loket(stack)
            with started(loket):
                base = f"http://127.0.0.1:{loket.webhook_port}"
                answered, known = asyncio.run(_measure(base, stack.store_url))
        result = Result(
            stack=name,
            posts=POSTS,
            events=EVENTS,
            p50=statistics.median(answered),
            longest=max(answered),
            known_p50=statistics.median(known),
            known_longest=max(known),
            load_before=load_before,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        print(_line(result), flush=True)
        results.append(result)
    return results


async def _measure(base: str, store_url: str) -> tuple[list[float], list[float]]:
    loop = asyncio.get_running_loop()
    url = f"{base}/api/partners/v1/{PARTNER}/events"
    answered, known = [], []
    database = open_database(store_url)
    try:
        async with ClientSession() as http:
            for number in range(WARM_UP + POSTS):
                body, headers = _signed(number)
                began = loop.time()
                async with http.post(url, data=body, headers=headers) as response:
                    said = await response.json()
                    assert (response.status, said["accepted"]) == (202, EVENTS), said
                answered.append((loop.time() - began) * 1000)
                await _handled(database, (number + 1) * EVENTS)
                known.append((loop.time() - began) * 1000)
    finally:
        await database.close()
    return answered[WARM_UP:], known[WARM_UP:]


def _signed(number: int) -> tuple[bytes, dict[str, str]]:
    now = datetime.now(UTC)
    body = json.dumps([_event(number, place, now) for place in range(EVENTS)])
    message_id = f"post-{number}"
    headers = {
        "Content-Type": "application/cloudevents-batch+json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(PARTNER_SECRET).sign(message_id, now, body),
    }
    return body.encode(), headers


def _event(number: int, place: int, now: datetime) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": f"{number}-{place}",
        "source": "https://carrier.example/parcels",
        "type": "example.carrier.delivery.in_transit",
        "subject": f"3S{number:05d}{place:05d}",
        "time": (now - timedelta(minutes=1)).isoformat(),
        "data": {"text": "Sorted in Utrecht"},
    }


async def _handled(database: Database, events: int) -> None:
    waiting = select(func.count()).where(partner_posts.c.state == "waiting")
    async with asyncio.timeout(_HANDLED_WITHIN):
        while await _count(database, waiting):  # noqa: ASYNC110 (another process handles them)
            await asyncio.sleep(_PAUSE)
    counting = select(func.count()).select_from(delivery_events)
    kept = await _count(database, counting)
    assert kept == events, f"{kept} events are known of {events}"


async def _count(database: Database, counting: Select[int]) -> int:
    return await database.read(lambda c: int(c.execute(counting).scalar_one()))


def _line(result: Result) -> str:
    return (
        f"{result.stack:9} {result.posts} posts of {result.events} events: answered p50 "
        f"{result.p50:.0f} ms, longest {result.longest:.0f} ms; known p50 {result.known_p50:.0f} "
        f"ms, longest {result.known_longest:.0f} ms, load {result.load_before:.1f}"
    )
