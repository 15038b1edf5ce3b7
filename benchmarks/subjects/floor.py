"""The floor program as a subject."""

import asyncio
import contextlib
import http.client
import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from benchmarks import floor, mails
from benchmarks.running import Running
from benchmarks.stacks import EMBEDDED, Stack
from benchmarks.subjects import TOGETHER
from servers.postgres import run
from servers.process import free_port


class Floor:
    def __init__(self, stack: Stack) -> None:
        self.name = "floor"
        self.smtp_port, self.http_port = free_port(), free_port()
        self.processes: list[Running] = []
        self._stack = stack

    def prepare(self, backlog: int) -> None:
        run(self._prepare(backlog))

    async def _prepare(self, backlog: int) -> None:
        store, queue = floor.make_parts(self._stack.store_url, self._stack.bus_url)
        await store.open()
        await queue.open(store)
        for first in range(0, backlog, TOGETHER):
            numbers = range(first, min(backlog, first + TOGETHER))
            kept = [(uuid4(), mails.mail(number)) for number in numbers]
            await self._keep(kept)
            await asyncio.gather(*(queue.publish(identity) for identity, _ in kept))
        await queue.close()
        await store.close()

    async def _keep(self, kept: Sequence[tuple[UUID, bytes]]) -> None:
        """Insert them at once: a backlog is what the run begins with, not what it measures."""
        insert = "insert into interactions (id, content, received_at) values "
        now = datetime.now(UTC)
        if self._stack.name == EMBEDDED:
            path = self._stack.store_url.removeprefix("sqlite:///")
            rows = [(identity.bytes, content, now.timestamp()) for identity, content in kept]
            with contextlib.closing(sqlite3.connect(path)) as connection, connection:
                connection.executemany(f"{insert} (?, ?, ?)", rows)
            return
        connection = await asyncpg.connect(self._stack.store_url)
        try:
            await connection.executemany(
                f"{insert} ($1, $2, $3)", [(identity, content, now) for identity, content in kept]
            )
        finally:
            await connection.close()

    def start(self) -> None:
        ports = ["--smtp-port", str(self.smtp_port), "--http-port", str(self.http_port)]
        urls = ["--store", self._stack.store_url, "--bus", self._stack.bus_url]
        log = self._stack.folder / "floor.log"
        self.processes = [Running(["-m", "benchmarks.floor", *urls, *ports], log)]
        self.processes[0].wait_for_port(self.smtp_port)

    def stop(self) -> None:
        for process in self.processes:
            process.stop()

    def unrouted(self, accepted: int) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.http_port, timeout=30)
        with contextlib.closing(connection):
            connection.request("GET", "/routed")
            return accepted - int(json.loads(connection.getresponse().read()))

    def routed_at(self) -> dict[int, float]:
        rows = self._rows()
        return {mails.number_in(bytes(content).decode()): at for content, at in rows}

    def _rows(self) -> list[Any]:
        query = "select content, {} from interactions where routed_at is not null"
        if self._stack.name == EMBEDDED:
            path = self._stack.store_url.removeprefix("sqlite:///")
            with contextlib.closing(sqlite3.connect(path)) as connection:
                return connection.execute(query.format("routed_at")).fetchall()
        moment = "extract(epoch from routed_at)::float8"
        return run(_fetched(self._stack.store_url, query.format(moment)))


async def _fetched(url: str, query: str) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()
