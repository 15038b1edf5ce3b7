"""Keeps a batch of arrivals: in one transaction, with a fixed number of statements for any size."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from hub import clock
from hub.events import Envelope, InteractionReceived, wrap
from hub.interaction import (
    Accepted,
    Arrival,
    Automatic,
    Bounce,
    Direction,
    InteractionKind,
    Verification,
)
from hub.store import bouncing, joining, outbox
from hub.store.among import among_named
from hub.store.inserting import digest, insert_all, insert_new
from hub.store.open_threads import Recognise
from hub.store.senders import Sender, Senders
from hub.store.tables import (
    attachments,
    conversation_numbers,
    conversations,
    interactions,
    originals,
    participants,
    thread_refs,
    unrouted,
)
from hub.store.threads import Conversation, Threads, ref_key
from hub.tokens import Tokens

SOURCE = "/loket/intake"
SUBJECT_CHARACTERS = 500


def dedupe_key(channel: str, account: str, external_id: str) -> str:
    """Two arrivals with the same key are one."""
    return digest(channel, account, external_id)


def no_topic(_arrival: Arrival) -> str:
    """Where no rules say what a text is about."""
    return ""


def store_arrivals(
    connection: Connection,
    arrivals: Sequence[Arrival],
    tokens: Tokens,
    recognise: Recognise = no_topic,
) -> list[Accepted]:
    """Keep what is new and say for each where it is; one the store has already is a duplicate.
    `recognise` helps where a sender has several conversations open.

    Raises IntegrityError when another process kept the same sender or arrival meanwhile: run it
    again, and it sees what the other wrote.
    """
    batch = _Batch(connection, arrivals, tokens, recognise)
    accepted = [batch.take(arrival) for arrival in arrivals]
    batch.save()
    return accepted


@dataclass
class _Rows:
    """What `save` inserts. `names`: references that only one conversation may have."""

    interactions: list[dict[str, Any]] = field(default_factory=list)
    unrouted: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    originals: list[dict[str, Any]] = field(default_factory=list)
    names: list[dict[str, Any]] = field(default_factory=list)
    refs: list[dict[str, Any]] = field(default_factory=list)
    participants: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class _New:
    """A conversation that this batch opens."""

    conversation: Conversation
    arrival: Arrival
    linked_id: str | None


class _Batch:
    def __init__(
        self,
        connection: Connection,
        arrivals: Sequence[Arrival],
        tokens: Tokens,
        recognise: Recognise,
    ) -> None:
        self._connection = connection
        self._now = clock.now()
        self._known = _load_known(connection, arrivals)
        # Conversations are locked before senders are read: what a lock waited for is then seen.
        self._threads = Threads(connection, tokens, arrivals, recognise)
        self._senders = Senders(connection, self._now, [_sender(a) for a in arrivals])
        self._opened: list[_New] = []
        self._touched: dict[str, tuple[Conversation, datetime]] = {}
        self._rows = _Rows()
        self._envelopes: list[Envelope] = []
        self._joins: list[tuple[Conversation, Arrival, str | None]] = []
        self._bounces: list[tuple[str, Bounce]] = []

    def take(self, arrival: Arrival) -> Accepted:
        key = dedupe_key(arrival.channel, arrival.account, arrival.external_id)
        if key in self._known:
            return self._known[key].model_copy(update={"duplicate": True})
        conversation, customer_id = self._place(arrival)
        accepted = self._add(arrival, conversation, customer_id, key)
        self._known[key] = accepted
        return accepted

    def save(self) -> None:
        """Write everything, parents first."""
        connection, rows = self._connection, self._rows
        self._senders.save(connection)
        insert_conversations(connection, self._conversation_rows())
        insert_all(connection, interactions, rows.interactions)
        insert_all(connection, unrouted, rows.unrouted)
        insert_all(connection, attachments, rows.attachments)
        insert_all(connection, originals, rows.originals)
        insert_all(connection, thread_refs, rows.names)
        insert_new(connection, thread_refs, rows.refs)
        insert_new(connection, participants, rows.participants)
        self._save_touched()
        for interaction_id, bounce in self._bounces:
            bouncing.note(connection, interaction_id, bounce)
        for conversation, arrival, customer_id in self._joins:
            _join(connection, conversation, arrival, customer_id)
        outbox.add_envelopes(connection, self._envelopes)

    def _place(self, arrival: Arrival) -> tuple[Conversation, str]:
        """The conversation the arrival belongs to, and the customer it is from."""
        bounced = self._threads.bounced(arrival)
        if bounced is not None:
            self._bounces.append((bounced.interaction_id, bounced.report))
            return bounced.conversation, bounced.conversation.customer_id
        sender = _sender(arrival)
        known = arrival.about or self._senders.known(arrival.sender)
        conversation, linked = self._threads.find(arrival, known)
        if conversation is None:
            customer_id = arrival.about or self._senders.customer_of(sender)
            return self._open(arrival, customer_id, linked), customer_id
        if known != conversation.customer_id and self._threads.proves_handover(
            arrival, conversation
        ):
            return conversation, self._join(arrival, conversation, known)
        if self._senders.is_shared(arrival.sender) and not arrival.about:
            return conversation, conversation.customer_id  # who it is was asked, or will be
        return conversation, arrival.about or self._senders.customer_of(sender)

    def _open(
        self, arrival: Arrival, customer_id: str, linked: Conversation | None
    ) -> Conversation:
        channel = arrival.channel.value
        conversation = Conversation(clock.new_id(), customer_id, 0, "open", None, channel=channel)
        if arrival.automatic is Automatic.COMMAND:  # carried out already: nothing is to be done
            conversation.state, conversation.resolved_at = "resolved", self._now
        self._opened.append(_New(conversation, arrival, linked.id if linked else None))
        return conversation

    def _join(self, arrival: Arrival, conversation: Conversation, known: str | None) -> str:
        """The chat visitor proved to be who they said; see `joining`."""
        self._joins.append((conversation, arrival, known))
        if known is None:
            proved = Sender(arrival.sender, Verification.VERIFIED)
            self._senders.attach(proved, conversation.customer_id)
            return conversation.customer_id
        conversation.customer_id = known
        return known

    def _add(
        self, arrival: Arrival, conversation: Conversation, customer_id: str, key: str
    ) -> Accepted:
        conversation.count += 1
        accepted = Accepted(
            interaction_id=clock.new_id(),
            conversation_id=conversation.id,
            sequence=conversation.count,
        )
        placed = self._threads.placed(arrival, conversation)
        self._rows.interactions.append(
            _interaction_row(arrival, accepted, customer_id, key, self._now)
            | {"details": arrival.details | placed}
        )
        self._rows.unrouted.append(
            {"interaction_id": accepted.interaction_id, "conversation_id": conversation.id}
        )
        self._rows.attachments += _attachment_rows(arrival, accepted.interaction_id)
        if arrival.original:
            original = {
                "interaction_id": accepted.interaction_id,
                "content": arrival.original,
            }
            self._rows.originals.append(original)
        self._add_refs(arrival, conversation)
        self._add_participants(arrival, conversation)
        self._touched[conversation.id] = (conversation, self._now)
        if arrival.automatic is Automatic.NO and conversation.state != "open":
            conversation.state, conversation.resolved_at = "open", None
        self._threads.remember(conversation, arrival)
        self._envelopes.append(_received(arrival, accepted, customer_id, self._now))
        return accepted

    def _add_refs(self, arrival: Arrival, conversation: Conversation) -> None:
        """Ids that later messages may refer to, also those known only by hearsay.

        An id that an arrival both has and refers to is the name of the conversation, as a chat's
        session is: when another process has just given it to another conversation, this fails, and
        the next try finds that one.
        """
        thread = arrival.thread
        for reference in dict.fromkeys(thread.own + thread.references):
            name = reference in thread.own and reference in thread.references
            key = ref_key(arrival.channel, reference)
            row = {
                "ref_hash": key,
                "conversation_id": conversation.id,
                "interaction_id": None,
            }
            new_name = name and not self._threads.knows(key)
            (self._rows.names if new_name else self._rows.refs).append(row)

    def _add_participants(self, arrival: Arrival, conversation: Conversation) -> None:
        """The sender takes part from now on, and so does whom the sender addressed besides us.

        The latter only when we know that it was this sender: else anybody could bring themselves in
        by a copy of a mail in somebody else's name. A delivery report brings in nobody.
        """
        if arrival.automatic is Automatic.BOUNCE:
            return
        sure = arrival.verification is Verification.VERIFIED or self._threads.is_signed(
            arrival.thread, conversation
        )
        for party in (arrival.sender, *(arrival.recipients if sure else ())):
            if party.key not in conversation.participants and party.value != arrival.account:
                conversation.participants.add(party.key)
                row = {"conversation_id": conversation.id, "key": party.key}
                self._rows.participants.append(row)

    def _conversation_rows(self) -> list[dict[str, Any]]:
        return [
            {
                "id": new.conversation.id,
                "customer_id": new.conversation.customer_id,
                "subject": new.arrival.subject[:SUBJECT_CHARACTERS],
                "channel": new.arrival.channel.value,
                "state": new.conversation.state,
                "linked_id": new.linked_id,
                "handover_address": "",
                "interaction_count": new.conversation.count,
                "created_at": self._now,
                "last_at": self._now,
                "resolved_at": new.conversation.resolved_at,
            }
            for new in self._opened
        ]

    def _save_touched(self) -> None:
        new = {opened.conversation.id for opened in self._opened}
        changed = [
            {
                "changed_id": conversation.id,
                "count": conversation.count,
                "new_state": conversation.state,
                "resolved": conversation.resolved_at,
                "at": at,
            }
            for conversation, at in self._touched.values()
            if conversation.id not in new
        ]
        if changed:
            self._connection.execute(_TOUCH, changed)


_TOUCH = (
    update(conversations)
    .where(conversations.c.id == bindparam("changed_id"))
    .values(
        interaction_count=bindparam("count"),
        state=bindparam("new_state"),
        resolved_at=bindparam("resolved"),
        last_at=bindparam("at"),
    )
)


def _sender(arrival: Arrival) -> Sender:
    return Sender(arrival.sender, arrival.verification)


def _load_known(connection: Connection, arrivals: Sequence[Arrival]) -> dict[str, Accepted]:
    keys = [dedupe_key(a.channel, a.account, a.external_id) for a in arrivals]
    rows = connection.execute(_KNOWN, {"keys": keys})
    return {
        row.dedupe_key: Accepted(
            interaction_id=row.id, conversation_id=row.conversation_id, sequence=row.sequence
        )
        for row in rows
    }


_KNOWN = select(
    interactions.c.dedupe_key,
    interactions.c.id,
    interactions.c.conversation_id,
    interactions.c.sequence,
).where(among_named(interactions.c.dedupe_key, "keys"))
_HIGHEST_NUMBER = select(func.max(conversations.c.number))


def insert_conversations(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Insert them with the next numbers."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        numbered = insert(conversations).values(number=conversation_numbers.next_value())
        connection.execute(numbered, rows)
        return
    highest = connection.execute(_HIGHEST_NUMBER).scalar()
    first = (highest or conversation_numbers.start or 0) + 1
    numbered_rows = [row | {"number": first + place} for place, row in enumerate(rows)]
    insert_all(connection, conversations, numbered_rows)


def _interaction_row(
    arrival: Arrival, accepted: Accepted, customer_id: str, key: str, now: datetime
) -> dict[str, Any]:
    return {
        "id": accepted.interaction_id,
        "conversation_id": accepted.conversation_id,
        "customer_id": customer_id,
        "sequence": accepted.sequence,
        "kind": InteractionKind.MESSAGE.value,
        "channel": arrival.channel.value,
        "account": arrival.account,
        "direction": Direction.INBOUND.value,
        "external_id": arrival.external_id,
        "dedupe_key": key,
        "sender": arrival.sender.model_dump(mode="json"),
        "recipients": [party.model_dump(mode="json") for party in arrival.recipients],
        "subject": arrival.subject,
        "text": arrival.text,
        "quoted": arrival.quoted,
        "html": arrival.html,
        "language": arrival.language,
        "topic": arrival.topic,
        "occurred_at": arrival.occurred_at,
        "received_at": now,
        "automatic": arrival.automatic.value,
        "verification": arrival.verification.value,
        "problem": arrival.problem,
        "raw_sha256": arrival.raw_sha256,
        "agent_id": None,
        "details": arrival.details,
        "correlation_id": arrival.correlation_id,
    }


def _attachment_rows(arrival: Arrival, interaction_id: str) -> list[dict[str, Any]]:
    return [
        attachment.model_dump(exclude={"id"})
        | {"id": clock.new_id(), "interaction_id": interaction_id}
        for attachment in arrival.attachments
    ]


def _received(arrival: Arrival, accepted: Accepted, customer_id: str, now: datetime) -> Envelope:
    event = InteractionReceived(
        interaction_id=accepted.interaction_id,
        conversation_id=accepted.conversation_id,
        customer_id=customer_id,
        channel=arrival.channel,
        account=arrival.account,
        received_at=now,
        sequence=accepted.sequence,
    )
    return wrap(
        event,
        subject=accepted.conversation_id,
        source=SOURCE,
        correlation_id=arrival.correlation_id,
    )


def _join(
    connection: Connection, conversation: Conversation, arrival: Arrival, known: str | None
) -> None:
    if known is None:
        joining.name_visitor(connection, conversation.customer_id, arrival.sender)
    else:
        joining.join_visitor(connection, conversation_id=conversation.id, customer_id=known)
