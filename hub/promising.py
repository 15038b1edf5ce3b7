"""What agents promised customers: "call back Thursday before 12", with a clock.

A promise is an agreement with a due time and somebody who made it. It is kept by a person who says
so; what is due and not kept is told once, in the conversation and on the bus.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from hub import clock
from hub.errors import Rejected
from hub.events import PromiseChanged
from hub.logs import correlation_id
from hub.replies import add_event
from hub.store import audit, outbox
from hub.store.agents import Agent
from hub.store.among import among_named
from hub.store.tables import agents, agreements, conversations, customers

SOURCE = "/loket/promises"
LONGEST = 500
MOST_AT_ONCE = 200
_FURTHEST = timedelta(days=366)


@dataclass(frozen=True)
class Given:
    """`kept_at`: None while it stands."""

    id: str
    title: str
    due_at: datetime
    conversation_id: str
    customer_id: str
    customer_name: str
    agent_id: str
    agent_name: str
    kept_at: datetime | None
    breached_at: datetime | None


def give(
    connection: Connection, conversation_id: str, title: str, due_at: datetime | None, agent: Agent
) -> str:
    """The agent promises this; gives the promise's id. Raises Rejected, also for no time."""
    now, title = clock.now(), title.strip()[:LONGEST]
    if not title:
        raise Rejected("empty_promise", "Write what you promise.")
    if due_at is None or not now < due_at <= now + _FURTHEST:
        raise Rejected("promise_time", "Say by when: a time to come, within a year.")
    customer_id = connection.execute(
        select(conversations.c.customer_id).where(conversations.c.id == conversation_id)
    ).scalar_one()
    row = {
        "id": clock.new_id(),
        "customer_id": customer_id,
        "kind": "promise",
        "title": title,
        "terms": "",
        "valid_from": now,
        "due_at": due_at,
        "owner": agent.name,
        "conversation_id": conversation_id,
        "agent_id": agent.id,
    }
    connection.execute(insert(agreements), [row])
    _tell(connection, row, "made", agent.id, agent.name)
    _audit(connection, agent, "promise.made", row)
    return str(row["id"])


def keep(connection: Connection, promise_id: str, agent: Agent) -> Given:
    """It was done as promised, or not needed any more. Raises Rejected when it does not stand."""
    now = clock.now()
    row = connection.execute(
        update(agreements)
        .where(
            agreements.c.id == promise_id,
            agreements.c.agent_id.is_not(None),
            agreements.c.kept_at.is_(None),
        )
        .values(kept_at=now, valid_until=now)
        .returning(agreements)
    ).one_or_none()
    if row is None:
        raise Rejected("no_promise", "This promise does not stand any more.", status=409)
    _tell(connection, row._asdict(), "kept", agent.id, agent.name)
    _audit(connection, agent, "promise.kept", row._asdict())
    return of_ids(connection, [promise_id])[0]


def breach(connection: Connection, now: datetime) -> int:
    """Tell of those that are due and were not kept; gives how many."""
    columns = agreements.c
    due = (
        select(columns.id)
        .where(
            columns.agent_id.is_not(None),
            columns.kept_at.is_(None),
            columns.breached_at.is_(None),
            columns.due_at <= now,
        )
        .order_by(columns.due_at)
        .limit(MOST_AT_ONCE)
    )
    ids = list(connection.execute(due).scalars())
    if not ids:
        return 0
    rows = connection.execute(
        update(agreements)
        .where(columns.id.in_(ids), columns.kept_at.is_(None), columns.breached_at.is_(None))
        .values(breached_at=now)
        .returning(agreements)
    ).all()
    for row in rows:
        _tell(connection, row._asdict(), "breached", row.agent_id, row.owner)
    return len(rows)


def of_customer(connection: Connection, customer_id: str) -> list[Given]:
    """Those that stand, the first due first."""
    return _given(connection.execute(_OF_CUSTOMER, {"customer": customer_id}))


def of_agent(connection: Connection, agent_id: str) -> list[Given]:
    """Those that stand of what the agent promised."""
    return _given(connection.execute(_OF_AGENT, {"agent": agent_id}))


def of_ids(connection: Connection, ids: Sequence[str]) -> list[Given]:
    return _given(connection.execute(_OF_IDS, {"ids": ids}))


def _given(rows: Iterable[Row[Any]]) -> list[Given]:
    return [
        Given(
            row.id,
            row.title,
            row.due_at,
            row.conversation_id,
            row.customer_id,
            row.name,
            row.agent_id,
            row.agent_name,
            row.kept_at,
            row.breached_at,
        )
        for row in rows
    ]


def _tell(
    connection: Connection, row: dict[str, Any], state: str, agent_id: str, agent_name: str
) -> None:
    """In the conversation, and on the bus."""
    add_event(
        connection,
        conversation_id=row["conversation_id"],
        details={
            "event": f"promise_{state}",
            "what": row["title"],
            "due": row["due_at"].isoformat(),
        },
        agent_id=agent_id,
        agent_name=agent_name,
    )
    outbox.add(
        connection,
        PromiseChanged(
            promise_id=row["id"],
            conversation_id=row["conversation_id"],
            customer_id=row["customer_id"],
            agent_id=row["agent_id"],
            state=state,
            due_at=row["due_at"],
        ),
        subject=row["conversation_id"],
        source=SOURCE,
        correlation_id=correlation_id(),
    )


def _audit(connection: Connection, agent: Agent, action: str, row: dict[str, Any]) -> None:
    details = {"conversation": row["conversation_id"], "what": row["title"]}
    audit.record(connection, actor=agent.id, action=action, about=row["id"], details=details)


# Made once: making them takes longer than running them.
_READ = (
    select(agreements, customers.c.name, agents.c.name.label("agent_name"))
    .join(customers, customers.c.id == agreements.c.customer_id)
    .join(agents, agents.c.id == agreements.c.agent_id)
    .where(agreements.c.agent_id.is_not(None))
    .order_by(agreements.c.due_at)
    .limit(MOST_AT_ONCE)
)
_STANDING = _READ.where(agreements.c.kept_at.is_(None))
_OF_CUSTOMER = _STANDING.where(agreements.c.customer_id == bindparam("customer"))
_OF_AGENT = _STANDING.where(agreements.c.agent_id == bindparam("agent"))
_OF_IDS = _READ.where(among_named(agreements.c.id, "ids"))
