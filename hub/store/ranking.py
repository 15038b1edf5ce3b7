"""The order of a queue, as one number that is kept with each work item: the lowest is first.

Who waits longest comes first. Priority counts as minutes waited, and so does urgency: the sooner an
answer was promised, the more, so that a chat is not behind a mail that may wait until tomorrow.
All grow by one minute a minute, so the order of two items never changes, the number can be an
index, and what waits long enough goes before anything that comes later: nothing starves.
"""

from datetime import datetime

URGENCY_MINUTES = 480
"""A working day. An answer promised within so many minutes counts as waiting longer: for one that
is promised at once as long as this, for one that is promised by then not at all."""


def rank(waiting_since: datetime, priority_minutes: int, due: datetime | None) -> int:
    """Since when it counts as waiting, in milliseconds since 1970. `due`: of the first answer."""
    since = _milliseconds(waiting_since) - 60_000 * priority_minutes
    if due is None:
        return since
    promised = _milliseconds(due) - _milliseconds(waiting_since)
    return since - max(0, 60_000 * URGENCY_MINUTES - max(promised, 0))


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
