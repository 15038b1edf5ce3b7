"""What the server says on the socket; README.md has the protocol."""

from datetime import datetime
from typing import Literal

from hub.interaction import Frozen


class Welcome(Frozen):
    """The hello was good: what was missed follows."""

    type: Literal["welcome"] = "welcome"
    session: str


class Line(Frozen):
    """One message of the chat. `id` is the client's own for the visitor's messages."""

    type: Literal["message"] = "message"
    sequence: int
    side: Literal["us", "you"]
    id: str
    name: str = ""
    text: str
    at: datetime


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


ServerFrame = Welcome | Line | Ack | TryAgain | Refused | Pong

EmailOffer = Literal["off", "offered", "given"]
"""Whether this chat can go on by mail, and whether the visitor gave an address for that."""


class Session(Frozen):
    """The answer of `POST /chat/sessions`."""

    token: str
    visitor: str
    session: str
    history: tuple[Line, ...] = ()
    email: EmailOffer
