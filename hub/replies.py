"""The door for what our side adds to a conversation: replies and notes, stored before sent."""

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, Field
from sqlalchemy import Connection, bindparam, func, select, update

from hub import clock
from hub.errors import Rejected
from hub.events import InteractionRecorded, MessageSend
from hub.interaction import (
    Attachment,
    Channel,
    Direction,
    Frozen,
    InteractionKind,
    Party,
    PointKind,
)
from hub.store import added_mailboxes, consents, outbox, written
from hub.store.consents import Purpose
from hub.store.inserting import digest, insert_all, insert_new
from hub.store.tables import (
    attachments,
    contact_points,
    conversations,
    interactions,
    outbound,
    participants,
    thread_refs,
)
from hub.store.threads import ref_key

SOURCE = "/loket/replies"

_POINT_OF: dict[Channel, PointKind] = {
    Channel.EMAIL: PointKind.EMAIL,
    Channel.CHAT: PointKind.VISITOR,
    Channel.PHONE: PointKind.PHONE,
    Channel.SMS: PointKind.PHONE,
    Channel.WHATSAPP: PointKind.PHONE,
    Channel.PORTAL: PointKind.PORTAL,
}

_NOT_ANSWERED = (Channel.PARTNER.value, Channel.MANUAL.value, Channel.PHONE.value)
"""What comes in over the first two was sent by somebody else, or written down by one of us; and
nothing can be written over the phone."""


class Reachable(Frozen):
    """One way to answer: over `channel`, from our `account`, to this address of the customer."""

    channel: Channel
    account: str
    to: Party


class Reply(Frozen):
    """What an agent (or Loket itself: no agent) sends to the customer of a conversation."""

    conversation_id: str
    channel: Channel
    account: str
    to: tuple[Party, ...]
    text: str
    cc: tuple[Party, ...] = ()
    """Who else gets the mail, and takes part in the conversation from now on."""
    html: str = ""
    """A safe fragment; without one a mail's is made from the text."""
    subject: str = ""
    agent_id: str | None = None
    agent_name: str = ""
    automatic: bool = False
    attachments: tuple[Attachment, ...] = ()
    details: dict[str, str] = Field(default_factory=dict)
    bulk: bool = False
    """One of many alike: answers go before it, and only who agreed to such mail gets it."""
    despite_consent: bool = False
    """The answer to STOP itself: the last word to who wants no more."""
    not_before: AwareDatetime | None = None
    """It waits until then, and can be taken back; the sweeper lets it go."""
    correlation_id: str = ""
    """Only used where the conversation has no message to answer."""
    once: str = ""
    """Names what an agent wrote: of the same name nothing is stored a second time."""


def add_reply(connection: Connection, reply: Reply) -> str:
    """Store a reply and hand it to its connector; gives the interaction's id.

    Raises Rejected when the conversation is gone or there is nothing to send.
    """
    if not reply.text.strip() and not reply.attachments:
        raise Rejected("empty_reply", "Write something first.")
    if not reply.despite_consent:
        _refuse_unwanted(connection, reply)
    reply = _continuing(connection, reply)
    interaction_id = _add(connection, reply, InteractionKind.MESSAGE)
    outgoing = {
        "interaction_id": interaction_id,
        "conversation_id": reply.conversation_id,
        "channel": reply.channel.value,
        "state": "queued",
        "attempts": 0,
        "next_at": reply.not_before or clock.now(),
        "lease_until": None,
        "error": "",
        "provider_id": "",
        "updated_at": clock.now(),
        "bulk": reply.bulk,
        "held": reply.not_before is not None,
    }
    insert_all(connection, outbound, [outgoing])
    if reply.not_before is None:
        _ask_to_send(connection, reply, interaction_id)
    return interaction_id


def add_note(
    connection: Connection,
    *,
    conversation_id: str,
    text: str,
    agent_id: str,
    agent_name: str,
    once: str = "",
) -> str:
    """Store a note, which only our side sees; gives the interaction's id."""
    if not text.strip():
        raise Rejected("empty_note", "Write something first.")
    note = Reply(
        conversation_id=conversation_id,
        channel=Channel.MANUAL,
        account="",
        to=(),
        text=text,
        agent_id=agent_id,
        agent_name=agent_name,
        once=once,
    )
    return _add(connection, note, InteractionKind.NOTE)


def add_event(
    connection: Connection,
    *,
    conversation_id: str,
    details: dict[str, str],
    agent_id: str | None,
    agent_name: str,
    attachments: tuple[Attachment, ...] = (),
) -> str:
    """Store that somebody did something that the timeline shows: an agent, or (None) the customer
    of that name. Gives the interaction's id."""
    event = Reply(
        conversation_id=conversation_id,
        channel=Channel.MANUAL,
        account="",
        to=(),
        text="",
        agent_id=agent_id,
        agent_name=agent_name,
        details=details,
        attachments=attachments,
    )
    return _add(connection, event, InteractionKind.EVENT)


def reachable(
    connection: Connection, conversation_id: str, default_accounts: dict[Channel, str]
) -> list[Reachable]:
    """The ways to answer, the customer's own first, of those the last used one.

    `default_accounts`: from which account to send on a channel that the conversation has not used.
    """
    used = _last_inbound(connection, conversation_id)
    ways = [Reachable(channel=c, account=account, to=party) for c, account, party in used]
    seen = {(way.channel, way.to.key) for way in ways}
    points = _points(connection, conversation_id)
    by_mail = [(Channel.EMAIL, party.key) for party in points.get(PointKind.EMAIL, ())]
    if Channel.EMAIL not in default_accounts and not seen.issuperset(by_mail):
        added = added_mailboxes.sending(connection)
        default_accounts = default_accounts | ({Channel.EMAIL: added} if added else {})
    for channel, account in default_accounts.items():
        ways += [
            Reachable(channel=channel, account=account, to=party)
            for party in points.get(_POINT_OF.get(channel), ())
            if (channel, party.key) not in seen
        ]
    return ways


def _last_inbound(connection: Connection, conversation_id: str) -> list[tuple[Channel, str, Party]]:
    rows = connection.execute(_WROTE, {"conversation_id": conversation_id})
    newest: dict[tuple[str, str], tuple[Channel, str, Party]] = {}
    for row in rows:
        party = Party.model_validate(row.sender)
        if not _is_answerable(party):
            continue
        newest.setdefault((row.channel, party.key), (Channel(row.channel), row.account, party))
    return list(newest.values())


def _is_answerable(party: Party) -> bool:
    """Companies send texts under a name, to which no answer goes."""
    return party.kind is not PointKind.PHONE or party.value.startswith("+")


def _points(connection: Connection, conversation_id: str) -> dict[PointKind | None, list[Party]]:
    """The customer's, the verified ones first. A chat can be answered only where it was started."""
    found: dict[PointKind | None, list[Party]] = {}
    for row in connection.execute(_POINTS, {"conversation_id": conversation_id}):
        party = Party(kind=PointKind(row.kind), value=row.value)
        found.setdefault(party.kind, []).append(party)
    return found


_IS_CUSTOMER = interactions.c.customer_id == conversations.c.customer_id
_WROTE = (
    select(interactions.c.channel, interactions.c.account, interactions.c.sender)
    .join(conversations, conversations.c.id == interactions.c.conversation_id)
    .where(
        interactions.c.conversation_id == bindparam("conversation_id"),
        interactions.c.direction == Direction.INBOUND.value,
        interactions.c.automatic == "",
        interactions.c.channel.not_in(_NOT_ANSWERED),
    )
    # Each writer once: in a long conversation that is one row instead of hundreds.
    .group_by(interactions.c.channel, interactions.c.account, interactions.c.sender, _IS_CUSTOMER)
    .order_by(_IS_CUSTOMER.desc(), func.max(interactions.c.sequence).desc())
)
_POINTS = (
    select(contact_points.c.kind, contact_points.c.value)
    .join(conversations, conversations.c.customer_id == contact_points.c.customer_id)
    .where(
        conversations.c.id == bindparam("conversation_id"),
        contact_points.c.kind != PointKind.VISITOR.value,
    )
    .order_by(contact_points.c.verified.desc(), contact_points.c.created_at)
)
_STORY = (
    select(interactions.c.correlation_id)
    .where(
        interactions.c.conversation_id == bindparam("conversation_id"),
        interactions.c.direction == Direction.INBOUND.value,
    )
    .order_by(interactions.c.sequence.desc())
    .limit(1)
)
_COUNT_UP = (
    update(conversations)
    .where(conversations.c.id == bindparam("conversation_id"))
    .values(interaction_count=conversations.c.interaction_count + 1, last_at=bindparam("now"))
    .returning(
        conversations.c.customer_id, conversations.c.interaction_count, conversations.c.subject
    )
)


def _refuse_unwanted(connection: Connection, reply: Reply) -> None:
    purpose = Purpose.MARKETING if reply.bulk else Purpose.SERVICE
    for party in reply.to:
        if not consents.allows(connection, reply.channel, party.key, purpose):
            raise Rejected(
                "no_consent",
                "The customer does not want messages this way. Choose another way to answer.",
                status=409,
            )


def _add(connection: Connection, reply: Reply, kind: InteractionKind) -> str:
    now = clock.now()
    conversation = _count_up(connection, reply.conversation_id, now)
    row = _row(reply, kind, conversation, now)
    insert_all(connection, interactions, [row])
    interaction_id: str = row["id"]
    files = [a.model_dump() | {"interaction_id": interaction_id} for a in reply.attachments]
    insert_all(connection, attachments, files)
    _remember(connection, reply, interaction_id, row["external_id"])
    recorded = InteractionRecorded(
        interaction_id=interaction_id,
        conversation_id=reply.conversation_id,
        customer_id=conversation.customer_id,
        channel=reply.channel,
        direction=Direction.OUTBOUND,
        kind=kind,
        sequence=row["sequence"],
    )
    outbox.add(
        connection,
        recorded,
        subject=reply.conversation_id,
        source=SOURCE,
        correlation_id=reply.correlation_id,
    )
    return interaction_id


def _continuing(connection: Connection, reply: Reply) -> Reply:
    """The reply tells on the story of the message that it answers: one id from mail to answer."""
    of_it = {"conversation_id": reply.conversation_id}
    story = connection.execute(_STORY, of_it).scalar_one_or_none()
    return reply.model_copy(update={"correlation_id": story or reply.correlation_id})


def _ask_to_send(connection: Connection, reply: Reply, interaction_id: str) -> None:
    send = MessageSend(
        interaction_id=interaction_id,
        conversation_id=reply.conversation_id,
        channel=reply.channel,
        bulk=reply.bulk,
    )
    outbox.add(
        connection,
        send,
        subject=reply.conversation_id,
        source=SOURCE,
        correlation_id=reply.correlation_id,
    )


def _count_up(connection: Connection, conversation_id: str, now: datetime) -> Any:
    given = {"conversation_id": conversation_id, "now": now}
    row = connection.execute(_COUNT_UP, given).one_or_none()
    if row is None:
        raise Rejected("no_conversation", "This conversation does not exist.", status=404)
    return row


def _row(reply: Reply, kind: InteractionKind, conversation: Any, now: datetime) -> dict[str, Any]:
    interaction_id = clock.new_id()
    external_id = _external_id(reply, interaction_id)
    return {
        "id": interaction_id,
        "conversation_id": reply.conversation_id,
        "customer_id": conversation.customer_id,
        "sequence": conversation.interaction_count,
        "kind": kind.value,
        "channel": reply.channel.value,
        "account": reply.account,
        "direction": Direction.OUTBOUND.value,
        "external_id": external_id,
        "dedupe_key": written.key_of(reply.agent_id or "", reply.once)
        if reply.once
        else digest("outbound", interaction_id),
        "sender": {"kind": "portal", "value": reply.agent_id or "loket", "name": reply.agent_name},
        "recipients": [party.model_dump(mode="json") for party in reply.to],
        "subject": reply.subject or conversation.subject,
        "text": reply.text,
        "quoted": "",
        "html": reply.html,
        "language": "",
        "topic": "",
        "occurred_at": now,
        "received_at": now,
        "automatic": "generated" if reply.automatic else "",
        "verification": "verified",
        "problem": "",
        "raw_sha256": "",
        "agent_id": reply.agent_id,
        "details": reply.details,
        "correlation_id": reply.correlation_id,
    }


def _external_id(reply: Reply, interaction_id: str) -> str:
    """The Message-ID is fixed before the first try, so that a duplicate can be recognised."""
    if reply.channel is not Channel.EMAIL:
        return interaction_id
    domain = reply.account.rpartition("@")[2] or "localhost"
    return f"{interaction_id}@{domain}"


def _remember(connection: Connection, reply: Reply, interaction_id: str, external_id: str) -> None:
    """An answer to this reply refers to it, and whom it is sent to takes part from now on."""
    reference = {
        "ref_hash": ref_key(reply.channel, external_id),
        "conversation_id": reply.conversation_id,
        "interaction_id": interaction_id,
    }
    insert_new(connection, thread_refs, [reference])
    keys = [
        {"conversation_id": reply.conversation_id, "key": party.key}
        for party in (*reply.to, *reply.cc)
    ]
    insert_new(connection, participants, keys)
