"""GS1 EPCIS 2.0: a document or a single ObjectEvent in JSON, of parcels known by their SSCC.

Source: ref.gs1.org/standards/epcis and /cbv (business steps and dispositions). The `@context` is
never fetched.
"""

import re
from typing import Any

from pydantic import AwareDatetime, Field

from connectors.partners.formats.reading import (
    Foreign,
    Post,
    Read,
    Wrong,
    json_of,
    objects_of,
    stamp,
)
from hub.deliveries import EventKind, NewEvent

_BY_DISPOSITION = {
    "damaged": EventKind.DAMAGED,
    "returned": EventKind.RETURNED,
    "stolen": EventKind.LOST,
    "destroyed": EventKind.LOST,
    "unknown": EventKind.EXCEPTION,
}
_BY_STEP = {
    "accepting": EventKind.ACCEPTED,
    "loading": EventKind.IN_TRANSIT,
    "departing": EventKind.IN_TRANSIT,
    "shipping": EventKind.IN_TRANSIT,
    "transporting": EventKind.IN_TRANSIT,
    "arriving": EventKind.IN_TRANSIT,
    "unloading": EventKind.IN_TRANSIT,
    "holding": EventKind.EXCEPTION,
    "receiving": EventKind.DELIVERED,
}
_URN = re.compile(r"urn:epc:id:sscc:(\d{6,12})\.(\d{5,11})")
_LINK = re.compile(r"https?://[^/\s]{1,253}/00/(\d{18})")
_NAMES = {"occurred_at": "/eventTime", "external_id": "/eventID", "tracking": "/epcList/0"}


class _Place(Foreign):
    id: str = ""


class _Transaction(Foreign):
    type: str = ""
    bizTransaction: str = ""  # noqa: N815 (its name in EPCIS)


class _Event(Foreign):
    type: str
    event_id: str = Field("", alias="eventID")
    time: AwareDatetime = Field(alias="eventTime")
    epcs: tuple[str, ...] = Field((), alias="epcList")
    step: str = Field("", alias="bizStep")
    disposition: str = ""
    place: _Place = Field(default_factory=_Place, alias="readPoint")
    transactions: tuple[_Transaction, ...] = Field((), alias="bizTransactionList")
    error: dict[str, Any] | None = Field(None, alias="errorDeclaration")


def read(post: Post) -> Read:
    read = Read()
    for place, raw in enumerate(_raw_events(post)):
        for event in read.parse(place, lambda raw=raw: _observed(raw)):  # type: ignore[misc]
            for epc in event.epcs:
                read.add(place, lambda e=event, epc=epc: _told(post, e, epc), _NAMES)  # type: ignore[misc]
    return read


def sscc_of(epc: str) -> str:
    """The 18 digits of a Serial Shipping Container Code, from its URN or its GS1 Digital Link.

    Raises Wrong.
    """
    if link := _LINK.fullmatch(epc):
        return link[1]
    urn = _URN.fullmatch(epc)
    if urn is None or len(urn[1] + urn[2]) != 17:  # noqa: PLR2004 (an SSCC without check digit)
        raise Wrong("/epcList", "Only parcels with an SSCC are known here (urn:epc:id:sscc:…).")
    digits = urn[2][0] + urn[1] + urn[2][1:]
    weighed = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(digits))
    return digits + str(-weighed % 10)


def _raw_events(post: Post) -> list[Any]:
    document = json_of(post.body)
    if not isinstance(document, dict):
        return list(objects_of(document, "Events"))
    if document.get("type") != "EPCISDocument":
        return [document]
    body = document.get("epcisBody")
    found = body.get("eventList") if isinstance(body, dict) else None
    return list(objects_of(found, "epcisBody.eventList"))


def _observed(raw: Any) -> _Event:
    event = _Event.model_validate(raw)
    if event.type != "ObjectEvent":
        raise Wrong("/type", "Only events of type ObjectEvent are taken here.")
    if not event.epcs:
        raise Wrong("/epcList", "Say which parcel: epcList is empty.")
    return event


def _told(post: Post, event: _Event, epc: str) -> NewEvent:
    tracking = sscc_of(epc)
    told = event.event_id or stamp(event.time, event.step, event.disposition)
    withdrawn = event.error is not None
    kind = EventKind.INFORMATION if withdrawn else _kind(event)
    return NewEvent(
        partner=post.partner,
        tracking=tracking,
        external_id=stamp(told, tracking, "withdrawn" if withdrawn else ""),
        kind=kind,
        occurred_at=event.time,
        place=event.place.id[:200],
        text=f"The partner takes back event {told}."[:2000] if withdrawn else _words(event, kind),
        order_number=_order(event),
        details={"id": event.event_id[:500], "step": event.step[:200]},
    )


def _words(event: _Event, kind: EventKind) -> str:
    """What is wrong, in the standard's own words: it has no others."""
    if kind is not EventKind.EXCEPTION:
        return ""
    return ", ".join(filter(None, (_word(event.step), _word(event.disposition))))[:2000]


def _kind(event: _Event) -> EventKind:
    found = _BY_DISPOSITION.get(_word(event.disposition)) or _BY_STEP.get(_word(event.step))
    return found or EventKind.INFORMATION


def _order(event: _Event) -> str:
    """The purchase order among the transactions."""
    orders = (t.bizTransaction for t in event.transactions if _word(t.type) == "po")
    return re.split(r"[:/#]", next(orders, ""))[-1]


def _word(name: str) -> str:
    """The bare word of a CBV name, also where it is a URN or a web address."""
    return re.split(r"[:/#-]", name)[-1]
