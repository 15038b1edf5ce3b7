"""The only readers of time and randomness, so that tests can set both."""

import os
import secrets
import time
from collections import deque
from datetime import UTC, datetime
from functools import lru_cache

SHORTEST_SLEEP = 0.05
"""Seconds: what is due and is not done yet must not keep a processor busy."""
_RANDOM_BYTES = 8
_AT_ONCE = 256
_VARIANT = "89ab"
_random: "deque[str]" = deque()
"""Read ahead: asking the system gives the interpreter away to whichever thread waits for it, and a
mail has some twenty ids. A forked process must not have ours."""
os.register_at_fork(after_in_child=_random.clear)


def now() -> datetime:
    """The present moment, with the UTC zone."""
    return datetime.now(UTC)


def seconds_until(moment: datetime | None, *, longest: float) -> float:
    """How long to sleep before something is due, and no longer than so; None: nothing is known."""
    if moment is None:
        return longest
    return min(max((moment - now()).total_seconds(), SHORTEST_SLEEP), longest)


def stamp() -> str:
    """The present moment as `2026-11-30T09:39:46.548956Z`, for what is written at any moment: in a
    fifth of the time that `now().isoformat()` takes."""
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    return f"{_second(seconds)}.{nanoseconds // 1000:06d}Z"


@lru_cache(maxsize=4)
def _second(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def new_id() -> str:
    """A UUIDv7 (RFC 9562, 5.7) as 36 characters; ids made later sort later, to a quarter of a
    microsecond: the 12 bits after the milliseconds are the rest of the time (6.2, method 3)."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    time_of_it = f"{milliseconds:012x}7{(rest << 12) // 1_000_000:03x}"
    return f"{time_of_it[:8]}-{time_of_it[8:12]}-{time_of_it[12:]}-{_random_end()}"


def _random_end() -> str:
    """The end of an id, as `8123-456789abcdef`: two bits that say its kind and 62 random ones."""
    while True:
        try:
            return _random.popleft()
        except IndexError:
            fresh = os.urandom(_RANDOM_BYTES * _AT_ONCE)
            digits = fresh.hex()
            _random.extend(
                f"{_VARIANT[fresh[n] >> 6]}{digits[2 * n + 1 : 2 * n + 4]}-"
                f"{digits[2 * n + 4 : 2 * (n + _RANDOM_BYTES)]}"
                for n in range(0, len(fresh), _RANDOM_BYTES)
            )


def first_id(moment: datetime) -> str:
    """No id that `new_id` makes from then on sorts before this, and all earlier ones do."""
    milliseconds = f"{int(moment.timestamp() * 1000):012x}"
    return f"{milliseconds[:8]}-{milliseconds[8:]}-7000-8000-{0:012x}"


def new_secret() -> str:
    """256 bits from the system's random source, safe in a URL or a header."""
    return secrets.token_urlsafe(32)
