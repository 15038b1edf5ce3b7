"""The bus: what happened, told to whoever subscribed, at least once and in order per conversation.

A `Bus` is chosen by URL: `local:` keeps messages in the store, `amqp://` in RabbitMQ. Handlers see
`Envelope`s, never a broker's objects, and what a handler does is the acknowledgement: returning is
done, `Retry` is again later, any other error is again until the attempts run out and the message
goes to the dead letters with its reason.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.events import Envelope

Handler = Callable[[Sequence[Envelope]], Awaitable[None]]
Listener = Callable[[Envelope], Awaitable[None]]
GapListener = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Outgoing:
    """One encoded event to publish. `queue` set: to that queue alone (a dead letter tried again)."""

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

    def delay(self, attempt: int) -> float:
        """Seconds to wait after the `attempt`th failure, counted from 1."""
        return self.backoff[min(attempt, len(self.backoff)) - 1]


class Bus(Protocol):
    """Both implementations promise what tests/support/bus_contract.py states."""

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        """Returns when all are durable; raises Retry when they may not be (publish again)."""

    def subscribe(self, queue: str, topics: Sequence[str], handler: Handler) -> None:
        """Before `start`: share the durable `queue`, bound to `topics` (`*` one word, `#` any).

        The handler gets up to `Delivery.batch` envelopes in order. When it fails, each is handled
        alone, so that one bad message harms no other; the ones behind a waiting message of the
        same subject wait with it.
        """

    def listen(self, topics: Sequence[str], listener: Listener, on_gap: GapListener) -> None:
        """Before `start`: get a copy of every message from now on, in order, while running.

        Nothing is kept for a listener; `on_gap` is told when some may have been missed.
        """

    async def start(self) -> None: ...

    async def stop(self) -> None:
        """Stop taking messages, let handlers finish, then stop publishing."""

    async def depths(self) -> dict[str, int]:
        """Messages waiting per durable queue that this process shares."""

    @property
    def problem(self) -> str:
        """Why the bus does not work just now; empty when it does."""
