"""Counts failed sign-ins, so that passwords cannot be tried one after another."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

MOST_KEYS = 10_000


class Attempts:
    """`limit` failures per key within `window`; then the key waits until the oldest is past."""

    def __init__(self, limit: int, window: timedelta) -> None:
        self._limit = limit
        self._window = window
        self._failures: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait(self, key: str, now: datetime) -> timedelta | None:
        """How long this key must wait; None when it may try."""
        failures = self._recent(key, now)
        if len(failures) < self._limit:
            return None
        return failures[0] + self._window - now

    def failed(self, key: str, now: datetime) -> None:
        self._recent(key, now).append(now)
        self._failures.move_to_end(key)
        # Someone who tries many keys must not fill the memory.
        while len(self._failures) > MOST_KEYS:
            self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        self._failures.pop(key, None)

    def _recent(self, key: str, now: datetime) -> deque[datetime]:
        failures = self._failures.setdefault(key, deque(maxlen=self._limit))
        while failures and now - failures[0] >= self._window:
            failures.popleft()
        return failures
