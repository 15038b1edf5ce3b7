"""The floor: the least that a durable hub must do for each interaction, one by one.

    python -m benchmarks.floor --store URL --bus URL --smtp-port PORT --http-port PORT

For each mail or POST it accepts: one committed insert of the content, one confirmed publish, the
acknowledgement; then one consume, one committed update that says where the interaction goes, one
acknowledgement to the broker. It is written as a competent engineer writes it the first time:
uvloop, a pool of connections, many interactions in flight, a durable quorum queue, persistent
messages, prefetch; on SQLite a thread that writes, WAL and synchronous=FULL, and a queue in memory
that is filled from the table after a crash.

What it leaves out is what makes a hub: it does not look into the mail, does not know who sent it or
whether it came before, has no conversations, attachments or model, decides nothing, logs and counts
nothing, and shows nothing. It does not batch either: no two interactions share a commit, a publish
or an acknowledgement.
"""

import argparse
import asyncio
import json
import signal
import sqlite3
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import aio_pika
import asyncpg
import uvloop
from aio_pika.abc import AbstractIncomingMessage
from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

QUEUE = "floor"
ROLE = "customer-service"
CONNECTIONS = 16
PREFETCH = 100

TABLE = """
create table if not exists interactions (
    id {uuid} primary key,
    content {bytes} not null,
    received_at {time} not null,
    role text,
    routed_at {time}
)
"""


class Store(Protocol):
    async def open(self) -> None: ...

    async def insert(self, identity: UUID, content: bytes) -> None:
        """Returns when it is on disk."""

    async def route(self, identity: UUID) -> None:
        """Returns when it is on disk."""

    async def waiting(self) -> list[UUID]:
        """What was accepted and not routed."""

    async def close(self) -> None: ...


class PostgresStore:
    def __init__(self, url: str) -> None:
        self._url = url

    async def open(self) -> None:
        self._pool = await asyncpg.create_pool(
            self._url, min_size=CONNECTIONS, max_size=CONNECTIONS
        )
        await self._pool.execute(TABLE.format(uuid="uuid", bytes="bytea", time="timestamptz"))

    async def insert(self, identity: UUID, content: bytes) -> None:
        await self._pool.execute(
            "insert into interactions (id, content, received_at) values ($1, $2, $3)",
            identity,
            content,
            datetime.now(UTC),
        )

    async def route(self, identity: UUID) -> None:
        await self._pool.execute(
            "update interactions set role = $2, routed_at = $3 where id = $1",
            identity,
            ROLE,
            datetime.now(UTC),
        )

    async def waiting(self) -> list[UUID]:
        rows = await self._pool.fetch("select id from interactions where routed_at is null")
        return [row["id"] for row in rows]

    async def close(self) -> None:
        await self._pool.close()


class SqliteStore:
    def __init__(self, url: str) -> None:
        self._path = url.removeprefix("sqlite:///")
        self._thread = ThreadPoolExecutor(max_workers=1)

    async def open(self) -> None:
        # isolation_level None: every statement is a transaction, committed when it returns.
        self._connection = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False
        )
        self._connection.execute("pragma journal_mode = wal")
        self._connection.execute("pragma synchronous = full")
        self._connection.execute(TABLE.format(uuid="blob", bytes="blob", time="real"))

    async def insert(self, identity: UUID, content: bytes) -> None:
        await self._execute(
            "insert into interactions (id, content, received_at) values (?, ?, ?)",
            identity.bytes,
            content,
            datetime.now(UTC).timestamp(),
        )

    async def route(self, identity: UUID) -> None:
        await self._execute(
            "update interactions set role = ?, routed_at = ? where id = ?",
            ROLE,
            datetime.now(UTC).timestamp(),
            identity.bytes,
        )

    async def waiting(self) -> list[UUID]:
        rows = self._connection.execute("select id from interactions where routed_at is null")
        return [UUID(bytes=row[0]) for row in rows]

    async def close(self) -> None:
        self._thread.shutdown()
        self._connection.close()

    async def _execute(self, statement: str, *values: Any) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._connection.execute, statement, values)


Handler = Callable[[UUID], Awaitable[None]]


class Queue(Protocol):
    async def open(self, store: Store) -> None: ...

    async def publish(self, identity: UUID) -> None:
        """Returns when the queue has it for good."""

    async def consume(self, handler: Handler) -> None:
        """From now on: acknowledge each message when `handler` has returned."""

    async def close(self) -> None: ...


class RabbitQueue:
    def __init__(self, url: str) -> None:
        self._url = url

    async def open(self, _store: Store) -> None:
        self._connection = await aio_pika.connect_robust(self._url)
        self._publishing = await self._connection.channel(publisher_confirms=True)
        self._consuming = await self._connection.channel()
        await self._consuming.set_qos(prefetch_count=PREFETCH)
        self._queue = await self._consuming.declare_queue(
            QUEUE, durable=True, arguments={"x-queue-type": "quorum"}
        )

    async def publish(self, identity: UUID) -> None:
        message = aio_pika.Message(
            json.dumps({"type": "interaction.received", "id": str(identity)}).encode(),
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        await self._publishing.default_exchange.publish(message, QUEUE)

    async def consume(self, handler: Handler) -> None:
        async def on_message(message: AbstractIncomingMessage) -> None:
            await handler(UUID(json.loads(message.body)["id"]))
            await message.ack()

        await self._queue.consume(on_message)

    async def close(self) -> None:
        await self._connection.close()


class MemoryQueue:
    """Durable because the table is: what was not routed is put in again at the start."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[UUID] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self, store: Store) -> None:
        for identity in await store.waiting():
            self._waiting.put_nowait(identity)

    async def publish(self, identity: UUID) -> None:
        self._waiting.put_nowait(identity)

    async def consume(self, handler: Handler) -> None:
        async def work() -> None:
            while True:
                await handler(await self._waiting.get())

        self._tasks = [asyncio.create_task(work()) for _ in range(CONNECTIONS)]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class Floor:
    """Both doors, and what lies behind them."""

    def __init__(self, store: Store, queue: Queue) -> None:
        self._store = store
        self._queue = queue
        self._routed = 0

    async def start(self, smtp_port: int, http_port: int) -> None:
        await self._store.open()
        await self._queue.open(self._store)
        await self._queue.consume(self._route)
        await self._serve_http(http_port)
        loop = asyncio.get_running_loop()
        self._smtp = await loop.create_server(self._converse, "127.0.0.1", smtp_port)

    async def stop(self) -> None:
        self._smtp.close()
        await self._http.cleanup()
        await self._queue.close()
        await self._store.close()

    async def handle_EHLO(  # noqa: N802 (aiosmtpd finds it by name)
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        return [responses[0], "250-PIPELINING", *responses[1:]]

    async def handle_DATA(  # noqa: N802 (aiosmtpd finds it by name)
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        await accept(self._store, self._queue, envelope.content)
        return "250 2.0.0 Kept"

    async def _route(self, identity: UUID) -> None:
        await self._store.route(identity)
        self._routed += 1

    def _converse(self) -> SMTP:
        return SMTP(self, hostname="floor.example", loop=asyncio.get_running_loop())

    async def _serve_http(self, port: int) -> None:
        app = web.Application()
        app.router.add_post("/interactions", self._post)
        app.router.add_get("/routed", self._tell_routed)
        self._http = web.AppRunner(app, access_log=None)
        await self._http.setup()
        await web.TCPSite(self._http, "127.0.0.1", port).start()

    async def _post(self, request: web.Request) -> web.Response:
        identity = await accept(self._store, self._queue, await request.read())
        return web.json_response({"id": str(identity)}, status=201)

    async def _tell_routed(self, _request: web.Request) -> web.Response:
        return web.json_response(self._routed)


async def accept(store: Store, queue: Queue, content: bytes) -> UUID:
    """When this returns, the content is kept and will be routed."""
    identity = uuid4()
    await store.insert(identity, content)
    await queue.publish(identity)
    return identity


def make_parts(store_url: str, bus_url: str) -> tuple[Store, Queue]:
    postgres = urlsplit(store_url).scheme == "postgresql"
    store: Store = PostgresStore(store_url) if postgres else SqliteStore(store_url)
    queue: Queue = MemoryQueue() if bus_url == "local:" else RabbitQueue(bus_url)
    return store, queue


async def run(arguments: argparse.Namespace) -> None:
    floor = Floor(*make_parts(arguments.store, arguments.bus))
    await floor.start(arguments.smtp_port, arguments.http_port)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    await floor.stop()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--store", required=True, help="sqlite:///PATH or postgresql://…")
    parser.add_argument("--bus", required=True, help="local: or amqp://…")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    uvloop.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
