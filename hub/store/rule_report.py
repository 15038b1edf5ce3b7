"""What came of what rules proposed: whether it was done, and how the customer fared after it.

Nobody is asked whether something was done: it shows in what happened after the agent took it up. An
answer went out, a promise was made, the work moved on.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from hub import clock
from hub.interaction import Automatic, Direction, InteractionKind
from hub.store import steps
from hub.store.among import among
from hub.store.calls import OUTBOUND
from hub.store.tables import (
    agents,
    agreements,
    asked_colleagues,
    assignment_steps,
    calls,
    conversations,
    interactions,
    rule_proposals,
    tasks,
    work_facts,
    work_items,
)

MOST = 5_000
"""So many of the newest are looked at."""
_APART = timedelta(minutes=1)
"""Between the time of a proposal and that with which its id begins, at most."""


class State(StrEnum):
    DONE = "done"
    TAKEN = "taken"
    """Begun, and nothing of it is to be seen yet."""
    ASIDE = "aside"
    LEFT = "left"
    """It was on the screen until the work was finished."""
    OPEN = "open"


@dataclass(frozen=True)
class Line:
    """One proposal for one piece of work. `finished`: the work was resolved; `came_back`: within
    seven days the customer turned to us with the same; `rating`: 1 to 5."""

    rule_id: str
    conversation_id: str
    number: int
    subject: str
    shown_at: datetime
    agent_name: str
    state: State
    reason: str
    finished: bool
    came_back: bool
    rating: int | None


@dataclass(frozen=True)
class After:
    """How the customers fared of some of the lines; `rating`: the average, None without any."""

    finished: int
    came_back: int
    rated: int
    rating: float | None

    @property
    def settled(self) -> int:
        return self.finished - self.came_back


def read(
    connection: Connection, since: datetime, until: datetime, rule_id: str = ""
) -> Mapping[str, Sequence[Line]]:
    """By rule, what was shown in that time, the newest first; of one rule, or of all."""
    columns = rule_proposals.c
    query = (
        select(
            rule_proposals,
            work_items.c.conversation_id,
            work_items.c.state.label("work"),
            conversations.c.number,
            conversations.c.subject,
            agents.c.name,
            work_facts.c.work_item_id.label("fact"),
            work_facts.c.repeats,
            work_facts.c.rating,
        )
        .join(work_items, work_items.c.id == columns.work_item_id)
        .join(conversations, conversations.c.id == work_items.c.conversation_id)
        .join(agents, agents.c.id == columns.shown_to)
        .outerjoin(work_facts, work_facts.c.work_item_id == columns.work_item_id)
        .where(columns.shown_at >= since, columns.shown_at < until)
        .where(columns.id >= clock.first_id(since - _APART))
        .order_by(columns.id.desc())
        .limit(MOST)
    )
    if rule_id:
        query = query.where(columns.rule_id == rule_id)
    rows = connection.execute(query).all()
    deeds = _deeds(connection, [row for row in rows if row.taken_at is not None])
    found: dict[str, list[Line]] = defaultdict(list)
    for row in rows:
        found[row.rule_id].append(_line(row, _state(row, deeds)))
    return found


def after(lines: Collection[Line]) -> After:
    scores = [one.rating for one in lines if one.rating is not None]
    return After(
        finished=sum(one.finished for one in lines),
        came_back=sum(one.came_back for one in lines),
        rated=len(scores),
        rating=sum(scores) / len(scores) if scores else None,
    )


def _line(row: Row[Any], state: State) -> Line:
    return Line(
        rule_id=row.rule_id,
        conversation_id=row.conversation_id,
        number=row.number,
        subject=row.subject,
        shown_at=row.shown_at,
        agent_name=row.name,
        state=state,
        reason=row.aside_reason,
        finished=row.fact is not None,
        came_back=bool(row.repeats),
        rating=row.rating,
    )


Deeds = Mapping[str, Mapping[str, datetime]]
"""By what was done: of each conversation, when it was done last."""


def _state(row: Row[Any], deeds: Deeds) -> State:
    if row.aside_at is not None:
        return State.ASIDE
    if row.taken_at is None:
        return State.LEFT if row.work == "done" else State.OPEN
    if row.action not in _DONE_BY:
        return State.DONE
    times = (deeds[deed].get(row.conversation_id) for deed in _DONE_BY[row.action])
    was_done = any(at is not None and at >= row.taken_at for at in times)
    return State.DONE if was_done else State.TAKEN


_DONE_BY: Mapping[str, tuple[str, ...]] = {
    "reply": ("answer",),
    "gesture": ("answer", "approval"),
    "promise": ("promise",),
    "approval": ("approval", "transfer"),
    "task": ("task",),
    "transfer": ("transfer",),
    "call": ("call",),
    "result": ("result",),
}
"""What shows that a kind of action was done; what is not here is done when it is taken up."""


def _deeds(connection: Connection, rows: Sequence[Row[Any]]) -> Deeds:
    ids = {row.conversation_id for row in rows}
    wanted = {deed for row in rows for deed in _DONE_BY.get(row.action, ())}
    return {
        deed: {found[0]: found[1] for found in connection.execute(_SELECT[deed](ids))}
        for deed in wanted
    }


def _answers(ids: Collection[str]) -> Select[Any]:
    columns = interactions.c
    return (
        select(columns.conversation_id, func.max(columns.received_at))
        .where(
            among(columns.conversation_id, ids),
            columns.direction == Direction.OUTBOUND.value,
            columns.kind == InteractionKind.MESSAGE.value,
            columns.automatic == Automatic.NO.value,
        )
        .group_by(columns.conversation_id)
    )


def _calls(ids: Collection[str]) -> Select[Any]:
    columns = calls.c
    return (
        select(columns.conversation_id, func.max(columns.created_at))
        .where(among(columns.conversation_id, ids), columns.direction == OUTBOUND)
        .group_by(columns.conversation_id)
    )


def _promises(ids: Collection[str]) -> Select[Any]:
    columns = agreements.c
    return (
        select(columns.conversation_id, func.max(columns.valid_from))
        .where(among(columns.conversation_id, ids), columns.agent_id.is_not(None))
        .group_by(columns.conversation_id)
    )


def _tasks(ids: Collection[str]) -> Select[Any]:
    columns = tasks.c
    return (
        select(columns.conversation_id, func.max(columns.asked_at))
        .where(among(columns.conversation_id, ids))
        .group_by(columns.conversation_id)
    )


def _approvals(ids: Collection[str]) -> Select[Any]:
    columns = asked_colleagues.c
    return (
        select(columns.conversation_id, func.max(columns.asked_at))
        .where(among(columns.conversation_id, ids), columns.kind == "approval")
        .group_by(columns.conversation_id)
    )


def _transfers(ids: Collection[str]) -> Select[Any]:
    columns, items = assignment_steps.c, work_items.c
    return (
        select(items.conversation_id, func.max(columns.at))
        .join(work_items, items.id == columns.work_item_id)
        .where(
            among(items.conversation_id, ids),
            columns.kind.in_((steps.TRANSFERRED, steps.ESCALATED)),
        )
        .group_by(items.conversation_id)
    )


def _results(ids: Collection[str]) -> Select[Any]:
    columns = work_items.c
    return (
        select(columns.conversation_id, func.max(columns.resolved_at))
        .where(among(columns.conversation_id, ids), columns.resolved_at.is_not(None))
        .group_by(columns.conversation_id)
    )


_SELECT: Mapping[str, Callable[[Collection[str]], Select[Any]]] = {
    "answer": _answers,
    "call": _calls,
    "promise": _promises,
    "task": _tasks,
    "approval": _approvals,
    "transfer": _transfers,
    "result": _results,
}
