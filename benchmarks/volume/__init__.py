"""How the console does with a year of work behind it: a million interactions, 10,000 waiting, 300
agents. A store is filled for it, which takes some ten minutes, or was before.

    python -m benchmarks volume --stack embedded [--store URL]
"""

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from benchmarks import machine
from benchmarks.stacks import Stack, Stacks
from benchmarks.subjects import Subject, started
from benchmarks.subjects.loket import Loket
from benchmarks.volume import live, pages, paint, year
from hub.store import migrate
from hub.store.database import open_database
from servers.postgres import run as finish

LIST = 100
"""What the console shows by default."""


@dataclass(frozen=True)
class Result:
    """`values`: of the dataclass that `kind` names: page, paint or live."""

    stack: str
    kind: str
    values: dict[str, Any]
    load_before: float
    at: str


def run(stacks: Stacks, names: Sequence[str], store: str = "") -> list[tuple[str, Result]]:
    """`store`: of the only stack, filled before or empty; it stays."""
    results = []
    for name in names:
        with _filled(stacks, name, store) as stack:
            load = machine.busy()
            with started(Loket(stack, list_length=LIST)) as subject:
                found = asyncio.run(_measure(stack, subject))
        at = datetime.now(UTC).isoformat(timespec="seconds")
        results += [
            (f"{name} {key}", Result(name, key.split()[0], values, load, at))
            for key, values in found.items()
        ]
    return results


@contextlib.contextmanager
def _filled(stacks: Stacks, name: str, store: str) -> Iterator[Stack]:
    with stacks.fresh(name) as stack:
        chosen = replace(stack, store_url=store or stack.store_url)
        finish(_fill(chosen.store_url))
        yield chosen


async def _fill(store_url: str) -> None:
    database = open_database(store_url, statement_seconds=None)
    try:
        await migrate.upgrade(database)
        if await database.read(year.is_empty):
            await year.fill(database, year.Size(), lambda text: print(text, flush=True))
    finally:
        await database.close()


async def _measure(stack: Stack, subject: Subject) -> dict[str, dict[str, Any]]:
    base = f"http://127.0.0.1:{subject.http_port}"
    found: dict[str, dict[str, Any]] = {}
    for one in await pages.measure(base, stack.store_url, subject.processes[0]):
        found[f"page {one.name}"] = vars(one)
    painted, kilobytes = await paint.paint(base, await _longest(stack.store_url))
    found |= {f"paint {one.name}": vars(one) for one in painted}
    found["load first"] = {"kilobytes": kilobytes}
    found["live"] = vars(await live.live(stack, subject))
    return found


async def _longest(store_url: str) -> str:
    database = open_database(store_url)
    try:
        return await database.read(pages.longest_of)
    finally:
        await database.close()
