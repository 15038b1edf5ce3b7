"""How fast a file of customers goes into the store, and how fast it goes in again unchanged."""

import asyncio
import resource
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import machine
from benchmarks.stacks import Stack, Stacks
from hub.imports.customers import PERSONS
from hub.imports.running import Run
from hub.imports.running import run as take_in
from hub.store import Database, migrate
from hub.store.database import open_database

CUSTOMERS = 100_000
_HEAD = "klantnummer;naam;e-mail;telefoon;doelgroep;taal;adres;postcode;plaats"


@dataclass(frozen=True)
class Imported:
    stack: str
    customers: int
    seconds: float
    again_seconds: float
    megabytes: float
    load_before: float


def run(stacks: Stacks, names: Sequence[str]) -> Iterator[Imported]:
    for name in names:
        with stacks.fresh(name) as stack:
            yield asyncio.run(_measure(stack))


async def _measure(stack: Stack) -> Imported:
    load_before = machine.busy()
    file = _written(stack.folder)
    database = open_database(stack.store_url)
    try:
        await migrate.upgrade(database)
        seconds = await _seconds(database, file)
        again = await _seconds(database, file)
    finally:
        await database.close()
    print(f"{stack.title}: {CUSTOMERS:,} in {seconds:.1f} s, again {again:.1f} s", flush=True)
    return Imported(
        stack=stack.name,
        customers=CUSTOMERS,
        seconds=seconds,
        again_seconds=again,
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        load_before=load_before,
    )


async def _seconds(database: Database, file: Path) -> float:
    started = time.perf_counter()
    done = await take_in(
        database, Run(kind=PERSONS, path=file, report=file.with_suffix(".report"), by="benchmark")
    )
    if done.refused:
        raise RuntimeError(f"{done.refused} rows were refused")
    return time.perf_counter() - started


def _written(folder: Path) -> Path:
    path = folder / "persons.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEAD + "\n")
        for number in range(CUSTOMERS):
            file.write(
                f"{number};Klant {number};k{number}@postvak.example;06{10_000_000 + number};b2c;nl;"
                f"Straat {number};{1000 + number % 9000} AB;Utrecht\n"
            )
    return path
