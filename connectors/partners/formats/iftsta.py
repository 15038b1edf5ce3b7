"""UN/EDIFACT IFTSTA, the multimodal status report: each consignment with its statuses.

Read are CNI (consignment), STS (status), RFF (our order number, CU or ON), DTM (when), LOC (where)
and FTX (free text); the rest is left alone. Source: UN/EDIFACT D.01B, ISO 9735 for the syntax.
What the codes in STS mean differs between carriers: `status_codes` of the partner says it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import NamedTuple

from connectors.partners.formats.reading import Malformed, Post, Read, Wrong, stamp
from hub.deliveries import EventKind, NewEvent

CODES: Mapping[str, EventKind] = {
    "1": EventKind.IN_TRANSIT,
    "13": EventKind.ACCEPTED,
    "21": EventKind.DELIVERED,
    "24": EventKind.IN_TRANSIT,
    "31": EventKind.IN_TRANSIT,
}
"""UN/ECE Recommendation 24, those that carriers agree on: arrived, collected, delivered, departed,
in transit."""

_ORDER = ("CU", "ON")
_EVENT_TIME = ("334", "7", "78", "137")
_FORMATS = {"203": "%Y%m%d%H%M", "204": "%Y%m%d%H%M%S", "303": "%Y%m%d%H%M%z", "102": "%Y%m%d"}
_ZONE = re.compile(r"([A-Z]{3})$")


class _Signs(NamedTuple):
    component: str = ":"
    element: str = "+"
    release: str = "?"
    end: str = "'"


Segment = tuple[str, list[list[str]]]
"""Its tag, and its elements of components."""


def read(post: Post) -> Read:
    read = Read()
    for place, status in enumerate(_statuses(list(segments(_text(post.body))))):
        read.add(place, lambda s=status: _event(post, s), {"tracking": "/CNI", "text": "/FTX"})  # type: ignore[misc]
    return read


def segments(text: str) -> Iterator[Segment]:
    """The segments of an interchange. Raises Malformed when it is none."""
    text = text.lstrip("\ufeff \r\n\t")
    signs = _Signs()
    if text.startswith("UNA"):
        signs = _Signs(text[3:4], text[4:5], text[6:7], text[8:9])
        text = text[9:]
    if not text.lstrip().startswith(("UNB", "UNH")) or len(set(signs)) < len(signs):
        raise Malformed("This is no EDIFACT interchange: it must begin with UNA or UNB.")
    for raw in _split(text, signs.end, signs.release):
        if raw := raw.strip("\r\n\t "):
            tag, *rest = _split(raw, signs.element, signs.release)
            yield tag, [_components(element, signs) for element in rest]


def _components(element: str, signs: _Signs) -> list[str]:
    parts = _split(element, signs.component, signs.release)
    released = re.compile(re.escape(signs.release) + "(.)", re.DOTALL)
    return [released.sub(r"\1", part) for part in parts]


def _split(text: str, sign: str, release: str) -> list[str]:
    """At each `sign` that is not released; what is released stays so for the next split."""
    pattern = f"(?:[^{re.escape(sign + release)}]|{re.escape(release)}.)*+"
    found, place = [], 0
    part = re.compile(pattern, re.DOTALL)
    while place <= len(text):
        match = part.match(text, place)
        end = match.end() if match else place
        if end < len(text) and text[end] == release:
            end += 1  # a release with nothing behind it
        found.append(text[place:end])
        place = end + 1
    return found


@dataclass
class _Status:
    consignment: str = ""
    code: str = ""
    text: str = ""
    order: str = ""
    at: datetime | None = None
    place: str = ""


def _statuses(found: list[Segment]) -> Iterator[_Status]:
    message: _Status = _Status()
    consignment: _Status = message
    status: _Status | None = None
    for tag, elements in found:
        if tag in ("UNH", "CNI", "STS", "UNT", "UNZ") and status is not None:
            yield status
            status = None
        if tag == "UNH":
            message = consignment = _Status()
        elif tag == "CNI":
            consignment = _Status(_at(elements, 1), at=message.at)
        elif tag == "STS":
            status = _Status(
                consignment.consignment,
                _at(elements, 1),
                next((part for element in elements[1:] for part in element[3:4] if part), ""),
                consignment.order,
                consignment.at,
            )
        else:
            _note(status or consignment, tag, elements)
    if status is not None:
        yield status


def _note(about: _Status, tag: str, elements: list[list[str]]) -> None:
    qualifier = _at(elements, 0)
    if tag == "DTM" and qualifier in _EVENT_TIME:
        about.at = _time(elements[0])
    elif tag == "RFF" and qualifier in _ORDER:
        about.order = _at(elements, 0, 1)
    elif tag == "LOC":
        about.place = _at(elements, 1, 3) or _at(elements, 1)
    elif tag == "FTX":
        about.text = " ".join(filter(None, (about.text, *chain(*elements[3:4]))))


def _at(elements: list[list[str]], element: int, component: int = 0) -> str:
    found = elements[element] if element < len(elements) else []
    return found[component] if component < len(found) else ""


def _time(composite: list[str]) -> datetime | None:
    value = composite[1] if len(composite) > 1 else ""
    form = composite[2] if len(composite) > 2 else "203"  # noqa: PLR2004 (the third component)
    value = _ZONE.sub("", value.strip())
    try:
        at = datetime.strptime(value, _FORMATS.get(form, _FORMATS["203"]))  # noqa: DTZ007 (below)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _event(post: Post, status: _Status) -> NewEvent:
    if status.at is None:
        raise Wrong("/DTM", "Say when it happened: DTM with 334, 7, 78 or 137.")
    kind = post.codes.get(status.code) or CODES.get(status.code) or EventKind.INFORMATION
    says_little = kind in (EventKind.INFORMATION, EventKind.EXCEPTION)
    text = status.text or (f"Status {status.code}" if says_little else "")
    return NewEvent(
        partner=post.partner,
        tracking=status.consignment,
        external_id=stamp(status.consignment, status.at, status.code, status.place),
        kind=kind,
        occurred_at=status.at,
        place=status.place[:200],
        text=text[:2000],
        order_number=status.order,
        details={"code": status.code[:20]},
    )


def _text(body: bytes) -> str:
    """UNOC and most of what is sent is Latin-1; UNOW is UTF-8."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("latin-1")
