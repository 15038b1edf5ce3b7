"""How a chat stands, for its visitor: who has it, how far we have read, whether it may be rated."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from connectors.chat.transcript import Chat
from hub.store import ratings
from hub.store.tables import agents, chat_visits, work_items


@dataclass(frozen=True)
class Standing:
    """`role`: whose work it is; empty before it was routed. `picture`: of the agent who has it, a
    blob; empty for none."""

    role: str = ""
    state: str = ""
    agent: str = ""
    picture: str = ""
    seen: int = 0
    may_rate: bool = False


def standing_of(connection: Connection, chat: Chat) -> Standing:
    of_it = {"conversation_id": chat.conversation_id}
    item = connection.execute(_ITEM, of_it).one_or_none()
    seen = connection.execute(_SEEN, of_it).scalar_one_or_none()
    held = item is not None and item.state == "assigned"
    return Standing(
        role=item.role if item else "",
        state=item.state if item else "",
        agent=item.name if item and held else "",
        picture=item.picture if item and held else "",
        seen=seen or 0,
        may_rate=_may_rate(connection, chat),
    )


_ITEM = (
    select(work_items.c.role, work_items.c.state, agents.c.name, agents.c.picture)
    .outerjoin(agents, agents.c.id == work_items.c.agent_id)
    .where(work_items.c.conversation_id == bindparam("conversation_id"))
    .order_by(work_items.c.created_at.desc())
    .limit(1)
)
_SEEN = select(chat_visits.c.our_seen).where(
    chat_visits.c.conversation_id == bindparam("conversation_id")
)


def _may_rate(connection: Connection, chat: Chat) -> bool:
    since = chat.resolved_at
    return since is not None and not ratings.is_rated(connection, chat.conversation_id, since=since)
