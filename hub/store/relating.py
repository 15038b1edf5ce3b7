"""Conversations that have to do with each other, because somebody said so."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, String, bindparam, case, delete, or_, select

from hub import clock
from hub.errors import Rejected
from hub.events import ConversationLinked
from hub.logs import correlation_id
from hub.store import audit, outbox, tasks, timeline
from hub.store.agents import Agent
from hub.store.among import among, among_named
from hub.store.inserting import insert_new
from hub.store.tables import conversations, customers, related_conversations

SOURCE = "/loket/console"


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
    _tell(connection, one_id, other_id, by=by, undone=False)


def unrelate(connection: Connection, one_id: str, other_id: str, *, by: str) -> None:
    """They have nothing to do with each other after all. Raises Rejected."""
    first, second = sorted((one_id, other_id))
    columns = related_conversations.c
    these = (columns.first_id == first) & (columns.second_id == second)
    if not connection.execute(delete(related_conversations).where(these)).rowcount:
        raise Rejected("no_conversation", "They are not linked.", status=404)
    _tell(connection, one_id, other_id, by=by, undone=True)


def of(connection: Connection, conversation_id: str, agent: Agent) -> list[Related]:
    """Those that somebody linked with it and the agent may read: they can be of other customers.
    What was merged since is where it is now."""
    found = list(connection.execute(_LINKED, {"one": conversation_id}).scalars())
    seen = timeline.visible(connection, found, agent) if found else set()
    return lines(connection, [one for one in found if one in seen])


def lines(connection: Connection, conversation_ids: list[str]) -> list[Related]:
    if not conversation_ids:
        return []
    rows = connection.execute(_LINES, {"ids": conversation_ids})
    return [_related(row) for row in rows]


def numbered(connection: Connection, number: int) -> str | None:
    """The id of the conversation with this number."""
    which = select(conversations.c.id).where(conversations.c.number == number)
    return connection.execute(which).scalar_one_or_none()


def others_of(
    connection: Connection, customer_id: str, *, besides: str, limit: int
) -> list[Related]:
    """The customer's other conversations, the newest first."""
    values = {"customer": customer_id, "besides": besides, "most": limit}
    return [_related(row) for row in connection.execute(_OTHERS, values)]


def _tell(connection: Connection, one_id: str, other_id: str, *, by: str, undone: bool) -> None:
    """In the audit log, and to who has either of the two before them."""
    action = "conversation.unlinked" if undone else "conversation.linked"
    audit.record(connection, actor=by, action=action, about=one_id, details={"other": other_id})
    for here, there in ((one_id, other_id), (other_id, one_id)):
        outbox.add(
            connection,
            ConversationLinked(conversation_id=here, other_id=there, undone=undone),
            subject=here,
            source=SOURCE,
            correlation_id=correlation_id(),
        )


def _related(row: Any) -> Related:
    return Related(row.id, row.number, row.subject, row.state, row.name)


# Made once: making them takes longer than running them.
_COLUMNS = conversations.c
_SELECTION = (
    select(_COLUMNS.id, _COLUMNS.number, _COLUMNS.subject, _COLUMNS.state, customers.c.name)
    .join(customers, customers.c.id == _COLUMNS.customer_id)
    .order_by(_COLUMNS.last_at.desc())
)
_LINES = _SELECTION.where(among_named(_COLUMNS.id, "ids"))
_OTHERS = _SELECTION.where(
    _COLUMNS.customer_id == bindparam("customer"),
    _COLUMNS.id != bindparam("besides"),
    _COLUMNS.merged_into.is_(None),
    ~tasks.is_own(_COLUMNS.id),
).limit(bindparam("most"))
_ONE = bindparam("one", type_=String)
_FIRST, _SECOND = related_conversations.c.first_id, related_conversations.c.second_id
_LINKED = select(case((_FIRST == _ONE, _SECOND), else_=_FIRST)).where(
    or_(_FIRST == _ONE, _SECOND == _ONE)
)
