"""What people write in plain fields, as a model writes it: times, weeks, limits, lists.

Each gives None for what it cannot understand. Dutch words for days and units are known too.
"""

import re
from typing import Any

_UNITS = {
    "s": ("s", "sec", "second", "seconds", "seconde", "seconden"),
    "m": ("m", "min", "minute", "minutes", "minuut", "minuten"),
    "h": ("h", "hour", "hours", "u", "uur", "uren"),
    "d": ("d", "day", "days", "dag", "dagen"),
    "w": ("w", "week", "weeks", "weken"),
}
_UNIT = {word: unit for unit, words in _UNITS.items() for word in words}
_PART = re.compile(r"([0-9]{1,6})\s*([a-z]+)[\s,]*")
_DAYS = {
    "ma": "mon",
    "di": "tue",
    "wo": "wed",
    "do": "thu",
    "vr": "fri",
    "za": "sat",
    "zo": "sun",
}
_CLOSED = frozenset({"closed", "dicht", "gesloten"})
_SPAN = re.compile(r"\s*[-\u2013]\s*")
_LIMIT = re.compile(r"(.+?)[\s:=]+(-?[0-9]+(?:[.,][0-9]+)?)")


def duration(written: str) -> str | None:
    """`2 uur` as `2h`, `1 hour 30 min` as `1h30m`."""
    text, found, at = written.casefold().strip(), "", 0
    while at < len(text):
        part = _PART.match(text, at)
        unit = _UNIT.get(part[2]) if part else None
        if part is None or unit is None:
            return None
        number = int(part[1])
        found += f"{number * 7}d" if unit == "w" else f"{number}{unit}"
        at = part.end()
    return found or None


def number(written: str) -> int | None:
    return int(written) if re.fullmatch(r"-?[0-9]{1,6}", written.strip()) else None


def lines(written: str, divided_by: str = r"[,;\n]") -> list[str]:
    """What commas, semicolons or lines divide, each once."""
    parts = (" ".join(part.split()) for part in re.split(divided_by, written))
    return list(dict.fromkeys(part for part in parts if part))


def patterns(written: str) -> list[str]:
    """A comma may stand in a pattern: `INV-{6,8}`; one that divides has a space behind it."""
    return lines(written, r",\s|[;\n]")


def week(written: str) -> dict[str, Any] | None:
    """`mon-fri 08:30-17:30, sat 10:00-12:00 13:00-16:00` as the mapping of a model."""
    return _spans_by(lines(written.casefold()), _days)


def exceptions(written: str) -> dict[str, Any] | None:
    """`2026-12-24 08:30-13:00, 2027-01-04 closed` as the mapping of a model."""
    return _spans_by(lines(written.casefold()), str)


def _spans_by(entries: list[str], read_key: Any) -> dict[str, Any] | None:
    found: dict[str, Any] = {}
    for entry in entries:
        key, *spans = _SPAN.sub("-", entry).split()
        if not spans:
            return None
        if spans[0] in _CLOSED:
            found[read_key(key)] = "closed"
        else:
            found[read_key(key)] = spans[0] if len(spans) == 1 else spans
    return found


def _days(written: str) -> str:
    return "-".join(_DAYS.get(day, day) for day in written.split("-"))


def written_spans(by: dict[str, Any]) -> str:
    """The opposite of `week` and `exceptions`."""
    entries = []
    for key, value in by.items():
        spans = [value] if isinstance(value, str) else list(value)
        entries.append(f"{key} {' '.join(spans) or 'closed'}")
    return ", ".join(entries)


def limits(written: str) -> dict[str, str] | None:
    """`refund_eur 50, days 5` as the mapping of a model."""
    found: dict[str, str] = {}
    for entry in re.split(r"[;\n]|,(?![0-9])", written):
        if not entry.strip():
            continue
        part = _LIMIT.fullmatch(entry.strip())
        name = re.sub(r"[^a-z0-9_-]+", "_", part[1].casefold()).strip("_") if part else ""
        if part is None or not name:
            return None
        found[name[:64]] = part[2].replace(",", ".")
    return found


def written_limits(by: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in by.items())
