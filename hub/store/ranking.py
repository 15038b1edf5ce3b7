"""The order of a queue, as one number that is kept with each work item: the lowest is first.

Who waits longest comes first. Priority counts as minutes waited, and so does the urgency of a
promise that is nearly or already broken. All grow by one minute a minute, so the order of two items
changes only when one of them does, the number can be an index, and what waits long enough goes
before anything that comes later: nothing starves.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

MINUTE = 60_000

Place = tuple[int, str]
"""Where in a queue an item stands: its rank, and its id among those of one rank."""


def rank(waiting_since: datetime, priority_minutes: int, urgency_minutes: int) -> int:
    """Since when it counts as waiting, in milliseconds since 1970."""
    since = round(waiting_since.timestamp() * 1000)
    return since - MINUTE * (priority_minutes + urgency_minutes)


def ranked(item: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """New values of the columns of an item, with its new place in the queue."""
    now = {name: values.get(name, getattr(item, name)) for name in _DECIDING}
    return {**values, "rank": rank(**now)}


_DECIDING = ("waiting_since", "priority_minutes", "urgency_minutes")
