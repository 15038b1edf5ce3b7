"""Every message on the bus: one frozen class per topic, with its name and version.

On the wire each is a CloudEvents 1.0 JSON object (structured mode); `subject` is the conversation
id (or what else it is about), so that order within a conversation can be kept. docs/asyncapi.yaml
is generated from here.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import to_json

from hub import clock
from hub.errors import Rejected
from hub.interaction import Channel, Direction, Frozen, InteractionKind
from hub.promises import Promise

MEDIA_TYPE = "application/cloudevents+json"


class Event(Frozen):
    """What happened. Queues carry ids, not message texts: the store is the truth."""

    # A consumer must be able to read what a later release adds.
    model_config = ConfigDict(frozen=True, extra="ignore")

    topic: ClassVar[str]
    version: ClassVar[int] = 1

    @property
    def wire_topic(self) -> str:
        """The routing key; a class that serves several topics refines it."""
        return self.topic


class InteractionReceived(Event):
    """A contact from a customer is kept and waits to be routed."""

    topic: ClassVar[str] = "interaction.received"

    interaction_id: str
    conversation_id: str
    customer_id: str
    channel: Channel
    account: str
    received_at: AwareDatetime
    sequence: int = 0
    """Its place in the conversation, from 1; 0 where that is not told."""


class InteractionRecorded(Event):
    """Something was added to a conversation from our side: a reply, a note, an event."""

    topic: ClassVar[str] = "interaction.recorded"

    interaction_id: str
    conversation_id: str
    customer_id: str
    channel: Channel
    direction: Direction
    kind: InteractionKind
    sequence: int = 0
    """As in `InteractionReceived`."""


class WorkItemChanged(Event):
    """A work item was made, offered, claimed, released, put aside, resolved, or its role or
    deadline changed. `state`: waiting, offered, assigned, snoozed or done."""

    topic: ClassVar[str] = "work_item.changed"

    work_item_id: str
    conversation_id: str
    role: str
    former_role: str = ""
    state: str
    agent_id: str | None = None
    former_agent_id: str | None = None
    preferred_agent_id: str | None = None
    epoch: int
    overdue: bool = False


class DeadlineWarned(Event):
    """Three quarters of a target are over and it is not met yet. Told once for each deadline."""

    topic: ClassVar[str] = "deadline.warned"

    deadline_id: str
    work_item_id: str
    conversation_id: str
    promise: Promise
    role: str
    agent_id: str | None = None
    due_at: AwareDatetime


class DeadlineBreached(Event):
    """A target was not met when it was due. Told once for each deadline."""

    topic: ClassVar[str] = "deadline.breached"

    deadline_id: str
    work_item_id: str
    conversation_id: str
    promise: Promise
    role: str
    agent_id: str | None = None
    due_at: AwareDatetime


class PresenceChanged(Event):
    """An agent takes offers or not: available, wrapping, away, not_responding or off. The subject
    is the agent's id."""

    topic: ClassVar[str] = "presence.changed"

    agent_id: str
    state: str


WITH_BULK = (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP)
"""Channels over which the same thing may go to many."""


class MessageSend(Event):
    """A reply is stored and waits for its connector. The topic names the channel; what goes to many
    has a topic of its own, so that answers do not wait behind it."""

    topic: ClassVar[str] = "message.send"

    interaction_id: str
    conversation_id: str
    channel: Channel
    bulk: bool = False

    @property
    def wire_topic(self) -> str:
        lane = ".bulk" if self.bulk and self.channel in WITH_BULK else ""
        return f"{self.topic}.{self.channel}{lane}"


class MessageStatus(Event):
    """Where a reply is: queued (again), waiting, sent, delayed, delivered, read, failed, bounced,
    or uncertain: it may have arrived."""

    topic: ClassVar[str] = "message.status"

    interaction_id: str
    conversation_id: str
    channel: Channel
    state: str
    error: str = ""


class ChatSign(StrEnum):
    """What somebody does in a chat without saying anything."""

    TYPING = "typing"
    STOPPED = "stopped"
    SEEN = "seen"
    HERE = "here"
    LEFT = "left"


class ChatActivity(Event):
    """The visitor of a chat, or our side, types, stopped typing, has seen what there was, or (the
    visitor) is here or left. It is kept nowhere: only who listens at that moment hears of it.
    `sequence`: up to where it was seen."""

    topic: ClassVar[str] = "chat.activity"

    conversation_id: str
    what: ChatSign
    by_customer: bool
    name: str = ""
    sequence: int = 0


class CallChanged(Event):
    """A phone call began, was answered, held or muted, went to somebody else, or ended; or an agent
    wants that. `state`: waiting, ringing, calling, talking, through, ending or over."""

    topic: ClassVar[str] = "call.changed"

    call_id: str
    conversation_id: str
    state: str
    agent_id: str | None = None


class ConsoleSignal(StrEnum):
    """What an agent does at a conversation, besides changing it."""

    LOOKING = "looking"
    TYPING = "typing"
    LEFT = "left"
    DRAFT = "draft"
    """Their draft is kept anew: their other screens take it over."""


class ConsoleSign(Event):
    """An agent looks at a conversation, types in it, or left it. It is kept nowhere: only who
    listens at that moment hears of it. `fresh`: who came asks the others to show themselves;
    `page`: which of their screens it is."""

    topic: ClassVar[str] = "console.sign"

    conversation_id: str
    agent_id: str
    name: str
    doing: ConsoleSignal
    fresh: bool = False
    page: str = ""


class PromiseChanged(Event):
    """What an agent promised a customer was made, kept, or not kept in time. The state is one of
    made, kept, breached."""

    topic: ClassVar[str] = "promise.changed"

    promise_id: str
    conversation_id: str
    customer_id: str
    agent_id: str
    state: str
    due_at: AwareDatetime


class ColleagueAsked(Event):
    """An agent asks colleagues something at a conversation, or was answered: one agent, or
    whoever holds a role."""

    topic: ClassVar[str] = "colleague.asked"

    conversation_id: str
    agent_id: str = ""
    role: str = ""


class ConversationLinked(Event):
    """Somebody said that a conversation has to do with another one, or no longer. Each of the two
    is told of it."""

    topic: ClassVar[str] = "conversation.linked"

    conversation_id: str
    other_id: str
    undone: bool


class OrderChanged(Event):
    """An order was placed, changed or cancelled, or went on its way. The subject is its id."""

    topic: ClassVar[str] = "order.changed"

    order_id: str
    order_number: str
    customer_id: str
    state: str
    former_state: str = ""
    revision: int


class DeliveryChanged(Event):
    """Something became known about a parcel: where it is, when it comes, or whose it is. The
    subject is its id. `order_id` and `customer_id`: not known while it is parked."""

    topic: ClassVar[str] = "delivery.changed"

    delivery_id: str
    partner: str
    tracking: str
    order_id: str | None = None
    customer_id: str | None = None
    state: str
    former_state: str = ""
    flags: tuple[str, ...] = ()
    expected_from: AwareDatetime | None = None
    expected_until: AwareDatetime | None = None
    revision: int


class InvoiceChanged(Event):
    """An invoice was made, changed or paid. The subject is its id."""

    topic: ClassVar[str] = "invoice.changed"

    invoice_id: str
    invoice_number: str
    customer_id: str
    order_id: str | None = None
    paid: bool


class CustomerMerged(Event):
    """Two customers turned out to be one: all of `other_id` is with `customer_id` now. `undone`:
    they are two again. The subject is the id of who is kept."""

    topic: ClassVar[str] = "customer.merged"

    customer_id: str
    other_id: str
    undone: bool


class ModelActivated(Event):
    """Another version of the interaction model is live. Its subject is `model`."""

    topic: ClassVar[str] = "model.activated"

    number: int
    former_number: int | None = None
    activated_at: AwareDatetime


class WorkshopChanged(Event):
    """Something changed in a five-step session: a card, who is there, where the facilitator is.
    `number` is that of its last change. The subject is the session's id."""

    topic: ClassVar[str] = "workshop.changed"

    workshop_id: str
    number: int


ALL: tuple[type[Event], ...] = (
    InteractionReceived,
    InteractionRecorded,
    WorkItemChanged,
    DeadlineWarned,
    DeadlineBreached,
    PresenceChanged,
    MessageSend,
    MessageStatus,
    ChatActivity,
    CallChanged,
    OrderChanged,
    DeliveryChanged,
    InvoiceChanged,
    CustomerMerged,
    ModelActivated,
    WorkshopChanged,
    ConsoleSign,
    PromiseChanged,
    ColleagueAsked,
    ConversationLinked,
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event on its way: the CloudEvents attributes and the event itself."""

    id: str
    subject: str
    source: str
    time: datetime
    correlation_id: str
    event: Event

    @property
    def topic(self) -> str:
        return self.event.wire_topic


class _Wire(BaseModel):
    """The CloudEvents 1.0 JSON form (github.com/cloudevents/spec, json-format)."""

    specversion: str = "1.0"
    id: str = Field(min_length=1)
    source: str
    type: str
    subject: str
    time: AwareDatetime
    datacontenttype: str = "application/json"
    correlationid: str = ""
    data: dict[str, Any]


def wrap(event: Event, *, subject: str, source: str, correlation_id: str = "") -> Envelope:
    """Put a new event in its envelope. `source` names the part of Loket, as `/loket/router`."""
    return Envelope(
        id=clock.new_id(),
        subject=subject,
        source=source,
        time=clock.now(),
        correlation_id=correlation_id,
        event=event,
    )


@cache
def type_of(event: type[Event]) -> str:
    return f"loket.{event.topic}.v{event.version}"


def encode(envelope: Envelope) -> str:
    return to_json(
        {
            "specversion": "1.0",
            "id": envelope.id,
            "source": envelope.source,
            "type": type_of(type(envelope.event)),
            "subject": envelope.subject,
            "time": envelope.time,
            "datacontenttype": "application/json",
            "correlationid": envelope.correlation_id,
            "data": envelope.event,
        }
    ).decode()


_BY_TYPE = {type_of(kind): kind for kind in ALL}


def decode(body: str | bytes) -> Envelope:
    """Read the wire form. Raises Rejected for what is not one of our events."""
    try:
        wire = _Wire.model_validate_json(body)
        kind = _BY_TYPE.get(wire.type)
        if kind is None:
            raise Rejected("unknown_event", f"no event is called {wire.type!r}")
        return Envelope(
            id=wire.id,
            subject=wire.subject,
            source=wire.source,
            time=wire.time,
            correlation_id=wire.correlationid,
            event=kind.model_validate(wire.data),
        )
    except ValidationError as error:
        where = ", ".join(".".join(map(str, e["loc"])) for e in error.errors())
        raise Rejected("malformed_event", f"not a readable event: {where or 'no JSON'}") from error
