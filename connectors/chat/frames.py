"""What the server says on the socket; README.md has the protocol."""

from datetime import datetime
from typing import Literal

from hub.interaction import Frozen


class Welcome(Frozen):
    """The hello was good: what was missed follows."""

    type: Literal["welcome"] = "welcome"
    session: str


class FileLink(Frozen):
    """A file of a message. The addresses are relative to the chat's, unguessable, and this
    session's alone; `small` is a picture of at most 480 pixels, empty for what is no picture."""

    name: str
    size: int
    url: str
    small: str = ""


class Line(Frozen):
    """One message of the chat. `id` is the client's own for the visitor's messages."""

    type: Literal["message"] = "message"
    sequence: int
    side: Literal["us", "you"]
    id: str
    name: str = ""
    text: str
    at: datetime
    files: tuple[FileLink, ...] = ()


class Status(Frozen):
    """How the chat stands. `agent`: who has it, with their `picture` if there is one; `waiting`:
    nobody yet, and most wait no longer than `wait` seconds (None: unknown); `seen`: up to where our
    side has read; `rating`: whether it is over and may be rated."""

    type: Literal["status"] = "status"
    agent: str = ""
    picture: str = ""
    waiting: bool = False
    wait: float | None = None
    seen: int = 0
    rating: bool = False


class Typing(Frozen):
    """Somebody of our side types, or stopped."""

    type: Literal["typing"] = "typing"
    name: str
    on: bool


class Ack(Frozen):
    """Kept. `sequence` is 0 when there is none, or when it was kept in an earlier chat."""

    type: Literal["ack"] = "ack"
    id: str
    sequence: int = 0


class TryAgain(Frozen):
    """Not kept; send it again in `after` seconds."""

    type: Literal["retry"] = "retry"
    id: str
    after: float


class Refused(Frozen):
    """Not kept, and sending it again will not help."""

    type: Literal["refused"] = "refused"
    id: str
    code: str


class Pong(Frozen):
    type: Literal["pong"] = "pong"


ServerFrame = Welcome | Line | Status | Typing | Ack | TryAgain | Refused | Pong

EmailOffer = Literal["off", "offered", "given"]
"""Whether this chat can go on by mail, and whether the visitor gave an address for that."""


class Question(Frozen):
    name: str
    title: str


class Topic(Frozen):
    """What the visitor can say it is about. `wait`: see `Status`; `staffed`: whether an agent is
    there now. `opens_at` is None while it is open."""

    topic: str
    title: str
    depth: int
    allowed: bool
    instead: tuple[str, ...]
    open: bool
    opens_at: datetime | None
    staffed: bool
    wait: float | None
    questions: tuple[Question, ...]


class FileRules(Frozen):
    """`most`: bytes of one file."""

    most: int
    accept: str


class Session(Frozen):
    """The answer of `POST /chat/sessions`. The first of `topics` holds where none is chosen."""

    token: str
    visitor: str
    session: str
    history: tuple[Line, ...] = ()
    email: EmailOffer
    topics: tuple[Topic, ...] = ()
    files: FileRules
