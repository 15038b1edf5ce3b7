"""Gives listeners their copies, each at its own pace: a slow one holds up nobody."""

import asyncio
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet

import structlog

from hub.bus import GapListener, Listener, Wanted
from hub.bus.topics import matches_any
from hub.errors import Rejected
from hub.events import Envelope, decode
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

MOST_WAITING = 1000
"""Copies for one listener; one that is further behind is told of a gap instead."""


class Audience:
    """All listeners of one process."""

    def __init__(self) -> None:
        self._seats: list[_Seat] = []

    def add(
        self, topics: Sequence[str], listener: Listener, on_gap: GapListener, wanted: Wanted
    ) -> None:
        self._seats.append(_Seat(tuple(topics), listener, on_gap, wanted))

    @property
    def topics(self) -> set[str]:
        """What they may want, ever."""
        return {topic for seat in self._seats for topic in seat.topics}

    @property
    def wanted(self) -> set[str]:
        """What they want now."""
        return {topic for seat in self._seats if seat.wanted() for topic in seat.topics}

    def start(self) -> None:
        for seat in self._seats:
            seat.task.start()

    async def stop(self) -> None:
        await asyncio.gather(*(seat.task.stop() for seat in self._seats))

    def tell(self, messages: Iterable[tuple[str, str | bytes]]) -> None:
        """Pass on topics with bodies, in order."""
        for topic, body in messages:
            wanting = [seat for seat in self._seats if seat.wants(topic)]
            if wanting:
                _pass_on(body, wanting)

    def gap(self, topics: AbstractSet[str] | None = None) -> None:
        """Some messages may have been missed; of these topics, if any are named."""
        for seat in self._seats:
            if topics is None or not topics.isdisjoint(seat.topics):
                seat.put(None)


class _Seat:
    """One listener and what waits for it; None stands for a gap."""

    def __init__(
        self, topics: tuple[str, ...], listener: Listener, on_gap: GapListener, wanted: Wanted
    ) -> None:
        self.topics = topics
        self.wanted = wanted
        self._matching: dict[str, bool] = {}  # a deployment has few topics
        self.task = Supervised("bus.listener", self._run)
        self._listener = listener
        self._on_gap = on_gap
        self._waiting: asyncio.Queue[Envelope | None] = asyncio.Queue()

    def wants(self, topic: str) -> bool:
        if topic not in self._matching:
            self._matching[topic] = matches_any(self.topics, topic)
        return self._matching[topic] and self.wanted()

    def put(self, envelope: Envelope | None) -> None:
        if self._waiting.qsize() >= MOST_WAITING:
            while not self._waiting.empty():
                self._waiting.get_nowait()
            envelope = None
        self._waiting.put_nowait(envelope)

    async def _run(self) -> None:
        while True:
            envelope = await self._waiting.get()
            try:
                await (self._on_gap() if envelope is None else self._listener(envelope))
            except Exception:
                log.exception("bus.listener_failed")


def _pass_on(body: str | bytes, seats: Iterable[_Seat]) -> None:
    try:
        envelope = decode(body)
    except Rejected:
        return  # a queue that wants it has it in its dead letters
    for seat in seats:
        seat.put(envelope)
