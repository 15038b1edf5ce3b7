"""What a customer sees of conversations: their own, and those of colleagues if they may. Never
notes, never those of anybody else."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from hub import clock
from hub.interaction import Channel, Direction, InteractionKind
from hub.promises import Promise
from hub.store import regrouping, tasks
from hub.store.among import among
from hub.store.deadlines import RUNNING
from hub.store.held import has_left
from hub.store.tables import (
    attachments,
    contact_points,
    conversations,
    customers,
    deadlines,
    interactions,
    outbound,
    work_items,
)

_PER_PAGE = 50
_LONGEST = 200
_UNSEEN = (Channel.PARTNER.value, Channel.MANUAL.value)
"""Channels of interactions that are between us and others, or about the customer."""
_UNANSWERED = ("received", "busy")


@dataclass(frozen=True)
class Request:
    """A conversation as its customer knows it. `state`: received, busy, your_turn or done.
    `colleague`: whose it is, if not their own."""

    id: str
    number: int
    subject: str
    channel: str
    state: str
    created_at: datetime
    last_at: datetime
    colleague: str = ""


@dataclass(frozen=True)
class Sight:
    """Who looks, and whose conversations they see besides their own."""

    own: str
    others: frozenset[str] = frozenset()

    @property
    def all(self) -> list[str]:
        return sorted({self.own, *self.others})


@dataclass(frozen=True)
class Message:
    """`ours`: from the organisation. `unread`: it came over the portal and was not shown yet."""

    id: str
    sequence: int
    ours: bool
    name: str
    channel: Channel
    text: str
    at: datetime
    files: tuple[tuple[str, str, int], ...]
    unread: bool


def requests(
    connection: Connection,
    sight: Sight,
    *,
    before: datetime | None = None,
    limit: int = _PER_PAGE,
) -> list[Request]:
    """The conversations that they see, the newest first."""
    columns = conversations.c
    selection = (
        select(conversations)
        .where(
            among(columns.customer_id, sight.all),
            _is_theirs_to_see(),
            columns.merged_into.is_(None),
            ~tasks.is_own(columns.id),
        )
        .order_by(columns.last_at.desc())
        .limit(limit)
    )
    if before is not None:
        selection = selection.where(columns.last_at < before)
    rows = connection.execute(selection).all()
    return _requests(connection, rows, sight)


def request(connection: Connection, sight: Sight, conversation_id: str) -> Request | None:
    """One that they see."""
    row = connection.execute(
        select(conversations).where(
            conversations.c.id == conversation_id,
            among(conversations.c.customer_id, sight.all),
            _is_theirs_to_see(),
            ~tasks.is_own(conversations.c.id),
        )
    ).one_or_none()
    return None if row is None else _requests(connection, [row], sight)[0]


def _is_theirs_to_see() -> ColumnElement[bool]:
    """What a partner began is between us and them, until the customer speaks in it as well."""
    said = interactions.alias()
    spoken = (
        exists()
        .where(
            said.c.conversation_id == conversations.c.id,
            said.c.kind == InteractionKind.MESSAGE.value,
            said.c.direction == Direction.INBOUND.value,
            said.c.channel.not_in(_UNSEEN),
        )
        .correlate(conversations)
    )
    return or_(conversations.c.channel != Channel.PARTNER.value, spoken)


def messages(connection: Connection, conversation_id: str) -> list[Message]:
    """What was said, the oldest first, on every channel; the last of very many."""
    columns = interactions.c
    rows = connection.execute(
        select(interactions, outbound.c.state.label("delivery"))
        .outerjoin(outbound, outbound.c.interaction_id == columns.id)
        .where(
            columns.conversation_id == conversation_id,
            columns.kind == InteractionKind.MESSAGE.value,
            columns.channel.not_in(_UNSEEN),
            has_left(),
        )
        .order_by(columns.sequence.desc())
        .limit(_LONGEST)
    ).all()
    rows = _with_the_customer(rows, passed_on_to(connection, conversation_id))
    files = _files(connection, [row.id for row in rows])
    return [_message(row, files.get(row.id, ())) for row in reversed(rows)]


def _with_the_customer(rows: Sequence[Any], others: Collection[str]) -> Sequence[Any]:
    """Without what we passed on to others, and what they said to it."""
    return [
        row
        for row in rows
        if "forward" not in row.details and row.sender.get("value") not in others
    ]


def passed_on_to(connection: Connection, conversation_id: str) -> set[str]:
    """To whom we passed it on, also in what was split off or merged since: their answers may stand
    apart from what they answer. Never the customer, who may have got a copy."""
    columns = interactions.c
    rows = connection.execute(
        select(columns.recipients, columns.details["cc"].as_string()).where(
            among(columns.conversation_id, regrouping.kin(connection, conversation_id)),
            columns.direction == Direction.OUTBOUND.value,
            columns.details["forward"].as_string().is_not(None),
        )
    )
    others: set[str] = set()
    for recipients, copies in rows:
        others |= {party["value"] for party in recipients}
        others |= {one.strip() for one in (copies or "").split(",")} - {""}
    return others - _addresses(connection, conversation_id) if others else others


def _addresses(connection: Connection, conversation_id: str) -> set[str]:
    """The customer's own."""
    theirs = (
        select(contact_points.c.value)
        .join(conversations, conversations.c.customer_id == contact_points.c.customer_id)
        .where(conversations.c.id == conversation_id)
    )
    return set(connection.execute(theirs).scalars())


def answer_by(connection: Connection, request: Request) -> datetime | None:
    """Until when we answer what they asked here, as they were told when they asked; None when it
    was asked elsewhere, was answered, or should have been."""
    if request.channel != Channel.PORTAL or request.state not in _UNANSWERED:
        return None
    columns = deadlines.c
    due = (
        select(func.min(columns.due_at))
        .join(work_items, work_items.c.id == columns.work_item_id)
        .where(
            work_items.c.conversation_id == request.id,
            columns.promise != Promise.RESOLUTION.value,
            columns.state == RUNNING,
        )
    )
    at = connection.execute(due).scalar()
    return at if at is not None and at > clock.now() else None


def file_of(connection: Connection, sight: Sight, attachment_id: str) -> tuple[str, str] | None:
    """(name, hash) of a file in a message that they see."""
    row = connection.execute(
        select(
            attachments.c.filename,
            attachments.c.sha256,
            interactions.c.conversation_id,
            interactions.c.sender,
            interactions.c.details,
        )
        .join(interactions, interactions.c.id == attachments.c.interaction_id)
        .join(conversations, conversations.c.id == interactions.c.conversation_id)
        .outerjoin(outbound, outbound.c.interaction_id == interactions.c.id)
        .where(
            has_left(),
            attachments.c.id == attachment_id,
            among(conversations.c.customer_id, sight.all),
            _is_theirs_to_see(),
            ~tasks.is_own(conversations.c.id),
            interactions.c.channel.not_in(_UNSEEN),
            interactions.c.kind == InteractionKind.MESSAGE.value,
        )
    ).one_or_none()
    if row is None:
        return None
    seen = _with_the_customer([row], passed_on_to(connection, row.conversation_id))
    return (row.filename, row.sha256) if seen else None


def _requests(connection: Connection, rows: Sequence[Any], sight: Sight) -> list[Request]:
    ids = [row.id for row in rows]
    others = {row.customer_id for row in rows} - {sight.own}
    names = _names(connection, others)
    held = {
        row.conversation_id
        for row in connection.execute(
            select(work_items.c.conversation_id).where(
                among(work_items.c.conversation_id, ids),
                work_items.c.state.in_(["assigned", "snoozed"]),
            )
        )
    }
    answered = _answered(connection, ids)
    subjects = _subjects(connection, [row.id for row in rows if row.channel in _UNSEEN])
    return [
        Request(
            row.id,
            row.number,
            subjects.get(row.id, row.subject),
            row.channel,
            _state(row, held=row.id in held, answered=row.id in answered),
            row.created_at,
            row.last_at,
            names.get(row.customer_id, ""),
        )
        for row in rows
    ]


def _subjects(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Of what others began: what the first message between the customer and us is called. What
    others wrote, to whom we passed it on, never is."""
    if not ids:
        return {}
    columns, ours = interactions.c, interactions.c.direction == Direction.OUTBOUND.value
    theirs = exists().where(
        contact_points.c.customer_id == conversations.c.customer_id,
        contact_points.c.value == columns.sender["value"].as_string(),
    )
    rows = connection.execute(
        select(columns.conversation_id, columns.subject)
        .join(conversations, conversations.c.id == columns.conversation_id)
        .outerjoin(outbound, outbound.c.interaction_id == columns.id)
        .where(
            among(columns.conversation_id, ids),
            columns.kind == InteractionKind.MESSAGE.value,
            columns.channel.not_in(_UNSEEN),
            columns.subject != "",
            columns.details["forward"].as_string().is_(None),
            has_left(),
            or_(ours, theirs),
        )
        .order_by(columns.sequence.desc())
    )
    return {row.conversation_id: row.subject for row in rows}


def _names(connection: Connection, customer_ids: Collection[str]) -> dict[str, str]:
    columns = customers.c
    rows = connection.execute(
        select(columns.id, columns.name).where(among(columns.id, customer_ids))
    )
    return {row.id: row.name or "-" for row in rows}


def _state(row: Any, *, held: bool, answered: bool) -> str:
    if row.state == "resolved":
        return "done"
    if answered:
        return "your_turn"
    return "busy" if held else "received"


def _answered(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Those of which the last message is ours; what we passed on to others is not to them."""
    columns = interactions.c
    rows = connection.execute(
        select(columns.conversation_id, columns.direction)
        .outerjoin(outbound, outbound.c.interaction_id == columns.id)
        .where(among(columns.conversation_id, ids), columns.kind == InteractionKind.MESSAGE.value)
        .where(has_left(), columns.details["forward"].as_string().is_(None))
        .order_by(columns.conversation_id, columns.sequence)
    )
    last = {row.conversation_id: row.direction for row in rows}
    return {key for key, direction in last.items() if direction == Direction.OUTBOUND.value}


def _files(
    connection: Connection, ids: Sequence[str]
) -> dict[str, tuple[tuple[str, str, int], ...]]:
    found: dict[str, list[tuple[str, str, int]]] = {}
    rows = connection.execute(select(attachments).where(among(attachments.c.interaction_id, ids)))
    for row in rows:
        if not row.inline:
            found.setdefault(row.interaction_id, []).append((row.id, row.filename, row.size))
    return {key: tuple(files) for key, files in found.items()}


def _message(row: Any, files: tuple[tuple[str, str, int], ...]) -> Message:
    ours = row.direction == Direction.OUTBOUND.value
    return Message(
        id=row.id,
        sequence=row.sequence,
        ours=ours,
        name=str(row.sender.get("name", "")),
        channel=Channel(row.channel),
        text=row.text,
        at=row.occurred_at,
        files=files,
        unread=ours and row.channel == Channel.PORTAL.value and row.delivery in ("sent", "waiting"),
    )
