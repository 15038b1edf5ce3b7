"""What is arranged for a target group: the nearest holds, quiet hours end, a limit is a limit."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.arrangements import Arrangement, Why, allowed, nearest, refusal
from hub.interaction import Channel

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
EMAIL, SMS, PHONE = Channel.EMAIL, Channel.SMS, Channel.PHONE
HOURS = st.integers(0, 23)


def test_the_nearest_holds() -> None:
    all_, b2b = Arrangement(most=9), Arrangement(most=3)
    found = {"": all_, "b2b": b2b}
    assert nearest(found, "b2b/key-account") == nearest(found, "b2b")
    assert nearest(found, "b2c") == nearest(found, "")
    assert nearest({"b2b": b2b}, "any") is None


def test_what_is_said_in_one_language_is_told_in_both() -> None:
    both = Arrangement(en="Ask for Kim.", nl="Vraag naar Kim.")
    assert (both.in_language("en"), both.in_language("nl")) == ("Ask for Kim.", "Vraag naar Kim.")
    for one in (Arrangement(en="Kim"), Arrangement(nl="Kim")):
        assert (one.in_language("en"), one.in_language("nl")) == ("Kim", "Kim")


@given(HOURS, HOURS, st.integers(0, 366 * 24 * 60))
def test_quiet_hours_are_left_at_their_end_and_by_the_shortest_way(
    begins: int, ends: int, minutes: int
) -> None:
    if begins == ends:
        with pytest.raises(ValidationError):
            Arrangement(quiet_from=begins, quiet_until=ends)
        return
    arrangement = Arrangement(quiet_from=begins, quiet_until=ends)
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    start = arrangement.allowed_from(at, AMSTERDAM)
    assert at <= start <= at + timedelta(hours=25)
    assert arrangement.allowed_from(start, AMSTERDAM) == start
    if start != at:
        assert start.astimezone(AMSTERDAM).hour == ends or start.astimezone(AMSTERDAM).minute == 0


@given(st.lists(st.sampled_from(list(Channel)), max_size=3, unique=True), st.integers(0, 5))
def test_what_is_refused_says_why(wanted: list[Channel], lately: int) -> None:
    arrangement = Arrangement(channels=tuple(wanted), most=3)
    why = refusal(arrangement, [EMAIL, SMS], lately)
    reachable = not wanted or bool({EMAIL, SMS} & set(wanted))
    assert why == (Why.CHANNEL if not reachable else Why.OFTEN if lately >= 3 else None)


def test_the_preferred_channel_is_first() -> None:
    assert allowed(Arrangement(channels=(PHONE, SMS, EMAIL)), [EMAIL, SMS]) == [SMS, EMAIL]
    assert allowed(Arrangement(), [EMAIL, SMS]) == [EMAIL, SMS]


@pytest.mark.parametrize("given_", [{"most": 0}, {"days": 400}, {"quiet_from": 3}])
def test_what_cannot_be_is_refused(given_: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Arrangement.model_validate(given_)
