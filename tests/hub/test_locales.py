"""Numbers, days and languages as each reader writes them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.locales import day, language_name, number, weekdays


@pytest.mark.parametrize(
    ("value", "places", "english", "dutch"),
    [
        (12345, None, "12,345", "12.345"),
        (Decimal("-1234.50"), None, "-1,234.50", "-1.234,50"),
        (Decimal("0.125"), None, "0.125", "0,125"),
        (4.26, 1, "4.3", "4,3"),
        (1234.0, 0, "1,234", "1.234"),
    ],
)
def test_a_number(value: float | Decimal, places: int | None, english: str, dutch: str) -> None:
    assert number(value, "en", places) == english
    assert number(value, "nl", places) == dutch


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6), st.sampled_from(["en", "nl"]))
def test_nothing_of_a_number_is_lost(value: Decimal, language: str) -> None:
    shown = number(value, language)
    plain = shown.replace(",", "") if language == "en" else shown.replace(".", "").replace(",", ".")
    assert Decimal(plain) == value


def test_a_day() -> None:
    on = date(2026, 3, 2)
    assert (day(on, "en"), day(on, "nl")) == ("2 March 2026", "2 maart 2026")
    assert (day(on, "en", year=False), day(on, "nl", year=False)) == ("2 March", "2 maart")
    assert day(on, "nl", year=False, short=True) == "2 mrt"
    assert (weekdays("en")[0], weekdays("nl")[6]) == ("Monday", "zondag")


@pytest.mark.parametrize(
    ("tag", "english", "dutch"),
    [("de", "German", "Duits"), ("nl-BE", "Dutch", "Nederlands"), ("EN", "English", "Engels"),
     ("xx", "xx", "xx"), ("?", "?", "?")],
)  # fmt: skip
def test_a_language(tag: str, english: str, dutch: str) -> None:
    assert (language_name(tag, "en"), language_name(tag, "nl")) == (english, dutch)
