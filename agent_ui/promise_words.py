"""Reads by when something is promised from the agent's own words, in English and Dutch. Pure.

"Call back Thursday before 12", "morgen om 9:30 terugbellen", "within 2 hours".
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

END_OF_DAY = time(17)
"""When only a day is named."""
_DAYS = (
    ("monday", "maandag"),
    ("tuesday", "dinsdag"),
    ("wednesday", "woensdag"),
    ("thursday", "donderdag"),
    ("friday", "vrijdag"),
    ("saturday", "zaterdag"),
    ("sunday", "zondag"),
)
_LENGTH = re.compile(
    r"\b(?:within|in|binnen|over)\s+(\d{1,3}|an?|een)\s+"
    r"(minut|minuut|uur|uren|hour|dag|day|week|weken)\w*",
    re.IGNORECASE,
)
_UNITS = {"minut": 1, "minuut": 1, "uur": 60, "uren": 60, "hour": 60}
_DAY_MINUTES, _WEEK_MINUTES = 1440, 10_080
_CLOCK = re.compile(
    r"\b(?:before|by|at|until|voor|om|tot|uiterlijk)\s+(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?\b",
    re.IGNORECASE,
)
_NOON, _HOURS, _MINUTES = 12, 24, 60
_WEEK = 7


def due_in(words: str, now: datetime, zone: str) -> datetime | None:
    """The time in UTC by which it is promised; None when the words name none."""
    try:
        local = now.astimezone(ZoneInfo(zone or "UTC"))
    except (KeyError, ValueError, OSError):
        local = now.astimezone(UTC)
    if length := _LENGTH.search(words):
        return now + _length(length)
    day, at = _day(words.lower(), local), _clock(words)
    if day is None and at is None:
        return None
    due = datetime.combine(day or local.date(), at or END_OF_DAY, local.tzinfo)
    if due <= local:
        due += timedelta(days=_WEEK if _names_a_weekday(words.lower()) else 1)
    return due.astimezone(UTC)


def _length(found: re.Match[str]) -> timedelta:
    number = int(found[1]) if found[1].isdecimal() else 1
    unit = found[2].lower()
    each = _WEEK_MINUTES if unit.startswith("we") else _UNITS.get(unit, _DAY_MINUTES)
    return timedelta(minutes=number * each)


def _day(words: str, local: datetime) -> date | None:
    if re.search(r"\b(today|vandaag)\b", words):
        return local.date()
    if re.search(r"\b(tomorrow|morgen)\b", words):
        return local.date() + timedelta(days=1)
    for number, names in enumerate(_DAYS):
        if any(re.search(rf"\b{name}\b", words) for name in names):
            return local.date() + timedelta(days=(number - local.weekday()) % _WEEK)
    return None


def _names_a_weekday(words: str) -> bool:
    return any(name in words for names in _DAYS for name in names)


def _clock(words: str) -> time | None:
    found = _CLOCK.search(words)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3] and hour <= _NOON:
        hour = hour % _NOON + (_NOON if found[3].lower() == "pm" else 0)
    return time(hour, minute) if hour < _HOURS and minute < _MINUTES else None
