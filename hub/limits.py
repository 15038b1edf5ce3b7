"""How often somebody may do something: a bucket that fills evenly and holds one minute's worth."""

from dataclasses import dataclass

_MOST_KEYS = 20_000


@dataclass
class Bucket:
    """`per_minute` at once, then evenly as many in a minute. Times are seconds of any one clock."""

    per_minute: int
    spent: float = 0
    at: float = 0

    def take(self, now: float) -> float:
        """Seconds to wait before this may be done; 0 means go ahead."""
        rate = self.per_minute / 60
        self.spent = max(0.0, self.spent - (now - self.at) * rate)
        self.at = now
        if self.spent + 1 > self.per_minute:
            return (self.spent + 1 - self.per_minute) / rate
        self.spent += 1
        return 0

    def is_full(self, now: float) -> bool:
        """Whether it has nothing to remember."""
        return self.spent <= (now - self.at) * self.per_minute / 60


class Buckets:
    """One bucket for each address or visitor."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._buckets: dict[str, Bucket] = {}

    def take(self, key: str, now: float) -> float:
        """Seconds to wait before `key` may do this; 0 means go ahead."""
        if key not in self._buckets:
            if len(self._buckets) >= _MOST_KEYS:
                self._forget(now)
            self._buckets[key] = Bucket(self._per_minute, at=now)
        return self._buckets[key].take(now)

    def _forget(self, now: float) -> None:
        """Make room: first what has nothing to remember, else everything, so that a flood from
        very many addresses costs no memory."""
        kept = {key: bucket for key, bucket in self._buckets.items() if not bucket.is_full(now)}
        self._buckets = kept if len(kept) < _MOST_KEYS else {}
