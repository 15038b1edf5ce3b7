"""How long Twilio waits for the answer to a webhook, at a steady 200 texts per second.

Each text is of a customer of its own and signed as Twilio signs; the answer comes when it is
durable. Times count from when a text was due, so that a door that holds some up makes all behind
them late too.
"""

import asyncio
import statistics
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import ClientSession, TCPConnector
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from benchmarks import machine
from benchmarks.generator import CONNECTIONS
from benchmarks.stacks import SERVERS, Stacks
from benchmarks.subjects import started
from benchmarks.subjects.loket import ACCOUNT_SID, AUTH_TOKEN, NUMBER, ROLES, Loket
from connectors.messaging.receive import MESSAGE_PATH
from hub.store.database import open_database
from hub.store.tables import interactions

RATE = 200
SECONDS = 20
WARM_UP = 200
"""Texts before those that are timed: connections open and statements are prepared."""


@dataclass(frozen=True)
class Result:
    """Milliseconds from when a text was due to its answer."""

    stack: str
    program: str
    texts: int
    rate: float
    p50: float
    p99: float
    longest: float
    load_before: float
    at: str


def run(stacks: Stacks, names: Sequence[str], *, seconds: int = SECONDS) -> list[Result]:
    results = []
    for name, roles in _asked(names):
        load_before = machine.busy()
        with stacks.fresh(name) as stack:
            loket = Loket(stack, roles)
            with started(loket):
                base = f"http://127.0.0.1:{loket.webhook_port}"
                delays, took = asyncio.run(_measure(base, RATE * seconds))
                kept = asyncio.run(_kept(stack.store_url))
        assert kept == RATE * seconds + WARM_UP, f"{kept} texts kept"
        result = Result(
            stack=name,
            program=loket.name,
            texts=len(delays),
            rate=len(delays) / took,
            p50=statistics.median(delays),
            p99=sorted(delays)[int(len(delays) * 0.99)],
            longest=max(delays),
            load_before=load_before,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        print(_line(result), flush=True)
        results.append(result)
    return results


def _asked(names: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """One process for everything; with servers, also one for each role."""
    for name in names:
        yield name, ("all",)
        if name == SERVERS:
            yield name, ROLES


async def _measure(base: str, count: int) -> tuple[list[float], float]:
    signer, url = RequestValidator(AUTH_TOKEN), base + MESSAGE_PATH
    forms = [_form(number) for number in range(count + WARM_UP)]
    signed = [(form, signer.compute_signature(url, form)) for form in forms]
    async with ClientSession(connector=TCPConnector(limit=CONNECTIONS)) as http:

        async def post(form: dict[str, str], signature: str) -> None:
            headers = {"X-Twilio-Signature": signature}
            async with http.post(url, data=form, headers=headers) as response:
                assert response.status == 200, await response.text()

        for form, signature in signed[:WARM_UP]:
            await post(form, signature)
        return await _at_a_steady_pace([post(*one) for one in signed[WARM_UP:]])


async def _at_a_steady_pace(
    posts: Sequence[Coroutine[None, None, None]],
) -> tuple[list[float], float]:
    loop = asyncio.get_running_loop()
    began = loop.time()
    delays: list[float] = []

    async def timed(post: Coroutine[None, None, None], due: float) -> None:
        await asyncio.sleep(max(0, due - loop.time()))
        await post
        delays.append((loop.time() - due) * 1000)

    async with asyncio.TaskGroup() as group:
        for number, post in enumerate(posts):
            group.create_task(timed(post, began + number / RATE))
    return delays, loop.time() - began


def _form(number: int) -> dict[str, str]:
    return {
        "AccountSid": ACCOUNT_SID,
        "ApiVersion": "2010-04-01",
        "Body": f"Where is my order {number}? It should have come yesterday.",
        "From": f"+3161{number:07d}",
        "MessageSid": f"SM{number:032x}",
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsMessageSid": f"SM{number:032x}",
        "SmsSid": f"SM{number:032x}",
        "SmsStatus": "received",
        "To": NUMBER,
    }


async def _kept(store_url: str) -> int:
    database = open_database(store_url)
    try:
        counting = select(func.count()).select_from(interactions)
        return await database.read(lambda c: int(c.execute(counting).scalar_one()))
    finally:
        await database.close()


def _line(result: Result) -> str:
    return (
        f"{result.stack:9} {result.program}: {result.texts} texts at {result.rate:.0f}/s: "
        f"p50 {result.p50:.0f} ms, p99 {result.p99:.0f} ms, longest {result.longest:.0f} ms, "
        f"load {result.load_before:.1f}"
    )
