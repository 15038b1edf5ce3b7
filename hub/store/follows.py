"""Who follows which conversations: they are told of news in them, whoever does the work."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, select, update

from hub.store import audit, timeline
from hub.store.agents import Agent
from hub.store.among import among_named
from hub.store.inserting import insert_new
from hub.store.tables import conversations, follows

SHOWN = 200


@dataclass(frozen=True)
class Followed:
    """`has_news`: something was said that the agent has not had on their screen."""

    conversation_id: str
    has_news: bool


def follow(connection: Connection, conversation_id: str, agent: Agent) -> None:
    row = {
        "conversation_id": conversation_id,
        "agent_id": agent.id,
        "seen": _count(connection, conversation_id),
    }
    insert_new(connection, follows, [row])
    _note(connection, conversation_id, agent, "conversation.followed")


def unfollow(connection: Connection, conversation_id: str, agent: Agent) -> None:
    connection.execute(delete(follows).where(*_this(conversation_id, agent.id)))
    _note(connection, conversation_id, agent, "conversation.unfollowed")


def is_behind(connection: Connection, conversation_id: str, agent_id: str) -> bool:
    """Whether the agent follows it and has not seen all of it."""
    return does(connection, conversation_id, agent_id)[1]


def does(connection: Connection, conversation_id: str, agent_id: str) -> tuple[bool, bool]:
    """Whether the agent follows it, and if so, whether they have not seen all of it."""
    row = _find(connection, conversation_id, agent_id)
    return row is not None, row is not None and bool(row.seen < row.interaction_count)


def saw(connection: Connection, conversation_id: str, agent_id: str) -> None:
    """The agent has had all of it on their screen."""
    seen = _count(connection, conversation_id)
    connection.execute(update(follows).where(*_this(conversation_id, agent_id)).values(seen=seen))


def followers(connection: Connection, conversation_ids: Collection[str]) -> dict[str, set[str]]:
    """By conversation, the agents that follow it."""
    found: dict[str, set[str]] = {}
    rows = connection.execute(_FOLLOWERS, {"conversation_ids": conversation_ids})
    for conversation_id, agent_id in rows:
        found.setdefault(conversation_id, set()).add(agent_id)
    return found


_FOLLOWERS = select(follows.c.conversation_id, follows.c.agent_id).where(
    among_named(follows.c.conversation_id, "conversation_ids")
)


def of(connection: Connection, agent: Agent) -> list[Followed]:
    """What the agent follows and may read, the newest news first."""
    columns = conversations.c
    rows = connection.execute(
        select(columns.id, (follows.c.seen < columns.interaction_count).label("has_news"))
        .join(follows, follows.c.conversation_id == columns.id)
        .where(follows.c.agent_id == agent.id)
        .order_by(columns.last_at.desc())
        .limit(SHOWN)
    ).all()
    seen = timeline.visible(connection, {row.id for row in rows}, agent) if rows else set()
    return [Followed(row.id, bool(row.has_news)) for row in rows if row.id in seen]


def _find(connection: Connection, conversation_id: str, agent_id: str) -> Any:
    values = {"conversation": conversation_id, "agent": agent_id}
    return connection.execute(_FOLLOWED, values).one_or_none()


def _this(conversation_id: str, agent_id: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return follows.c.conversation_id == conversation_id, follows.c.agent_id == agent_id


def _count(connection: Connection, conversation_id: str) -> int:
    found = select(conversations.c.interaction_count).where(conversations.c.id == conversation_id)
    return int(connection.execute(found).scalar_one())


def _note(connection: Connection, conversation_id: str, agent: Agent, action: str) -> None:
    audit.record(connection, actor=agent.id, action=action, about=conversation_id, details={})


_FOLLOWED = (
    select(follows.c.seen, conversations.c.interaction_count)
    .join(conversations, conversations.c.id == follows.c.conversation_id)
    .where(
        follows.c.conversation_id == bindparam("conversation"),
        follows.c.agent_id == bindparam("agent"),
    )
)
"""Made once: making it takes longer than running it."""
