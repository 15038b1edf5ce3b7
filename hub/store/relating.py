"""Conversations that have to do with each other, because somebody said so."""

from dataclasses import dataclass

from sqlalchemy import Connection, case, delete, or_, select

from hub import clock
from hub.errors import Rejected
from hub.store import audit, tasks, timeline
from hub.store.agents import Agent
from hub.store.among import among
from hub.store.inserting import insert_new
from hub.store.tables import conversations, customers, related_conversations


@dataclass(frozen=True)
class Related:
    """Another conversation, in a line."""

    id: str
    number: int
    subject: str
    state: str
    customer_name: str


def relate(connection: Connection, one_id: str, other_id: str, *, by: str) -> None:
    """Raises Rejected."""
    known = select(conversations.c.id).where(among(conversations.c.id, [one_id, other_id]))
    if one_id == other_id or len(connection.execute(known).all()) != len({one_id, other_id}):
        raise Rejected("no_conversation", "This conversation does not exist.", status=404)
    first, second = sorted((one_id, other_id))
    row = {"first_id": first, "second_id": second, "at": clock.now(), "by": by}
    insert_new(connection, related_conversations, [row])
    _audit(connection, by, "conversation.linked", one_id, other_id)


def unrelate(connection: Connection, one_id: str, other_id: str, *, by: str) -> None:
    """They have nothing to do with each other after all. Raises Rejected."""
    first, second = sorted((one_id, other_id))
    columns = related_conversations.c
    these = (columns.first_id == first) & (columns.second_id == second)
    if not connection.execute(delete(related_conversations).where(these)).rowcount:
        raise Rejected("no_conversation", "They are not linked.", status=404)
    _audit(connection, by, "conversation.unlinked", one_id, other_id)


def of(connection: Connection, conversation_id: str, agent: Agent) -> list[Related]:
    """Those that somebody linked with it and the agent may read: they can be of other customers.
    What was merged since is where it is now."""
    columns = related_conversations.c
    other = case((columns.first_id == conversation_id, columns.second_id), else_=columns.first_id)
    ids = select(other).where(
        or_(columns.first_id == conversation_id, columns.second_id == conversation_id)
    )
    found = list(connection.execute(ids).scalars())
    seen = timeline.visible(connection, found, agent) if found else set()
    return lines(connection, [one for one in found if one in seen])


def lines(connection: Connection, conversation_ids: list[str]) -> list[Related]:
    if not conversation_ids:
        return []
    columns = conversations.c
    rows = connection.execute(
        select(columns.id, columns.number, columns.subject, columns.state, customers.c.name)
        .join(customers, customers.c.id == columns.customer_id)
        .where(among(columns.id, conversation_ids))
        .order_by(columns.last_at.desc())
    )
    return [Related(row.id, row.number, row.subject, row.state, row.name) for row in rows]


def numbered(connection: Connection, number: int) -> str | None:
    """The id of the conversation with this number."""
    which = select(conversations.c.id).where(conversations.c.number == number)
    return connection.execute(which).scalar_one_or_none()


def others_of(
    connection: Connection, customer_id: str, *, besides: str, limit: int
) -> list[Related]:
    """The customer's other conversations, the newest first."""
    columns = conversations.c
    ids = (
        select(columns.id)
        .where(
            columns.customer_id == customer_id,
            columns.id != besides,
            columns.merged_into.is_(None),
            ~tasks.is_own(columns.id),
        )
        .order_by(columns.last_at.desc())
        .limit(limit)
    )
    return lines(connection, list(connection.execute(ids).scalars()))


def _audit(connection: Connection, by: str, action: str, one_id: str, other_id: str) -> None:
    audit.record(connection, actor=by, action=action, about=one_id, details={"other": other_id})
