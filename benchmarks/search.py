"""How long a search takes over many messages: `python -m benchmarks.search [--rows N]`.

Fills the search of a fresh store with made-up messages and asks what agents ask: a common word, a
rare one, two together, a mistyped one, a beginning, a number. Wanted: under 200 ms each at p95,
over a million. It measures the store alone, not the page.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection

from hub import clock
from hub.interaction import Channel
from hub.store import Database, migrate, search, search_adding
from hub.store.database import open_database
from hub.store.search import Asked, Kind
from hub.store.search_adding import Document
from hub.store.search_words import mark

BATCH = 2_000
TIMES = 30
ENOUGH = 100
WANTED_MS = 200
_COMMON = [
    "order",
    "parcel",
    "delivery",
    "invoice",
    "coffee",
    "late",
    "broken",
    "question",
    "where",
    "when",
    "thank",
    "please",
    "customer",
    "number",
    "address",
    "payment",
    "return",
    "machine",
    "beans",
    "contract",
    "price",
    "account",
    "monday",
    "friday",
    "bestelling",
]
_QUESTIONS = ("parcel", "late parcel", "parcle", "delivrey monday", "name4711", "nam", "100123")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--store", default="", help="of an empty database; a SQLite file without")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = arguments.store or f"sqlite:///{Path(folder) / 'search.db'}"
        asyncio.run(_measure(url, arguments.rows))


async def _measure(url: str, rows: int) -> None:
    database = open_database(url)
    try:
        await migrate.upgrade(database)
        began = time.perf_counter()
        for documents in _batches(rows):
            await _fill(database, documents)
        each = (time.perf_counter() - began) / rows * 1e6
        print(f"{rows} messages made findable, {each:.0f} microseconds each", flush=True)
        for question in _QUESTIONS:
            await _ask(database, question)
    finally:
        await database.close()


async def _fill(database: Database, documents: Sequence[Document]) -> None:
    await database.write(lambda c: search_adding.add(c, documents))


async def _ask(database: Database, question: str) -> None:
    def find(connection: Connection) -> int:
        asked = search.understood(connection, Asked(question))
        found = (search.newest(connection, asked, kind) for kind in Kind)
        return sum(len(list(islice(hits, ENOUGH))) for hits in found)

    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        found = await database.read(find)
        taken.append((time.perf_counter() - began) * 1000)
    slowest = sorted(taken)[int(TIMES * 0.95)]
    verdict = "ok" if slowest < WANTED_MS else "TOO SLOW"
    print(f"{question!r}: {found} found, p95 {slowest:.1f} ms, {verdict}", flush=True)


def _batches(rows: int) -> Iterator[list[Document]]:
    """The same each time."""
    chance = random.Random(1)  # noqa: S311 (no secret)
    channels = [mark("channel", one) for one in (Channel.EMAIL, Channel.CHAT, Channel.SMS)]
    for start in range(0, rows, BATCH):
        yield [
            _document(chance, number, channels) for number in range(start, min(start + BATCH, rows))
        ]


def _document(chance: random.Random, number: int, channels: Sequence[str]) -> Document:
    """Common words, some of a long tail, a name and a number."""
    tail = [f"{chance.choice(_COMMON)}{chance.randrange(300)}" for _ in range(4)]
    words = [
        mark("kind", Kind.MESSAGE),
        chance.choice(channels),
        *chance.sample(_COMMON, 9),
        *tail,
        f"name{chance.randrange(50_000)}",
        str(100_000 + number),
    ]
    return Document(Kind.MESSAGE, clock.new_id(), clock.new_id(), words, str(number))


if __name__ == "__main__":
    main()
