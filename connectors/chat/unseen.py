"""What visitors did not see, by the store: which chats could go on by mail, and doing it.

Taking a message is compare-and-set under the conversation's lock, so each goes into one mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, literal_column, select, update

from connectors.chat.mail import Said, compose
from hub import clock
from hub.interaction import Channel, DeliveryState, Direction, Party, PointKind
from hub.replies import Reply, add_reply
from hub.store import sending, timeline
from hub.store.tables import conversations, interactions, outbound

HANDED_OVER = DeliveryState.SENT
"""The state of a chat message that went by mail; its `provider_id` is the mail's interaction."""

MOST_IN_ONE = 10
"""Messages in one mail; what is more follows with the next."""

_MOST = 500
# Spelt out, because a parameter would keep both databases from using the index of what waits.
_WAITS = outbound.c.state == literal_column("'waiting'")
_WAITING = _WAITS & (outbound.c.channel == Channel.CHAT.value)


@dataclass(frozen=True)
class Plan:
    """How a chat goes on by mail."""

    account: str
    organisation: str
    away: timedelta
    pause: timedelta


def waiting_chats(connection: Connection) -> dict[str, datetime]:
    """Conversations that could go on by mail, and since when their oldest message waits."""
    rows = connection.execute(
        select(outbound.c.conversation_id, func.min(outbound.c.updated_at))
        .join(conversations, conversations.c.id == outbound.c.conversation_id)
        .where(_WAITING, conversations.c.handover_address != "")
        .group_by(outbound.c.conversation_id)
        .order_by(func.min(outbound.c.updated_at))
        .limit(_MOST)
    )
    return {row[0]: row[1] for row in rows}


def touch(connection: Connection, conversation_ids: set[str]) -> None:
    """The visitors of these conversations are here."""
    connection.execute(
        update(outbound)
        .where(_WAITING, outbound.c.conversation_id.in_(conversation_ids))
        .values(updated_at=clock.now())
    )


def hand_over(connection: Connection, conversation_id: str, plan: Plan) -> str:
    """Put what waits into one mail; gives its interaction id, empty when there is nothing to do."""
    conversation = connection.execute(
        select(conversations).where(conversations.c.id == conversation_id).with_for_update()
    ).one()
    waiting = _unseen(connection, conversation_id)
    now = clock.now()
    if not waiting or min(row.updated_at for row in waiting) > now - plan.away:
        return ""
    unseen = waiting[:MOST_IN_ONE]
    if _mailed_since(connection, conversation_id, now - plan.pause):
        return ""
    files = timeline.files_of(connection, [row.id for row in unseen])
    subject, text = compose(
        [Said(row.sender["name"], row.text) for row in unseen],
        organisation=plan.organisation,
        language=_language(connection, conversation_id),
    )
    reply = Reply(
        conversation_id=conversation_id,
        channel=Channel.EMAIL,
        account=plan.account,
        to=(Party(kind=PointKind.EMAIL, value=conversation.handover_address),),
        subject=subject,
        text=text,
        agent_name=plan.organisation,
        attachments=tuple(
            file.model_copy(update={"id": clock.new_id()})
            for row in unseen
            for file in files.get(row.id, ())
        ),
    )
    mail_id = add_reply(connection, reply)
    for row in unseen:
        outcome = sending.Outcome(state=HANDED_OVER, provider_id=mail_id)
        sending.record(connection, row.id, outcome)
    return mail_id


def _unseen(connection: Connection, conversation_id: str) -> Sequence[Any]:
    """Locked until the mail is written, so that no other process puts them into one as well."""
    return connection.execute(
        select(interactions.c.id, interactions.c.sender, interactions.c.text, outbound.c.updated_at)
        .join(outbound, outbound.c.interaction_id == interactions.c.id)
        .where(_WAITING, outbound.c.conversation_id == conversation_id)
        .order_by(interactions.c.sequence)
        .with_for_update(of=outbound)
    ).all()


def _mailed_since(connection: Connection, conversation_id: str, since: datetime) -> bool:
    mailed = select(outbound.c.interaction_id).where(
        outbound.c.conversation_id == conversation_id,
        outbound.c.channel == Channel.CHAT.value,
        outbound.c.state == HANDED_OVER,
        outbound.c.updated_at > since,
    )
    return connection.execute(mailed.limit(1)).first() is not None


def _language(connection: Connection, conversation_id: str) -> str:
    """What the visitor's page was in, when they wrote last."""
    language: str | None = connection.execute(
        select(interactions.c.language)
        .where(
            interactions.c.conversation_id == conversation_id,
            interactions.c.channel == Channel.CHAT.value,
            interactions.c.direction == Direction.INBOUND.value,
        )
        .order_by(interactions.c.sequence.desc())
        .limit(1)
    ).scalar_one_or_none()
    return language or ""
