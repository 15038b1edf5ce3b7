"""Where a parcel stands: by when things happened, in whatever order they were told."""

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from examples import examples
from hub.deliveries import DeliveryEvent, EventKind, Flag, ParcelState, standing_after

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=30)
K, P = EventKind, ParcelState


def event(kind: EventKind, hours: float, *, number: int = 0, **more: object) -> DeliveryEvent:
    values = {
        "id": f"e{number}", "delivery_id": "d", "partner": "bode", "kind": kind,
        "external_id": f"{kind}-{hours}-{number}", "occurred_at": NOON + timedelta(hours=hours),
        "received_at": LATER,
    } | more  # fmt: skip
    return DeliveryEvent.model_validate(values)


def after(*kinds: EventKind) -> tuple[ParcelState, tuple[Flag, ...]]:
    standing = standing_after(event(kind, hour) for hour, kind in enumerate(kinds))
    return standing.state, standing.flags


_events = st.lists(
    st.builds(
        event,
        st.sampled_from(EventKind),
        st.integers(-3, 3),
        number=st.integers(0, 50),
        received_at=st.sampled_from([NOON, LATER]),
        expected_from=st.sampled_from([None, NOON, LATER]),
    ),
    max_size=8,
    unique_by=lambda one: one.external_id,
)


@settings(max_examples=examples(200))
@given(_events, st.randoms(use_true_random=False))
def test_the_order_of_arrival_does_not_matter(events: list[DeliveryEvent], chance: Random) -> None:
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert standing_after(shuffled) == standing_after(events)


@settings(max_examples=examples(100))
@given(_events, st.integers(0, 7))
def test_what_is_told_twice_by_the_same_clock_only_repeats(
    events: list[DeliveryEvent], place: int
) -> None:
    """An event in a state that it leads to itself changes nothing but, perhaps, a flag."""
    once = standing_after(events)
    again = standing_after([*events, *events[place : place + 1]])
    assert (again.state, again.delivered_at) == (once.state, once.delivered_at)


def test_the_last_that_happened_counts() -> None:
    assert after() == (ParcelState.ANNOUNCED, ())
    assert after(K.ACCEPTED, K.IN_TRANSIT, K.ATTEMPTED) == (ParcelState.ATTEMPTED, ())
    assert after(K.EXCEPTION, K.OUT_FOR_DELIVERY) == (ParcelState.OUT_FOR_DELIVERY, ())
    assert after(K.IN_TRANSIT, K.INFORMATION) == (ParcelState.IN_TRANSIT, ())


def test_what_cannot_be_is_flagged_and_does_not_move_the_parcel() -> None:
    assert after(K.DELIVERED, K.IN_TRANSIT) == (P.DELIVERED, (Flag.AFTER_DELIVERED,))
    assert after(K.DELIVERED, K.DELIVERED) == (P.DELIVERED, (Flag.DELIVERED_TWICE,))
    assert after(K.RETURNED, K.DELIVERED) == (P.RETURNED, (Flag.AFTER_RETURNED,))
    assert after(K.DELIVERED, K.RETURNED) == (P.RETURNED, ())
    assert after(K.DELIVERED, K.DAMAGED) == (P.DAMAGED, ())
    assert after(K.LOST, K.DELIVERED) == (P.DELIVERED, (Flag.FOUND_AGAIN,))


def test_a_clock_that_is_ahead_does_not_outlast_what_comes_after() -> None:
    wrong = event(EventKind.DELIVERED, 24 * 365, received_at=NOON + timedelta(hours=1))
    right = event(EventKind.RETURNED, 2)
    standing = standing_after([right, wrong])
    assert (standing.state, standing.flags) == (ParcelState.RETURNED, (Flag.AHEAD_OF_TIME,))
    assert standing.delivered_at == NOON + timedelta(hours=1)


def test_the_newest_word_on_when_it_comes_holds() -> None:
    first = event(EventKind.IN_TRANSIT, 1, expected_from=NOON, expected_until=LATER)
    newer = event(EventKind.INFORMATION, 2, expected_until=LATER)
    silent = event(EventKind.OUT_FOR_DELIVERY, 3)
    standing = standing_after([silent, newer, first])
    assert (standing.expected_from, standing.expected_until) == (None, LATER)
