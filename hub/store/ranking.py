"""The order of a queue, as one number that is kept with each work item: the lowest is first.

Who waits longest comes first. Priority counts as minutes waited, and so does the urgency of a
promise that is nearly or already broken. All grow by one minute a minute, so the order of two items
changes only when one of them does, the number can be an index, and what waits long enough goes
before anything that comes later: nothing starves. Only who is on the phone goes before all that can
wait, for as long as they hold the line.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement

from hub.store.constants import constant

MINUTE = 60_000
_BEFORE_ALL = 60 * 24 * 366 * 100 * MINUTE
"""A century: nothing that can wait has waited so long."""
_FIRST = 0
"""All that goes before the rest is below this, until a century after 1970; nothing else is."""

Place = tuple[int, str]
"""Where in a queue an item stands: its rank, and its id among those of one rank."""


def rank(
    waiting_since: datetime,
    priority_minutes: int,
    urgency_minutes: int,
    *,
    goes_first: bool = False,
) -> int:
    """Since when it counts as waiting, in milliseconds since 1970."""
    since = round(waiting_since.timestamp() * 1000)
    return since - MINUTE * (priority_minutes + urgency_minutes) - _BEFORE_ALL * goes_first


def goes_first(item: Any) -> bool:
    """Whether it stands before all that can wait."""
    place: int = item.rank
    return place < _FIRST


def is_first(place: ColumnElement[int]) -> ColumnElement[bool]:
    """The same of a column; there is an index of such rows."""
    return place < constant(_FIRST)


def before_the_rest(place: int) -> int:
    """Where what stood among the rest stands first."""
    return place - _BEFORE_ALL


def among_the_rest(place: ColumnElement[int]) -> ColumnElement[int]:
    """Where what went first stands among the rest."""
    return place + _BEFORE_ALL


def ranked(item: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """New values of the columns of an item, with its new place in the queue. What goes first, or
    does not, stays so, until it is done: opened again, it can wait."""
    now = _plain(item, values)
    if values.get("state") == _DONE:
        return {**values, "rank": now}
    return {**values, "rank": item.rank + now - _plain(item, {})}


def _plain(item: Any, values: Mapping[str, Any]) -> int:
    return rank(**{name: values.get(name, getattr(item, name)) for name in _DECIDING})


_DONE = "done"
_DECIDING = ("waiting_since", "priority_minutes", "urgency_minutes")
