"""People needed by two models: only who is responsible differs, and weeks follow each other."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hub.interaction import Channel
from interaction_models import HEAD, model_of
from routing.staffing.arrivals import Arrivals, Kind, Stream
from routing.staffing.measured import LEAST, Source
from routing.staffing.staffed import STAFFING, Slot, Staffing, Used, Week, staffed

ZONE = ZoneInfo("Europe/Amsterdam")
END = datetime(2026, 11, 23, tzinfo=ZONE).astimezone(UTC)
WEEK = Week((END - timedelta(days=7), END), ZONE)
FRIDAY_EVENING = 4 * 48 + 44
MONDAY_NINE = 18
SATURDAY_NOON = 5 * 48 + 24
CALL = Kind(Channel.PHONE, "bill", "b2c")
MAIL = Kind(Channel.EMAIL, "bill", "b2c")


def both(place: int, *, target: int | None, held: int = 0) -> Staffing:
    """Eighty mails in one half hour: billing has them, the draft gives them to service."""
    before, after = model_of("role: billing"), model_of("role: service")
    clock = "business" if target else "calendar"
    arrived = Arrivals(
        Counter({Stream(place, "billing", MAIL, target, clock): 80}),
        Counter({Stream(place, "service", MAIL, target, clock): 80}),
        {MAIL: [held] * LEAST} if held else {},
    )
    return staffed(arrived, before, after, WEEK)


def hours(slots: list[Slot]) -> float:
    return sum(slot.people for slot in slots) / 2


def test_what_comes_in_the_evening_before_the_weekend_is_done_on_monday() -> None:
    found = both(FRIDAY_EVENING, target=2 * 3600)
    places = [slot.place for slot in found.after["service"]]
    assert places == list(range(MONDAY_NINE, MONDAY_NINE + 5))
    assert set(found.before) == {"billing"}
    assert hours(found.after["service"]) == pytest.approx(80 * 0.1 / 0.85, abs=0.01)


def called(place: int, *, opens: str = "09:00") -> list[tuple[int, bool]]:
    """Where a call in this half hour needs people, and whether somebody must be there for it."""
    arrived = Counter({Stream(place, "service", CALL, 20, "calendar"): 1})
    model = model_of("role: service", head=HEAD.replace("09:00", opens))
    found = staffed(Arrivals(arrived, arrived), model, model, WEEK)
    return [(slot.place, slot.people == 1) for slot in found.after["service"]]


def test_a_call_on_saturday_plans_nobody_until_monday() -> None:
    assert called(SATURDAY_NOON) == [(MONDAY_NINE, False)]


def test_a_call_in_a_half_hour_in_which_it_opens_is_answered() -> None:
    assert called(MONDAY_NINE, opens="09:15") == [(MONDAY_NINE, True)]


def test_a_measured_time_counts_and_is_told() -> None:
    found = both(MONDAY_NINE, target=None, held=36)
    assert found.times == [
        Used(Channel.EMAIL, "bill", "b2c", 36, Source.MOMENT, LEAST),
    ]
    assert hours(found.before["billing"]) == pytest.approx(80 * 0.01 / 0.85, abs=0.01)


def test_it_reads_back_as_it_was_kept() -> None:
    found = both(MONDAY_NINE, target=3600)
    assert STAFFING.validate_python(STAFFING.dump_python(found, mode="json")) == found
