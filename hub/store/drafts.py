"""What agents are writing and have not sent: one draft for each of them in a conversation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from hub import clock
from hub.store.inserting import insert_new
from hub.store.tables import agents, drafts


@dataclass(frozen=True)
class Kept:
    """`fields`: those of the form, by name."""

    agent_id: str
    agent_name: str
    fields: Mapping[str, str]
    saved_at: datetime


def save(
    connection: Connection, conversation_id: str, agent_id: str, fields: Mapping[str, str]
) -> None:
    """Keep what the agent has written so far; the last to be saved counts."""
    mine = (drafts.c.conversation_id == conversation_id) & (drafts.c.agent_id == agent_id)
    values = {"fields": dict(fields), "saved_at": clock.now()}
    if not connection.execute(update(drafts).where(mine).values(values)).rowcount:
        key = {"conversation_id": conversation_id, "agent_id": agent_id}
        insert_new(connection, drafts, [key | values])


def drop(connection: Connection, conversation_id: str, agent_id: str) -> None:
    connection.execute(_DROP, {"conversation_id": conversation_id, "agent_id": agent_id})


_DROP = delete(drafts).where(
    drafts.c.conversation_id == bindparam("conversation_id"),
    drafts.c.agent_id == bindparam("agent_id"),
)


def of_conversation(connection: Connection, conversation_id: str) -> list[Kept]:
    """Those of all agents, the newest first."""
    rows = connection.execute(_OF_CONVERSATION, {"conversation": conversation_id})
    return [Kept(row.agent_id, row.name, row.fields, row.saved_at) for row in rows]


# Made once: making it takes longer than running it.
_OF_CONVERSATION = (
    select(drafts, agents.c.name)
    .join(agents, agents.c.id == drafts.c.agent_id)
    .where(drafts.c.conversation_id == bindparam("conversation"))
    .order_by(drafts.c.saved_at.desc())
)
