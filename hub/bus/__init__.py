"""The bus: what happened, told to whoever subscribed, at least once and in order per conversation.

A `Bus` is chosen by URL: `local:` keeps messages in the store, `amqp://` in RabbitMQ. Handlers see
`Envelope`s, never a broker's objects, and what a handler does is the acknowledgement: returning is
done, any error is again later until the attempts run out and the message goes to the dead letters
with its reason. `Retry` says how much later, `Rejected` that trying again is of no use, and
`StoreDown` is nobody's fault: it is tried again for as long as it takes.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.events import Envelope

Handler = Callable[[Sequence[Envelope]], Awaitable[None]]
Listener = Callable[[Envelope], Awaitable[None]]
GapListener = Callable[[], Awaitable[None]]
Wanted = Callable[[], bool]


def always() -> bool:
    return True


@dataclass(frozen=True)
class Outgoing:
    """One encoded event to publish; to `queue` alone if set: a dead letter that is tried again."""

    event_id: str
    topic: str
    subject: str
    body: str
    queue: str = ""


@dataclass(frozen=True)
class DeadLetter:
    """A message that could not be handled, with the reason for a person to read."""

    queue: str
    event_id: str
    topic: str
    subject: str
    body: str
    reason: str
    attempts: int


DeadLetterSink = Callable[[Sequence[DeadLetter]], Awaitable[None]]


@dataclass(frozen=True)
class Delivery:
    """How patient a bus is: see BusSettings for the meaning and the units."""

    prefetch: int = 400
    batch: int = 100
    attempts: int = 5
    backoff: tuple[float, ...] = (1, 4, 16, 64)
    store_backoff: tuple[float, ...] = (0.5, 1, 2, 5)
    """Seconds between tries while the store is away; such tries do not count."""
    longest_wait: float = 300
    """More than a `Retry` may ask for: brokers want a message back that is held too long."""

    def delay(self, attempt: int, asked: float | None = None) -> float:
        """Seconds to wait after the `attempt`th failure, counted from 1; `asked` by a `Retry`."""
        if asked is not None:
            return min(max(asked, 0), self.longest_wait)
        return self.backoff[min(attempt, len(self.backoff)) - 1]

    def store_delay(self, attempt: int) -> float:
        """Seconds to wait after the store was away for the `attempt`th time on end."""
        return self.store_backoff[min(attempt, len(self.store_backoff)) - 1]


class Bus(Protocol):
    """Both implementations promise what tests/support/bus_contract.py states."""

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        """Returns when all are durable; raises Retry when they may not be (publish again).

        An event that no queue wants is gone, except for the listeners.
        """

    def subscribe(self, queue: str, topics: Sequence[str], handler: Handler) -> None:
        """Before `start`: share the durable `queue`, bound to `topics` (`*` one word, `#` any).

        The handler gets up to `Delivery.batch` envelopes in order. When it fails, each is handled
        alone, so that one bad message harms no other; the ones behind a waiting message of the
        same subject wait with it. What was in hand when a process died is handled alone too.
        """

    def listen(
        self,
        topics: Sequence[str],
        listener: Listener,
        on_gap: GapListener,
        wanted: Wanted = always,
    ) -> None:
        """Before `start`: get a copy of every message from now on, in order, while running.

        Nothing is kept for a listener; `on_gap` is told when some may have been missed. While
        `wanted` says no, it gets nothing, and nobody spends time on reading messages for it.
        """

    async def start(self) -> None:
        """Begin to deliver. A broker that is away is a `problem`, not an error."""

    async def stop(self) -> None:
        """Stop taking messages, let handlers finish, then stop publishing."""

    async def depths(self) -> dict[str, int]:
        """Messages waiting per durable queue that this process knows. Raises Retry."""

    @property
    def problem(self) -> str:
        """Why the bus does not work just now; empty when it does."""
