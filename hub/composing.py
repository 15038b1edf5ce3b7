"""What may be written to a customer over one way just now: the console asks before it offers it.

A connector whose channel has such rules answers; the others have none. The same rules hold where
the message is sent, since time passes in between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from hub.interaction import Channel, Party


@dataclass(frozen=True)
class Template:
    """A text that was approved beforehand; `variables` name what is filled in at {{1}}, {{2}}."""

    name: str
    titles: Mapping[str, str]  # by language
    text: str
    variables: Sequence[str] = ()


@dataclass(frozen=True)
class Segments:
    """A text that is sent and paid in segments. `price` of one; 0: not known."""

    price: float = 0
    currency: str = ""


@dataclass(frozen=True)
class Rules:
    """`free_until`: until then the agent may write freely, and after that only by template; None
    when that never ends. `longest`: characters of a text, 0 for any."""

    free: bool = True
    free_until: datetime | None = None
    templates: Sequence[Template] = field(default=())
    longest: int = 0
    segments: Segments | None = None


FREE = Rules()


class Composing(Protocol):
    """Asked for each way in which a customer can be answered."""

    def rules(
        self, connection: Connection, channel: Channel, account: str, to: Party, customer_id: str
    ) -> Rules: ...

    def template(
        self, channel: Channel, name: str, values: Sequence[str]
    ) -> tuple[str, dict[str, str]]:
        """The text of a template with these values, and the details by which it is sent.
        Rejected when there is none, or a value is missing."""
