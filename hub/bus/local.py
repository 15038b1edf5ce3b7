"""The bus inside one process: messages are rows in the store until they are handled.

It needs no broker and loses nothing when the process dies. What it holds in memory is a copy of
the rows next in line; two processes must not share it.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection

from hub import clock
from hub.bus import (
    DeadLetterSink,
    Delivery,
    GapListener,
    Handler,
    Listener,
    Outgoing,
    Wanted,
    always,
)
from hub.bus.audience import Audience
from hub.bus.lanes import Message
from hub.bus.topics import Bindings, matches_any
from hub.bus.worker import QueueWork
from hub.errors import StoreDown
from hub.store import Database, local_messages, moving
from hub.store.local_messages import Addressed, LocalMessage, Postponed
from hub.supervise import Supervised


class LocalBus:
    """See `hub.bus.Bus`."""

    def __init__(
        self, database: Database, delivery: Delivery, dead_letters: DeadLetterSink
    ) -> None:
        self._database = database
        self._delivery = delivery
        self._dead_letters = dead_letters
        self._queues: dict[str, _LocalQueue] = {}
        self._bindings = Bindings()
        self._audience = Audience()
        # Rows must become visible in the order of their positions, on PostgreSQL too.
        self._order = asyncio.Lock()

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        rows = [row for message in messages for row in self._address(message)]
        async with self._order:
            if rows:
                await self._database.write(lambda c: local_messages.add(c, rows))
            self._audience.tell((m.topic, m.body) for m in messages if not m.queue)
        for queue in {row.queue for row in rows} & self._queues.keys():
            self._queues[queue].wake()

    async def move(self, limit: int) -> int:
        """Move up to `limit` events from the outbox of the same SQLite file to the queues, in one
        transaction; gives how many. Raises StoreDown, and then nothing was moved."""
        wanted = self._audience.wanted
        moved = await self._database.write(
            lambda c: moving.move(
                c, limit, self._bindings.wanting, lambda topic: matches_any(wanted, topic)
            )
        )
        self._audience.tell(moved.heard)
        if moved.count and (late := self._audience.wanted - wanted):
            self._audience.gap(late)
        for queue in moved.queues & self._queues.keys():
            self._queues[queue].wake()
        return moved.count

    def subscribe(self, queue: str, topics: Sequence[str], handler: Handler) -> None:
        if queue not in self._queues:
            work = QueueWork(queue, self._delivery, self._dead_letters)
            self._queues[queue] = _LocalQueue(self._database, work, self._delivery)
        self._bindings.add(queue, topics)
        self._queues[queue].work.attach(handler)

    def listen(
        self,
        topics: Sequence[str],
        listener: Listener,
        on_gap: GapListener,
        wanted: Wanted = always,
    ) -> None:
        self._audience.add(topics, listener, on_gap, wanted)

    async def start(self) -> None:
        self._audience.start()
        for queue in self._queues.values():
            queue.start()

    async def stop(self) -> None:
        queues = self._queues.values()
        for queue in queues:
            queue.work.close()
        try:
            for queue in queues:
                await queue.work.idle()
        finally:
            for queue in queues:
                await queue.cancel()
            await self._audience.stop()

    async def depths(self) -> dict[str, int]:
        queues = list(self._queues)
        return await self._database.read(lambda c: local_messages.depths(c, queues))

    @property
    def problem(self) -> str:
        return next((queue.problem for queue in self._queues.values() if queue.problem), "")

    def _address(self, message: Outgoing) -> list[Addressed]:
        queues = [message.queue] if message.queue else self._bindings.wanting(message.topic)
        return [
            Addressed(queue, message.event_id, message.topic, message.subject, message.body)
            for queue in queues
        ]


class _LocalQueue:
    """Brings rows to the workers of one queue, and keeps what becomes of them."""

    def __init__(self, database: Database, work: QueueWork, delivery: Delivery) -> None:
        self.work = work
        self._database = database
        self._delivery = delivery
        self._feeder = Supervised(f"bus.{work.queue}.feeder", self._feed)
        self._woken = asyncio.Event()
        self._position = 0
        self._misses = 0
        self._problem = ""

    @property
    def problem(self) -> str:
        return self._problem or self.work.problem

    def start(self) -> None:
        self.work.stock.renew(self)
        self._feeder.start()
        self.work.start()

    async def cancel(self) -> None:
        await self._feeder.stop()
        await self.work.cancel()

    def wake(self) -> None:
        """There are new rows."""
        self._woken.set()

    async def begin(self, messages: Sequence[Message]) -> None:
        """See `Keeper`. Those of one call were begun equally often: all never, or just one."""
        tries = messages[0].tries + 1
        positions = [message.tag for message in messages]
        await self._database.write(lambda c: local_messages.count_attempt(c, positions, tries))
        for message in messages:
            message.tries = tries

    async def settle(self, gone: Sequence[Message], postponed: Sequence[Message]) -> None:
        """See `Keeper`."""
        positions = [message.tag for message in gone]
        waiting = [_postponed(message) for message in postponed]

        def work(connection: Connection) -> None:
            local_messages.remove(connection, positions)
            local_messages.postpone(connection, waiting)

        await self._database.write(work)

    async def _feed(self) -> None:
        """Keep the stock filled, from the oldest row on."""
        while True:
            await self.work.stock.room()
            self._woken.clear()
            room = max(1, self._delivery.prefetch - len(self.work.stock))
            try:
                rows = await self._next_rows(room)
            except StoreDown as error:
                await self._pause(error)
                continue
            self._misses, self._problem = 0, ""
            if rows:
                self._position = rows[-1].position
                longest = self._delivery.longest_wait
                self.work.stock.add(self, [_message(row, longest) for row in rows])
            if len(rows) < room:
                await self._woken.wait()

    async def _next_rows(self, room: int) -> list[LocalMessage]:
        queue, position = self.work.queue, self._position
        return await self._database.read(lambda c: local_messages.after(c, queue, position, room))

    async def _pause(self, error: StoreDown) -> None:
        self._misses += 1
        self._problem = f"{self.work.queue} waits: {error}"
        await asyncio.sleep(self._delivery.store_delay(self._misses))


def _message(row: LocalMessage, longest_wait: float) -> Message:
    message = Message(row.position, row.event_id, row.topic, row.subject, row.body)
    message.tries = row.attempts
    message.suspect = row.attempts > 0  # by a process that is gone
    if row.due_at is not None:
        wait = (row.due_at - clock.now()).total_seconds()
        message.due = asyncio.get_running_loop().time() + min(wait, longest_wait)
    return message


def _postponed(message: Message) -> Postponed:
    wait = message.due - asyncio.get_running_loop().time()
    return Postponed(message.tag, clock.now() + timedelta(seconds=wait), message.reason)
