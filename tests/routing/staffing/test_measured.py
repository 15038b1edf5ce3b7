"""How long a contact takes is measured where enough were, and otherwise said to be a guess."""

import pytest

from hub.interaction import Channel
from routing.staffing.arrivals import Kind
from routing.staffing.measured import LEAST, LONGEST, SHORTEST, USUAL, Source, Time, Times

LATE = Kind(Channel.EMAIL, "delivery/late", "b2b")


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ({LATE: [60] * LEAST}, Time(60, Source.MOMENT, LEAST, "delivery/late", "b2b")),
        (
            {LATE: [60] * (LEAST - 1), LATE._replace(group="b2c"): [90]},
            Time(60, Source.TOPIC, LEAST, "delivery/late"),
        ),
        (
            {LATE._replace(topic="delivery/lost"): [99] * LEAST},
            Time(99, Source.TOPIC, LEAST, "delivery"),
        ),
        ({LATE._replace(topic="bill"): [30] * LEAST}, Time(30, Source.CHANNEL, LEAST)),
        ({LATE: [60] * (LEAST - 1)}, Time(USUAL[Channel.EMAIL], Source.USUAL, 0)),
        ({LATE._replace(channel=Channel.CHAT): [9] * 99}, Time(360, Source.USUAL, 0)),
    ],
)
def test_the_narrowest_of_which_there_are_enough(
    held: dict[Kind, list[int]], expected: Time
) -> None:
    assert Times(held).of(LATE) == expected


def test_a_forgotten_contact_changes_nothing_and_what_cannot_be_is_cut() -> None:
    assert Times({LATE: [60] * LEAST + [99_999] * 5}).of(LATE).seconds == 60
    assert Times({LATE: [1] * LEAST}).of(LATE).seconds == SHORTEST
    assert Times({LATE: [99_999] * LEAST}).of(LATE).seconds == LONGEST


def test_what_is_given_goes_before_what_is_measured() -> None:
    times = Times({LATE: [60] * LEAST}, {Channel.EMAIL: 420})
    assert times.of(LATE) == Time(420, Source.GIVEN, 0)
