"""What customers think of how they were helped: a score and, if they like, a comment."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from hub import clock
from hub.errors import Rejected
from hub.interaction import Channel
from hub.replies import add_event
from hub.store import work_facts
from hub.store.tables import conversations, ratings

LOWEST, HIGHEST = 1, 5
LONGEST_COMMENT = 2_000


@dataclass(frozen=True)
class Rating:
    score: int
    comment: str
    channel: Channel
    at: datetime


def rate(
    connection: Connection,
    conversation_id: str,
    *,
    channel: Channel,
    score: int,
    comment: str,
    name: str,
) -> str:
    """Keep what the customer called `name` thinks, also in the timeline; gives the id of that
    entry. Once for each time that the conversation was resolved: else Rejected."""
    if not LOWEST <= score <= HIGHEST or len(comment) > LONGEST_COMMENT:
        raise Rejected("bad_rating", f"A score is from {LOWEST} to {HIGHEST}.")
    resolved_at = connection.execute(
        select(conversations.c.resolved_at)
        .where(conversations.c.id == conversation_id)
        .with_for_update()
    ).scalar_one_or_none()
    if resolved_at is None:
        raise Rejected("not_resolved", "This conversation is not resolved.", status=409)
    if is_rated(connection, conversation_id, since=resolved_at):
        raise Rejected("rated", "This was rated already.", status=409)
    now = clock.now()
    connection.execute(
        insert(ratings).values(
            id=clock.new_id(),
            conversation_id=conversation_id,
            channel=channel.value,
            score=score,
            comment=comment,
            at=now,
        )
    )
    work_facts.rated(connection, conversation_id, score, now)
    return add_event(
        connection,
        conversation_id=conversation_id,
        details={"event": "rated", "score": str(score), "comment": comment},
        agent_id=None,
        agent_name=name,
    )


def is_rated(connection: Connection, conversation_id: str, *, since: datetime) -> bool:
    found = select(ratings.c.id).where(
        ratings.c.conversation_id == conversation_id, ratings.c.at >= since
    )
    return connection.execute(found.limit(1)).first() is not None


def of(connection: Connection, conversation_id: str) -> list[Rating]:
    """The oldest first."""
    rows = connection.execute(
        select(ratings).where(ratings.c.conversation_id == conversation_id).order_by(ratings.c.at)
    )
    return [Rating(row.score, row.comment, Channel(row.channel), row.at) for row in rows]
