"""Business rules as sentences: what a rule asks, what it found, and what it proposes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from agent_ui import trade_words
from agent_ui.rule_words import ABOUT, ACTIONS, AGREEMENTS, CUSTOMERS, PROBLEMS, PROMISES, WHY_NOT
from agent_ui.spans import span
from agent_ui.texts import N_, Texts
from hub.rules.actions import AnyAction
from hub.rules.conditions import Condition, Reason
from hub.rules.rule import MOST_CONDITIONS, Rule

_TOPIC, _CHANNEL = N_("it is about {topic}"), N_("it came by {channel}")
_GROUP, _CUSTOMER = N_("they belong to {group}"), N_("this is {customer}")
_LATE = N_("{promise} came too late")
_FOUND = {
    "topic": _TOPIC,
    "channel": _CHANNEL,
    "group": _GROUP,
    "customer": _CUSTOMER,
    "waiting": N_("they wait {minutes}"),
    "missed": _LATE,
    "contacts": N_("{which} contact in {days} days"),
    "contacts.order": N_("{which} contact about order {number} in {days} days"),
    "contacts.topic": N_("{which} contact about {topic} in {days} days"),
    "order_late": N_("order {number} is late by {hours}"),
    "invoice_overdue": N_("invoice {number} is {days} days overdue"),
    "invoice_overdue.day": N_("invoice {number} is 1 day overdue"),
    "promise_broken": N_("“{title}” was promised for {due_at} and not kept"),
    "rating": N_("on {at} they rated us {score} of 5"),
    "agreement": N_("agreed: “{title}”"),
    "agreement.until": N_("agreed until {until}: “{title}”"),
}
"""By kind of condition; behind a dot, by what else was found."""
_ASKED = {
    "topic": _TOPIC,
    "channel": _CHANNEL,
    "group": _GROUP,
    "customer": _CUSTOMER,
    "waiting": N_("they wait longer than {minutes}"),
    "missed": _LATE,
    "contacts": N_("it is at least contact number {count} about {about} within {days} days"),
    "order_late": N_("an order of theirs is late"),
    "order_late.named": N_("the order that it is about is late"),
    "invoice_overdue": N_("an invoice is more than {days} days overdue"),
    "promise_broken": N_("we broke a promise to them in the last {days} days"),
    "rating": N_("they rated us {score} or lower in the last {days} days"),
    "agreement": N_("in force: {agreement}"),
}
_PROPOSED = {
    "reply": N_("answer with {canned}"),
    "gesture": N_("offer EUR {amount} with {canned}"),
    "promise": N_("promise “{text}”"),
    "task": N_("ask {role}: “{text}”"),
    "approval": N_("ask approval for “{text}”"),
    "transfer": N_("hand over to {role}"),
    "result": N_("record {result}"),
    "call": ACTIONS["call"],
    "advice": ACTIONS["advice"],
}
_WITH_WORDS, _ENDS = N_("with “{words}”"), N_("that ends within {days} days")
_AND, _OR = N_("{one} and {other}"), N_("{one} or {other}")
_ORDINALS = {
    2: N_("second"),
    3: N_("third"),
    4: N_("fourth"),
    5: N_("fifth"),
    6: N_("sixth"),
    7: N_("seventh"),
    8: N_("eighth"),
    9: N_("ninth"),
    10: N_("tenth"),
}
_NTH = {1: N_("{n}st"), 2: N_("{n}nd"), 3: N_("{n}rd")}
_OTHER_NTH = N_("{n}th")
_TEENS = (11, 12, 13)


@dataclass(frozen=True)
class Names:
    """What people call topics, target groups, roles, channels, canned replies, results and limits
    of the model, by their ids; channels still to be translated. A choice of a result is
    `result|choice`. `zone`: where their days begin."""

    topics: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    replies: Mapping[str, str] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[str, str] = field(default_factory=dict)
    zone: tzinfo = UTC


def problem(texts: Texts, kind: str) -> str:
    """What is wrong with a field."""
    return texts(PROBLEMS.get(kind, N_("This is missing or wrong.")), most=MOST_CONDITIONS)


def why_not(texts: Texts, reason: str) -> str:
    """Why something was put aside: one of the usual reasons, or the agent's own words."""
    return texts(WHY_NOT[reason]) if reason in WHY_NOT else reason


def found(texts: Texts, reason: Reason, names: Names) -> str:
    """What a condition found, in a few words."""
    got, key = reason.values, reason.kind
    if key == "contacts" and got["about"] != "anything":
        key = f"contacts.{got['about']}"
    elif key == "agreement" and got["until"]:
        key = "agreement.until"
    elif key == "invoice_overdue" and got["days"] == 1:
        key = "invoice_overdue.day"
    return texts(_FOUND[key], **_values(texts, got, names))


def condition(texts: Texts, one: Condition, names: Names) -> str:
    """What a condition asks."""
    got = one.model_dump(mode="json")
    key = "order_late.named" if got.get("named") else got["kind"]
    words = texts(_ASKED[key], **_values(texts, got, names))
    if got["kind"] == "order_late" and got["days"]:
        words += " " + texts(N_("by more than {days} days"), days=got["days"])
    if got.get("words"):
        words += " " + texts(_WITH_WORDS, words=got["words"])
    if got.get("ends_within"):
        words += " " + texts(_ENDS, days=got["ends_within"])
    return words


def action(texts: Texts, one: AnyAction, names: Names) -> str:
    """What a rule proposes to do."""
    got = one.model_dump(mode="json")
    return texts(_PROPOSED[got["kind"]], **_values(texts, got, names))


def when(texts: Texts, rule: Rule, names: Names) -> str:
    """All that must hold, in one sentence."""
    glue = _AND if rule.match == "all" else _OR
    words = _joined(texts, [condition(texts, one, names) for one in rule.when], glue)
    if not rule.unless:
        return texts(N_("When {words}"), words=words)
    exception = _joined(texts, [condition(texts, one, names) for one in rule.unless], _OR)
    return texts(N_("When {words}, unless {exception}"), words=words, exception=exception)


def result_of(got: Mapping[str, Any]) -> str:
    """How a result, and perhaps its choice, stands in `Names.results`."""
    return "|".join(filter(None, (got["result"], got["choice"])))


def _joined(texts: Texts, parts: list[str], glue: str) -> str:
    joined = parts[0]
    for part in parts[1:]:
        joined = texts(glue, one=joined, other=part)
    return joined


def _values(texts: Texts, got: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """What a condition or an action has, as people say it."""
    said = {name: _said(texts, name, value, names) for name, value in got.items()}
    if "count" in got:
        said["which"] = _ordinal(texts, got["count"])
    if got.get("terms"):
        said["title"] = f"{got['title']}: {got['terms']}"
    if "result" in got:
        key = result_of(got)
        said["result"] = names.results.get(key, key)
    return said


def _ordinal(texts: Texts, number: int) -> str:
    if number in _ORDINALS:
        return texts(_ORDINALS[number])
    nth = _OTHER_NTH if number % 100 in _TEENS else _NTH.get(number % 10, _OTHER_NTH)
    return texts(nth, n=number)


def _day(texts: Texts, at: str, zone: tzinfo) -> str:
    return trade_words.day(texts, datetime.fromisoformat(at).astimezone(zone).date())


def _said(texts: Texts, name: str, value: Any, names: Names) -> Any:
    """One value, as people say it."""
    known = {
        "topic": names.topics,
        "group": names.groups,
        "role": names.roles,
        "canned": names.replies,
    }
    ours = {
        "channel": names.channels,
        "customer": CUSTOMERS,
        "promise": PROMISES,
        "about": ABOUT,
        "agreement": AGREEMENTS,
    }
    if name in known:
        return known[name].get(value) or value
    if name in ours:
        return texts(ours[name].get(value or "", str(value)))
    if name in ("minutes", "hours"):
        return span(texts, value * (60 if name == "minutes" else 3600))
    if name in ("due_at", "at", "until", "expected"):
        return _day(texts, value, names.zone) if value else ""
    if name == "text":
        return value.get(texts.language) or value.get("en", "")
    return value
