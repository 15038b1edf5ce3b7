"""Which messages of a queue may be handled next, so that every subject keeps its order.

Each subject is a lane: while a message of it is in hand or waits for its retry, the ones behind it
wait too, and the other lanes go on.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(eq=False, slots=True)
class Message:
    """One message of one queue, held by this process."""

    tag: int
    """What the implementation knows it by; a later message has a higher one."""
    event_id: str
    topic: str
    subject: str
    body: str | bytes
    tries: int = 0
    """How often it was begun."""
    suspect: bool = False
    """It was begun before and not finished: it is handled alone, and its tries are counted."""
    due: float = 0.0
    """Not before this moment of the event loop's clock."""
    reason: str = ""

    @property
    def lane(self) -> str:
        return self.subject or self.event_id


class Lanes:
    """The messages of one queue in this process: waiting, or in a worker's hands."""

    def __init__(self) -> None:
        self._waiting: deque[Message] = deque()
        self._busy: set[str] = set()
        self._in_hand = 0

    def __len__(self) -> int:
        return len(self._waiting) + self._in_hand

    def add(self, messages: Sequence[Message]) -> None:
        """Append what arrived, in order."""
        self._waiting.extend(messages)

    def take(self, limit: int, now: float) -> list[Message]:
        """The next messages that may be handled together; a suspect comes alone."""
        taken: list[Message] = []
        passed: list[Message] = []
        closed = set(self._busy)
        while self._waiting and len(taken) < limit:
            message = self._waiting.popleft()
            if message.lane not in closed and message.due <= now:
                if not message.suspect:
                    taken.append(message)
                    continue
                if not taken:
                    taken.append(message)
                    break
            closed.add(message.lane)
            passed.append(message)
        self._waiting.extendleft(reversed(passed))
        self._busy.update(message.lane for message in taken)
        self._in_hand += len(taken)
        return taken

    def give_back(self, taken: Sequence[Message], unfinished: Sequence[Message]) -> None:
        """End what `take` began; the `unfinished` of them go to the front, in order."""
        self._in_hand -= len(taken)
        self._busy.difference_update(message.lane for message in taken)
        self._waiting.extendleft(reversed(unfinished))

    def next_due(self, now: float) -> float | None:
        """When the first message that waits for its moment may be tried; None: none does."""
        return min((message.due for message in self._waiting if message.due > now), default=None)
