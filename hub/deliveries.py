"""What a delivery is, and where it stands after what its carrier told.

Carriers tell late, twice and in any order, so the events alone decide, by when they happened: in
whatever order they arrive, the same events give the same standing.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, Field, field_validator, model_validator

from hub.interaction import Frozen
from hub.references import LONGEST_NUMBER, normal

AHEAD = timedelta(hours=1)
"""What a carrier says to happen later than this after we heard of it is taken for a wrong clock."""

_YEARS = range(1970, 2201)


def _plausible(at: datetime) -> datetime:
    """In other years no clock of anybody can show it: near the ends not even in UTC."""
    if at.year not in _YEARS:
        raise ValueError(f"the year must be from {_YEARS[0]} to {_YEARS[-1]}")
    return at


Moment = Annotated[AwareDatetime, AfterValidator(_plausible)]
Partner = Annotated[str, Field(max_length=100)]
Tracking = Annotated[str, Field(min_length=1, max_length=LONGEST_NUMBER), AfterValidator(normal)]


class EventKind(StrEnum):
    ANNOUNCED = "announced"
    ACCEPTED = "accepted"
    IN_TRANSIT = "in_transit"
    CUSTOMS = "customs"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPTED = "attempted"
    EXCEPTION = "exception"
    DAMAGED = "damaged"
    LOST = "lost"
    DELIVERED = "delivered"
    RETURNED = "returned"
    INFORMATION = "information"
    """Something to know, such as a new time; where the parcel is stays as it was."""


class ParcelState(StrEnum):
    """Where a parcel is: what the last event that says so says."""

    ANNOUNCED = "announced"
    ACCEPTED = "accepted"
    IN_TRANSIT = "in_transit"
    CUSTOMS = "customs"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPTED = "attempted"
    EXCEPTION = "exception"
    DAMAGED = "damaged"
    LOST = "lost"
    DELIVERED = "delivered"
    RETURNED = "returned"


ENDED = (ParcelState.DELIVERED, ParcelState.RETURNED, ParcelState.LOST)


class Flag(StrEnum):
    """What cannot be as it was told."""

    AFTER_DELIVERED = "after_delivered"
    """It went on, though it was delivered."""
    AFTER_RETURNED = "after_returned"
    """It went on, though it was back with us."""
    DELIVERED_TWICE = "delivered_twice"
    FOUND_AGAIN = "found_again"
    """It went on, though it was lost. This may be so."""
    AHEAD_OF_TIME = "ahead_of_time"
    """It was told before it happened: the carrier's clock is wrong."""


class NewEvent(Frozen):
    """What a partner tells about a parcel. `external_id` is the partner's id of the event: the same
    one again changes nothing. `expected_from` and `expected_until`: when it will come, if this
    event says so. `order_number`: ours, if the partner knows it."""

    partner: Annotated[Partner, Field(min_length=1)]
    tracking: Tracking
    external_id: str = Field(min_length=1, max_length=200)
    kind: EventKind
    occurred_at: Moment
    expected_from: Moment | None = None
    expected_until: Moment | None = None
    place: str = Field("", max_length=200)
    text: str = Field("", max_length=2000)
    order_number: Annotated[str, Field(max_length=LONGEST_NUMBER), AfterValidator(normal)] = ""
    details: dict[str, str] = Field(default_factory=dict)

    @field_validator("*", mode="before")
    @classmethod
    def _can_be_kept(cls, value: Any) -> Any:
        """No database takes a NUL."""
        return value.replace("\0", "") if isinstance(value, str) else value

    @model_validator(mode="after")
    def _expected_in_order(self) -> "NewEvent":
        begin, end = self.expected_from, self.expected_until
        if begin is not None and end is not None and end < begin:
            raise ValueError("expected_until must not be before expected_from")
        return self


class DeliveryEvent(Frozen):
    """An event as it is kept."""

    id: str
    delivery_id: str
    partner: str
    external_id: str
    kind: EventKind
    occurred_at: AwareDatetime
    received_at: AwareDatetime
    expected_from: AwareDatetime | None = None
    expected_until: AwareDatetime | None = None
    place: str = ""
    text: str = ""
    details: dict[str, str] = Field(default_factory=dict)

    @property
    def at(self) -> datetime:
        """When it counts as having happened: never later than we heard of it, or a wrong clock
        would outlast everything that comes after."""
        return min(self.occurred_at, self.received_at)


class Delivery(Frozen):
    """A parcel. Without an order it is parked: it waits for the order that has its number.

    `partner` is empty while only the order told its number, and not who brings it.
    """

    id: str
    partner: Partner
    tracking: Tracking
    order_id: str | None = None
    order_number: str = ""
    customer_id: str | None = None
    state: ParcelState = ParcelState.ANNOUNCED
    flags: tuple[Flag, ...] = ()
    expected_from: AwareDatetime | None = None
    expected_until: AwareDatetime | None = None
    delivered_at: AwareDatetime | None = None
    address: str = ""
    preferences: dict[str, str] = Field(default_factory=dict)
    version: int = 1
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @property
    def is_parked(self) -> bool:
        return self.order_id is None and self.customer_id is None


class Standing(Frozen):
    """Where a parcel stands. `last_at`: when it was last heard of; None before the first event."""

    state: ParcelState = ParcelState.ANNOUNCED
    flags: tuple[Flag, ...] = ()
    expected_from: AwareDatetime | None = None
    expected_until: AwareDatetime | None = None
    delivered_at: AwareDatetime | None = None
    last_at: AwareDatetime | None = None


_TIES = tuple(EventKind)
"""Of two events at the same moment the one further on this list came after."""
_STAYS_DELIVERED = (EventKind.RETURNED, EventKind.DAMAGED)


def standing_after(events: Iterable[DeliveryEvent]) -> Standing:
    """Where these events leave a parcel, in whatever order they came."""
    state = ParcelState.ANNOUNCED
    flags: set[Flag] = set()
    expected: tuple[datetime | None, datetime | None] = (None, None)
    delivered_at = last_at = None
    for event in sorted(events, key=_order):
        if event.occurred_at - event.received_at > AHEAD:
            flags.add(Flag.AHEAD_OF_TIME)
        if event.expected_from is not None or event.expected_until is not None:
            expected = event.expected_from, event.expected_until
        last_at = event.at
        flag = _impossible(state, event.kind)
        if flag is not None:
            flags.add(flag)
        if event.kind is EventKind.INFORMATION or flag not in (None, Flag.FOUND_AGAIN):
            continue
        state = ParcelState(event.kind)
        if state is ParcelState.DELIVERED:
            delivered_at = event.at
    return Standing(
        state=state,
        flags=tuple(sorted(flags)),
        expected_from=expected[0],
        expected_until=expected[1],
        delivered_at=delivered_at,
        last_at=last_at,
    )


def _order(event: DeliveryEvent) -> tuple[datetime, int, str, str]:
    return event.at, _TIES.index(event.kind), event.partner, event.external_id


def _impossible(state: ParcelState, kind: EventKind) -> Flag | None:
    """What is wrong with this happening to a parcel that is there. It then stays there."""
    if kind is EventKind.INFORMATION:
        return None
    match state:
        case ParcelState.DELIVERED if kind is EventKind.DELIVERED:
            return Flag.DELIVERED_TWICE
        case ParcelState.DELIVERED if kind not in _STAYS_DELIVERED:
            return Flag.AFTER_DELIVERED
        case ParcelState.RETURNED:
            return Flag.AFTER_RETURNED
        case ParcelState.LOST if kind is not EventKind.LOST:
            return Flag.FOUND_AGAIN
        case _:
            return None
