"""How fast waiting work reaches agents: three dispatchers, many agents, a long backlog.

Every agent has work that fills them. They end it one by one, at a steady rate, and accept what they
are offered then; with each offer one item less waits. Seeds the store itself, because a hundred
thousand mails would take minutes.
"""

import asyncio
import random
import re
import secrets
import statistics
import time
import urllib.request
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, insert, select, text

from benchmarks import machine
from benchmarks.running import Running
from benchmarks.stacks import SERVERS, Stack, Stacks
from benchmarks.subjects.loket import _COMMAND
from hub import clock, logs
from hub.bus import Bus
from hub.bus.opening import open_bus
from hub.errors import Rejected
from hub.events import Envelope, WorkItemChanged
from hub.settings import BusSettings, LogSettings
from hub.store import Database, in_hand, migrate, offers, tables, work_items, working
from hub.store.agents import Agent
from hub.store.database import open_database
from hub.store.ranking import rank
from servers.process import free_port

DISPATCHERS = 3
ROLES = 10
ROLES_HELD = 2
UNITS = 100
CHUNK = 2_000
AT_ONCE = 8
"""Agents who accept at the same moment, and who end work: on a machine that cannot keep up with the
rate they are slower, instead of ever more of them waiting."""
PATIENCE = 60.0
TIDY_EVERY = 60.0


_HELD = select(tables.work_items.c.agent_id, tables.work_items.c.id).where(
    tables.work_items.c.state == "assigned"
)


@dataclass(frozen=True)
class Scale:
    """So many `offers`, or as many as come in `seconds`; `rate`: agents freed per second."""

    agents: int
    waiting: int
    offers: int
    rate: float
    seconds: float


SMALL = Scale(agents=2_000, waiting=100_000, offers=50_000, rate=20, seconds=40)
FULL = Scale(agents=2_000, waiting=100_000, offers=50_000, rate=40, seconds=3_000)
"""Twenty-one minutes at this rate, and long enough for a machine that cannot keep it."""


@dataclass(frozen=True)
class Result:
    """Milliseconds; `decision_*` is read from the dispatchers' buckets, the others are exact.

    `cpu`: of a processor, for each offer: by the dispatchers. `wanted`: offers that would have been
    counted with more time.
    """

    agents: int
    waiting: int
    dispatchers: int
    offers: int
    rate: float
    decision_p50: float
    decision_p99: float
    freed_p50: float
    freed_p99: float
    twice: int
    cpu: float
    wanted: int
    load_before: float
    at: str


def run(stacks: Stacks, scale: Scale) -> Result:
    load_before = machine.busy()
    logs.configure(LogSettings(level="WARNING"))
    with stacks.fresh(SERVERS) as stack:
        staff = asyncio.run(_seed(stack, scale))
        with _dispatchers(stack) as dispatchers:
            office = asyncio.run(_work(stack, scale, staff, dispatchers))
        twice = asyncio.run(_given_twice(stack))
    freed = sorted(office.delays)
    result = Result(
        agents=scale.agents,
        waiting=scale.waiting,
        dispatchers=DISPATCHERS,
        offers=len(freed),
        rate=len(freed) / office.seconds,
        decision_p50=_quantile(office.buckets, 0.5),
        decision_p99=_quantile(office.buckets, 0.99),
        freed_p50=statistics.median(freed) * 1000,
        freed_p99=freed[int(len(freed) * 0.99)] * 1000,
        twice=twice,
        cpu=office.cpu / len(freed) * 1000,
        wanted=scale.offers,
        load_before=load_before,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    print(_line(result), flush=True)
    return result


@dataclass
class _Office:
    """All agents at once, as clients of the store and the bus."""

    database: Database
    bus: Bus
    staff: Mapping[str, Agent]
    offered: "asyncio.Queue[tuple[str, str]]" = field(default_factory=asyncio.Queue)
    held: dict[str, str] = field(default_factory=dict)
    freeing: set[str] = field(default_factory=set)
    freed_at: dict[str, float] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    buckets: Counter[float] = field(default_factory=Counter)
    seconds: float = 0.0
    cpu: float = 0.0

    async def hear(self, envelope: Envelope) -> None:
        event = envelope.event
        if isinstance(event, WorkItemChanged) and event.state == work_items.OFFERED:
            agent_id = event.agent_id or ""
            if agent_id in self.freed_at:
                self.delays.append(time.perf_counter() - self.freed_at.pop(agent_id))
            elif agent_id in self.freeing:  # heard before the answer to the commit
                self.freeing.remove(agent_id)
                self.delays.append(0.0)
            self.offered.put_nowait((agent_id, event.work_item_id))

    async def lost(self) -> None: ...

    async def accept_all(self) -> None:
        while True:
            agent_id, item_id = await self.offered.get()
            agent = self.staff[agent_id]
            try:
                await self.database.write(lambda c: offers.accept(c, item_id, agent))  # noqa: B023
            except Rejected:
                continue  # it was heard too late
            self.held[agent_id] = item_id

    async def free(self, agent_id: str, item_id: str) -> None:
        agent = self.staff[agent_id]
        self.freeing.add(agent_id)
        await self.database.write(lambda c: working.resolve(c, item_id, agent, {}))
        if agent_id in self.freeing:
            self.freeing.remove(agent_id)
            self.freed_at[agent_id] = time.perf_counter()


async def _work(
    stack: Stack, scale: Scale, staff: Sequence[Agent], dispatchers: Mapping[int, Running]
) -> _Office:
    async with _office(stack, staff) as office:
        before = await asyncio.to_thread(_buckets, dispatchers)
        office.cpu = -sum(one.cpu_seconds() for one in dispatchers.values())
        started = time.perf_counter()
        hands = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as freeing:
            for number in range(scale.offers):
                due = started + number / scale.rate
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                if time.perf_counter() > started + scale.seconds:
                    break
                await _until(lambda: bool(office.held), PATIENCE)
                await hands.acquire()
                agent_id = random.choice(list(office.held))  # noqa: S311 (who ends work)
                ending = freeing.create_task(office.free(agent_id, office.held.pop(agent_id)))
                ending.add_done_callback(lambda _: hands.release())
        await _until(lambda: not office.freed_at, PATIENCE)
        office.seconds = time.perf_counter() - started
        office.cpu += sum(one.cpu_seconds() for one in dispatchers.values())
        office.buckets = await asyncio.to_thread(_buckets, dispatchers)
        office.buckets.subtract(before)
        return office


@asynccontextmanager
async def _office(stack: Stack, staff: Sequence[Agent]) -> AsyncIterator[_Office]:
    database = open_database(stack.store_url, pool=2 * AT_ONCE + 2)

    async def bury(letters: Sequence[Any]) -> None:
        raise AssertionError(letters)

    bus = open_bus(BusSettings(url=stack.bus_url), database, bury)
    office = _Office(database, bus, {agent.id: agent for agent in staff})
    bus.listen((WorkItemChanged.topic,), office.hear, office.lost)
    await bus.start()
    for row in await database.read(lambda c: c.execute(_HELD).all()):
        office.held[row.agent_id] = row.id
    working = [asyncio.create_task(office.accept_all()) for _ in range(AT_ONCE)]
    if await database.look(lambda c: c.execute(text("show autovacuum")).scalar_one()) == "off":
        working.append(asyncio.create_task(_keep_tidy(database)))
    try:
        yield office
    finally:
        for task in working:
            task.cancel()
        await bus.stop()
        await database.close()


async def _keep_tidy(database: Database) -> None:
    """What a server does by itself once a minute, unless it was made for tests."""
    while True:
        await asyncio.sleep(TIDY_EVERY)
        await database.look(lambda c: c.execute(text("vacuum (analyze)")))


async def _until(fact: Any, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not fact():  # noqa: ASYNC110 (it is another process that does it)
            await asyncio.sleep(0.01)


@contextmanager
def _dispatchers(stack: Stack) -> Iterator[dict[int, Running]]:
    """Start them; gives them by the ports where they show their figures."""
    settings, secret = stack.folder / "loket.toml", secrets.token_hex(32)
    (stack.folder / "model.yaml").write_text(_model())
    settings.write_text(
        f'[hub]\nstore.url = "{stack.store_url}"\nbus.url = "{stack.bus_url}"\n'
        f'blobs.path = "{stack.folder}/blobs"\n'
        f'[routing]\nmodel = "{stack.folder}/model.yaml"\n'
        "assignment.other_offer_seconds = 600\n"
    )
    ports = [free_port() for _ in range(DISPATCHERS)]
    running = []
    for port in ports:
        words = ["serve", "--config", str(settings), "--role", "dispatcher", "--port", str(port)]
        log = stack.folder / f"dispatcher-{port}.log"
        running.append(Running([*_COMMAND, *words], log, {"LOKET_HUB__SECRET": secret}))
    try:
        for process, port in zip(running, ports, strict=True):
            process.wait_for_port(port)
        yield dict(zip(ports, running, strict=True))
    finally:
        for process in running:
            process.stop()


def _model() -> str:
    roles = "\n".join(
        f"  {name}: {{title: {{en: {name}, nl: {name}}}, mode: offered}}" for name in _roles()
    )
    return (
        f'version: "1"\norganisation: Benchmark\ntriage_role: {_roles()[0]}\nroles:\n{roles}\n'
        "channels:\n  email: {title: {en: E-mail, nl: E-mail}}\ntarget_groups: {}\ntopics: {}\n"
        f"moments:\n  - {{role: {_roles()[0]}}}\n"
    )


def _roles() -> list[str]:
    return [f"role-{number}" for number in range(ROLES)]


async def _seed(stack: Stack, scale: Scale) -> list[Agent]:
    database = open_database(stack.store_url)
    try:
        await migrate.upgrade(database)
        staff = await database.write(lambda c: _hire(c, scale.agents))
        for first in range(0, scale.waiting, CHUNK):
            numbers = range(first, min(first + CHUNK, scale.waiting))
            await database.write(partial(_wait, numbers=numbers))
        await database.write(lambda c: _busy(c, scale.waiting, staff))
        # Within a minute a server knows how large its tables are; these were just filled.
        await database.look(lambda c: c.execute(text("analyze")))
    finally:
        await database.close()
    return staff


def _hire(connection: Connection, number: int) -> list[Agent]:
    now, names = clock.now(), _roles()
    connection.execute(insert(tables.roles), [{"name": n, "title": n} for n in names])
    staff = []
    for index in range(number):
        held = frozenset(names[(index + step * 3) % ROLES] for step in range(ROLES_HELD))
        staff.append(Agent(clock.new_id(), f"agent-{index}", f"Agent {index}", "en", held))
    rest = {"password_hash": "", "language": "en", "active": True, "created_at": now}
    connection.execute(
        insert(tables.agents),
        [{"id": a.id, "login": a.login, "name": a.name} | rest for a in staff],
    )
    connection.execute(
        insert(tables.agent_roles),
        [{"agent_id": a.id, "role": role} for a in staff for role in sorted(a.roles)],
    )
    here = {"state": "available", "reason": "", "closed_channels": [], "since": now}
    connection.execute(
        insert(tables.presence), [{"agent_id": a.id, "idle_since": now} | here for a in staff]
    )
    return staff


def _busy(connection: Connection, begun: int, staff: Sequence[Agent]) -> None:
    """Each agent has something in hand that fills them."""
    numbers = range(begun, begun + len(staff))
    holding = [{"state": "assigned", "agent_id": agent.id} for agent in staff]
    _wait(connection, numbers, dict(zip(numbers, holding, strict=True)))
    in_hand.mend(connection)


def _wait(
    connection: Connection, numbers: range, changes: Mapping[int, Mapping[str, Any]] | None = None
) -> None:
    now, names = clock.now(), _roles()
    customer_id = clock.new_id()
    person = {"kind": "person", "name": "Jan", "attributes": {}, "created_at": now}
    connection.execute(insert(tables.customers), [{"id": customer_id} | person])
    talks, items = [], []
    for number in numbers:
        since = now - timedelta(seconds=number % 3600)
        talk_id = clock.new_id()
        talks.append(
            {
                "id": talk_id,
                "number": number + 1,
                "customer_id": customer_id,
                "subject": f"Matter {number}",
                "channel": "email",
                "state": "open",
                "interaction_count": 0,
                "created_at": since,
                "last_at": since,
            }
        )
        items.append(
            {
                "id": clock.new_id(),
                "conversation_id": talk_id,
                "customer_id": customer_id,
                "role": names[number % ROLES],
                "state": "waiting",
                "agent_id": None,
                "epoch": 1,
                "channel": "email",
                "topic": "any",
                "priority_minutes": 0,
                "waiting_since": since,
                "overdue": False,
                "decision": {},
                "created_at": since,
                "rank": rank(since, 0, 0),
                "units": UNITS,
                "skills": {},
            }
            | dict((changes or {}).get(number, {}))
        )
    connection.execute(insert(tables.conversations), talks)
    connection.execute(insert(tables.work_items), items)


async def _given_twice(stack: Stack) -> int:
    database = open_database(stack.store_url)
    accepted = select(tables.offers.c.work_item_id).where(tables.offers.c.state == "accepted")
    try:
        found = await database.read(lambda c: list(c.execute(accepted).scalars()))
    finally:
        await database.close()
    return len(found) - len(set(found))


def _buckets(ports: Iterable[int]) -> Counter[float]:
    """How many decisions took at most so many seconds, over all dispatchers."""
    counted: Counter[float] = Counter()
    pattern = re.compile(r'loket_assigning_seconds_bucket\{le="([^"]+)"\} (\S+)')
    for port in ports:
        url = f"http://127.0.0.1:{port}/metrics"
        with urllib.request.urlopen(url, timeout=10) as response:
            for limit, number in pattern.findall(response.read().decode()):
                counted[float(limit)] += int(float(number))
    return counted


def _quantile(buckets: Mapping[float, int], part: float) -> float:
    """Milliseconds, between the limits of the bucket in proportion."""
    limits = sorted(buckets)
    wanted = buckets[limits[-1]] * part
    below, counted = 0.0, 0
    for limit in limits:
        if buckets[limit] >= wanted:
            top = limit if limit != float("inf") else below
            inside = buckets[limit] - counted
            return 1000 * (below + (top - below) * ((wanted - counted) / inside if inside else 1))
        below, counted = limit, buckets[limit]
    return 1000 * below


def _line(result: Result) -> str:
    return (
        f"{result.agents} agents, {result.waiting} waiting: decision p50 "
        f"{result.decision_p50:.1f} ms, p99 {result.decision_p99:.1f} ms; freed to offered p50 "
        f"{result.freed_p50:.0f} ms, p99 {result.freed_p99:.0f} ms; {result.cpu:.1f} ms "
        f"of a processor each; {result.offers} offers, "
        f"{result.twice} given twice, load {result.load_before:.1f}"
    )
