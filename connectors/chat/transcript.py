"""What the store has of a chat: its conversation, its lines, which of ours were not shown yet.

Everything is looked up by the session or the visitor of a signed token, so that nobody reads or
changes another's chat.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, and_, bindparam, exists, select, update

from connectors.chat.frames import FileLink, Line
from connectors.chat.visitor import Visitor
from hub.errors import Rejected
from hub.interaction import (
    Attachment,
    Channel,
    DeliveryState,
    Direction,
    InteractionKind,
    PointKind,
)
from hub.store import timeline
from hub.store.inserting import digest
from hub.store.tables import (
    attachments,
    conversations,
    interactions,
    outbound,
    participants,
    thread_refs,
)

MakeLink = Callable[[Attachment], FileLink]


_VISITOR = f"{PointKind.VISITOR.value}:"
_NOT_SHOWN = (
    DeliveryState.QUEUED,
    DeliveryState.SENDING,
    DeliveryState.TRANSMITTING,
    DeliveryState.WAITING,
    DeliveryState.SENT,
)


@dataclass(frozen=True)
class Chat:
    """The conversation that a session has become."""

    conversation_id: str
    resolved_at: datetime | None
    address: str


@dataclass(frozen=True)
class Page:
    """Some lines in order. `upto`: the sequence that has been looked at, `more`: not all yet."""

    lines: Sequence[Line]
    upto: int
    more: bool


def not_offered() -> Rejected:
    return Rejected("not_offered", "This chat does not go on by mail.")


def find_chat(connection: Connection, visitor: Visitor) -> Chat | None:
    """The conversation of this session; None before its first message."""
    row = connection.execute(_CHAT, {"ref_hash": digest(visitor.reference)}).one_or_none()
    return Chat(*row) if row else None


def references_of(connection: Connection, conversation_id: str) -> set[str]:
    """The digests of what messages of this conversation may refer to."""
    rows = select(thread_refs.c.ref_hash).where(thread_refs.c.conversation_id == conversation_id)
    return set(connection.execute(rows).scalars())


def lines_after(
    connection: Connection,
    chat: Chat,
    visitor: Visitor,
    link: MakeLink,
    *,
    sequence: int,
    limit: int,
) -> Page:
    """The next lines after `sequence`."""
    given = {"conversation_id": chat.conversation_id, "sequence": sequence, "most": limit}
    rows = connection.execute(_NEXT, given).all()
    upto = rows[-1].sequence if rows else sequence
    return Page(_visible(connection, rows, visitor, link), upto, more=len(rows) == limit)


def last_lines(
    connection: Connection, chat: Chat, visitor: Visitor, link: MakeLink, *, limit: int
) -> tuple[Line, ...]:
    """The newest lines, oldest first."""
    given = {"conversation_id": chat.conversation_id, "most": limit}
    rows = connection.execute(_NEWEST, given).all()
    return tuple(reversed(_visible(connection, rows, visitor, link)))


def not_shown(
    connection: Connection, conversation_id: str, visitor: Visitor, upto: int
) -> list[str]:
    """Ids of our messages to this visitor, up to a sequence, that do not count as delivered yet."""
    rows = connection.execute(
        select(interactions.c.id, interactions.c.direction, interactions.c.recipients)
        .join(outbound, outbound.c.interaction_id == interactions.c.id)
        .where(
            interactions.c.conversation_id == conversation_id,
            interactions.c.channel == Channel.CHAT.value,
            interactions.c.sequence <= upto,
            outbound.c.state.in_(_NOT_SHOWN),
        )
        .order_by(interactions.c.sequence)
    )
    return [row.id for row in rows if _concerns(row, visitor)]


def set_address(connection: Connection, visitor: Visitor, address: str) -> bool:
    """Remember where this chat goes on by mail; False before its first message.

    Raises Rejected where an agent put another visitor's chat into the same conversation: what waits
    for one of them would go to the other.
    """
    chat = find_chat(connection, visitor)
    if chat is None:
        return False
    if not _is_alone(connection, chat, visitor):
        raise not_offered()
    connection.execute(
        update(conversations)
        .where(conversations.c.id == chat.conversation_id)
        .values(handover_address=address)
    )
    return True


def _is_alone(connection: Connection, chat: Chat, visitor: Visitor) -> bool:
    keys = connection.execute(
        select(participants.c.key).where(
            participants.c.conversation_id == chat.conversation_id,
            participants.c.key.startswith(_VISITOR),
        )
    ).scalars()
    return all(visitor.is_called(key.removeprefix(_VISITOR)) for key in keys)


def file_of(
    connection: Connection, attachment_id: str, session_reference: str
) -> Attachment | None:
    """A file that was sent in the chat that this session has become; None for any other, such as
    one in a mail of the same conversation."""
    found = timeline.attachment(connection, attachment_id)
    if found is None or digest(session_reference) not in references_of(connection, found[1]):
        return None
    in_the_chat = (
        select(interactions.c.id)
        .join(attachments, attachments.c.interaction_id == interactions.c.id)
        .where(attachments.c.id == attachment_id, _IS_CHAT)
    )
    return found[0] if connection.execute(in_the_chat).first() else None


_CHAT = (
    select(conversations.c.id, conversations.c.resolved_at, conversations.c.handover_address)
    .join(thread_refs, thread_refs.c.conversation_id == conversations.c.id)
    .where(thread_refs.c.ref_hash == bindparam("ref_hash"))
)
# What was said in the chat, and not on another channel or among us.
_IS_CHAT = and_(
    interactions.c.channel == Channel.CHAT.value,
    interactions.c.kind == InteractionKind.MESSAGE.value,
)
_LINES = select(
    interactions.c.id,
    interactions.c.sequence,
    interactions.c.direction,
    interactions.c.external_id,
    interactions.c.sender,
    interactions.c.recipients,
    interactions.c.text,
    interactions.c.occurred_at,
    exists().where(attachments.c.interaction_id == interactions.c.id).label("has_files"),
).where(
    interactions.c.conversation_id == bindparam("conversation_id"),
    _IS_CHAT,
)
_MOST = bindparam("most", type_=Integer())
_NEXT = (
    _LINES.where(interactions.c.sequence > bindparam("sequence"))
    .order_by(interactions.c.sequence)
    .limit(_MOST)
)
_NEWEST = _LINES.order_by(interactions.c.sequence.desc()).limit(_MOST)


def _visible(
    connection: Connection, rows: Sequence[Any], visitor: Visitor, link: MakeLink
) -> list[Line]:
    shown = [row for row in rows if _concerns(row, visitor)]
    with_files = [row.id for row in shown if row.has_files]
    files = timeline.files_of(connection, with_files) if with_files else {}
    return [_line(row, tuple(map(link, files.get(row.id, ())))) for row in shown]


def _concerns(row: Any, visitor: Visitor) -> bool:
    """Whether the visitor wrote it, or was sent it."""
    parties = row.recipients if row.direction == Direction.OUTBOUND.value else [row.sender]
    return any(
        party["kind"] == PointKind.VISITOR.value and visitor.is_called(party["value"])
        for party in parties
    )


def _line(row: Any, files: tuple[FileLink, ...]) -> Line:
    ours = row.direction == Direction.OUTBOUND.value
    return Line(
        sequence=row.sequence,
        side="us" if ours else "you",
        id=row.id if ours else row.external_id.partition(":")[2],
        name=row.sender["name"] if ours else "",
        text=row.text,
        at=row.occurred_at,
        files=files,
    )
