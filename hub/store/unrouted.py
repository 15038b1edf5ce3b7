"""The contacts that have no route yet, as the router reads them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, exists, func, select

from hub.interaction import LIVE, NOBODY_WAITS, Automatic, Channel, Direction, PointKind
from hub.store.among import among, among_named
from hub.store.on_the_line import is_called
from hub.store.tables import attachments, conversations, customers, interactions
from hub.store.tables import unrouted as waiting
from hub.store.traits import traits_of

MOST_AT_ONCE = 1000
"""Contacts routed in one transaction; what is left is asked for again by its own event."""
TEXT_READ = 20_000
"""Characters of a message that recognition looks at."""


# Nobody changes these, but they are not frozen: to make a frozen one takes five times as long, and
# one is made for every contact.


@dataclass(slots=True)
class Unrouted:
    """A contact as the router needs it. `is_waited_on`: the customer is at the other end.
    `is_called`: a call in the conversation is not over."""

    id: str
    conversation_id: str
    customer_id: str
    organisation_id: str | None
    sequence: int
    channel: Channel
    direction: Direction
    account: str
    sender_kind: PointKind
    sender: str
    subject: str
    text: str
    topic: str
    target_group: str
    automatic: Automatic
    received_at: datetime
    correlation_id: str
    files: tuple[str, ...] = ()
    traits: dict[str, str] = field(default_factory=dict)
    is_waited_on: bool = False
    is_called: bool = False

    @property
    def is_calling(self) -> bool:
        """The customer is on the phone."""
        return self.is_waited_on and self.channel is Channel.PHONE


def lock(connection: Connection, conversation_ids: Iterable[str]) -> set[str]:
    """Others that change these conversations wait until this transaction ends.

    Gives those that are not open.
    """
    rows = connection.execute(_LOCK, {"ids": set(conversation_ids)})
    return {row.id for row in rows if row.state != "open"}


def waiting_in(connection: Connection, conversation_ids: Sequence[str]) -> list[Unrouted]:
    """All contacts in these conversations that wait for a route, in order.

    Not only those whose event arrived: one that overtook another, or was lost, changes nothing.
    """
    # In two steps: of a flood that nobody has counted yet, PostgreSQL else walks through all
    # interactions to find these.
    ids = connection.execute(_WAITING, {"ids": conversation_ids}).scalars().all()
    rows = connection.execute(_UNROUTED, {"ids": ids}).all() if ids else []
    files = _files(connection, [row.id for row in rows if row.has_files])
    return [_unrouted(row, files) for row in rows]


def mark_routed(connection: Connection, interaction_ids: Sequence[str]) -> None:
    connection.execute(_MARK_ROUTED, {"ids": interaction_ids})


# Made once: see `among`.
_LOCK = (
    select(conversations.c.id, conversations.c.state)
    .where(among_named(conversations.c.id, "ids"))
    .order_by(conversations.c.id)
    .with_for_update()
)
_ORGANISATIONS = customers.alias("organisations")
_WAITING = select(waiting.c.interaction_id).where(among_named(waiting.c.conversation_id, "ids"))
_UNROUTED = (
    select(
        interactions.c.id,
        interactions.c.conversation_id,
        interactions.c.customer_id,
        interactions.c.sequence,
        interactions.c.channel,
        interactions.c.direction,
        interactions.c.account,
        interactions.c.sender,
        interactions.c.subject,
        func.substr(interactions.c.text, 1, TEXT_READ),
        interactions.c.topic,
        interactions.c.automatic,
        interactions.c.received_at,
        interactions.c.correlation_id,
        interactions.c.details[NOBODY_WAITS].as_string(),
        is_called(interactions.c.conversation_id),
        customers.c.target_group,
        customers.c.organisation_id,
        _ORGANISATIONS.c.target_group,
        exists().where(attachments.c.interaction_id == interactions.c.id).label("has_files"),
        customers.c.kind,
        customers.c.name,
        customers.c.language,
        customers.c.attributes,
        _ORGANISATIONS.c.name,
        _ORGANISATIONS.c.attributes,
    )
    .select_from(interactions)
    .join(customers, customers.c.id == interactions.c.customer_id)
    .outerjoin(_ORGANISATIONS, _ORGANISATIONS.c.id == customers.c.organisation_id)
    .where(among_named(interactions.c.id, "ids"))
    .order_by(interactions.c.conversation_id, interactions.c.sequence)
    .limit(MOST_AT_ONCE)
)
_MARK_ROUTED = delete(waiting).where(among_named(waiting.c.interaction_id, "ids"))


def _files(connection: Connection, interaction_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    if not interaction_ids:
        return {}
    rows = connection.execute(
        select(attachments.c.interaction_id, attachments.c.filename).where(
            among(attachments.c.interaction_id, interaction_ids)
        )
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        found[row.interaction_id] = (*found.get(row.interaction_id, ()), row.filename)
    return found


def _unrouted(row: Sequence[Any], files: Mapping[str, tuple[str, ...]]) -> Unrouted:
    """In the order of `_UNROUTED`: by name, each column would be looked up for each contact."""
    (
        interaction_id,
        conversation_id,
        customer_id,
        sequence,
        channel,
        direction,
        account,
        sender,
        subject,
        text,
        topic,
        automatic,
        received_at,
        correlation_id,
        gone,
        called,
        target_group,
        organisation_id,
        organisation_group,
        _,
        *known,
        organisations,
    ) = row
    return Unrouted(
        id=interaction_id,
        conversation_id=conversation_id,
        customer_id=customer_id,
        organisation_id=organisation_id,
        sequence=sequence,
        channel=Channel(channel),
        direction=Direction(direction),
        account=account,
        sender_kind=PointKind(sender["kind"]),
        sender=sender["value"],
        subject=subject,
        text=text,
        topic=topic,
        target_group=target_group or organisation_group or "",
        automatic=Automatic(automatic),
        received_at=received_at,
        correlation_id=correlation_id,
        files=files.get(interaction_id, ()),
        is_waited_on=Channel(channel) in LIVE and not gone,
        is_called=called,
        traits=traits_of(*known, organisation_attributes=organisations),
    )
