"""Answers that wait for their time: sent later, or for the few seconds in which one can be undone.

They stand in the timeline, and nobody outside sees them. An answer counts as given when it leaves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select

from hub import clock
from hub.errors import Rejected
from hub.store import agents, audit, sending, working
from hub.store.agents import Agent
from hub.store.among import among
from hub.store.tables import interactions, outbound


def has_left() -> ColumnElement[bool]:
    """Of interactions joined to `outbound`: those that are not held, nor were taken back."""
    return outbound.c.held.is_not(True)


@dataclass(frozen=True)
class Written:
    """What was in a message that was taken back."""

    conversation_id: str
    channel: str
    account: str
    to: str
    subject: str
    text: str
    details: dict[str, str]
    is_rich: bool


def let_go(connection: Connection, now: datetime) -> int:
    """Send what is due, and count it as answered; gives how many."""
    ids = sending.release_held(connection, now)
    for conversation_id, agent_id in _writers(connection, ids):
        agent = agents.find(connection, agent_id)
        if agent is not None:
            working.was_answered(connection, conversation_id, agent)
    return len(ids)


def take_back(connection: Connection, interaction_id: str, agent: Agent) -> Written:
    """Keep a held message from being sent. Raises Rejected when it has left."""
    row = _message(connection, interaction_id)
    if not sending.withdraw(connection, interaction_id):
        raise Rejected("left", "It has left already.", status=409)
    _audit(connection, agent, "message.withdrawn", interaction_id, row.conversation_id)
    return row


def send_now(connection: Connection, interaction_id: str, agent: Agent) -> str:
    """Do not wait any longer; gives the conversation. Raises Rejected when it has left."""
    row = _message(connection, interaction_id)
    if not sending.hurry(connection, interaction_id, clock.now()):
        raise Rejected("left", "It has left already.", status=409)
    let_go(connection, clock.now())
    _audit(connection, agent, "message.hurried", interaction_id, row.conversation_id)
    return row.conversation_id


def _message(connection: Connection, interaction_id: str) -> Written:
    columns = interactions.c
    row = connection.execute(
        select(interactions)
        .join(outbound, outbound.c.interaction_id == columns.id)
        .where(columns.id == interaction_id)
    ).one_or_none()
    if row is None:
        raise Rejected("no_message", "This message does not exist.", status=404)
    to = row.recipients[0] if row.recipients else {}
    key = f"{to.get('kind', '')}:{to.get('value', '')}"
    return Written(
        row.conversation_id,
        row.channel,
        row.account,
        key,
        row.subject,
        row.text,
        row.details,
        bool(row.html),
    )


def _writers(connection: Connection, ids: Sequence[str]) -> list[tuple[str, str]]:
    columns = interactions.c
    rows = connection.execute(
        select(columns.conversation_id, columns.agent_id, columns.details)
        .where(among(columns.id, ids), columns.agent_id.is_not(None))
        .order_by(columns.conversation_id)
    )
    # What is passed on to somebody else is no answer to the customer.
    return [(row.conversation_id, row.agent_id) for row in rows if "forward" not in row.details]


def _audit(
    connection: Connection, agent: Agent, action: str, interaction_id: str, conversation_id: str
) -> None:
    audit.record(
        connection,
        actor=agent.id,
        action=action,
        about=interaction_id,
        details={"conversation": conversation_id},
    )
