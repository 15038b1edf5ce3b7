"""Which rules hold of what is known, and why."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.interaction import Channel
from hub.promises import Promise
from hub.rules.facts import (
    Broken,
    Contact,
    CustomerKind,
    Facts,
    InForce,
    LateOrder,
    Missed,
    Overdue,
    Rated,
    count,
)
from hub.rules.proposing import Known, holds, possible, propose
from hub.rules.rule import BadRule, Rule, read_rule

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
TODAY = NOW.date()
RULE: dict[str, Any] = {
    "when": [{"kind": "channel", "channel": "email"}],
    "title": {"en": "Call them", "nl": "Bel"},
    "why": {"en": "It helps.", "nl": "Het helpt."},
    "action": {"kind": "call"},
    "active_from": TODAY,
}
EMPTY = Facts(at=NOW, today=TODAY)


def ago(**length: float) -> datetime:
    return NOW - timedelta(**length)


def contact(at: datetime, talk: str = "a", channel: Channel = Channel.EMAIL) -> Contact:
    return Contact(at, talk, channel, same_topic=True, orders=frozenset({"1043"}))


FAST = InForce("sla", "Fast", "Delivery within 48 h", ago(days=9), NOW + timedelta(days=20))
FULL = Facts(
    at=NOW,
    today=TODAY,
    topic="delivery/late",
    channel=Channel.EMAIL,
    group="b2b/key-account",
    customer=CustomerKind.BUSINESS,
    waiting_since=ago(hours=3),
    missed=(Missed(Promise.FIRST_RESPONSE, ago(hours=1)),),
    orders=("1043",),
    contacts=(contact(ago(days=5)), contact(ago(days=2), "b"), contact(NOW, "c")),
    late=(LateOrder("1043", ago(days=2), named=True),),
    overdue=(Overdue("F-1", 9),),
    broken=(Broken("Call back", ago(days=1)),),
    ratings=(Rated(5, ago(days=30)), Rated(2, ago(days=3))),
    agreements=(FAST,),
)
HOLD: list[dict[str, Any]] = [
    {"kind": "topic", "topic": "delivery"},
    {"kind": "channel", "channel": "email"},
    {"kind": "group", "group": "b2b"},
    {"kind": "customer", "customer": "business"},
    {"kind": "waiting", "minutes": 120},
    {"kind": "missed", "promise": None},
    {"kind": "missed", "promise": "first_response"},
    {"kind": "contacts", "about": "order", "count": 3, "days": 7},
    {"kind": "contacts", "about": "topic", "count": 3, "days": 7},
    {"kind": "contacts", "about": "anything", "count": 2, "days": 3},
    {"kind": "order_late", "days": 1, "named": True},
    {"kind": "invoice_overdue", "days": 8},
    {"kind": "promise_broken", "days": 2},
    {"kind": "rating", "score": 2, "days": 7},
    {"kind": "agreement", "agreement": "sla", "words": "48 H"},
    {"kind": "agreement", "ends_within": 30},
]
NOT: list[dict[str, Any]] = [
    {"kind": "topic", "topic": "deliver"},
    {"kind": "channel", "channel": "phone"},
    {"kind": "group", "group": "b2b/key"},
    {"kind": "customer", "customer": "private"},
    {"kind": "waiting", "minutes": 180},
    {"kind": "missed", "promise": "resolution"},
    {"kind": "contacts", "about": "order", "count": 4, "days": 7},
    {"kind": "contacts", "about": "anything", "count": 3, "days": 3},
    {"kind": "order_late", "days": 2},
    {"kind": "invoice_overdue", "days": 9},
    {"kind": "rating", "score": 1, "days": 90},
    {"kind": "rating", "score": 2, "days": 2},
    {"kind": "agreement", "agreement": "price"},
    {"kind": "agreement", "words": "24 h"},
    {"kind": "agreement", "ends_within": 10},
]


def rule(**changes: Any) -> Rule:
    return read_rule(RULE | changes)


@pytest.mark.parametrize("condition", HOLD, ids=str)
def test_a_condition_holds_of_this_and_says_what_it_found(condition: dict[str, Any]) -> None:
    reasons = holds(rule(when=[condition]), FULL)
    assert reasons is not None
    assert [one.kind for one in reasons] == [condition["kind"]]
    assert reasons[0].values


@pytest.mark.parametrize("condition", [one for one in HOLD if one["kind"] != "channel"], ids=str)
def test_it_does_not_hold_of_work_that_nothing_is_known_of(condition: dict[str, Any]) -> None:
    assert holds(rule(when=[condition]), EMPTY) is None


@pytest.mark.parametrize("condition", NOT, ids=str)
def test_a_condition_does_not_hold_just_beyond(condition: dict[str, Any]) -> None:
    assert holds(rule(when=[condition]), FULL) is None


@given(
    match=st.sampled_from(["all", "any"]),
    when=st.lists(st.sampled_from([*HOLD, *NOT]), min_size=1, max_size=8),
    unless=st.lists(st.sampled_from([*HOLD, *NOT]), max_size=8),
)
def test_exceptions_end_it_whatever_else_holds(
    match: str, when: list[dict[str, Any]], unless: list[dict[str, Any]]
) -> None:
    met = [one in HOLD for one in when]
    expected = (all(met) if match == "all" else any(met)) and not any(u in HOLD for u in unless)
    found = holds(rule(match=match, when=when, unless=unless), FULL)
    assert (found is not None) == expected
    if found is not None:
        assert len(found) == sum(met)


@given(st.lists(st.tuples(st.integers(1, 100), st.integers(-3, 3), st.integers(0, 3)), max_size=12))
def test_the_best_is_of_those_in_force_and_the_order_does_not_matter(
    rules: list[tuple[int, int, int]],
) -> None:
    known = [
        Known(
            f"{place:03}",
            1,
            rule(
                priority=priority,
                active_from=TODAY + timedelta(days=begins),
                active_until=TODAY + timedelta(days=begins + lasts),
            ),
        )
        for place, (priority, begins, lasts) in enumerate(rules)
    ]
    found = propose(known, FULL)
    assert found == propose(reversed(known), FULL)
    running = {
        f"{n:03}" for n, (_, begins, lasts) in enumerate(rules) if begins <= 0 <= begins + lasts
    }
    assert {one.id for one in found} == running
    priorities = [one.rule.priority for one in found]
    assert priorities == sorted(priorities, reverse=True)


@given(
    match=st.sampled_from(["all", "any"]),
    when=st.lists(st.sampled_from([*HOLD, *NOT]), min_size=1, max_size=4),
    unless=st.lists(st.sampled_from([*HOLD, *NOT]), max_size=2),
)
def test_what_is_ruled_out_before_reading_would_not_have_held(
    match: str, when: list[dict[str, Any]], unless: list[dict[str, Any]]
) -> None:
    known = [Known("1", 1, rule(match=match, when=when, unless=unless))]
    unread = Facts(NOW, TODAY, FULL.topic, FULL.channel, FULL.group)
    assert propose(possible(known, unread), FULL) == propose(known, FULL)


@given(st.lists(st.tuples(st.integers(0, 600), st.sampled_from("ab")), max_size=20))
def test_what_follows_within_an_hour_is_the_same_contact(given_: list[tuple[int, str]]) -> None:
    contacts = [contact(ago(minutes=minutes), talk) for minutes, talk in given_]
    talks = {talk for _, talk in given_}
    assert len(talks) <= count(contacts) <= len(contacts)
    assert count(contacts) == count([*contacts, *contacts])
    far = [replace(one, at=one.at + timedelta(hours=48 * n)) for n, one in enumerate(contacts)]
    assert count(far) >= count(contacts) if far else True


def test_chat_lines_are_one_contact_and_another_channel_is_another() -> None:
    lines = [contact(ago(minutes=m), channel=Channel.CHAT) for m in (0, 1, 50)]
    assert count(lines) == 1
    assert count([*lines, contact(NOW, channel=Channel.PHONE)]) == 2
    assert count([*lines, contact(ago(hours=3), channel=Channel.CHAT)]) == 2


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"when": []}, "when"),
        ({"when": [{"kind": "topic", "topic": " "}]}, "when.0.topic"),
        ({"unless": [{"kind": "contacts", "about": "x", "count": 3, "days": 7}]}, "unless.0.about"),
        ({"when": [{"kind": "contacts", "about": "order", "count": 1, "days": 7}]}, "when.0.count"),
        ({"when": [{"kind": "magic"}]}, "when.0"),
        ({"title": {"en": "Only English", "nl": ""}}, "title.nl"),
        ({"action": {}}, "action"),
        (
            {"action": {"kind": "gesture", "amount": "-1", "limit": "x", "canned": "y"}},
            "action.amount",
        ),
        ({"action": {"kind": "advice", "link": "javascript:alert(1)"}}, "action.link"),
        ({"priority": 0}, "priority"),
        ({"active_until": date(2020, 1, 1)}, "rule"),
    ],
    ids=str,
)
def test_a_bad_rule_is_refused_and_the_place_is_named(changes: dict[str, Any], place: str) -> None:
    with pytest.raises(BadRule) as refused:
        rule(**changes)
    assert place in refused.value.problems


def test_a_rule_comes_back_from_the_store_as_it_was() -> None:
    written = rule(when=HOLD[:8], unless=NOT[:8])
    assert read_rule(written.model_dump(mode="json")) == written
