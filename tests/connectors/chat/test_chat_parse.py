"""What a widget may say is read; what it may not is Rejected, and nothing else ever happens."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.chat.clean import TEXT_BYTES, clean_address
from connectors.chat.parse import (
    Hello,
    Message,
    parse_frame,
    parse_message,
    parse_session_request,
)
from connectors.chat.visitor import Visitor
from hub.errors import Rejected
from hub.interaction import Arrival

VISITOR = Visitor("shop", "visitor-1", "session-1")
AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
KINDS = st.sampled_from(
    ["hello", "about", "message", "email", "rate", "transcript", "seen", "typing", "ping", "bad"]
)
FRAMES = st.fixed_dictionaries(
    {"type": KINDS},
    optional={
        name: JSON | st.text(alphabet="abcdef0123456789-", max_size=70)
        for name in (
            "token",
            "last",
            "id",
            "text",
            "name",
            "address",
            "sequence",
            "page",
            "topic",
            "title",
            "answers",
            "score",
            "comment",
            "on",
        )
    },
)


def arrival(text: str = "hello", *, name: str = "", **hello: Any) -> Arrival:
    greeting = Hello.model_validate({"type": "hello", "token": "t"} | hello)
    message = Message(type="message", id="message-1", text=text, name=name)
    return parse_message(VISITOR, greeting, message, at=AT)


@given(st.one_of(st.text(), FRAMES.map(json.dumps), JSON.map(json.dumps)))
def test_any_text_is_a_frame_or_rejected(data: str) -> None:
    with suppress(Rejected):
        parse_frame(data)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_a_request_or_rejected(body: bytes) -> None:
    with suppress(Rejected):
        parse_session_request(body)


@given(
    text=st.text(),
    name=st.text(),
    hello=st.fixed_dictionaries({}, optional={k: st.text() for k in ("page", "language", "topic")}),
)
def test_a_kept_message_fits_the_store(text: str, name: str, hello: dict[str, str]) -> None:
    try:
        kept = arrival(text, name=name, **hello)
    except Rejected:
        return
    assert 0 < len(kept.text.encode()) <= TEXT_BYTES
    assert len(kept.sender.name) <= 100
    assert kept.language in ("", "en", "nl")
    assert len(kept.topic) <= 200
    for value in (kept.text, kept.sender.name, kept.topic, *kept.details.values()):
        assert not any(ord(c) < 32 and c not in "\n\t" for c in value)


@pytest.mark.parametrize(
    ("page", "kept"),
    [
        ("https://shop.example/beans?token=1#x", "https://shop.example/beans"),
        ("https://user:secret@shop.example:8443/a", "https://shop.example:8443/a"),
        ("http://[::1", ""),
        ("https://shop.example:99999/", ""),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("", ""),
    ],
)
def test_the_page_is_kept_without_what_may_be_secret(page: str, kept: str) -> None:
    assert arrival(page=page).details.get("page", "") == kept


@pytest.mark.parametrize(
    ("topic", "kept"),
    [("delivery/late", "delivery/late"), ("Delivery", ""), ("a//b", ""), ("a" * 201, "")],
)
def test_a_topic_is_kept_when_it_could_be_one(topic: str, kept: str) -> None:
    assert arrival(topic=topic).topic == kept


@pytest.mark.parametrize(
    ("tag", "language"), [("nl", "nl"), ("NL-be", "nl"), ("en-GB", "en"), ("fr", ""), ("", "")]
)
def test_the_language_is_one_we_speak(tag: str, language: str) -> None:
    assert arrival(language=tag).language == language


def test_the_longest_text_is_measured_in_bytes() -> None:
    assert len(arrival("é" * (TEXT_BYTES // 2)).text) == TEXT_BYTES // 2
    with pytest.raises(Rejected, match="bytes"):
        arrival("é" * (TEXT_BYTES // 2) + "x")


@given(st.text())
def test_an_address_is_canonical_or_rejected(text: str) -> None:
    try:
        address = clean_address(text)
    except Rejected:
        return
    assert clean_address(address) == address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" Ada.Lovelace@Example.ORG ", "ada.lovelace@example.org"),
        ("a+tag@mail.xn--bcher-kva.example", "a+tag@mail.xn--bcher-kva.example"),
    ],
)
def test_good_addresses(text: str, address: str) -> None:
    assert clean_address(text) == address
