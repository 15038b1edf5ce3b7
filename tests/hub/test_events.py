"""The wire form: CloudEvents 1.0, read back as written, and never a crash on anything else."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import asyncapi, clock
from hub.errors import Rejected
from hub.events import (
    ALL,
    ChatSign,
    ConsoleSignal,
    Envelope,
    Event,
    decode,
    encode,
    type_of,
    wrap,
)
from hub.interaction import Channel, Direction, InteractionKind
from hub.promises import Promise

EXAMPLES: dict[str, object] = {
    "interaction_id": "i1",
    "conversation_id": "c1",
    "customer_id": "k1",
    "other_id": "k2",
    "undone": False,
    "work_item_id": "w1",
    "agent_id": "a1",
    "account": "info@example.org",
    "channel": Channel.EMAIL,
    "direction": Direction.OUTBOUND,
    "kind": InteractionKind.NOTE,
    "received_at": clock.now(),
    "role": "logistics",
    "state": "waiting",
    "epoch": 3,
    "deadline_id": "d1",
    "promise": Promise.FIRST_RESPONSE,
    "due_at": clock.now(),
    "what": ChatSign.SEEN,
    "doing": ConsoleSignal.TYPING,
    "name": "Anna",
    "promise_id": "q1",
    "by_customer": True,
    "number": 2,
    "workshop_id": "s1",
    "activated_at": clock.now(),
    "order_id": "o1",
    "call_id": "t1",
    "order_number": "LK-10001",
    "delivery_id": "p1",
    "partner": "bode",
    "tracking": "3S1",
    "invoice_id": "f1",
    "invoice_number": "F-1",
    "paid": True,
    "revision": 2,
}


def example(kind: type[Event]) -> Envelope:
    fields = {name: EXAMPLES[name] for name in kind.model_fields if name in EXAMPLES}
    event = kind.model_validate(fields)
    return wrap(event, subject="c1", source="/loket/test", correlation_id="k")


@pytest.mark.parametrize("kind", ALL)
def test_every_event_comes_back_as_it_went(kind: type[Event]) -> None:
    envelope = example(kind)
    assert decode(encode(envelope)) == envelope


@pytest.mark.parametrize("kind", ALL)
def test_the_wire_form_is_cloudevents(kind: type[Event]) -> None:
    wire = json.loads(encode(example(kind)))
    assert wire["specversion"] == "1.0"
    assert wire["type"] == type_of(kind)
    assert wire["subject"] == "c1"
    assert wire["datacontenttype"] == "application/json"
    assert {"id", "source", "time", "data"} <= wire.keys()


def test_what_a_later_release_adds_is_read_over() -> None:
    wire = json.loads(encode(example(ALL[0])))
    wire["data"]["brand_new"] = 1
    wire["traceparent"] = "00-abc"
    assert decode(json.dumps(wire)).event == example(ALL[0]).event


@given(st.one_of(st.binary(), st.text(), st.dictionaries(st.text(), st.text()).map(json.dumps)))
def test_anything_else_is_refused_in_words(body: str | bytes) -> None:
    with pytest.raises(Rejected):
        decode(body)


def test_the_published_contract_is_the_one_in_the_code() -> None:
    """Run `loket asyncapi > docs/asyncapi.yaml` after changing an event."""
    published = Path(__file__).parents[2] / "docs" / "asyncapi.yaml"
    assert published.read_text() == asyncapi.document()
