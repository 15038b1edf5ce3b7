"""What programs page through: ids of conversations and of work, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, or_, select

from hub.store.agents import Agent
from hub.store.tables import conversations, work_items


@dataclass(frozen=True)
class WantedWork:
    """`states`: any of these, empty for all; `mine`: only what the agent holds or is asked."""

    states: Sequence[str] = ()
    role: str = ""
    conversation_id: str = ""
    mine: bool = False


@dataclass(frozen=True)
class WantedConversations:
    customer_id: str = ""
    state: str = ""


def work(
    connection: Connection, agent: Agent, wanted: WantedWork, *, after: str = "", limit: int
) -> list[str]:
    """Of the agent's roles or theirs, the oldest first; `after`: the last id seen."""
    columns = work_items.c
    conditions: list[ColumnElement[bool]] = [_is_for(agent), columns.id > after]
    if wanted.mine:
        conditions.append(columns.agent_id == agent.id)
    if wanted.states:
        conditions.append(columns.state.in_(wanted.states))
    if wanted.role:
        conditions.append(columns.role == wanted.role)
    if wanted.conversation_id:
        conditions.append(columns.conversation_id == wanted.conversation_id)
    selection = select(columns.id).where(*conditions).order_by(columns.id).limit(limit)
    return list(connection.execute(selection).scalars())


def conversations_of(
    connection: Connection,
    agent: Agent,
    wanted: WantedConversations,
    *,
    before: str = "",
    limit: int,
) -> list[str]:
    """Those with work of the agent's roles or theirs, the newest first; `before`: the last id
    seen."""
    theirs = (
        select(work_items.c.id)
        .where(work_items.c.conversation_id == conversations.c.id, _is_for(agent))
        .exists()
    )
    conditions: list[ColumnElement[bool]] = [theirs]
    if before:
        conditions.append(conversations.c.id < before)
    if wanted.customer_id:
        conditions.append(conversations.c.customer_id == wanted.customer_id)
    if wanted.state:
        conditions.append(conversations.c.state == wanted.state)
    selection = select(conversations.c.id).where(*conditions)
    ordered = selection.order_by(conversations.c.id.desc()).limit(limit)
    return list(connection.execute(ordered).scalars())


def _is_for(agent: Agent) -> ColumnElement[bool]:
    return or_(work_items.c.role.in_(agent.roles), work_items.c.agent_id == agent.id)
