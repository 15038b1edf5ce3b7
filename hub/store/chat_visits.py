"""Who is, or was, at the other end of a chat: on which page, since when, how far each side read."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update

from hub import clock
from hub.store.among import among
from hub.store.inserting import insert_new
from hub.store.tables import chat_visits, conversations

HERE_FOR = timedelta(seconds=90)
"""Whoever was not seen for so long has left, also when their process died without saying so."""


@dataclass(frozen=True)
class Visit:
    """`page` has no query, which may hold secrets. `left_at` is None while the visitor is here.
    `goes_to`: the address to which goes what they do not see in the chat; empty without one."""

    conversation_id: str
    visitor_id: str
    session_id: str
    identified: bool
    page: str
    page_title: str
    language: str
    seen_at: datetime
    left_at: datetime | None
    our_seen: int
    goes_to: str

    @property
    def away_since(self) -> datetime | None:
        """Since when the visitor has not been there; None while they are."""
        if self.left_at is not None:
            return self.left_at
        return self.seen_at if clock.now() - self.seen_at > HERE_FOR else None


def of(connection: Connection, conversation_id: str) -> Visit | None:
    row = connection.execute(_ONE, {"conversation": conversation_id}).one_or_none()
    return Visit(*row) if row else None


def last_session(connection: Connection, visitor_id: str) -> tuple[str, str] | None:
    """The session and the conversation that this visitor chatted in last."""
    row = connection.execute(
        select(chat_visits.c.session_id, chat_visits.c.conversation_id)
        .join(conversations, conversations.c.id == chat_visits.c.conversation_id)
        .where(chat_visits.c.visitor_id == visitor_id)
        .order_by(conversations.c.last_at.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def arrive(
    connection: Connection,
    *,
    conversation_id: str,
    site: str,
    visitor_id: str,
    session_id: str,
    identified: bool,
    page: str,
    page_title: str,
    language: str,
) -> None:
    """The visitor is here, on this page."""
    now = {
        "visitor_id": visitor_id,
        "identified": identified,
        "page": page,
        "page_title": page_title,
        "language": language,
        "seen_at": clock.now(),
        "left_at": None,
    }
    first = {"conversation_id": conversation_id, "site": site, "session_id": session_id}
    insert_new(connection, chat_visits, [first | now | {"our_seen": 0}])
    connection.execute(
        update(chat_visits).where(chat_visits.c.conversation_id == conversation_id).values(now)
    )


def still_here(connection: Connection, conversation_ids: Collection[str]) -> None:
    connection.execute(
        update(chat_visits)
        .where(among(chat_visits.c.conversation_id, conversation_ids))
        .values(seen_at=clock.now(), left_at=None)
    )


def leave(connection: Connection, conversation_id: str) -> None:
    connection.execute(
        update(chat_visits)
        .where(chat_visits.c.conversation_id == conversation_id)
        .values(left_at=clock.now())
    )


def read_by_us(connection: Connection, conversation_id: str, upto: int) -> bool:
    """Our side has read so far; False when that was known, or when this is no chat."""
    done = connection.execute(
        update(chat_visits)
        .where(chat_visits.c.conversation_id == conversation_id, chat_visits.c.our_seen < upto)
        .values(our_seen=upto)
    )
    return done.rowcount > 0


_OF_CHAT = {"goes_to": conversations.c.handover_address}
_COLUMNS = tuple(
    _OF_CHAT[name] if name in _OF_CHAT else chat_visits.c[name]
    for name in Visit.__dataclass_fields__
)


# Made once: making it takes longer than running it.
_ONE = (
    select(*_COLUMNS)
    .join(conversations, conversations.c.id == chat_visits.c.conversation_id)
    .where(chat_visits.c.conversation_id == bindparam("conversation"))
)
