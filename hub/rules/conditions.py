"""What a rule asks of the work at hand; each condition says in its reason what it found."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from hub.branches import is_within
from hub.interaction import Channel, Frozen
from hub.rules.facts import CustomerKind, Facts, count

LONGEST_DAYS = 90
"""So far back is looked."""
_EXCERPT = 160
Path = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Days = Annotated[int, Field(ge=1, le=LONGEST_DAYS)]
WhichPromise = Literal["first_response", "next_response", "resolution"]
Late = Annotated[int, Field(ge=0, le=365)]


class Fact(StrEnum):
    """What has to be read from the store for a condition."""

    CUSTOMER = "customer"
    WAITING = "waiting"
    MISSED = "missed"
    CONTACTS = "contacts"
    LATE = "late"
    OVERDUE = "overdue"
    AGREED = "agreed"
    RATINGS = "ratings"


class Reason(Frozen):
    """Why a condition holds: its kind, and what it found."""

    kind: str
    values: dict[str, Any] = Field(default_factory=dict)


class Condition(Frozen, ABC):
    NEEDS: ClassVar[frozenset[Fact]] = frozenset()

    @abstractmethod
    def found(self, facts: Facts) -> dict[str, Any] | None:
        """What makes it hold; None when it does not."""

    def turns(self, facts: Facts) -> Iterable[datetime]:  # noqa: ARG002 (time changes most not)
        """Moments at which it may begin or cease to hold by itself, as these facts tell them."""
        return ()

    def reason(self, facts: Facts) -> Reason | None:
        found = self.found(facts)
        return None if found is None else Reason(kind=str(getattr(self, "kind", "")), values=found)


class TopicIs(Condition):
    """The topic, or one below it."""

    kind: Literal["topic"] = "topic"
    topic: Path

    def found(self, facts: Facts) -> dict[str, Any] | None:
        return {"topic": facts.topic} if is_within(facts.topic, self.topic) else None


class ChannelIs(Condition):
    kind: Literal["channel"] = "channel"
    channel: Channel

    def found(self, facts: Facts) -> dict[str, Any] | None:
        return {"channel": facts.channel.value} if facts.channel is self.channel else None


class GroupIs(Condition):
    """The target group, or one below it."""

    kind: Literal["group"] = "group"
    group: Path

    def found(self, facts: Facts) -> dict[str, Any] | None:
        return {"group": facts.group} if is_within(facts.group, self.group) else None


class CustomerIs(Condition):
    NEEDS = frozenset({Fact.CUSTOMER})
    kind: Literal["customer"] = "customer"
    customer: CustomerKind

    def found(self, facts: Facts) -> dict[str, Any] | None:
        return {"customer": facts.customer.value} if facts.customer is self.customer else None


class Waits(Condition):
    """Longer than so many minutes, since the oldest message that nobody answered."""

    NEEDS = frozenset({Fact.WAITING})
    kind: Literal["waiting"] = "waiting"
    minutes: int = Field(ge=1, le=LONGEST_DAYS * 24 * 60)

    def found(self, facts: Facts) -> dict[str, Any] | None:
        waited = facts.waited
        if waited <= timedelta(minutes=self.minutes):
            return None
        return {"minutes": int(waited.total_seconds()) // 60}

    def turns(self, facts: Facts) -> Iterable[datetime]:
        if facts.waiting_since is not None:
            yield facts.waiting_since + timedelta(minutes=self.minutes)


class DeadlineMissed(Condition):
    """Without `promise`, any of them."""

    NEEDS = frozenset({Fact.MISSED})
    kind: Literal["missed"] = "missed"
    promise: WhichPromise | None = None

    def found(self, facts: Facts) -> dict[str, Any] | None:
        for one in facts.missed:
            if self.promise in (None, one.promise):
                return {"promise": one.promise.value, "due_at": one.due_at.isoformat()}
        return None


class About(StrEnum):
    ORDER = "order"
    TOPIC = "topic"
    ANYTHING = "anything"


class Contacts(Condition):
    """At least so many in so many days, the one at hand included."""

    NEEDS = frozenset({Fact.CONTACTS})
    kind: Literal["contacts"] = "contacts"
    about: About
    count: int = Field(ge=2, le=50)
    days: Days

    def found(self, facts: Facts) -> dict[str, Any] | None:
        since = facts.at - timedelta(days=self.days)
        lately = [one for one in facts.contacts if since < one.at <= facts.at]
        values = {"about": self.about.value, "days": self.days}
        match self.about:
            case About.ORDER:
                each = {
                    number: count([one for one in lately if number in one.orders])
                    for number in facts.orders
                }
                number, times = max(each.items(), key=lambda pair: pair[1], default=("", 0))
                values["number"] = number
            case About.TOPIC:
                times = count([one for one in lately if one.same_topic]) if facts.topic else 0
                values["topic"] = facts.topic
            case About.ANYTHING:
                times = count(lately)
        return values | {"count": times} if times >= self.count else None

    def turns(self, facts: Facts) -> Iterable[datetime]:
        return (one.at + timedelta(days=self.days) for one in facts.contacts)


class OrderLate(Condition):
    """By more than so many days. `named`: only an order that the conversation is about."""

    NEEDS = frozenset({Fact.LATE})
    kind: Literal["order_late"] = "order_late"
    days: Late = 0
    named: bool = False

    def found(self, facts: Facts) -> dict[str, Any] | None:
        for one in facts.late:
            if facts.at - one.expected > timedelta(days=self.days) and (
                one.named or not self.named
            ):
                return {
                    "number": one.number,
                    "expected": one.expected.isoformat(),
                    "hours": int((facts.at - one.expected).total_seconds()) // 3600,
                }
        return None

    def turns(self, facts: Facts) -> Iterable[datetime]:
        return (one.expected + timedelta(days=self.days) for one in facts.late)


class InvoiceOverdue(Condition):
    """By more than so many days."""

    NEEDS = frozenset({Fact.OVERDUE})
    kind: Literal["invoice_overdue"] = "invoice_overdue"
    days: Late = 0

    def found(self, facts: Facts) -> dict[str, Any] | None:
        for one in facts.overdue:
            if one.days > self.days:
                return {"number": one.number, "days": one.days}
        return None


class PromiseBroken(Condition):
    NEEDS = frozenset({Fact.AGREED})
    kind: Literal["promise_broken"] = "promise_broken"
    days: Days

    def found(self, facts: Facts) -> dict[str, Any] | None:
        for one in facts.broken:
            if facts.at - one.due_at <= timedelta(days=self.days):
                return {"title": one.title, "due_at": one.due_at.isoformat()}
        return None

    def turns(self, facts: Facts) -> Iterable[datetime]:
        for one in facts.broken:
            yield one.due_at
            yield one.due_at + timedelta(days=self.days)


class RatedLow(Condition):
    """Their last rating in so many days."""

    NEEDS = frozenset({Fact.RATINGS})
    kind: Literal["rating"] = "rating"
    score: int = Field(ge=1, le=4)
    days: Days

    def found(self, facts: Facts) -> dict[str, Any] | None:
        lately = [one for one in facts.ratings if facts.at - one.at <= timedelta(days=self.days)]
        last = max(lately, key=lambda one: one.at, default=None)
        if last is None or last.score > self.score:
            return None
        return {"score": last.score, "at": last.at.isoformat()}

    def turns(self, facts: Facts) -> Iterable[datetime]:
        return (one.at + timedelta(days=self.days) for one in facts.ratings)


class AgreementHas(Condition):
    """An agreement in force of this kind (any without one) that has these words in its title or its
    terms, and ends within so many days if that is asked."""

    NEEDS = frozenset({Fact.AGREED})
    kind: Literal["agreement"] = "agreement"
    agreement: Literal["", "contract", "sla", "price"] = ""
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    ends_within: Annotated[int, Field(ge=1, le=365)] | None = None

    def found(self, facts: Facts) -> dict[str, Any] | None:
        for one in facts.agreements:
            if self.agreement not in ("", one.kind):
                continue
            if self.words.casefold() not in f"{one.title}\n{one.terms}".casefold():
                continue
            if self.ends_within is not None and (
                one.until is None or one.until - facts.at > timedelta(days=self.ends_within)
            ):
                continue
            until = one.until.isoformat() if one.until and self.ends_within else ""
            return {"title": one.title, "terms": one.terms[:_EXCERPT], "until": until}
        return None

    def turns(self, facts: Facts) -> Iterable[datetime]:
        for one in (*facts.agreements, *facts.coming):
            yield one.since
            if one.until is not None:
                yield one.until
                yield one.until - timedelta(days=self.ends_within or 0)


KINDS: tuple[type[Condition], ...] = (
    TopicIs,
    ChannelIs,
    GroupIs,
    CustomerIs,
    Waits,
    DeadlineMissed,
    Contacts,
    OrderLate,
    InvoiceOverdue,
    PromiseBroken,
    RatedLow,
    AgreementHas,
)
AnyCondition = Annotated[
    TopicIs
    | ChannelIs
    | GroupIs
    | CustomerIs
    | Waits
    | DeadlineMissed
    | Contacts
    | OrderLate
    | InvoiceOverdue
    | PromiseBroken
    | RatedLow
    | AgreementHas,
    Field(discriminator="kind"),
]
