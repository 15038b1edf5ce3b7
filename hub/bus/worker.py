"""Works off one queue in this process: calls handlers, settles what became of each message."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence

import structlog

from hub.bus import DeadLetter, DeadLetterSink, Delivery, Handler
from hub.bus.handling import Outcome, handle, reason_of
from hub.bus.lanes import Message
from hub.bus.stock import Stock, Taken
from hub.bus.storable import storable
from hub.errors import LoketError, Rejected, Retry, StoreDown
from hub.pacing import pause
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

DIED = "the process died while handling it"
BREATH = 0.06
"""Seconds, at most, in which a busy queue gathers more."""


class QueueWork:
    """The stock of one queue and the workers that share it."""

    def __init__(self, queue: str, delivery: Delivery, dead_letters: DeadLetterSink) -> None:
        self.queue = queue
        self.stock = Stock(delivery.prefetch)
        self._delivery = delivery
        self._dead_letters = dead_letters
        self._workers: list[Worker] = []
        self._tasks: list[Supervised] = []

    def attach(self, handler: Handler) -> None:
        """Let `handler` share the queue. It is not called again before it has returned."""
        worker = Worker(self.queue, self.stock, handler, self._delivery, self._dead_letters)
        self._workers.append(worker)
        self._tasks.append(Supervised(f"bus.{self.queue}", worker.run))

    @property
    def problem(self) -> str:
        return next((worker.problem for worker in self._workers if worker.problem), "")

    def start(self) -> None:
        for task in self._tasks:
            task.start()

    def close(self) -> None:
        """Begin nothing more; the handlers that run may finish."""
        self.stock.close()
        for worker in self._workers:
            worker.stop()

    async def idle(self) -> None:
        """Wait until what was begun is settled."""
        await self.stock.idle()

    async def cancel(self) -> None:
        """End the workers, whatever they do."""
        for task in self._tasks:
            await task.stop()


class Worker:
    """Calls one handler, again and again."""

    def __init__(
        self,
        queue: str,
        stock: Stock,
        handler: Handler,
        delivery: Delivery,
        dead_letters: DeadLetterSink,
    ) -> None:
        self.problem = ""
        self._queue = queue
        self._stock = stock
        self._handler = handler
        self._delivery = delivery
        self._dead_letters = dead_letters
        self._stopping = asyncio.Event()
        self._misses = 0

    def stop(self) -> None:
        """Finish what is in hand and begin nothing more."""
        self._stopping.set()

    async def run(self) -> None:
        while taken := await self._stock.take(self._delivery.batch):
            unfinished: Sequence[Message] = taken.messages
            try:
                unfinished = await self._work_off(taken)
            finally:
                self._stock.give_back(taken, unfinished)
            if seconds := pause(len(taken.messages), self._delivery.batch, BREATH):
                await self._breathe(seconds)

    async def _work_off(self, taken: Taken) -> Sequence[Message]:
        """Handle and settle; gives what has to be taken again, in order."""
        try:
            await taken.keeper.begin(taken.messages)
        except StoreDown as error:
            await self._pause(error)
            return taken.messages
        outcome = self._given_up(taken.messages)
        if outcome is None:
            outcome = await handle(self._handler, taken.messages, self._going_on)
        return await self._conclude(taken, outcome)

    def _given_up(self, messages: Sequence[Message]) -> Outcome | None:
        """What was begun for the last time before, and never came to an end, is not begun again."""
        died = [message for message in messages if message.tries > self._delivery.attempts]
        if not died:
            return None
        for message in died:
            message.tries -= 1
        return Outcome(failed=[(message, Retry(DIED)) for message in died])

    async def _conclude(self, taken: Taken, outcome: Outcome) -> Sequence[Message]:
        postponed, dead = self._judge(outcome)
        gone = [*outcome.done, *dead]

        async def settle() -> None:
            if dead:
                await self._dead_letters([self._letter(message) for message in dead])
            await taken.keeper.settle(gone, postponed)

        for message in outcome.left:
            message.tries -= 1
        if outcome.done or outcome.failed:
            await self._insist(settle)
        if outcome.store_down:
            await self._pause(StoreDown("the database does not answer"))
        else:
            self._recovered()
        finished = set(gone)
        return [message for message in taken.messages if message not in finished]

    def _judge(self, outcome: Outcome) -> tuple[list[Message], list[Message]]:
        """Which of the failed are tried again, and which are dead."""
        postponed: list[Message] = []
        dead: list[Message] = []
        for message, error in outcome.failed:
            message.reason = reason_of(error)
            final = isinstance(error, Rejected) or message.tries >= self._delivery.attempts
            (dead if final else postponed).append(message)
            if not final:
                asked = error.after if isinstance(error, Retry) else None
                delay = self._delivery.delay(message.tries, asked)
                message.due = asyncio.get_running_loop().time() + delay
                message.suspect = True
            self._tell(message, error, final=final)
        return postponed, dead

    def _tell(self, message: Message, error: Exception, *, final: bool) -> None:
        event = "bus.dead_letter" if final else "bus.failed"
        expected = isinstance(error, LoketError)
        log.warning(
            event,
            queue=self._queue,
            topic=message.topic,
            event_id=message.event_id,
            tries=message.tries,
            reason=message.reason,
            exc_info=None if expected else error,
        )

    def _letter(self, message: Message) -> DeadLetter:
        return DeadLetter(
            queue=self._queue,
            event_id=message.event_id,
            topic=message.topic,
            subject=message.subject,
            body=storable(message.body),
            reason=message.reason,
            attempts=message.tries,
        )

    async def _insist(self, settle: Callable[[], Awaitable[None]]) -> None:
        """Settle, for as long as it takes: a message must not be handled again for its sake."""
        going_on = True
        while going_on:
            try:
                await settle()
            except StoreDown as error:
                going_on = await self._pause(error)
            except Exception as error:
                log.exception("bus.settling_failed", queue=self._queue)
                going_on = await self._pause(error)
            else:
                return

    async def _pause(self, problem: Exception) -> bool:
        """Wait, longer each time; False when the bus stops."""
        if not self._misses:
            log.warning("bus.paused", queue=self._queue, reason=str(problem))
        self._misses += 1
        self.problem = f"{self._queue} waits: {problem}"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._delivery.store_delay(self._misses)):
                await self._stopping.wait()
        return self._going_on()

    async def _breathe(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    def _recovered(self) -> None:
        if self._misses:
            log.info("bus.resumed", queue=self._queue)
        self._misses = 0
        self.problem = ""

    def _going_on(self) -> bool:
        return not self._stopping.is_set()
