"""Reads what the widget says, and makes an arrival of a message. Pure."""

import re
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from connectors.chat.visitor import Visitor
from hub.errors import Rejected
from hub.interaction import Arrival, Channel, Party, PointKind, Thread

TEXT_BYTES = 8192
FRAME_BYTES = 65_536
"""A text within its limit fits, however it is escaped in JSON."""

_LANGUAGES = ("en", "nl")
_TOPIC_CHARACTERS = 200
_PAGE_CHARACTERS = 500
_NAME_CHARACTERS = 100
_ADDRESS_CHARACTERS = 254
_LOCAL_CHARACTERS = 64
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
_TOPIC = re.compile(r"[a-z0-9]+(?:[_/-][a-z0-9]+)*")
_ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"
)


class _Frame(BaseModel):
    # A newer widget may say more than this server knows.
    model_config = ConfigDict(frozen=True, extra="ignore")


_RequestId = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{8,64}$")]
_Sequence = Annotated[int, Field(ge=0, le=2**31 - 1)]


class Hello(_Frame):
    """The first frame. `last` is the highest sequence that the widget has from the server."""

    type: Literal["hello"]
    token: str = Field(max_length=500)
    last: _Sequence = 0
    page: str = ""
    language: str = ""
    topic: str = ""


class Message(_Frame):
    type: Literal["message"]
    id: _RequestId
    text: str
    name: str = ""


class Email(_Frame):
    """The visitor wants to go on by mail at this address."""

    type: Literal["email"]
    id: _RequestId
    address: str


class Seen(_Frame):
    """Everything up to `sequence` was on the visitor's screen."""

    type: Literal["seen"]
    sequence: _Sequence


class Ping(_Frame):
    type: Literal["ping"]


Frame = Hello | Message | Email | Seen | Ping
_FRAMES: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Field(discriminator="type")])


class SessionRequest(_Frame):
    """The body of `POST /chat/sessions`."""

    token: str = Field("", max_length=500)


def parse_frame(data: str) -> Frame:
    """One frame of the widget; Rejected when it is not one."""
    try:
        return _FRAMES.validate_json(data)
    except ValidationError as error:
        raise Rejected("bad_frame", "This is not a frame of the chat protocol.") from error


def parse_session_request(body: bytes) -> SessionRequest:
    try:
        return SessionRequest.model_validate_json(body or b"{}")
    except ValidationError as error:
        raise Rejected("bad_request", "Send a JSON object; token is the only field.") from error


def parse_address(text: str) -> str:
    """The address in its canonical form; Rejected when no mail could go there."""
    address = text.strip().lower()
    local = address.partition("@")[0]
    if (
        len(address) > _ADDRESS_CHARACTERS
        or len(local) > _LOCAL_CHARACTERS
        or not _ADDRESS.fullmatch(address)
    ):
        raise Rejected("bad_address", "This is not a mail address.")
    return address


def parse_message(
    visitor: Visitor, hello: Hello, message: Message, *, at: datetime, address: str = ""
) -> Arrival:
    """The arrival of one message; Rejected when there is nothing to keep or too much.

    The external id is the visitor's and the widget's, not the session's: a message whose ack was
    lost stays one message even when a new session has begun meanwhile.
    """
    details = {"page": _page(hello.page), "email": address}
    return Arrival(
        channel=Channel.CHAT,
        account=visitor.site,
        external_id=f"{visitor.id}:{message.id}",
        sender=Party(kind=PointKind.VISITOR, value=visitor.id, name=_name(message.name)),
        text=_text(message.text),
        language=_language(hello.language),
        topic=_topic(hello.topic),
        occurred_at=at,
        thread=Thread(references=(visitor.reference,), own=(visitor.reference,)),
        details={name: value for name, value in details.items() if value},
    )


def _text(text: str) -> str:
    clean = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not clean:
        raise Rejected("empty", "There is no text in this message.")
    if len(clean.encode()) > TEXT_BYTES:
        raise Rejected("too_long", f"A message has {TEXT_BYTES} bytes at most.")
    return clean


def _name(name: str) -> str:
    return " ".join(_CONTROLS.sub(" ", name).split())[:_NAME_CHARACTERS]


def _language(tag: str) -> str:
    primary = tag.lower().partition("-")[0]
    return primary if primary in _LANGUAGES else ""


def _topic(topic: str) -> str:
    return topic if len(topic) <= _TOPIC_CHARACTERS and _TOPIC.fullmatch(topic) else ""


def _page(url: str) -> str:
    """Where the visitor was, without the query and fragment, which may hold secrets."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    return _CONTROLS.sub("", f"{parts.scheme}://{host}{port}{parts.path}")[:_PAGE_CHARACTERS]
