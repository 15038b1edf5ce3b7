"""By when something is promised, read from the words."""

from datetime import UTC, datetime

import pytest

from agent_ui.promise_words import due_in

TUESDAY = datetime(2026, 12, 1, 9, tzinfo=UTC)  # 10:00 in Amsterdam


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("Call back Thursday before 12", "2026-12-03 11:00"),
        ("terugbellen donderdag voor 12 uur", "2026-12-03 11:00"),
        ("morgen om 9:30 bellen", "2026-12-02 08:30"),
        ("an answer by 4 pm", "2026-12-01 15:00"),
        ("an answer by 9", "2026-12-02 08:00"),
        ("today", "2026-12-01 16:00"),
        ("Tuesday before 9", "2026-12-08 08:00"),
        ("within 2 hours", "2026-12-01 11:00"),
        ("binnen een week", "2026-12-08 09:00"),
        ("in 30 minuten", "2026-12-01 09:30"),
        ("call back before 5", "2026-12-01 16:00"),
        ("before 5 am", "2026-12-02 04:00"),
        ("voor 05:00 klaar", "2026-12-02 04:00"),
        ("overmorgen voor 12 bellen", "2026-12-03 11:00"),
        ("the day after tomorrow", "2026-12-03 16:00"),
        ("volgende week dinsdag om 10:00", "2026-12-08 09:00"),
        ("next week Thursday before 12", "2026-12-10 11:00"),
        ("ergens volgende week", "2026-12-11 16:00"),
        ("Send it by 3 December", "2026-12-03 16:00"),
        ("uiterlijk 15 jan. voor 12 uur", "2027-01-15 11:00"),
        ("op 2 maart", "2027-03-02 16:00"),
        ("before 1 Sept", "2027-09-01 15:00"),
        ("u krijgt over 3 maanden bericht", "2027-03-01 09:00"),
        ("within 14 months", "2028-02-01 09:00"),
        ("vandaag 3 december bellen", "2026-12-01 16:00"),
        ("send 2 mayo tomorrow", "2026-12-02 16:00"),
    ],
)
def test_a_time_is_read_from_the_words(words: str, due: str) -> None:
    found = due_in(words, TUESDAY, "Europe/Amsterdam")
    assert found is not None
    assert f"{found:%Y-%m-%d %H:%M}" == due


@pytest.mark.parametrize(
    "words", ["", "call back", "before 99", "order 12 was late", "bel 2 maal terug", "3 decoders"]
)
def test_words_without_a_time_name_none(words: str) -> None:
    assert due_in(words, TUESDAY, "Europe/Amsterdam") is None


def test_a_time_of_today_that_is_over_is_not_moved_to_tomorrow() -> None:
    found = due_in("vandaag voor 9 uur", TUESDAY, "Europe/Amsterdam")
    assert found == datetime(2026, 12, 1, 8, tzinfo=UTC)


def test_an_unknown_zone_is_utc() -> None:
    found = due_in("today", TUESDAY, "Mars/../Crater")
    assert found is not None
    assert found.hour == 17
