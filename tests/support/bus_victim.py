"""A process that consumes from the bus until nothing is left, or until a message kills it."""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bus_tools import PATIENCE, QUEUE, QUICK, TOPIC, Place, drained, key_of, running
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
    subject, number = killer
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        __file__,
        store_url,
        place.bus_url,
        subject,
        str(number),
        str(handled),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    async with asyncio.timeout(PATIENCE):
        return await process.wait()


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


if __name__ == "__main__":
    store_url, bus_url, subject, number, handled = sys.argv[1:]
    asyncio.run(_consume(store_url, bus_url, (subject, int(number)), Path(handled)))
