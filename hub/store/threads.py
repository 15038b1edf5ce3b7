"""Finds the conversation that each arrival of a batch belongs to.

The order of trust is that of `Thread`: signed token, message references, body marker, subject
number, what the sender has open on a channel without references, or may mean by a call, a chat or
a letter. None of them outranks an unknown sender: who does not take part in the conversation gets a
new one, linked to the old. Found conversations are locked, so arrivals in one queue up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, or_, select

from hub.alike import is_for_many_people
from hub.interaction import Arrival, Automatic, Bounce, Channel, PointKind, Thread, Verification
from hub.store.among import among
from hub.store.inserting import digest, unique
from hub.store.open_threads import OpenThreads, Recognise
from hub.store.tables import conversations, participants, thread_refs
from hub.tokens import Tokens

TOKEN_PURPOSE = "conversation"  # noqa: S105 (a name, not a secret)
REOPEN_WITHIN = timedelta(days=30)


@dataclass
class Conversation:
    """What the intake needs to know of a conversation, and keeps up to date within its batch."""

    id: str
    customer_id: str
    count: int
    state: str
    resolved_at: datetime | None
    handover_address: str = ""
    participants: set[str] = field(default_factory=set)
    split_from: str | None = None
    channel: str = ""


@dataclass(frozen=True)
class Bounced:
    """The outbound interaction that a delivery report is about."""

    interaction_id: str
    conversation: Conversation
    report: Bounce


def ref_key(channel: Channel, reference: str) -> str:
    """The key of a reference. Mails have references of their own: anybody can write a header, so
    none may name what another channel vouches for, as the chat does for its sessions."""
    return digest("email", reference) if channel is Channel.EMAIL else digest(reference)


class Threads:
    """The conversations that one batch of arrivals refers to."""

    def __init__(
        self,
        connection: Connection,
        tokens: Tokens,
        arrivals: Sequence[Arrival],
        recognise: Recognise,
    ) -> None:
        self._tokens = tokens
        self._refs = _load_refs(connection, arrivals)
        self._conversations: dict[str, Conversation] = {}
        self._by_number: dict[int, str] = {}
        placeless = [arrival for arrival in arrivals if not self._is_referred(arrival)]
        self._open = OpenThreads(connection, placeless, recognise)
        self._load_conversations(connection, arrivals)

    def candidates(self, arrival: Arrival) -> Iterable[Conversation]:
        """The conversations this refers to, the strongest reference first."""
        thread, channel = arrival.thread, arrival.channel
        referred = [self._refs.get(ref_key(channel, r), ("", None))[0] for r in thread.references]
        token = self._signed(thread.token)
        ids = [self._split_off(token, referred), token, *referred]
        ids += [self._signed(thread.marker), self._by_number.get(thread.number or 0, "")]
        if choice := self._open.choice(arrival):
            ids.append(choice.conversation_id)
        for conversation_id in dict.fromkeys(ids):
            if conversation_id in self._conversations:
                yield self._conversations[conversation_id]

    def placed(self, arrival: Arrival, conversation: Conversation) -> dict[str, str]:
        """How it was judged that it belongs there, for who handles it; empty for certain."""
        choice = None if self._is_referred(arrival) else self._open.choice(arrival)
        if choice is None or self._conversations.get(choice.conversation_id) is not conversation:
            return {}
        return choice.details

    def _is_referred(self, arrival: Arrival) -> bool:
        return any(ref_key(arrival.channel, r) in self._refs for r in arrival.thread.references)

    def _split_off(self, token: str, referred: Sequence[str]) -> str:
        """What answers a message that was split off carries the token of where it was before."""
        nearest = next((self._conversations[i] for i in referred if i in self._conversations), None)
        origin = self._conversations.get(token)
        if nearest is None or origin is None or nearest.split_from != origin.id:
            return ""
        return nearest.id

    def find(
        self, arrival: Arrival, customer_id: str | None
    ) -> tuple[Conversation | None, Conversation | None]:
        """(the conversation it continues, else None; the one a new conversation links to)."""
        linked = None
        for conversation in self.candidates(arrival):
            linked = linked or conversation
            if _takes_part(arrival, customer_id, conversation) and not _closed_long_ago(
                conversation, arrival.occurred_at
            ):
                return conversation, None
        return None, linked

    def proves_handover(self, arrival: Arrival, conversation: Conversation) -> bool:
        """Whether this mail answers, from the address the chat visitor gave, what we mailed there.

        Only who reads that mailbox has the token, so the address is the visitor's. An automatic
        answer shows that the mailbox is there, not that its owner is the visitor. And a chat that
        went on in mails of somebody who is known says nothing about whose those are.
        """
        if conversation.channel != Channel.CHAT:
            return False
        if arrival.automatic is not Automatic.NO or arrival.verification is Verification.FAILED:
            return False
        if is_for_many_people(arrival.sender):
            return False  # somebody who reads it answered: who, it does not say
        mailed = f"{PointKind.EMAIL}:{conversation.handover_address}"
        return self.is_signed(arrival.thread, conversation) and arrival.sender.key == mailed

    def is_signed(self, thread: Thread, conversation: Conversation) -> bool:
        """Whether it carries the token that only who got a mail of this conversation has."""
        signed = {self._signed(thread.token), self._signed(thread.marker)}
        if conversation.split_from in signed:
            return True
        return any(self._conversations.get(one) is conversation for one in signed)

    def bounced(self, arrival: Arrival) -> Bounced | None:
        """What bounced, when this is a delivery report about one of our messages."""
        if arrival.bounce is None:
            return None
        conversation_id, interaction_id = self._refs.get(
            ref_key(arrival.channel, arrival.bounce.message_id), ("", None)
        )
        conversation = self._conversations.get(conversation_id)
        if conversation is None or interaction_id is None:
            return None
        return Bounced(interaction_id, conversation, arrival.bounce)

    def knows(self, key: str) -> bool:
        return key in self._refs

    def remember(self, conversation: Conversation, arrival: Arrival) -> None:
        """Later arrivals of the same batch may refer to this one."""
        self._conversations[conversation.id] = conversation
        self._open.remember(arrival, conversation.id)
        for reference in arrival.thread.own + arrival.thread.references:
            self._refs.setdefault(ref_key(arrival.channel, reference), (conversation.id, None))

    def _signed(self, token: str) -> str:
        return self._tokens.verify(TOKEN_PURPOSE, token) or "" if token else ""

    def _load_conversations(self, connection: Connection, arrivals: Sequence[Arrival]) -> None:
        threads = [arrival.thread for arrival in arrivals]
        ids = [conversation_id for conversation_id, _ in self._refs.values()]
        ids += [self._signed(t) for thread in threads for t in (thread.token, thread.marker)]
        ids += self._open.conversation_ids
        numbers = {thread.number for thread in threads if thread.number is not None}
        wanted = [i for i in unique(ids) if i]
        if not wanted and not numbers:
            return
        found = or_(among(conversations.c.id, wanted), among(conversations.c.number, numbers))
        merged = self._load_where(connection, found)
        while elsewhere := set(merged.values()) - self._conversations.keys():
            merged |= self._load_where(connection, among(conversations.c.id, elsewhere))
        self._load_participants(connection)
        for former in merged:
            self._conversations[former] = self._conversations[_end(former, merged)]

    def _load_where(self, connection: Connection, which: ColumnElement[bool]) -> dict[str, str]:
        """Gives those that were merged, and into which."""
        merged = {}
        for row in connection.execute(
            select(conversations).where(which).order_by(conversations.c.id).with_for_update()
        ):
            self._by_number[row.number] = row.id
            self._conversations[row.id] = Conversation(
                row.id,
                row.customer_id,
                row.interaction_count,
                row.state,
                row.resolved_at,
                row.handover_address,
                split_from=row.split_from,
                channel=row.channel,
            )
            if row.merged_into is not None:
                merged[row.id] = row.merged_into
        return merged

    def _load_participants(self, connection: Connection) -> None:
        ids = list(self._conversations)
        rows = select(participants).where(among(participants.c.conversation_id, ids))
        for row in connection.execute(rows):
            self._conversations[row.conversation_id].participants.add(row.key)


def _end(conversation_id: str, merged: Mapping[str, str]) -> str:
    """Where all of a conversation is that was merged, and perhaps again."""
    while conversation_id in merged:
        conversation_id = merged[conversation_id]
    return conversation_id


def _load_refs(
    connection: Connection, arrivals: Sequence[Arrival]
) -> dict[str, tuple[str, str | None]]:
    keys = [ref_key(a.channel, ref) for a in arrivals for ref in a.thread.references]
    keys += [ref_key(a.channel, a.bounce.message_id) for a in arrivals if a.bounce]
    if not keys:
        return {}
    rows = connection.execute(
        select(thread_refs).where(among(thread_refs.c.ref_hash, unique(keys)))
    )
    return {row.ref_hash: (row.conversation_id, row.interaction_id) for row in rows}


def _takes_part(arrival: Arrival, customer_id: str | None, conversation: Conversation) -> bool:
    return (
        customer_id == conversation.customer_id or arrival.sender.key in conversation.participants
    )


def _closed_long_ago(conversation: Conversation, at: datetime) -> bool:
    resolved = conversation.resolved_at
    return resolved is not None and at - resolved > REOPEN_WITHIN
