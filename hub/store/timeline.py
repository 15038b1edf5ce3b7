"""What an agent reads about a conversation: its entries, in order, over all channels.

The customer's side of the screen is in `customers`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, exists, or_, select, union

from hub.interaction import (
    Attachment,
    Automatic,
    Channel,
    DeliveryState,
    Direction,
    InteractionKind,
    Party,
    Verification,
)
from hub.store import tasks
from hub.store.agents import Agent
from hub.store.among import among, among_named
from hub.store.holding import hold
from hub.store.tables import (
    asked_colleagues,
    attachments,
    conversations,
    customers,
    interactions,
    originals,
    outbound,
    work_items,
)

LAST = 2**31 - 1
"""No entry of a conversation has such a number."""


@dataclass(frozen=True)
class Conversation:
    id: str
    number: int
    customer_id: str
    subject: str
    channel: Channel
    state: str
    linked_id: str | None
    created_at: datetime
    merged_into: str | None = None
    shared_id: str | None = None


@dataclass(frozen=True)
class Delivery:
    """How the sending of a reply goes; `error` says why it does not. `held_until`: it waits for
    its time, and can be taken back."""

    state: str
    error: str
    attempts: int
    updated_at: datetime
    held_until: datetime | None = None


@dataclass(frozen=True)
class Entry:
    """One interaction as the timeline shows it; its HTML is read apart, when asked for.
    `customer_name`: of the customer whose it is, as they are known now."""

    id: str
    conversation_id: str
    sequence: int
    kind: InteractionKind
    channel: Channel
    direction: Direction
    account: str
    sender: Party
    customer_name: str
    recipients: tuple[Party, ...]
    subject: str
    text: str
    quoted: str
    has_html: bool
    has_remote_images: bool
    occurred_at: datetime
    automatic: Automatic
    verification: Verification
    problem: str
    has_original: bool
    agent_id: str | None
    details: dict[str, str]
    attachments: tuple[Attachment, ...]
    delivery: Delivery | None


def may_see(connection: Connection, conversation_id: str, agent: Agent) -> bool:
    """Whether the agent works on it, could take it, or needs it as history: see `visible`."""
    return bool(visible(connection, [conversation_id], agent))


def results(connection: Connection, conversation_id: str) -> dict[str, str]:
    """What was said to have come of it when it was last resolved, and after that."""
    rows = connection.execute(
        select(interactions.c.details)
        .where(
            interactions.c.conversation_id == conversation_id,
            interactions.c.kind == InteractionKind.EVENT.value,
        )
        .order_by(interactions.c.sequence)
    )
    found: dict[str, str] = {}
    for details in rows.scalars():
        if details.get("event") == "resolved":
            found = {}
        if details.get("event") in ("resolved", "wrapped_up"):
            found |= {k.removeprefix("result."): v for k, v in details.items() if k != "event"}
    return found


def subjects(connection: Connection, interaction_ids: Collection[str]) -> dict[str, str]:
    rows = connection.execute(
        select(interactions.c.id, interactions.c.subject).where(
            among(interactions.c.id, interaction_ids)
        )
    )
    return {row.id: row.subject for row in rows}


def visible(connection: Connection, conversation_ids: Collection[str], agent: Agent) -> set[str]:
    """Those of the conversations that the agent may read.

    These are the ones with a work item in a role that they hold or assigned to them, and those of
    a customer, or of the same organisation, for whom they hold work now; and those about which a
    colleague asked them something, or their role for a task, or they asked for one. Supervisors
    read all.
    """
    named = {"ids": list(conversation_ids), "roles": sorted(agent.roles), "agent": agent.id}
    if agent.supervisor:
        return set(connection.execute(_THERE, named).scalars())
    # Whose the work is, is looked at here: the database may find that all work of a role, which may
    # be a million, is where to look for that of a few conversations.
    seen = {
        row.conversation_id
        for row in connection.execute(_WORK_OF, named)
        if row.role in agent.roles or row.agent_id == agent.id
    }
    if left := [one for one in named["ids"] if one not in seen]:
        seen.update(connection.execute(_BY_OTHER_WAYS, named | {"ids": left}).scalars())
    return seen


def conversation(connection: Connection, conversation_id: str) -> Conversation | None:
    row = connection.execute(_CONVERSATION, {"id": conversation_id}).one_or_none()
    if row is None:
        return None
    return Conversation(**(row._asdict() | {"channel": Channel(row.channel)}))


def where_now(connection: Connection, conversation_id: str) -> str:
    """The conversation in which all of this one is: itself, unless it was merged."""
    while True:
        found = connection.execute(_INTO, {"id": conversation_id}).scalar_one_or_none()
        if found is None:
            return conversation_id
        conversation_id = found


def entries(
    connection: Connection, conversation_id: str, *, limit: int, before: int | None = None
) -> list[Entry]:
    """The last `limit` entries, or the last ones before a sequence number; oldest first."""
    end = LAST if before is None else before
    newest = {"conversation": conversation_id, "before": end, "most": limit}
    return _read(connection, _NEWEST, newest)[::-1]


def following(
    connection: Connection, conversation_id: str, *, after: int, limit: int
) -> list[Entry]:
    """The first entries after a sequence number, oldest first."""
    following = {"conversation": conversation_id, "after": after, "most": limit}
    return _read(connection, _FOLLOWING, following)


def entry(connection: Connection, interaction_id: str) -> Entry | None:
    found = _read(connection, _ONE, {"id": interaction_id})
    return found[0] if found else None


def html_of(connection: Connection, interaction_id: str) -> str:
    """The sanitised HTML of a mail; empty when it has none."""
    selection = select(interactions.c.html).where(interactions.c.id == interaction_id)
    html: str = connection.execute(selection).scalar_one()
    return html


def attachment(connection: Connection, attachment_id: str) -> tuple[Attachment, str] | None:
    """A file, and the conversation that it belongs to."""
    row = connection.execute(
        select(attachments, interactions.c.conversation_id)
        .join(interactions, interactions.c.id == attachments.c.interaction_id)
        .where(attachments.c.id == attachment_id)
    ).one_or_none()
    return None if row is None else (_attachment(row), row.conversation_id)


def files_in(
    connection: Connection, conversation_id: str, attachment_ids: Collection[str]
) -> list[Attachment]:
    """Those of the files that came with this conversation."""
    rows = connection.execute(
        select(attachments)
        .join(interactions, interactions.c.id == attachments.c.interaction_id)
        .where(
            among(attachments.c.id, attachment_ids),
            interactions.c.conversation_id == conversation_id,
        )
        .order_by(attachments.c.id)
    )
    return [_attachment(row) for row in rows]


def lock(connection: Connection, conversation_id: str) -> None:
    """Until the end of the transaction nobody else adds to it."""
    hold(connection, _ITSELF, {"conversation_id": conversation_id})


def unseen(connection: Connection, conversation_id: str, *, seen: int, agent_id: str) -> list[int]:
    """What others added after the entry that the agent saw last.

    Locks the conversation, so that nothing is added between this look and the end of the
    transaction: an answer is not sent past a message that nobody read.
    """
    lock(connection, conversation_id)
    given = {"conversation_id": conversation_id, "seen": seen, "agent_id": agent_id}
    return list(connection.execute(_UNSEEN, given).scalars())


_ITSELF = select(conversations.c.id).where(conversations.c.id == bindparam("conversation_id"))
_UNSEEN = (
    select(interactions.c.sequence)
    .where(
        interactions.c.conversation_id == bindparam("conversation_id"),
        interactions.c.sequence > bindparam("seen"),
        or_(interactions.c.agent_id.is_(None), interactions.c.agent_id != bindparam("agent_id")),
    )
    .order_by(interactions.c.sequence)
)


def _read(connection: Connection, selection: Select[Any], values: dict[str, Any]) -> list[Entry]:
    rows = connection.execute(selection, values).all()
    files = files_of(connection, [row.id for row in rows])
    return [_entry(row, files.get(row.id, ())) for row in rows]


def files_of(
    connection: Connection, interaction_ids: Sequence[str]
) -> dict[str, tuple[Attachment, ...]]:
    """The files of each interaction that has some."""
    found: dict[str, tuple[Attachment, ...]] = {}
    for row in connection.execute(_FILES_OF, {"ids": interaction_ids}):
        found[row.interaction_id] = (*found.get(row.interaction_id, ()), _attachment(row))
    return found


def _attachment(row: Any) -> Attachment:
    return Attachment(
        id=row.id,
        filename=row.filename,
        content_type=row.content_type,
        size=row.size,
        sha256=row.sha256,
        inline=row.inline,
        content_id=row.content_id,
        thumbnail=row.thumbnail,
    )


def _entry(row: Any, files: tuple[Attachment, ...]) -> Entry:
    return Entry(
        id=row.id,
        conversation_id=row.conversation_id,
        sequence=row.sequence,
        kind=InteractionKind(row.kind),
        channel=Channel(row.channel),
        direction=Direction(row.direction),
        account=row.account,
        sender=Party.model_validate(row.sender),
        customer_name=row.customer_name,
        recipients=tuple(Party.model_validate(party) for party in row.recipients),
        subject=row.subject,
        text=row.text,
        quoted=row.quoted,
        has_html=bool(row.has_html),
        has_remote_images=bool(row.has_remote_images),
        occurred_at=row.occurred_at,
        automatic=Automatic(row.automatic),
        verification=Verification(row.verification),
        problem=row.problem,
        has_original=row.has_original,
        agent_id=row.agent_id,
        details=row.details,
        attachments=files,
        delivery=_delivery(row),
    )


def _delivery(row: Any) -> Delivery | None:
    if row.delivery_state is None:
        return None
    waits = row.delivery_held and row.delivery_state == DeliveryState.QUEUED
    return Delivery(
        row.delivery_state,
        row.delivery_error,
        row.delivery_attempts,
        row.delivery_at,
        row.delivery_next if waits else None,
    )


# Made once: making them takes longer than running them.
_THERE = select(conversations.c.id).where(among_named(conversations.c.id, "ids"))
_WORK_OF = select(work_items.c.conversation_id, work_items.c.role, work_items.c.agent_id).where(
    among_named(work_items.c.conversation_id, "ids")
)


def _by_request() -> Select[Any]:
    columns = asked_colleagues.c
    asked = or_(columns.to_agent_id == bindparam("agent"), among_named(columns.to_role, "roles"))
    return select(columns.conversation_id).where(among_named(columns.conversation_id, "ids"), asked)


def _by_customer() -> Select[Any]:
    """For a customer, or of the same organisation, for whom the agent holds work now."""
    helped = (
        select(customers.c.id, customers.c.organisation_id)
        .join(work_items, work_items.c.customer_id == customers.c.id)
        .where(work_items.c.agent_id == bindparam("agent"), work_items.c.state == "assigned")
        .subquery()
    )
    return (
        select(conversations.c.id)
        .join(customers, customers.c.id == conversations.c.customer_id)
        .where(
            among_named(conversations.c.id, "ids"),
            or_(
                customers.c.id.in_(select(helped.c.id)),
                customers.c.id.in_(select(helped.c.organisation_id)),
                customers.c.organisation_id.in_(select(helped.c.id)),
                customers.c.organisation_id.in_(select(helped.c.organisation_id)),
            ),
        )
    )


_INTO = select(conversations.c.merged_into).where(conversations.c.id == bindparam("id"))
_BY_OTHER_WAYS = union(_by_customer(), _by_request(), *tasks.visible_ways())
_CONVERSATION = select(
    conversations.c.id,
    conversations.c.number,
    conversations.c.customer_id,
    conversations.c.subject,
    conversations.c.channel,
    conversations.c.state,
    conversations.c.linked_id,
    conversations.c.created_at,
    conversations.c.merged_into,
    conversations.c.shared_id,
).where(conversations.c.id == bindparam("id"))


def _selection() -> Select[Any]:
    return select(
        *(column for column in interactions.c if column.name not in {"html", "raw_sha256"}),
        (interactions.c.html != "").label("has_html"),
        interactions.c.html.contains("data-remote-src=").label("has_remote_images"),
        or_(
            interactions.c.raw_sha256 != "",
            exists().where(originals.c.interaction_id == interactions.c.id),
        ).label("has_original"),
        select(customers.c.name)
        .where(customers.c.id == interactions.c.customer_id)
        .scalar_subquery()
        .label("customer_name"),
        outbound.c.state.label("delivery_state"),
        outbound.c.error.label("delivery_error"),
        outbound.c.attempts.label("delivery_attempts"),
        outbound.c.updated_at.label("delivery_at"),
        outbound.c.held.label("delivery_held"),
        outbound.c.next_at.label("delivery_next"),
    ).outerjoin(outbound, outbound.c.interaction_id == interactions.c.id)


_OF_IT = interactions.c.conversation_id == bindparam("conversation")
_NEWEST = (
    _selection()
    .where(_OF_IT, interactions.c.sequence < bindparam("before"))
    .order_by(interactions.c.sequence.desc())
    .limit(bindparam("most"))
)
_FOLLOWING = (
    _selection()
    .where(_OF_IT, interactions.c.sequence > bindparam("after"))
    .order_by(interactions.c.sequence)
    .limit(bindparam("most"))
)
_ONE = _selection().where(interactions.c.id == bindparam("id"))
_FILES_OF = (
    select(attachments)
    .where(among_named(attachments.c.interaction_id, "ids"))
    .order_by(attachments.c.id)
)
