"""What happened on a work item's way to an agent, step by step, with the reasons: its "why"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from hub import clock
from hub.store.inserting import insert_all
from hub.store.tables import agents, assignment_steps

SHOWN = 50

NOBODY = "nobody"
OFFERED = "offered"
ACCEPTED = "accepted"
TAKEN = "taken"
DECLINED = "declined"
MISSED = "missed"
WITHDRAWN = "withdrawn"
RETURNED = "returned"
TRANSFERRED = "transferred"
GIVEN = "given"
"""A supervisor put it in their hands."""
SNOOZED = "snoozed"
WOKEN = "woken"
CALLED = "called"
CHATTED = "chatted"
"""The customer called about it, or began to chat: who had it is asked first, and others if they
cannot."""
ESCALATED = "escalated"
CALLBACK = "callback"
WARNED = "warned"
BREACHED = "breached"
_BESIDE = (WARNED, BREACHED)
"""What the clock did meanwhile; the work stays where it was."""


@dataclass(frozen=True)
class Step:
    """`kind` is one of the words above; `agent_name` is empty where no agent was in it."""

    at: datetime
    kind: str
    agent_id: str | None
    agent_name: str
    details: dict[str, Any]


def add(
    connection: Connection, item_id: str, kind: str, agent_id: str | None = None, **details: Any
) -> None:
    add_all(connection, [made(item_id, kind, agent_id, **details)])


def made(item_id: str, kind: str, agent_id: str | None = None, **details: Any) -> dict[str, Any]:
    """A row for `add_all`."""
    return {
        "id": clock.new_id(),
        "work_item_id": item_id,
        "at": clock.now(),
        "kind": kind,
        "agent_id": agent_id,
        "details": details,
    }


def add_all(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    insert_all(connection, assignment_steps, rows)


def of(connection: Connection, item_id: str) -> list[Step]:
    """The last steps of an item, oldest first."""
    rows = connection.execute(_LAST, {"item": item_id}).all()
    return [Step(r.at, r.kind, r.agent_id, r.name or "", r.details) for r in reversed(rows)]


def last_details(connection: Connection, item_id: str, kind: str) -> dict[str, Any] | None:
    """The details of the last step that moved the work, if it is of this kind: what would be said
    again is not."""
    row = connection.execute(
        select(assignment_steps.c.kind, assignment_steps.c.details)
        .where(
            assignment_steps.c.work_item_id == item_id,
            assignment_steps.c.kind.not_in(_BESIDE),
        )
        .order_by(assignment_steps.c.id.desc())
        .limit(1)
    ).one_or_none()
    return row.details if row is not None and row.kind == kind else None


def latest(connection: Connection, item_id: str, kind: str) -> dict[str, Any]:
    """The details of the last step of this kind; nothing where there was none."""
    found = (
        select(assignment_steps.c.details)
        .where(assignment_steps.c.work_item_id == item_id, assignment_steps.c.kind == kind)
        .order_by(assignment_steps.c.id.desc())
    )
    return connection.execute(found.limit(1)).scalar_one_or_none() or {}


# Made once: making it takes longer than running it.
_LAST = (
    select(assignment_steps, agents.c.name)
    .outerjoin(agents, agents.c.id == assignment_steps.c.agent_id)
    .where(assignment_steps.c.work_item_id == bindparam("item"))
    .order_by(assignment_steps.c.id.desc())
    .limit(SHOWN)
)
