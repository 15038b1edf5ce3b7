"""When to pause so that more gathers: handling many together takes little longer than few."""

BUSY = 8
"""So many at once show that more are coming."""


def worth_a_pause(count: int, most: int) -> bool:
    """Whether to wait a moment after a run of `count` where `most` would have fitted."""
    return BUSY <= count < most
