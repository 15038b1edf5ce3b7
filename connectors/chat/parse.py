"""Reads what the widget says, and makes an arrival of a message. Pure."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from connectors.chat.clean import (
    clean_language,
    clean_line,
    clean_page,
    clean_text,
    clean_topic,
)
from connectors.chat.visitor import Visitor
from hub.asking import ANSWER, LONGEST_ANSWER
from hub.errors import Rejected
from hub.interaction import (
    Arrival,
    Attachment,
    Channel,
    Party,
    PointKind,
    Thread,
    Verification,
)
from hub.store.ratings import HIGHEST, LONGEST_COMMENT, LOWEST

FRAME_BYTES = 65_536
"""A text within its limit fits, however it is escaped in JSON."""

_MOST_ANSWERS = 20


class _Frame(BaseModel):
    # A newer widget may say more than this server knows.
    model_config = ConfigDict(frozen=True, extra="ignore")


_RequestId = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{8,64}$")]
_Sequence = Annotated[int, Field(ge=0, le=2**31 - 1)]
_Token = Annotated[str, Field(max_length=500)]
_Answers = Annotated[
    dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,99}$")], str],
    Field(max_length=_MOST_ANSWERS),
]


class AboutPage(_Frame):
    """What is told about the page that the visitor is on."""

    page: str = ""
    title: str = ""
    language: str = ""
    topic: str = ""


class Hello(AboutPage):
    """The first frame. `last` is the highest sequence that the widget has from the server."""

    type: Literal["hello"]
    token: _Token
    last: _Sequence = 0


class About(AboutPage):
    """The visitor went to another page, without leaving the website's script."""

    type: Literal["about"]


class Content(_Frame):
    """What a message says besides its files. `answers`: to what was asked before the chat, by the
    names of the questions; `email`: where it may go on by mail."""

    id: _RequestId
    text: str = ""
    name: str = ""
    topic: str = ""
    answers: _Answers = {}
    email: str = ""


class Message(Content):
    type: Literal["message"]
    text: str


class Email(_Frame):
    """The visitor wants to go on by mail at this address."""

    type: Literal["email"]
    id: _RequestId
    address: str


class Rate(_Frame):
    type: Literal["rate"]
    id: _RequestId
    score: int = Field(ge=LOWEST, le=HIGHEST)
    comment: str = Field("", max_length=LONGEST_COMMENT)


class Transcript(_Frame):
    """The visitor wants what was said by mail at this address."""

    type: Literal["transcript"]
    id: _RequestId
    address: str


class Seen(_Frame):
    """Everything up to `sequence` was on the visitor's screen."""

    type: Literal["seen"]
    sequence: _Sequence


class Typing(_Frame):
    type: Literal["typing"]
    on: bool = True


class Ping(_Frame):
    type: Literal["ping"]


Frame = Hello | About | Message | Email | Rate | Transcript | Seen | Typing | Ping
_FRAMES: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Field(discriminator="type")])


class Claim(_Frame):
    """Who the website says the visitor is; `hash` proves that its server said so."""

    id: str = Field(min_length=1, max_length=255)
    hash: str = Field(max_length=128)


class SessionRequest(_Frame):
    """The body of `POST /chat/sessions`."""

    token: _Token = ""
    language: str = ""
    user: Claim | None = None


class Upload(Content, AboutPage):
    """What comes with a file: `POST /chat/files`."""

    token: _Token


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
        detail = f"Send a JSON object with token, language and user; wrong: {_where(error)}."
        raise Rejected("bad_request", detail) from error


def parse_upload(body: bytes) -> Upload:
    try:
        return Upload.model_validate_json(body)
    except ValidationError as error:
        detail = f"`about` is a JSON object with token and id; wrong: {_where(error)}."
        raise Rejected("bad_request", detail) from error


def parse_message(
    visitor: Visitor,
    about: AboutPage,
    message: Content,
    *,
    at: datetime,
    address: str = "",
    files: tuple[Attachment, ...] = (),
) -> Arrival:
    """The arrival of one message; Rejected when there is nothing to keep or too much.

    The external id is the visitor's and the widget's, not the session's: a message whose ack was
    lost stays one message even when a new session has begun meanwhile.
    """
    text = clean_text(message.text)
    if not text and not files:
        raise Rejected("empty", "There is no text in this message.")
    details = {
        "page": clean_page(about.page),
        "page_title": clean_line(about.title, 200),
        "email": address,
    }
    for name, answer in message.answers.items():
        details[ANSWER + name] = clean_line(answer, LONGEST_ANSWER)
    topic = clean_topic(message.topic or about.topic)
    return Arrival(
        channel=Channel.CHAT,
        account=visitor.site,
        external_id=f"{visitor.id}:{message.id}",
        sender=Party(kind=PointKind.VISITOR, value=visitor.id, name=clean_line(message.name)),
        text=text,
        language=clean_language(about.language),
        topic=topic,
        occurred_at=at,
        verification=(Verification.VERIFIED if visitor.is_identified else Verification.UNVERIFIED),
        attachments=files,
        thread=Thread(
            references=(visitor.reference,),
            own=(visitor.reference,),
            # Who was only typed in, or has only a token, is nobody whose mails this may be about.
            matter=topic if visitor.is_identified else None,
        ),
        details={name: value for name, value in details.items() if value},
    )


def _where(error: ValidationError) -> str:
    return ", ".join(".".join(map(str, e["loc"])) for e in error.errors()) or "no JSON"
