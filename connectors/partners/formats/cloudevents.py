"""CloudEvents 1.0 over HTTP: structured, a batch, or binary (one event, attributes as headers).

The type names what happened: `delivery.out_for_delivery`, with anything in front and a version
behind, as in `com.snelpost.delivery.out_for_delivery.v1`. Source: github.com/cloudevents/spec,
HTTP binding.
"""

import re
from typing import Annotated, Any
from urllib.parse import unquote

from pydantic import AwareDatetime, Field, StringConstraints

from connectors.partners.formats.reading import Foreign, Post, Read, Wrong, json_of, objects_of
from hub.deliveries import EventKind, NewEvent

BATCH = "application/cloudevents-batch+json"
STRUCTURED = "application/cloudevents+json"
_TYPE = re.compile(r"(?:[\w.-]{1,150}\.)?delivery\.([a-z_]+)(?:\.v\d{1,3})?")
_ATTRIBUTES = ("specversion", "id", "source", "type", "subject", "time")
_KINDS = tuple(kind.value for kind in EventKind)
_NAMES = {
    "tracking": "/subject",
    "external_id": "/id",
    "order_number": "/data/order",
    "place": "/data/place",
    "text": "/data/text",
}

_Text = Annotated[str, StringConstraints(min_length=1)]


class _Data(Foreign):
    """`order`: our order number. `expected_from`, `expected_until`: when it will come."""

    tracking: str = ""
    order: str = ""
    expected_from: AwareDatetime | None = None
    expected_until: AwareDatetime | None = None
    place: str = ""
    text: str = ""


class _CloudEvent(Foreign):
    """The tracking number is the subject, unless the data has it."""

    specversion: Annotated[str, StringConstraints(pattern=r"^1\.\d+$")]
    id: _Text
    source: _Text
    type: _Text
    subject: str = ""
    time: AwareDatetime
    data: _Data = Field(default_factory=_Data)


def read(post: Post) -> Read:
    read = Read()
    for place, raw in enumerate(_raw_events(post)):
        read.add(place, lambda raw=raw: _event(post.partner, raw), _NAMES)  # type: ignore[misc]
    return read


def _raw_events(post: Post) -> list[Any]:
    kind = post.headers.get("Content-Type", "").partition(";")[0].strip().casefold()
    if "ce-specversion" in post.headers:
        return [_binary(post)]
    if kind == BATCH:
        return list(objects_of(json_of(post.body), "A batch"))
    body = json_of(post.body)
    return body if isinstance(body, list) else [body]


def _binary(post: Post) -> dict[str, Any]:
    found = {
        name: unquote(post.headers[f"ce-{name}"])
        for name in _ATTRIBUTES
        if f"ce-{name}" in post.headers
    }
    return found | ({"data": json_of(post.body)} if post.body.strip() else {})


def _event(partner: str, raw: Any) -> NewEvent:
    event = _CloudEvent.model_validate(raw)
    return NewEvent(
        partner=partner,
        tracking=event.data.tracking or event.subject,
        external_id=f"{event.source}#{event.id}",
        kind=_kind(event.type),
        occurred_at=event.time,
        expected_from=event.data.expected_from,
        expected_until=event.data.expected_until,
        place=event.data.place,
        text=event.data.text,
        order_number=event.data.order,
        details={"id": event.id, "source": event.source},
    )


def _kind(name: str) -> EventKind:
    match = _TYPE.fullmatch(name)
    if match is None or match[1] not in _KINDS:
        kinds = ", ".join(_KINDS)
        raise Wrong("/type", f"It must end in delivery.KIND, with one of these kinds: {kinds}.")
    return EventKind(match[1])
