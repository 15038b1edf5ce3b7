"""Where each outbound message is: claimed, on its way, sent, failed, or in doubt."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, or_, select, update

from hub import clock
from hub.blobs import Blobs
from hub.errors import Rejected
from hub.events import MessageSend
from hub.interaction import Attachment, Channel, DeliveryState, Interaction
from hub.outgoing import OutgoingFile, OutgoingMessage
from hub.store import audit, outbox
from hub.store.tables import attachments, conversations, interactions, outbound
from hub.store.threads import TOKEN_PURPOSE
from hub.store.troubles import NEEDS_A_PERSON, status_event
from hub.tokens import Tokens

SOURCE = "/loket/outbound"
MOST_REFERENCES = 50

# A late report never takes back what is known already: states only move to the right of this.
_RANK = {
    DeliveryState.QUEUED: 0,
    DeliveryState.SENDING: 1,
    DeliveryState.TRANSMITTING: 2,
    DeliveryState.UNCERTAIN: 3,
    DeliveryState.WAITING: 3,
    DeliveryState.SENT: 4,
    DeliveryState.DELAYED: 5,
    DeliveryState.DELIVERED: 6,
    DeliveryState.READ: 7,
    DeliveryState.FAILED: 8,
    DeliveryState.BOUNCED: 9,
    DeliveryState.WITHDRAWN: 10,
}
_IN_HAND = (DeliveryState.SENDING, DeliveryState.TRANSMITTING)
_SENDABLE_AGAIN = (
    DeliveryState.FAILED,
    DeliveryState.BOUNCED,
    DeliveryState.UNCERTAIN,
    DeliveryState.DELAYED,
)


@dataclass(frozen=True)
class Outcome:
    """What became of one try. `next_at`: when to try again."""

    state: DeliveryState
    error: str = ""
    provider_id: str = ""
    next_at: datetime | None = None


@dataclass(frozen=True)
class Hold:
    """One try of one message, in one sender's hands.

    The number of the try is what fences: a sender that was taken for dead and wakes up changes
    nothing that another has taken over.
    """

    interaction_id: str
    attempt: int

    @property
    def is_ours(self) -> ColumnElement[bool]:
        return and_(
            outbound.c.interaction_id == self.interaction_id,
            outbound.c.attempts == self.attempt,
            outbound.c.state.in_(_IN_HAND),
        )


@dataclass(frozen=True)
class Claimed:
    """A message in this process's hands, with what its connector needs."""

    interaction: Interaction
    number: int
    references: tuple[str, ...]
    hold: Hold
    bulk: bool = False


def claim(connection: Connection, interaction_id: str, *, until: datetime) -> Claimed | None:
    """Take a message that is due until `until`; None when it is not, or somebody else has it."""
    now = clock.now()
    given = {"of_id": interaction_id, "now": now, "until": until}
    row = connection.execute(_CLAIM, given).one_or_none()
    if row is None:
        return None
    hold = Hold(interaction_id, row.attempts)
    interaction = load_interaction(connection, interaction_id)
    of_it = {"conversation_id": interaction.conversation_id}
    number = connection.execute(_NUMBER, of_it).scalar_one()
    references = _references(connection, interaction)
    return Claimed(interaction, number, references, hold, row.bulk)


_CLAIM = (
    update(outbound)
    .where(
        outbound.c.interaction_id == bindparam("of_id"),
        outbound.c.state == DeliveryState.QUEUED,
        outbound.c.next_at <= bindparam("now"),
        outbound.c.held.is_(False),
    )
    .values(
        state=DeliveryState.SENDING,
        attempts=outbound.c.attempts + 1,
        lease_until=bindparam("until"),
        next_at=None,
        updated_at=bindparam("now"),
    )
    .returning(outbound.c.attempts, outbound.c.bulk)
)
_NUMBER = select(conversations.c.number).where(conversations.c.id == bindparam("conversation_id"))


def outgoing(message: Claimed, tokens: Tokens, blobs: Blobs) -> OutgoingMessage:
    interaction = message.interaction
    return OutgoingMessage(
        interaction=interaction,
        conversation_number=message.number,
        token=tokens.sign(TOKEN_PURPOSE, interaction.conversation_id),
        references=message.references,
        files=tuple(
            OutgoingFile(file.filename, file.content_type, blobs.path(file.sha256))
            for file in interaction.attachments
        ),
        bulk=message.bulk,
    )


def extend(connection: Connection, hold: Hold, until: datetime) -> None:
    """The sender is still alive."""
    connection.execute(update(outbound).where(hold.is_ours).values(lease_until=until))


def mark_transmitting(connection: Connection, hold: Hold) -> bool:
    """From here on a crash leaves the outcome unknown; False when it is not ours any more."""
    changed = connection.execute(
        update(outbound)
        .where(hold.is_ours, outbound.c.state == DeliveryState.SENDING)
        .values(state=DeliveryState.TRANSMITTING, updated_at=clock.now())
    )
    return changed.rowcount == 1


def conclude(connection: Connection, hold: Hold, outcome: Outcome) -> bool:
    """Write down what became of a try; False when the message was taken from us meanwhile."""
    row = _find(connection, hold.interaction_id)
    if row is None or row.attempts != hold.attempt or row.state not in _IN_HAND:
        return False
    _write(connection, row, outcome)
    return True


def record(connection: Connection, interaction_id: str, outcome: Outcome) -> bool:
    """Write down what became of a message and tell the bus; False when that was known already."""
    row = _find(connection, interaction_id)
    if row is None or not _moves_forward(row.state, outcome.state):
        return False
    _write(connection, row, outcome)
    return True


def _find(connection: Connection, interaction_id: str) -> Any:
    """How it stands, locked, with the correlation id: an event belongs to its message's story."""
    return connection.execute(_FIND, {"of_id": interaction_id}).one_or_none()


def _write(connection: Connection, row: Any, outcome: Outcome) -> None:
    event_id = _tell(connection, row, outcome)
    values = {
        "of_id": row.interaction_id,
        "new_state": outcome.state,
        "new_error": outcome.error,
        "new_next_at": outcome.next_at,
        "now": clock.now(),
        "trouble": event_id if outcome.state in NEEDS_A_PERSON else None,
        "provider": outcome.provider_id or row.provider_id,
    }
    connection.execute(_WRITE, values)


_WRITE = (
    update(outbound)
    .where(outbound.c.interaction_id == bindparam("of_id"))
    .values(
        state=bindparam("new_state"),
        error=bindparam("new_error"),
        next_at=bindparam("new_next_at"),
        lease_until=None,
        updated_at=bindparam("now"),
        trouble_event_id=bindparam("trouble"),
        provider_id=bindparam("provider"),
    )
)
_FIND = (
    select(outbound, interactions.c.correlation_id)
    .join(interactions, interactions.c.id == outbound.c.interaction_id)
    .where(outbound.c.interaction_id == bindparam("of_id"))
    .with_for_update(of=outbound)
)


def queue_again(connection: Connection, interaction_id: str, agent_id: str) -> None:
    """A person wants it sent again; Rejected when it is not in a state where that makes sense."""
    values = {
        "state": DeliveryState.QUEUED,
        "attempts": 0,
        "error": "",
        "provider_id": "",  # a late report on the former try is none on this one
        "trouble_event_id": None,
    }
    row = connection.execute(
        update(outbound)
        .where(outbound.c.interaction_id == interaction_id, outbound.c.state.in_(_SENDABLE_AGAIN))
        .values(values | {"next_at": clock.now(), "updated_at": clock.now()})
        .returning(outbound)
    ).one_or_none()
    if row is None:
        raise Rejected("not_resendable", "This message is on its way already.", status=409)
    details = {"interaction": interaction_id}
    audit.record(
        connection,
        actor=agent_id,
        action="message.resent",
        about=row.conversation_id,
        details=details,
    )
    _ask(connection, row)


ASK_AGAIN = timedelta(minutes=1)
MOST_AT_ONCE = 500


def republish_due(connection: Connection, now: datetime) -> int:
    """Put messages whose next try is due on the bus; gives how many.

    The lease keeps one from being asked for again before a minute has passed.
    """
    return _ask_for(connection, (outbound.c.attempts > 0) & (outbound.c.next_at <= now), now)


def republish_lost(connection: Connection, now: datetime) -> int:
    """The same for those that nobody ever tried: their event was lost, the broker may be wiped.

    Only right when nothing else explains that they wait.
    """
    never_tried = (outbound.c.attempts == 0) & (outbound.c.next_at <= now - ASK_AGAIN)
    never_tried &= outbound.c.held.is_(False)
    return _ask_for(connection, never_tried, now)


def release_held(connection: Connection, now: datetime) -> list[str]:
    """Let go of messages whose time has come; gives their ids."""
    rows = connection.execute(
        select(outbound)
        .where(
            outbound.c.state == DeliveryState.QUEUED,
            outbound.c.held.is_(True),
            outbound.c.next_at <= now,
        )
        .order_by(outbound.c.next_at)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    ids = [row.interaction_id for row in rows]
    if ids:
        these = update(outbound).where(outbound.c.interaction_id.in_(ids))
        connection.execute(these.values(held=False, updated_at=now))
    for row in rows:
        _ask(connection, row)
    return ids


def withdraw(connection: Connection, interaction_id: str) -> bool:
    """Take back a message that is held; False when it has been let go."""
    held = connection.execute(
        select(outbound.c.interaction_id)
        .where(
            outbound.c.interaction_id == interaction_id,
            outbound.c.state == DeliveryState.QUEUED,
            outbound.c.held.is_(True),
        )
        .with_for_update()
    ).one_or_none()
    return held is not None and record(connection, interaction_id, Outcome(DeliveryState.WITHDRAWN))


def hurry(connection: Connection, interaction_id: str, now: datetime) -> bool:
    """Let go of a held message with the next round; False when it is not held any more."""
    changed = connection.execute(
        update(outbound)
        .where(
            outbound.c.interaction_id == interaction_id,
            outbound.c.state == DeliveryState.QUEUED,
            outbound.c.held.is_(True),
        )
        .values(next_at=now)
    )
    return changed.rowcount == 1


def release_expired(connection: Connection, now: datetime, most_tries: int) -> int:
    """Free messages whose sender died: to be tried again, or in doubt when it died too late.

    One that its sender dies of again and again fails after `most_tries`.
    """
    rows = connection.execute(
        select(outbound)
        .where(
            outbound.c.state.in_(_IN_HAND),
            outbound.c.lease_until <= now,
        )
        .order_by(outbound.c.lease_until)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        record(connection, row.interaction_id, _after_death(row, now, most_tries))
        if row.state == DeliveryState.SENDING and row.attempts < most_tries:
            _ask(connection, row)
    return len(rows)


def _after_death(row: Any, now: datetime, most_tries: int) -> Outcome:
    if row.state == DeliveryState.TRANSMITTING:
        error = "Loket stopped while sending this; it may or may not have arrived."
        return Outcome(DeliveryState.UNCERTAIN, error)
    if row.attempts >= most_tries:
        return Outcome(
            DeliveryState.FAILED, row.error or "Loket stopped each time it tried to send this."
        )
    return Outcome(DeliveryState.QUEUED, row.error, next_at=now)


def _ask_for(connection: Connection, waiting: ColumnElement[bool], now: datetime) -> int:
    free = or_(outbound.c.lease_until.is_(None), outbound.c.lease_until <= now)
    rows = connection.execute(
        select(outbound)
        .where(outbound.c.state == DeliveryState.QUEUED, waiting, free)
        .order_by(outbound.c.next_at)
        .limit(MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    if not rows:
        return 0
    ids = [row.interaction_id for row in rows]
    asked = update(outbound).where(outbound.c.interaction_id.in_(ids))
    connection.execute(asked.values(lease_until=now + ASK_AGAIN))
    for row in rows:
        _ask(connection, row)
    return len(rows)


def load_interaction(connection: Connection, interaction_id: str) -> Interaction:
    row = connection.execute(_INTERACTION, {"of_id": interaction_id}).one()
    files = connection.execute(_FILES, {"of_id": interaction_id})
    return to_interaction(row, list(files))


_INTERACTION = select(interactions).where(interactions.c.id == bindparam("of_id"))
_FILES = select(attachments).where(attachments.c.interaction_id == bindparam("of_id"))


def to_interaction(row: Any, files: Sequence[Any]) -> Interaction:
    """A row of `interactions` and its rows of `attachments` as the value they mean."""
    fields = {name: value for name, value in row._mapping.items() if name in _FIELDS}  # noqa: SLF001
    kept = [
        Attachment.model_validate({name: getattr(file, name) for name in Attachment.model_fields})
        for file in files
    ]
    return Interaction.model_validate({**fields, "attachments": tuple(kept)})


_FIELDS = frozenset(Interaction.model_fields) - {"version", "attachments"}


def _moves_forward(state: DeliveryState, new_state: DeliveryState) -> bool:
    if state in _IN_HAND:
        return True
    return _RANK[new_state] > _RANK[state]


def _references(connection: Connection, interaction: Interaction) -> tuple[str, ...]:
    """Message-IDs of the earlier mails, without brackets, oldest first."""
    if interaction.channel is not Channel.EMAIL:
        return ()
    rows = connection.execute(
        select(interactions.c.external_id, interactions.c.details)
        .outerjoin(outbound, outbound.c.interaction_id == interactions.c.id)
        .where(
            outbound.c.held.is_not(True),
            interactions.c.conversation_id == interaction.conversation_id,
            interactions.c.channel == interaction.channel.value,
            interactions.c.sequence < interaction.sequence,
            interactions.c.automatic == "",
        )
        .order_by(interactions.c.sequence.desc())
        .limit(MOST_REFERENCES)
    ).all()
    # An arrival's external id may carry more than the Message-ID.
    return tuple(row.details.get("message_id") or row.external_id for row in reversed(rows))


def _ask(connection: Connection, row: Any) -> None:
    event = MessageSend(
        interaction_id=row.interaction_id,
        conversation_id=row.conversation_id,
        channel=Channel(row.channel),
        bulk=row.bulk,
    )
    outbox.add(
        connection,
        event,
        subject=event.conversation_id,
        source=SOURCE,
        correlation_id=_story(connection, row.interaction_id),
    )


def _tell(connection: Connection, row: Any, outcome: Outcome) -> str:
    """Gives the id of the event."""
    envelope = status_event(
        row, outcome.state, outcome.error, source=SOURCE, correlation_id=row.correlation_id
    )
    outbox.add_envelopes(connection, [envelope])
    return envelope.id


def _story(connection: Connection, interaction_id: str) -> str:
    """The correlation id: an event belongs to the story of its message."""
    story = select(interactions.c.correlation_id).where(interactions.c.id == interaction_id)
    correlation_id: str = connection.execute(story).scalar_one()
    return correlation_id
