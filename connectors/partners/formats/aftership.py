"""AfterShip: the webhook `tracking_update`, which brings all checkpoints each time.

Source: aftership.com/docs/tracking, Webhook.
"""

from typing import Any

from connectors.partners.formats.reading import (
    Foreign,
    Malformed,
    Post,
    Read,
    json_of,
    stamp,
    time_of,
)
from hub.deliveries import EventKind, NewEvent

_KINDS = {
    "InfoReceived": EventKind.ANNOUNCED,
    "InTransit": EventKind.IN_TRANSIT,
    "OutForDelivery": EventKind.OUT_FOR_DELIVERY,
    "AttemptFail": EventKind.ATTEMPTED,
    "AvailableForPickup": EventKind.ATTEMPTED,
    "Delivered": EventKind.DELIVERED,
    "Exception": EventKind.EXCEPTION,
    "Expired": EventKind.EXCEPTION,
}
_NAMES = {
    "tracking": "/msg/tracking_number",
    "occurred_at": "/msg/checkpoints",
    "order_number": "/msg/order_id",
}


class _Checkpoint(Foreign):
    tag: str = ""
    message: str | None = None
    checkpoint_time: Any = None
    city: str | None = None
    country_name: str | None = None


class _Tracking(Foreign):
    tracking_number: str = ""
    order_id: str | None = None
    expected_delivery: Any = None
    checkpoints: tuple[_Checkpoint, ...] = ()


class _Webhook(Foreign):
    msg: _Tracking


def read(post: Post) -> Read:
    read = Read()
    try:
        tracking = _Webhook.model_validate(json_of(post.body)).msg
    except ValueError as error:
        raise Malformed(f"This is no webhook of AfterShip: {error}") from error
    last = len(tracking.checkpoints) - 1
    for place, checkpoint in enumerate(tracking.checkpoints):
        newest = place == last
        read.add(place, lambda c=checkpoint, n=newest: _event(post, tracking, c, newest=n), _NAMES)  # type: ignore[misc]
    return read


def _event(post: Post, tracking: _Tracking, point: _Checkpoint, *, newest: bool) -> NewEvent:
    """`newest`: what is expected now belongs to this one."""
    number, message = tracking.tracking_number, point.message or ""
    expected = (
        time_of(tracking.expected_delivery) if newest and tracking.expected_delivery else None
    )
    return NewEvent(
        partner=post.partner,
        tracking=number,
        external_id=stamp(number, point.checkpoint_time, point.tag, message),
        kind=_KINDS.get(point.tag, EventKind.INFORMATION),
        occurred_at=time_of(point.checkpoint_time),
        expected_until=expected,
        place=", ".join(part for part in (point.city, point.country_name) if part)[:200],
        text=message[:2000],
        order_number=tracking.order_id or "",
    )
