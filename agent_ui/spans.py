"""Lengths of time in words, and numbers as they are written. The page's scripts keep the same words
up to date (times.js)."""

from datetime import datetime

from agent_ui.texts import N_, Texts
from hub.locales import number
from hub.store.work_items import WorkItem

_UNITS = ((86_400, N_("{n} d")), (3_600, N_("{n} h")), (60, N_("{n} min")))
_SHORTER = N_("under a minute")


def span(texts: Texts, seconds: float) -> str:
    """A length of time in its largest whole unit."""
    for unit, words in _UNITS:
        if seconds >= unit:
            return texts(words, n=int(seconds // unit))
    return texts(_SHORTER)


def age(texts: Texts, since: datetime, now: datetime) -> str:
    return span(texts, (now - since).total_seconds())


def due(texts: Texts, at: datetime, now: datetime) -> str:
    left = (at - now).total_seconds()
    if left < 0:
        return texts(N_("late by {time}"), time=span(texts, -left))
    return texts(N_("due in {time}"), time=span(texts, left))


def urgency(item: WorkItem, now: datetime) -> str:
    """How near the time is when the customer must have an answer: late, near, or far; empty when
    there is none to keep."""
    if item.answer_due is None:
        return ""
    if now >= item.answer_due:
        return "late"
    return "near" if item.answer_warn and now >= item.answer_warn else "far"


def whole(texts: Texts, count: int) -> str:
    """`12,345`, in Dutch `12.345`."""
    return number(count, texts.language)


def size(texts: Texts, count: int) -> str:
    """A file's size for people."""
    for unit, name in ((1_000_000, "MB"), (1_000, "kB")):
        if count >= unit:
            return f"{number(count / unit, texts.language, 1)} {name}"
    return f"{count} B"


def exact(texts: Texts, seconds: float) -> str:
    """A length of time in its two largest units: `2 h 5 min`; seconds below a minute."""
    if seconds < 60:  # noqa: PLR2004
        return texts(N_("{n} s"), n=round(seconds))
    minutes = round(seconds / 60)
    for size, words, part, smaller in (
        (1440, _UNITS[0][1], 60, _UNITS[1][1]),
        (60, _UNITS[1][1], 1, _UNITS[2][1]),
    ):
        if minutes >= size:
            rest = minutes % size // part
            whole = texts(words, n=minutes // size)
            return f"{whole} {texts(smaller, n=rest)}" if rest else whole
    return texts(_UNITS[2][1], n=minutes)
