"""What a rule found, in words: days where the organisation is, and how many times."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agent_ui import rule_sentences
from agent_ui.rule_sentences import Names
from agent_ui.texts import texts_for
from hub.rules.conditions import Reason

NAMES = Names(zone=ZoneInfo("Europe/Amsterdam"))
LATE = "2026-03-09T23:30:00+00:00"


def found(kind: str, language: str = "en", **values: Any) -> str:
    return rule_sentences.found(texts_for(language), Reason(kind=kind, values=values), NAMES)


def test_a_day_is_that_of_the_organisation() -> None:
    broken = "“Call back” was promised for 10 March 2026 and not kept"
    assert found("promise_broken", title="Call back", due_at=LATE) == broken
    assert found("rating", "nl", score=2, at=LATE) == "op 10 maart 2026 gaven zij ons een 2 van 5"
    agreed = "agreed until 10 March 2026: “Contract”"
    assert found("agreement", title="Contract", terms="", until=LATE) == agreed


@pytest.mark.parametrize(
    ("count", "english", "dutch"),
    [
        (3, "third", "derde"),
        (11, "11th", "11e"),
        (12, "12th", "12e"),
        (13, "13th", "13e"),
        (21, "21st", "21e"),
        (22, "22nd", "22e"),
        (33, "33rd", "33e"),
        (50, "50th", "50e"),
        (111, "111th", "111e"),
    ],
)
def test_how_many_times_they_came(count: int, english: str, dutch: str) -> None:
    values: dict[str, Any] = {"about": "anything", "days": 7, "count": count}
    assert found("contacts", **values) == f"{english} contact in 7 days"
    assert found("contacts", "nl", **values) == f"{dutch} contact in 7 dagen"


def test_how_long_an_invoice_waits() -> None:
    assert found("invoice_overdue", number="F-1", days=1) == "invoice F-1 is 1 day overdue"
    assert found("invoice_overdue", number="F-1", days=9) == "invoice F-1 is 9 days overdue"


def test_how_many_conditions_there_may_be() -> None:
    said = rule_sentences.problem(texts_for("nl"), "too_long")
    assert said == "Dit zijn te veel voorwaarden: hoogstens 8."
