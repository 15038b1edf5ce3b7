"""What supervisors think of how conversations were handled: a form with scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select

from hub import clock
from hub.errors import Rejected
from hub.store import audit, choices
from hub.store.among import among
from hub.store.tables import agents, conversations, interactions, reviews, work_facts

LOWEST, HIGHEST = 1, 5
LONGEST_REMARK = 4_000
MOST_CRITERIA = 12
LONGEST_CRITERION = 80
CHOICE = "review_criteria"
_BEGINNING = func.coalesce(
    select(func.substr(interactions.c.text, 1, 160))
    .where(
        interactions.c.conversation_id == reviews.c.conversation_id, interactions.c.sequence == 1
    )
    .scalar_subquery(),
    "",
).label("beginning")
"""What was said first: a chat has no subject."""


@dataclass(frozen=True)
class Review:
    id: str
    conversation_id: str
    agent_id: str
    agent_name: str
    reviewer_name: str
    scores: Mapping[str, int]
    percent: int
    remark: str
    at: datetime
    number: int = 0
    subject: str = ""


def criteria(connection: Connection, usual: Sequence[str], *, lock: bool = False) -> list[str]:
    """What is looked at, as the organisation chose it; else what is usual."""
    chosen = choices.value(connection, CHOICE, lock=lock).get("criteria")
    return list(chosen) if chosen else list(usual)


def set_criteria(connection: Connection, wanted: Sequence[str], *, by: str) -> None:
    """Raises Rejected for none, too many or too long ones."""
    kept = list(dict.fromkeys(" ".join(one.split()) for one in wanted if one.strip()))
    if not 1 <= len(kept) <= MOST_CRITERIA or any(len(one) > LONGEST_CRITERION for one in kept):
        raise Rejected("bad_criteria", "Write 1 to 12 short lines.", status=422)
    choices.keep(connection, CHOICE, {"criteria": kept}, by=by)


def add(
    connection: Connection,
    conversation_id: str,
    *,
    agent_id: str,
    reviewer_id: str,
    scores: Mapping[str, int],
    remark: str,
) -> str:
    """Keep a review; gives its id. Raises Rejected where nothing was scored."""
    fits = all(LOWEST <= score <= HIGHEST for score in scores.values())
    if not scores or not fits or len(remark) > LONGEST_REMARK:
        raise Rejected("no_scores", "Give at least one score.", status=422)
    spread = HIGHEST - LOWEST
    percent = round(100 * sum(s - LOWEST for s in scores.values()) / (len(scores) * spread))
    review_id = clock.new_id()
    row = {
        "id": review_id,
        "conversation_id": conversation_id,
        "agent_id": agent_id,
        "reviewer_id": reviewer_id,
        "scores": dict(scores),
        "percent": percent,
        "remark": remark,
        "at": clock.now(),
    }
    connection.execute(insert(reviews), [row])
    audit.record(
        connection,
        actor=reviewer_id,
        action="conversation.reviewed",
        about=conversation_id,
        details={"agent": agent_id, "percent": percent},
    )
    return review_id


def of(connection: Connection, conversation_id: str) -> list[Review]:
    """The newest first."""
    return _read(connection, reviews.c.conversation_id == conversation_id, 50)


def about(connection: Connection, agent_id: str, limit: int) -> list[Review]:
    """Of the work of one agent, the newest first."""
    return _read(connection, reviews.c.agent_id == agent_id, limit)


def recent(connection: Connection, limit: int) -> list[Review]:
    return _read(connection, None, limit)


def within(
    connection: Connection,
    agent_id: str,
    since: datetime,
    until: datetime,
    *,
    limit: int,
    offset: int = 0,
) -> list[Review]:
    """Those of one agent's work that were made in this time, the newest first."""
    columns = reviews.c
    then = and_(columns.agent_id == agent_id, columns.at >= since, columns.at < until)
    return _read(connection, then, limit, offset)


def to_review(connection: Connection, since: datetime, limit: int) -> list[tuple[str, str]]:
    """Some finished conversations that nobody reviewed yet, with the agent who had each: a few of
    every agent, in an order that nobody chose."""
    columns = work_facts.c
    reviewed = select(reviews.c.id).where(reviews.c.conversation_id == columns.conversation_id)
    rows = connection.execute(
        select(columns.conversation_id, columns.agent_id, columns.work_item_id)
        .where(columns.done_at >= since, columns.agent_id.is_not(None), ~reviewed.exists())
        .order_by(columns.done_at.desc())
        .limit(1000)
    ).all()
    # The end of an id is random: a draw that stays the same while somebody looks at the page.
    drawn = sorted(rows, key=lambda row: row.work_item_id[-12:])
    count: dict[str, int] = {}
    chosen = []
    for row in drawn:
        count[row.agent_id] = count.get(row.agent_id, 0) + 1
        chosen.append((count[row.agent_id], row))
    chosen.sort(key=lambda pair: pair[0])
    return [(row.conversation_id, row.agent_id) for _, row in chosen[:limit]]


def _read(connection: Connection, only: Any, limit: int, offset: int = 0) -> list[Review]:
    query = select(reviews, conversations.c.number, conversations.c.subject, _BEGINNING).join(
        conversations, conversations.c.id == reviews.c.conversation_id
    )
    if only is not None:
        query = query.where(only)
    ordered = query.order_by(reviews.c.id.desc()).limit(limit).offset(offset)
    rows = connection.execute(ordered).all()
    people = {row.agent_id for row in rows} | {row.reviewer_id for row in rows}
    names = {
        row.id: row.name
        for row in connection.execute(
            select(agents.c.id, agents.c.name).where(among(agents.c.id, people))
        )
    }
    return [
        Review(
            id=row.id,
            conversation_id=row.conversation_id,
            agent_id=row.agent_id,
            agent_name=names.get(row.agent_id, ""),
            reviewer_name=names.get(row.reviewer_id, ""),
            scores=row.scores,
            percent=row.percent,
            remark=row.remark,
            at=row.at,
            number=row.number,
            subject=row.subject or row.beginning.partition("\n")[0],
        )
        for row in rows
    ]
