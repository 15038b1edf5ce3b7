"""Reads by when something is promised from the agent's own words, in English and Dutch. Pure.

"Call back Thursday before 12", "morgen om 9:30 terugbellen", "within 2 hours".
"""

import re
from calendar import monthrange
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
    r"(minut|minuut|uur|uren|hour|dag|day|week|weken|month|maand)\w*",
    re.IGNORECASE,
)
_UNITS = {"minut": 1, "minuut": 1, "uur": 60, "uren": 60, "hour": 60}
_DAY_MINUTES, _WEEK_MINUTES = 1440, 10_080
_MONTH = ("month", "maand")
_CLOCK = re.compile(
    r"\b(?:before|by|at|until|voor|om|tot|uiterlijk)\s+(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?\b",
    re.IGNORECASE,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("jan", "january", "januari"),
            ("feb", "february", "februari"),
            ("mar", "mrt", "march", "maart"),
            ("apr", "april"),
            ("may", "mei"),
            ("jun", "june", "juni"),
            ("jul", "july", "juli"),
            ("aug", "august", "augustus"),
            ("sep", "sept", "september"),
            ("oct", "okt", "october", "oktober"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
_DATE = re.compile(rf"\b(\d{{1,2}})\s+({'|'.join(_MONTHS)})\b\.?", re.IGNORECASE)
_TODAY = re.compile(r"\b(today|vandaag)\b")
_AFTER_TOMORROW = re.compile(r"\b(day after tomorrow|overmorgen)\b")
_TOMORROW = re.compile(r"\b(tomorrow|morgen)\b")
_NEXT_WEEK = re.compile(r"\b(next week|volgende week)\b")
_NOON, _HOURS, _MINUTES = 12, 24, 60
_EARLIEST = 7
"""Nobody promises an hour before it unless they say so: "before 5" is in the afternoon."""
_WEEK, _FRIDAY = 7, 4


def due_in(words: str, now: datetime, zone: str) -> datetime | None:
    """The time in UTC by which it is promised; None when the words name none."""
    try:
        local = now.astimezone(ZoneInfo(zone or "UTC"))
    except (KeyError, ValueError, OSError):
        local = now.astimezone(UTC)
    if length := _LENGTH.search(words):
        return _after(local, length).astimezone(UTC)
    lower = words.lower()
    named = _date(lower, local)
    day, at = named or _day(lower, local), _clock(_DATE.sub("", lower) if named else lower)
    if day is None and at is None:
        return None
    due = datetime.combine(day or local.date(), at or END_OF_DAY, local.tzinfo)
    if due <= local and not _TODAY.search(lower):
        due += timedelta(days=_WEEK if _names_a_weekday(lower) else 1)
    return due.astimezone(UTC)


def _after(local: datetime, found: re.Match[str]) -> datetime:
    number = int(found[1]) if found[1].isdecimal() else 1
    unit = found[2].lower()
    if unit in _MONTH:
        return _months_later(local, number)
    each = _WEEK_MINUTES if unit.startswith("we") else _UNITS.get(unit, _DAY_MINUTES)
    return (local.astimezone(UTC) + timedelta(minutes=number * each)).astimezone(local.tzinfo)


def _months_later(local: datetime, number: int) -> datetime:
    """At the same hour; of a day that its month does not have, on its last one."""
    years, month = divmod(local.month - 1 + number, 12)
    last = monthrange(local.year + years, month + 1)[1]
    return local.replace(year=local.year + years, month=month + 1, day=min(local.day, last))


def _day(words: str, local: datetime) -> date | None:
    today = local.date()
    if _TODAY.search(words):
        return today
    if _AFTER_TOMORROW.search(words):
        return today + timedelta(days=2)
    if _TOMORROW.search(words):
        return today + timedelta(days=1)
    weekday = _weekday(words)
    if _NEXT_WEEK.search(words):
        monday = today + timedelta(days=_WEEK - today.weekday())
        return monday + timedelta(days=_FRIDAY if weekday is None else weekday)
    return None if weekday is None else today + timedelta(days=(weekday - today.weekday()) % _WEEK)


def _weekday(words: str) -> int | None:
    for number, names in enumerate(_DAYS):
        if any(re.search(rf"\b{name}\b", words) for name in names):
            return number
    return None


def _date(words: str, local: datetime) -> date | None:
    """A day of a month, the next time that it is."""
    found = _DATE.search(words)
    if found is None or _TODAY.search(words) or _TOMORROW.search(words):
        return None
    try:
        day = date(local.year, _MONTHS[found[2]], int(found[1]))
        return day if day >= local.date() else day.replace(year=local.year + 1)
    except ValueError:
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
    elif 0 < hour < _EARLIEST and not found[1].startswith("0"):
        hour += _NOON
    return time(hour, minute) if hour < _HOURS and minute < _MINUTES else None
