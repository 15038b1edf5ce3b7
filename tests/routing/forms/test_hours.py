"""Business hours are changed in the text of a model."""

from datetime import date
from pathlib import Path

from interaction_models import FILE
from routing.forms.hours import with_day
from routing.hours.span import Span
from routing.model_file import read_definition

EXAMPLE = Path(__file__).parents[3] / "config" / "interaction_model.yaml"


def test_a_day_differs_in_all_hours_at_once() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    present = read_definition(text, FILE)
    assert len(present.hours) > 1
    day, opened = date(2031, 5, 5), (Span.model_validate("09:00-12:00"),)
    changed = read_definition(with_day(text, present, list(present.hours), day, opened), FILE)
    assert [hours.exceptions[day] for hours in changed.hours.values()] == [opened] * len(
        changed.hours
    )
