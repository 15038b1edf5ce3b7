"""What a carrier tells becomes a contact of the customer, where the interaction model has work for
it: with the order, threaded by parcel, once for each event."""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from hub.deliveries import Delivery, DeliveryEvent, EventKind
from hub.interaction import Arrival, Channel, Party, PointKind, Thread, Verification
from hub.store import deliveries

TopicOf = Callable[[EventKind], str]


def arrivals(
    connection: Connection,
    delivery_ids: Sequence[str],
    topic_of: TopicOf,
    titles: Mapping[str, str],
) -> list[Arrival]:
    """The contacts that the events of these parcels come to. `titles`: what partners are called."""
    found = [one for one in deliveries.by_ids(connection, delivery_ids) if one.customer_id]
    events = deliveries.events_of(connection, [one.id for one in found])
    return [
        _arrival(parcel, event, topic, titles.get(event.partner) or event.partner)
        for parcel in found
        for event in events.get(parcel.id, ())
        if (topic := topic_of(event.kind)) and not _is_over(parcel, event)
    ]


def _is_over(parcel: Delivery, event: DeliveryEvent) -> bool:
    """It went well after all: what was wrong before is no work any more."""
    ended = parcel.delivered_at
    return ended is not None and event.at < ended


def _arrival(parcel: Delivery, event: DeliveryEvent, topic: str, title: str) -> Arrival:
    name = f"delivery:{parcel.id}"
    lines = [event.text, event.place, f"{title} · {parcel.tracking}", parcel.order_number]
    return Arrival(
        channel=Channel.PARTNER,
        account=event.partner,
        external_id=event.id,
        sender=Party(kind=PointKind.PARTNER, value=event.partner, name=title),
        subject=" · ".join(filter(None, (title, parcel.tracking, parcel.order_number))),
        text="\n".join(filter(None, lines)),
        topic=topic,
        about=parcel.customer_id or "",
        occurred_at=event.at,
        verification=Verification.VERIFIED,
        thread=Thread(own=(name,), references=(name,)),
        details={
            "delivery": parcel.id,
            "event": event.kind.value,
            "tracking": parcel.tracking,
            "order": parcel.order_number,
            **_expected(event),
            **_unsaid(event),
        },
    )


def _unsaid(event: DeliveryEvent) -> dict[str, str]:
    """A problem of which neither words nor a new time say what it is."""
    says_nothing = not event.text and event.expected_until is None
    return {"unsaid": "yes"} if event.kind is EventKind.EXCEPTION and says_nothing else {}


def _expected(event: DeliveryEvent) -> dict[str, str]:
    """When it will come now, if the event says so."""
    told = {"expected_from": event.expected_from, "expected_until": event.expected_until}
    return {name: at.isoformat() for name, at in told.items() if at is not None}
