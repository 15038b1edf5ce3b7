"""Days of the week as hours name them: `mon`, `mon-fri`, `sat-tue`."""

from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import BeforeValidator

from routing.said import said

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""In the order of `date.weekday()`."""


def numbers(written: str) -> tuple[int, ...]:
    """The days that `mon-fri` stands for, as numbers from 0 for Monday.

    A range may go over the weekend. Raises ValueError for what is not a day.
    """
    first, dash, last = (part.strip() for part in written.partition("-"))
    start = _number(first)
    count = (_number(last) - start) % 7 + 1 if dash else 1
    return tuple((start + step) % 7 for step in range(count))


def _number(name: str) -> int:
    if name in DAYS:
        return DAYS.index(name)
    near = get_close_matches(name[:20].casefold(), DAYS, n=1, cutoff=0.5)
    nearest = said("; did you mean {near}", near=near[0]) if near else ""
    raise ValueError(
        said("days are mon, tue, wed, thu, fri, sat and sun, or mon-fri{nearest}", nearest=nearest)
    )


def _checked(written: Any) -> Any:
    if isinstance(written, str):
        numbers(written)
    return written


Days = Annotated[str, BeforeValidator(_checked)]
