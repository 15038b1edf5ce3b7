"""What Loket knows about work at one moment, as far as business rules ask for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from hub.interaction import Channel
from hub.promises import Promise

ONE_CONTACT = timedelta(hours=1)
"""What follows within this time in one conversation, over one channel, is the same contact: the
lines of a chat, a mail with what was forgotten."""


class CustomerKind(StrEnum):
    PRIVATE = "private"
    BUSINESS = "business"
    SHARED = "shared"
    VISITOR = "visitor"


@dataclass(frozen=True)
class Missed:
    """An answer, or a solution, that did not come in time."""

    promise: Promise
    due_at: datetime


@dataclass(frozen=True)
class Contact:
    """Something came in. `orders`: the numbers of those that its conversation is about."""

    at: datetime
    conversation_id: str
    channel: Channel
    same_topic: bool
    orders: frozenset[str]


@dataclass(frozen=True)
class LateOrder:
    """A parcel that is not there. `named`: the conversation is about it."""

    number: str
    expected: datetime
    named: bool


@dataclass(frozen=True)
class Overdue:
    """An invoice that is not paid. `days`: after it was due."""

    number: str
    days: int


@dataclass(frozen=True)
class Broken:
    """What was promised to the customer, and not done by then."""

    title: str
    due_at: datetime


@dataclass(frozen=True)
class Rated:
    score: int
    at: datetime


@dataclass(frozen=True)
class InForce:
    """An agreement; without an end, until further notice."""

    kind: str
    title: str
    terms: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Facts:
    """`topic`, `group`: paths, such as `delivery/late`; empty where nobody knows.

    `waiting_since`: when the oldest message came that nobody answered. `orders`: the numbers of
    those that the conversation is about. `coming`: agreements that are not in force yet.
    """

    at: datetime
    today: date
    topic: str = ""
    channel: Channel = Channel.EMAIL
    group: str = ""
    customer: CustomerKind = CustomerKind.PRIVATE
    waiting_since: datetime | None = None
    missed: tuple[Missed, ...] = ()
    orders: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    late: tuple[LateOrder, ...] = ()
    overdue: tuple[Overdue, ...] = ()
    broken: tuple[Broken, ...] = ()
    ratings: tuple[Rated, ...] = ()
    agreements: tuple[InForce, ...] = ()
    coming: tuple[InForce, ...] = ()

    @property
    def waited(self) -> timedelta:
        return self.at - self.waiting_since if self.waiting_since else timedelta()


def count(contacts: Sequence[Contact]) -> int:
    """How often somebody turned to us."""
    last: dict[tuple[str, Channel], datetime] = {}
    found = 0
    for one in sorted(contacts, key=lambda one: one.at):
        key = one.conversation_id, one.channel
        found += key not in last or one.at - last[key] > ONE_CONTACT
        last[key] = one.at
    return found
