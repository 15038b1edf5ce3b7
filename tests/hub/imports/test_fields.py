"""Dates and amounts as people write them, read exactly or refused."""

import contextlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from hub.imports import fields
from hub.imports.fields import Reading
from hub.imports.refusal import CODES, Refused
from hub.money import written

PLAIN = Reading()
MONTHS = "januari februari maart april mei juni juli augustus september oktober november december"
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])


@settings(max_examples=examples(200))
@given(st.integers(-(10**13), 10**13), CURRENCIES, st.sampled_from(["en", "nl"]))
def test_an_amount_that_is_written_is_read(amount: int, currency: str, language: str) -> None:
    text = written(amount, currency, language)
    try:
        assert fields.amount(text, "amount", currency) == amount
    except Refused:
        # One sign and three places: of a currency with three places it could be either.
        assert currency == "KWD"
        assert abs(amount) < 10**6


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("1234.5", 123450),
        ("1.234,56", 123456),
        ("1,234.56", 123456),
        ("1.234", 123400),
        ("1,234", 123400),
        ("€ 12,50", 1250),
        ("EUR 12.50", 1250),
        ("12,50 EUR", 1250),
        ("1 234 567,89", 123456789),
        ("-0,05", -5),
        ("7", 700),
        ("0.10", 10),
    ],
)
def test_an_amount_in_either_language(text: str, cents: int) -> None:
    assert fields.amount(text, "amount", "EUR") == cents


@pytest.mark.parametrize(
    "text", ["", "x", "1,2,3", "12.345,6.7", "1,23,456", "1.2345", "=1+1", "1e5", "١٢", "--1", "1,"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        fields.amount(text, "amount", "EUR")


@settings(max_examples=examples(100))
@given(st.dates(date(1000, 1, 1)))
def test_a_day_in_any_of_its_forms(day: date) -> None:
    month = MONTHS.split()[day.month - 1]
    forms = [
        f"{day:%Y-%m-%d}",
        f"{day.day}-{day.month}-{day.year}",
        f"{day:%d/%m/%Y}",
        f"{day:%d.%m.%Y}",
        f"{day.day} {month} {day.year}",
        f"{day:%B} {day.day}, {day.year}",
    ]
    assert {fields.day(form, "d", PLAIN) for form in forms} == {day}
    american = Reading(month_first=True)
    assert fields.day(f"{day:%m/%d/%Y}", "d", american) == day


@pytest.mark.parametrize(
    "text", ["31-2-2026", "11/23/2026", "2026", "soon", "3 foo 2026", "0-0-0000"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="Write it as 2026-11-30"):
        fields.day(text, "d", PLAIN)


def test_a_moment_has_a_zone() -> None:
    here = Reading(zone=ZoneInfo("Europe/Amsterdam"))
    summer = datetime(2026, 7, 1, 12, 5, tzinfo=UTC)
    assert fields.moment("1-7-2026 14:05", "at", here) == summer
    assert fields.moment("2026-07-01T12:05:00Z", "at", here) == summer
    assert fields.moment("2026-07-01 08:05:00.25-0400", "at", here) == summer
    assert fields.moment("1 juli 2026", "at", here) == datetime(2026, 6, 30, 22, tzinfo=UTC)
    for wrong in ("1-7-2026 25:00", "1-7-2026 14:05+99:99", "noon"):
        with pytest.raises(Refused):
            fields.moment(wrong, "at", here)


@settings(max_examples=examples(200))
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    readers: list[Callable[[], object]] = [
        lambda: fields.amount(text, "c", "EUR"),
        lambda: fields.day(text, "c", PLAIN),
        lambda: fields.moment(text, "c", PLAIN),
        lambda: fields.whole(text, "c", least=0, most=9),
        lambda: fields.mail(text, "c"),
        lambda: fields.phone(text, "c", PLAIN),
        lambda: fields.domain(text, "c"),
        lambda: fields.currency(text, "c"),
    ]
    for read in readers:
        with contextlib.suppress(Refused):
            read()


def test_addresses_have_one_form() -> None:
    assert fields.mail("Jan@Example.ORG", "c") == "jan@example.org"
    assert fields.phone("06-12345678", "c", PLAIN) == "+31612345678"
    assert fields.phone("+32 2 555 12 12", "c", PLAIN) == "+3225551212"


@pytest.mark.parametrize("code", CODES)
def test_every_refusal_says_what_to_do_in_both_languages(code: str) -> None:
    names = (
        "value",
        "most",
        "least",
        "sign",
        "other",
        "currency",
        "choices",
        "owner",
        "kind",
        "state",
    )
    refused = Refused(code, "c", **dict.fromkeys(names, "x"))
    for language in ("en", "nl"):
        for sentence in refused.said(language):
            assert "{" not in sentence
            assert sentence.endswith(".")
    assert refused.said("en") != refused.said("nl")


@pytest.mark.parametrize(
    ("text", "point", "number"),
    [
        ("1234.50", "", "1234.5"),
        ("1.234,5", "", "1234.5"),
        ("1 234", "", "1234"),
        ("1.234.567", "", "1234567"),
        ("-0,0", "", "0"),
        ("- 12", "", "-12"),
        ("007", "", "7"),
        ("1.234", ".", "1.234"),
        ("1.234", ",", "1234"),
        ("1,234", ",", "1.234"),
        ("1.234", "", None),
        ("12.34.5", "", None),
        ("1e5", "", None),
        ("twelve", ".", None),
    ],
)
def test_a_number_is_read_or_refused(text: str, point: str, number: str | None) -> None:
    if number is not None:
        assert fields.decimal(text, "size", point) == number
        return
    with pytest.raises(Refused):
        fields.decimal(text, "size", point)
