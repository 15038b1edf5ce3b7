"""Hours say what is wrong with them, and read back as they were written."""

from typing import Any

import pytest
from pydantic import ValidationError

from business_hours import OFFICE, hours_of
from routing.hours.definition import Hours


@pytest.mark.parametrize(
    ("changes", "where", "said"),
    [
        ({"time_zone": "Europe/Amsterdm"}, ("time_zone",), "did you mean Europe/Amsterdam"),
        ({"time_zone": "Amsterdam"}, ("time_zone",), "did you mean Europe/Amsterdam"),
        ({"time_zone": "../etc/passwd"}, ("time_zone",), "no time zone with this name"),
        ({"holidays": "NX"}, ("holidays",), "no holidays for this country"),
        ({"holidays": "Netherlands"}, ("holidays",), "did you mean NL"),
        ({"holidays": "nl"}, ("holidays",), "did you mean NL"),
        ({"holidays": "DE-Bayern"}, ("holidays",), "DE-BW, DE-BY, "),
        ({"holidays": "AF-X"}, ("holidays",), "write AF alone"),
        ({"week": {"monday": "9:00-17:00"}}, ("week", "monday", "[key]"), "did you mean mon"),
        ({"week": {"mon-fry": "9:00-17:00"}}, ("week", "mon-fry", "[key]"), "did you mean fri"),
        ({"week": {"mon": "nine to five"}}, ("week", "mon", 0), "written like 08:30-17:30"),
        ({"week": {"mon": None}}, ("week", "mon"), "written like 08:30-17:30"),
        ({"week": {"mon": "09:00-24:30"}}, ("week", "mon", 0), "a day ends at 24:00"),
        ({"week": {"mon": "09:00-09:00"}}, ("week", "mon", 0), "all day is 00:00-24:00"),
        ({"week": {"mon": "11:00-09:00"}}, ("week", "mon", 0), "swap the times"),
        ({"week": {"mon": "17:00-13:00"}}, ("week", "mon", 0), "swap the times"),
        ({"week": {"mon": ["09:00-13:00", "12:00-17:00"]}}, ("week", "mon"), "overlap"),
        ({"week": {"mon-fri": "09:00-17:00", "fri": "closed"}}, (), "fri is in mon-fri and in fri"),
        ({"week": {"sun": "22:00-06:00", "mon": "05:00-09:00"}}, (), "of sun runs into"),
        ({"exceptions": {"24-12-26": "closed"}}, ("exceptions", "24-12-26", "[key]"), "like 2026"),
        ({"exceptions": {"2027-02-29": []}}, ("exceptions", "2027-02-29", "[key]"), "no such"),
        ({"exceptions": {"2027-02-28": "shut"}}, ("exceptions", "2027-02-28", 0), "or closed"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_where_it_stands(
    changes: dict[str, Any], where: tuple[Any, ...], said: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        hours_of(**changes)
    (error,) = caught.value.errors()
    assert error["loc"] == where
    assert said in error["msg"]


def test_hours_read_back_as_written() -> None:
    hours = hours_of()
    stored = hours.model_dump(mode="json", exclude={"id", "line"})
    assert stored["week"] == {"mon-fri": ["08:30-17:30"], "sat": ["10:00-12:00", "13:00-16:00"]}
    assert stored["exceptions"]["2027-01-04"] == []
    assert Hours.model_validate({"@id": "office", **stored}) == hours
    assert Hours.model_validate({"@id": "office", **OFFICE}) == hours


def test_days_may_go_over_the_weekend_and_spans_over_midnight() -> None:
    hours = hours_of(week={"sat-mon": "22:00-06:00", "wed": "8:00-24:00"})
    assert [len(spans) for spans in hours.days] == [1, 0, 1, 0, 0, 1, 1]
    assert [str(span) for span in hours.days[2]] == ["08:00-24:00"]
    assert str(hours.days[0][0]) == "22:00-06:00"
