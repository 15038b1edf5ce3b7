"""One-time codes: those of the standard, each once, and spare ones that people can type."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.one_time import (
    RECOVERY_CODES,
    address,
    canonical_recovery,
    code,
    fits,
    new_recovery_codes,
    step_at,
    written,
)

SECRET = b"12345678901234567890"


# RFC 6238, appendix B; its codes have eight digits, of which the last six are ours.
@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, expected: str) -> None:
    assert code(SECRET, seconds // 30) == expected


def test_a_code_serves_once_and_a_clock_may_be_a_little_off() -> None:
    now = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    step = step_at(now)
    given = code(SECRET, step)
    assert fits(SECRET, f" {given[:3]} {given[3:]} ", now, after=0) == step
    assert fits(SECRET, given, now, after=step) is None
    for seconds, taken in ((30, True), (-30, True), (60, False), (-60, False)):
        found = fits(SECRET, given, now + timedelta(seconds=seconds), after=0)
        assert (found == step) is taken


@pytest.mark.parametrize("wrong", ["", "12345", "1234567", "abcdef", "१२३४५६", "-12345"])
def test_what_is_no_code_fits_nothing(wrong: str) -> None:
    assert fits(SECRET, wrong, datetime(2026, 11, 2, tzinfo=UTC), after=0) is None


def test_an_app_reads_the_address() -> None:
    found = address(SECRET, "anna@x", "Van Dalen: Koffie")
    assert found.startswith("otpauth://totp/Van%20Dalen%3A%20Koffie%3Aanna%40x?secret=GEZDGNBV")
    assert written(SECRET) in found


def test_spare_codes_are_many_and_forgive_how_they_are_typed() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == RECOVERY_CODES
    typed = codes[0].upper().replace("-", " ")
    assert canonical_recovery(typed) == canonical_recovery(codes[0])
