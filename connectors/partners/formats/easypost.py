"""EasyPost: the webhook `tracker.*`, which brings the whole history each time.

Source: docs.easypost.com, Trackers and Webhooks.
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
    "pre_transit": EventKind.ANNOUNCED,
    "in_transit": EventKind.IN_TRANSIT,
    "out_for_delivery": EventKind.OUT_FOR_DELIVERY,
    "available_for_pickup": EventKind.ATTEMPTED,
    "delivered": EventKind.DELIVERED,
    "return_to_sender": EventKind.RETURNED,
    "failure": EventKind.EXCEPTION,
    "error": EventKind.EXCEPTION,
}
_NAMES = {"tracking": "/result/tracking_code", "occurred_at": "/result/tracking_details"}


class _Location(Foreign):
    city: str | None = None
    country: str | None = None


class _Detail(Foreign):
    status: str = ""
    message: str = ""
    datetime: Any = None
    tracking_location: _Location | None = None


class _Tracker(Foreign):
    tracking_code: str = ""
    est_delivery_date: Any = None
    tracking_details: tuple[_Detail, ...] = ()


class _Webhook(Foreign):
    description: str = ""
    result: _Tracker


def read(post: Post) -> Read:
    read = Read()
    try:
        webhook = _Webhook.model_validate(json_of(post.body))
    except ValueError as error:
        raise Malformed(f"This is no event of EasyPost: {error}") from error
    tracker = webhook.result
    last = len(tracker.tracking_details) - 1
    for place, detail in enumerate(tracker.tracking_details):
        newest = place == last
        read.add(place, lambda d=detail, n=newest: _event(post, tracker, d, newest=n), _NAMES)  # type: ignore[misc]
    return read


def _event(post: Post, tracker: _Tracker, detail: _Detail, *, newest: bool) -> NewEvent:
    """`newest`: what is expected now belongs to this one."""
    expected = time_of(tracker.est_delivery_date) if newest and tracker.est_delivery_date else None
    place = detail.tracking_location or _Location()
    return NewEvent(
        partner=post.partner,
        tracking=tracker.tracking_code,
        external_id=stamp(tracker.tracking_code, detail.datetime, detail.status, detail.message),
        kind=_KINDS.get(detail.status, EventKind.INFORMATION),
        occurred_at=time_of(detail.datetime),
        expected_until=expected,
        place=", ".join(part for part in (place.city, place.country) if part)[:200],
        text=detail.message[:2000],
    )
