"""Values of a model as a person reads them in a list or a comparison."""

import json
from typing import Any

from routing.entry import as_written
from routing.explain import Language
from routing.lifecycle.compare import Change

NOTHING = "-"
_DURATIONS = frozenset({"first_response", "next_response", "resolution", "within"})
_CLOCKS: dict[Language, dict[str, str]] = {
    "en": {"calendar": "around the clock", "business": "in business hours"},
    "nl": {"calendar": "dag en nacht", "business": "in openingstijden"},
}
_YES_NO: dict[Language, tuple[str, str]] = {"en": ("no", "yes"), "nl": ("nee", "ja")}


def before_and_after(change: Change, language: Language) -> tuple[str, str]:
    """Where the short forms would read the same, all that is stored."""
    old, new = (shown(change.field, value, language) for value in (change.before, change.after))
    if old == new:
        return _whole(change.before), _whole(change.after)
    return old, new


def shown(field: str, value: Any, language: Language) -> str:
    """A value of a handling in its stored form."""
    match value:
        case bool() | str() if word := _word(field, value, language):
            return word
        case None | "" | []:
            return NOTHING
        case int() if field in _DURATIONS:
            return _lasting(value, language)
        case list():
            return ", ".join(_item(one, language) for one in value)
        case dict():
            parts = ((key, shown(key, inner, language)) for key, inner in value.items())
            return "; ".join(f"{key} {text}" for key, text in parts if text != NOTHING) or NOTHING
        case _:
            return str(value)


def _lasting(seconds: int, language: Language) -> str:
    """`4h`, as files have it; in Dutch `4u`."""
    written = as_written(seconds)
    return written.replace("h", "u") if language == "nl" else written


def _word(field: str, value: bool | str, language: Language) -> str:
    """What stands for one of a few values; empty for what is no such value."""
    if isinstance(value, bool):
        return _YES_NO[language][value]
    return _CLOCKS[language].get(value, "") if field == "clock" else ""


def _item(one: Any, language: Language) -> str:
    if not isinstance(one, dict):
        return str(one)
    title = one.get("title", one)
    return str(title.get(language) or title.get("en") or _whole(one))


def _whole(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
