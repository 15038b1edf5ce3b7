"""Works off one queue in this process: takes messages, calls handlers, settles what became of them.

Both buses use it; each brings a `Keeper` that makes the outcome durable in its own way.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import structlog

from hub.bus import DeadLetter, DeadLetterSink, Delivery, Handler
from hub.bus.handling import Outcome, handle, reason_of
from hub.bus.lanes import Lanes, Message
from hub.errors import Rejected, Retry, StoreDown
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

DIED = "the process died while handling it"


class Keeper(Protocol):
    """Keeps the messages of one queue. Raises StoreDown when it cannot just now."""

    async def begin(self, messages: Sequence[Message]) -> None:
        """Count one more of their `tries`, so that it holds if the process dies now."""

    async def settle(self, gone: Sequence[Message], postponed: Sequence[Message]) -> None:
        """Forget those that are `gone`; keep when and why the `postponed` are tried again."""


class QueueConsumer:
    """The workers of one queue. Messages come in by `add`, on behalf of the present keeper."""

    def __init__(self, queue: str, delivery: Delivery, dead_letters: DeadLetterSink) -> None:
        self.queue = queue
        self.problem = ""
        self._delivery = delivery
        self._dead_letters = dead_letters
        self._lanes = Lanes()
        self._keeper: Keeper | None = None
        self._woken = asyncio.Event()
        self._stopping = asyncio.Event()
        self._workers: list[_Worker] = []
        self.on_room: Callable[[], None] = _nothing

    def attach(self, handler: Handler) -> None:
        """One more worker: a handler is never called again before it has returned."""
        self._workers.append(_Worker(self, handler))

    def serve(self, keeper: Keeper) -> None:
        """Begin with an empty hand: `keeper` brings everything that is not settled again."""
        self._keeper = keeper
        self._lanes = Lanes()

    def add(self, messages: Sequence[Message]) -> None:
        self._lanes.add(messages)
        self._woken.set()

    def __len__(self) -> int:
        return len(self._lanes)

    def start(self) -> None:
        for worker in self._workers:
            worker.task.start()

    async def stop(self) -> None:
        """Let the handlers that run finish, and settle; what was not begun stays in the queue."""
        self._stopping.set()
        self._woken.set()
        try:
            await asyncio.gather(*(worker.ended.wait() for worker in self._workers))
        finally:
            await asyncio.gather(*(worker.task.stop() for worker in self._workers))


class _Worker:
    """Calls one handler, again and again."""

    def __init__(self, consumer: QueueConsumer, handler: Handler) -> None:
        self._consumer = consumer
        self._handler = handler
        self._misses = 0
        self.ended = asyncio.Event()
        self.task = Supervised(f"bus.{consumer.queue}", self._run)
