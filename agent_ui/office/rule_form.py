"""A business rule between its form and what is checked: fields by name, conditions as rows."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from agent_ui.rule_names import LISTS
from agent_ui.texts import LANGUAGES
from agent_ui.visit import Visit
from hub.rules.actions import ACTIONS
from hub.rules.conditions import KINDS
from hub.rules.rule import MOST_CONDITIONS, Rule

UNITS = MappingProxyType({"days": 1440, "hours": 60, "minutes": 1})
"""In which it is said how long somebody waits, in minutes, the largest first."""
_LONGEST = 4_000
_FIELDS = {
    one.model_fields["kind"].default: [name for name in one.model_fields if name != "kind"]
    for one in KINDS
}
_OF_ACTIONS = {
    one.model_fields["kind"].default: [name for name in one.model_fields if name != "kind"]
    for one in ACTIONS
}
_BEGINNINGS: Mapping[str, Mapping[str, Any]] = {
    "waiting": {"minutes": 120},
    "contacts": {"about": "order", "count": 3, "days": 7},
    "order_late": {"days": 0, "named": False},
    "invoice_overdue": {"days": 7},
    "promise_broken": {"days": 14},
    "rating": {"score": 2, "days": 30},
}
"""What a new condition begins with."""

Fields = dict[str, Any]


def empty(today: date) -> Fields:
    """What the form of a new rule begins with."""
    return {
        "match": "all",
        "when": [],
        "unless": [],
        "title": {},
        "why": {},
        "action": {},
        "priority": 50,
        "active_from": today.isoformat(),
        "active_until": "",
    }


def of_rule(rule: Rule) -> Fields:
    return rule.model_dump(mode="json")


async def typed(visit: Visit) -> Fields:
    """What stands in the form, right or wrong."""
    return {
        "match": await _text(visit, "match"),
        **{name: await _rows(visit, name) for name in LISTS},
        "title": await _languages(visit, "title"),
        "why": await _languages(visit, "why"),
        "action": await _action(visit),
        "priority": await _text(visit, "priority"),
        "active_from": await _text(visit, "active_from"),
        "active_until": await _text(visit, "active_until"),
    }


def given(fields: Fields) -> Fields:
    """What the form says, as a rule: an end that was left open is none."""
    return fields | {"active_until": fields["active_until"] or None}


def add_row(fields: Fields, name: str, kind: str) -> str:
    """A condition more; gives its place, "" where there can be none."""
    if name not in LISTS or kind not in _FIELDS or len(fields[name]) >= MOST_CONDITIONS:
        return ""
    fields[name].append({"kind": kind, **_BEGINNINGS.get(kind, {})})
    return f"{name}.{len(fields[name]) - 1}"


def drop_row(fields: Fields, place: str) -> None:
    name, _, number = place.partition(".")
    if name in LISTS and number.isdecimal() and int(number) < len(fields[name]):
        del fields[name][int(number)]


def waits(minutes: Any) -> tuple[str, str]:
    """How a length of time stands in the form: an amount and its unit."""
    if not isinstance(minutes, int) or minutes <= 0:
        return str(minutes), "minutes"
    unit = next(unit for unit, size in UNITS.items() if minutes % size == 0)
    return str(minutes // UNITS[unit]), unit


async def _rows(visit: Visit, name: str) -> list[Fields]:
    rows = []
    for number in range(MOST_CONDITIONS):
        kind = await _text(visit, f"{name}.{number}.kind")
        if kind in _FIELDS:
            rows.append(await _condition(visit, f"{name}.{number}", kind))
    return rows


async def _condition(visit: Visit, place: str, kind: str) -> Fields:
    found: Fields = {"kind": kind}
    for name in _FIELDS[kind]:
        found[name] = await _text(visit, f"{place}.{name}")
    if kind == "waiting":
        found["minutes"] = await _minutes(visit, place)
    if "named" in found:
        found["named"] = found["named"] == "yes"
    for name in ("promise", "ends_within"):
        if name in found:
            found[name] = found[name] or None
    return found


async def _minutes(visit: Visit, place: str) -> Any:
    amount, unit = await _text(visit, f"{place}.amount"), await _text(visit, f"{place}.unit")
    is_count = amount.isascii() and amount.isdecimal() and len(amount) <= len("99999")
    return int(amount) * UNITS.get(unit, 1) if is_count else amount


async def _action(visit: Visit) -> Fields:
    kind = await _text(visit, "action")
    found: Fields = {"kind": kind} if kind in _OF_ACTIONS else {}
    for name in _OF_ACTIONS.get(kind, ()):
        place = f"action.{kind}.{name}"
        found[name] = await (_languages if name == "text" else _text)(visit, place)
    if kind == "result":
        found["result"], _, found["choice"] = found["result"].partition("|")
    if "amount" in found:
        found["amount"] = found["amount"].replace(",", ".")
    return found


async def _languages(visit: Visit, name: str) -> dict[str, str]:
    return {language: await _text(visit, f"{name}.{language}") for language in LANGUAGES}


async def _text(visit: Visit, name: str) -> str:
    return (await visit.field(name))[:_LONGEST].replace("\r\n", "\n").strip()
