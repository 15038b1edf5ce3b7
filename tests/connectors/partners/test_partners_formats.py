"""What carriers really send, read into one vocabulary; what is broken is named, never a crash."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.partners.formats import READERS, read
from connectors.partners.formats.epcis import sscc_of
from connectors.partners.formats.iftsta import segments
from connectors.partners.formats.reading import Malformed, Post, Read, Wrong
from hub.deliveries import EventKind
from partner_house import told

CODES = {"77": EventKind.DAMAGED, "88": EventKind.EXCEPTION}


def reading(form: str, body: Any, **headers: str) -> Read:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return read(form, Post("bode", raw, names, CODES))


def test_a_cloudevent_is_the_same_in_every_form() -> None:
    event = told(EventKind.OUT_FOR_DELIVERY, order="vk-7", place="Utrecht")
    [structured] = reading("events", event, content_type="application/cloudevents+json").events
    [batched] = reading("events", [event], content_type="application/cloudevents-batch+json").events
    attributes = {f"ce_{name}": str(event[name]) for name in event if name != "data"}
    [binary] = reading("events", event["data"], **attributes).events
    assert structured == batched == binary
    assert (structured.tracking, structured.order_number) == ("3S1", "VK-7")
    assert structured.external_id == "https://snelpost.example#e1"


def test_easypost_brings_its_history() -> None:
    details = [
        {"status": "pre_transit", "message": "Label made", "datetime": "2026-11-25T08:00:00Z"},
        {
            "status": "out_for_delivery",
            "message": "With the driver",
            "datetime": "2026-11-27T06:30:00Z",
            "tracking_location": {"city": "Utrecht", "country": "NL", "zip": None},
        },
        {"status": "in_transit", "message": "No time"},
    ]
    tracker = {
        "object": "Tracker",
        "tracking_code": "EZ1000000001",
        "est_delivery_date": "2026-11-27T17:00:00Z",
        "tracking_details": details,
    }
    webhook = {"object": "Event", "description": "tracker.updated", "result": tracker}
    first, second = (found := reading("easypost", webhook)).events
    assert (first.kind, second.kind) == (EventKind.ANNOUNCED, EventKind.OUT_FOR_DELIVERY)
    assert second.place == "Utrecht, NL"
    assert first.external_id != second.external_id
    assert [(one.event, one.pointer) for one in found.complaints] == [(2, "")]
    assert reading("easypost", webhook).events == found.events, "the same again is the same"


def test_aftership_brings_its_checkpoints() -> None:
    tracking = {
        "tracking_number": "1234567890",
        "order_id": "VK-9",
        "expected_delivery": "2026-11-30",
        "checkpoints": [
            {"tag": "InTransit", "checkpoint_time": "2026-11-26T09:00:00+01:00", "city": "Breda"},
            {"tag": "Exception", "checkpoint_time": "2026-11-27T09:00:00", "message": "Held"},
        ],
    }
    first, second = reading("aftership", {"event": "tracking_update", "msg": tracking}).events
    assert (first.kind, first.expected_until) == (EventKind.IN_TRANSIT, None)
    assert (second.kind, second.text, second.order_number) == (EventKind.EXCEPTION, "Held", "VK-9")
    assert second.expected_until is not None
    assert second.expected_until.isoformat() == "2026-11-30T00:00:00+00:00"


def test_epcis_names_parcels_by_sscc() -> None:
    event = {
        "type": "ObjectEvent",
        "eventID": "urn:uuid:1",
        "eventTime": "2026-11-27T09:00:00+01:00",
        "eventTimeZoneOffset": "+01:00",
        "epcList": [
            "urn:epc:id:sscc:0614141.1234567890",
            "https://id.gs1.org/00/106141412345678908",
        ],
        "action": "OBSERVE",
        "bizStep": "https://ref.gs1.org/cbv/BizStep-departing",
        "disposition": "in_transit",
        "readPoint": {"id": "urn:epc:id:sgln:0614141.07346.1234"},
        "bizTransactionList": [{"type": "po", "bizTransaction": "urn:epcglobal:cbv:bt:1:VK-3"}],
    }
    damaged = event | {"eventID": "urn:uuid:2", "disposition": "urn:epcglobal:cbv:disp:damaged"}
    undone = event | {"errorDeclaration": {"declarationTime": "2026-11-27T10:00:00Z"}}
    wrong = event | {"epcList": ["urn:epc:id:sgtin:1.2.3"]}
    none = event | {"epcList": []}
    other = event | {"type": "AggregationEvent"}
    events = [event, damaged, undone, wrong, none, other]
    document = {"type": "EPCISDocument", "epcisBody": {"eventList": events}}
    found = reading("epcis", document)
    assert [one.kind for one in found.events[::2]] == ["in_transit", "damaged", "information"]
    assert {one.tracking for one in found.events} == {"106141412345678908"}
    assert found.events[0].order_number == "VK-3"
    assert [(one.event, one.pointer) for one in found.complaints] == [
        (3, "/epcList"), (4, "/epcList"), (5, "/type"),
    ]  # fmt: skip


def test_a_problem_is_told_in_what_words_a_form_has() -> None:
    held = {
        "type": "ObjectEvent",
        "eventTime": "2026-11-27T09:00:00+01:00",
        "epcList": ["urn:epc:id:sscc:0614141.1234567890"],
        "bizStep": "urn:epcglobal:cbv:bizstep:holding",
    }
    moved = held | {"bizStep": "departing"}
    document = {"type": "EPCISDocument", "epcisBody": {"eventList": [held, moved]}}
    found = [(one.kind, one.text) for one in reading("epcis", document).events]
    assert found == [("exception", "holding"), ("in_transit", "")]
    [_, second, _] = reading("iftsta", IFTSTA.replace(b"STS+1+77", b"STS+1+88")).events
    assert (second.kind, second.text) == ("exception", "Status 88")


def test_a_cbv_step_is_read_by_its_last_word() -> None:
    with pytest.raises(Wrong):
        sscc_of("urn:epc:id:sscc:0614141.123")


IFTSTA = b"""UNA:+.? '
UNB+UNOC:3+BODE:14+VANDALEN:14+261127:0915+REF1'
UNH+1+IFTSTA:D:01B:UN'
BGM+77+STAT1+9'
DTM+137:202611270915:203'
CNI+1+3SABC'
RFF+CU:VK-5'
STS+1+21'
DTM+334:202611270910?+0100:303'
LOC+175+NLUTC:139:6:UTRECHT'
FTX+AAI+++Left with the neighbour?, it?'s fine:Number 12'
CNI+2+3SDEF'
STS+1+77'
STS+1+99'
CNI+3+'
STS+1+31'
UNT+14+1'
UNZ+1+REF1'
"""


def test_iftsta_tells_of_each_consignment() -> None:
    found = reading("iftsta", IFTSTA)
    first, second, third = found.events
    assert (first.tracking, first.kind, first.order_number) == ("3SABC", "delivered", "VK-5")
    assert first.occurred_at.isoformat() == "2026-11-27T09:10:00+01:00"
    assert (first.place, first.text) == ("UTRECHT", "Left with the neighbour, it's fine Number 12")
    assert (second.tracking, second.kind) == ("3SDEF", "damaged"), "by the carrier's own code"
    assert second.occurred_at.isoformat() == "2026-11-27T09:15:00+00:00"
    assert (third.kind, third.text) == ("information", "Status 99")
    assert [(one.event, one.pointer) for one in found.complaints] == [(3, "/CNI")]


_plain = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\t "), max_size=8)


@given(st.lists(st.lists(st.lists(_plain, min_size=1, max_size=3), max_size=4), max_size=5))
def test_edifact_gives_back_what_was_written(written: list[list[list[str]]]) -> None:
    def released(text: str) -> str:
        return "".join("?" + sign if sign in "?:+'" else sign for sign in text)

    lines = [
        "+".join(["ABC", *(":".join(map(released, element)) for element in elements)])
        for elements in written
    ]
    found = list(segments("UNB'" + "'\r\n".join(lines) + "'"))
    assert found == [("UNB", []), *(("ABC", elements) for elements in written)]


@given(st.binary(max_size=300), st.sampled_from(sorted(READERS)))
def test_no_bytes_are_a_crash(body: bytes, form: str) -> None:
    reading(form, body)
    reading("iftsta", b"UNA:+.? 'UNB+" + body)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words := st.sampled_from([
        "msg", "result", "tracking_details", "checkpoints", "epcisBody", "eventList", "type",
        "data", "time", "epcList", "tracking_code", "datetime", "id", "specversion",
    ]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(_json, st.sampled_from(["events", "easypost", "aftership", "epcis"]))
def test_no_json_is_a_crash(body: Any, form: str) -> None:
    found = reading(form, body)
    assert found.malformed or all(one.detail for one in found.complaints)


def test_it_must_begin_as_an_interchange() -> None:
    with pytest.raises(Malformed):
        list(segments("UNA++++'UNB+1'"))
    assert "UNB" in reading("iftsta", b"<xml/>").malformed
