"""Amounts as people write them, exactly."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from hub.money import decimals, written


def test_as_it_is_written_in_each_language() -> None:
    assert written(123450, "EUR") == "EUR 1,234.50"
    assert written(123450, "EUR", "nl") == "EUR 1.234,50"
    assert written(-5, "EUR", "nl") == "EUR -0,05"
    assert written(1200, "JPY") == "JPY 1,200"
    assert written(1, "KWD") == "KWD 0.001"


@given(st.integers(-(10**15), 10**15), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_nothing_is_lost(amount: int, currency: str) -> None:
    number = Decimal(written(amount, currency).split()[1].replace(",", ""))
    assert number.scaleb(decimals(currency)) == amount
