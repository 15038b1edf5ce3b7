"""A process that consumes from the bus until nothing is left, or until a message kills it."""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bus_tools import PATIENCE, QUEUE, QUICK, TOPIC, Place, drained, key_of, running
from forks import FORKS
from hub.bus import DeadLetter
from hub.bus.opening import open_bus
from hub.events import Envelope
from hub.settings import BusSettings
from hub.store import dead_letters
from hub.store.database import open_database

KILLED = 9


async def run_victim(place: Place, killer: tuple[str, int], handled: Path) -> int:
    """Run one to its end; gives its exit status. It notes in `handled` what it handled."""
    store_url = place.database.url.render_as_string(hide_password=False)
    process = FORKS.Process(target=_run, args=(store_url, place.bus_url, killer, handled))
    process.start()
    await asyncio.to_thread(process.join, PATIENCE)
    assert process.exitcode is not None
    return process.exitcode


def _run(*arguments: Any) -> None:
    asyncio.run(_consume(*arguments))


async def _consume(store_url: str, bus_url: str, killer: tuple[str, int], handled: Path) -> None:
    database = open_database(store_url)

    async def handler(envelopes: Sequence[Envelope]) -> None:
        keys = [key_of(envelope) for envelope in envelopes]
        if killer in keys:
            os._exit(KILLED)
        with handled.open("a") as file:
            file.writelines(f"{subject}:{number}\n" for subject, number in keys)

    async def bury(letters: Sequence[DeadLetter]) -> None:
        await database.write(lambda c: dead_letters.store(c, letters))

    settings = BusSettings(
        url=bus_url, attempts=QUICK.attempts, batch=QUICK.batch, backoff=QUICK.backoff
    )
    bus = open_bus(settings, database, bury)
    bus.subscribe(QUEUE, [TOPIC], handler)
    async with running(bus):
        await drained(bus)
    await database.close()
