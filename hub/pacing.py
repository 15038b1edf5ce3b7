"""When to pause so that more gathers: handling many together takes little longer than few."""

BUSY = 8
"""So many at once show that more are coming."""
EACH = 0.002
"""Seconds for each of them: about what it takes to handle one where all has to be done here."""


def pause(count: int, most: int, longest: float) -> float:
    """How many seconds to wait after a run of `count` where `most` would have fitted.

    After more it is longer, so it grows only where more come than can be handled without it: who
    waits for a single mail after a small crowd hardly notices.
    """
    return min(longest, count * EACH) if BUSY <= count < most else 0.0
