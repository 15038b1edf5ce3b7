"""What is known of each finished work item in one narrow row, so that reports over a long time read
little: how long its customer waited, who had it, whether its promises were kept.

A row is written once, soon after the work was resolved. What comes later is noted in it: a rating,
and that the customer came back about the same.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, exists, func, select, update

from hub.interaction import InteractionKind
from hub.promises import Promise
from hub.store import decisions, handled, steps, tasks, wall
from hub.store.among import among
from hub.store.constants import constant
from hub.store.inserting import insert_new
from hub.store.tables import (
    assignment_steps,
    conversations,
    customers,
    deadlines,
    interactions,
    ratings,
    topic_corrections,
    work_facts,
    work_items,
)
from hub.store.work_items import DONE

AT_ONCE = 500
REPEAT_WITHIN = timedelta(days=7)
"""Who comes back about the same within this time was not helped the first time."""
_LATE_COMMIT = timedelta(minutes=10)
_HOUR = 3600


def write_missing(connection: Connection) -> int:
    """Write the rows of work that was finished since; gives how many, at most `AT_ONCE`."""
    last = connection.execute(select(func.max(work_facts.c.done_at))).scalar_one()
    columns = work_items.c
    query = select(work_items).where(
        columns.state == constant(DONE),
        columns.resolved_at.is_not(None),
        ~exists().where(work_facts.c.work_item_id == columns.id),
        ~tasks.is_own(columns.conversation_id),
    )
    if last is not None:
        query = query.where(columns.resolved_at >= last - _LATE_COMMIT)
    items = connection.execute(query.order_by(columns.resolved_at).limit(AT_ONCE)).all()
    if items:
        insert_new(connection, work_facts, _facts(connection, items))
        for item in items:
            _note_repeat(connection, item)
    return len(items)


def rated(connection: Connection, conversation_id: str, score: int, at: datetime) -> None:
    """The customer said what they think of how this was handled."""
    columns = work_facts.c
    newest = (
        select(columns.work_item_id)
        .where(columns.conversation_id == conversation_id, columns.done_at <= at)
        .order_by(columns.done_at.desc())
        .limit(1)
    )
    changed = update(work_facts).where(columns.work_item_id == newest.scalar_subquery())
    connection.execute(changed.values(rating=score))


def _facts(connection: Connection, items: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    ids = [item.id for item in items]
    held = handled.seconds(connection, {item.id: item.resolved_at for item in items})
    moves, holders = moves_of(connection, ids)
    promises = _promises(connection, ids)
    given_up = _given_up(connection, ids)
    groups = _groups(connection, {item.customer_id for item in items})
    scores = _scores(connection, items)
    waits = _waits(connection, items)
    decided = decisions.whole(connection, [item.decision for item in items])
    return [
        {
            "work_item_id": item.id,
            "conversation_id": item.conversation_id,
            "customer_id": item.customer_id,
            "role": item.role,
            "channel": item.channel,
            "topic": item.topic,
            "target_group": groups.get(item.customer_id, ""),
            "model_row": _row_of(decision),
            "agent_id": item.agent_id,
            "came_hour": int(item.waiting_since.timestamp()) // _HOUR,
            "came_at": item.waiting_since,
            "done_at": item.resolved_at,
            "first_seconds": between(item.waiting_since, item.first_response_at),
            "next_seconds": waits.get(item.id),
            "resolution_seconds": between(item.waiting_since, item.resolved_at),
            "handling_seconds": held.get(item.id),
            "units": item.units,
            "transfers": moves.get(item.id, 0),
            "holders": holders.get(item.id, 0),
            "repeats": 0,
            "abandoned": item.id in given_up,
            "rating": scores.get(item.id),
            **promises.get(item.id, _NOTHING_PROMISED),
        }
        for item, decision in zip(items, decided, strict=True)
    ]


def between(since: datetime, until: datetime | None) -> int | None:
    return None if until is None else max(0, round((until - since).total_seconds()))


def _row_of(decision: Mapping[str, Any]) -> str:
    """The row of the model that made the role responsible, as people know it."""
    rows = decision.get("rows") or {}
    return str((rows.get("role") or {}).get("row", ""))[:500]


def moves_of(
    connection: Connection, ids: Sequence[str]
) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """How often each went to somebody else, and how many agents had it."""
    columns = assignment_steps.c
    moves: dict[str, int] = defaultdict(int)
    agents: dict[str, set[str]] = defaultdict(set)
    rows = connection.execute(
        select(columns.work_item_id, columns.kind, columns.agent_id).where(
            among(columns.work_item_id, ids),
            columns.kind.in_((*_MOVED, *_HAD)),
        )
    )
    for item_id, kind, agent_id in rows:
        if kind in _MOVED:
            moves[item_id] += 1
        elif agent_id:
            agents[item_id].add(agent_id)
    corrected = connection.execute(
        select(topic_corrections.c.work_item_id, func.count())
        .where(among(topic_corrections.c.work_item_id, ids), topic_corrections.c.moved)
        .group_by(topic_corrections.c.work_item_id)
    )
    for item_id, count in corrected:
        moves[item_id] += count
    return moves, {item_id: len(them) for item_id, them in agents.items()}


_MOVED = (steps.TRANSFERRED, steps.ESCALATED)
_HAD = (steps.ACCEPTED, steps.TAKEN, steps.GIVEN)
_NOTHING_PROMISED = {"promised": 0, "kept": 0, "first_in_time": None}


def _promises(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """A promise that was withdrawn, because the topic was corrected, does not count."""
    found: dict[str, dict[str, Any]] = {}
    columns = deadlines.c
    rows = connection.execute(
        select(columns.work_item_id, columns.promise, columns.met_at, columns.breached_at).where(
            among(columns.work_item_id, ids)
        )
    )
    for item_id, promise, met_at, breached_at in rows:
        if met_at is None and breached_at is None:
            continue
        known = found.setdefault(item_id, dict(_NOTHING_PROMISED))
        kept = breached_at is None
        known["promised"] += 1
        known["kept"] += kept
        if promise == Promise.FIRST_RESPONSE:
            known["first_in_time"] = kept
    return found


def _given_up(connection: Connection, ids: Sequence[str]) -> set[str]:
    gave_up = and_(among(work_items.c.id, ids), wall.given_up())
    return set(connection.execute(select(work_items.c.id).where(gave_up)).scalars())


def customers_by_group() -> Select[tuple[str, str]]:
    """Each customer with their target group: their own, else that of their organisation."""
    organisations = customers.alias("organisations")
    own = func.nullif(customers.c.target_group, "")
    group = func.coalesce(own, organisations.c.target_group, "").label("target_group")
    return select(customers.c.id, group).outerjoin(
        organisations, organisations.c.id == customers.c.organisation_id
    )


def _groups(connection: Connection, customer_ids: set[str]) -> dict[str, str]:
    query = customers_by_group().where(among(customers.c.id, customer_ids))
    return {row.id: row.target_group for row in connection.execute(query)}


def _scores(connection: Connection, items: Sequence[Row[Any]]) -> dict[str, int]:
    """Of those that were rated before their row was written."""
    rows = connection.execute(
        select(ratings.c.conversation_id, ratings.c.score, ratings.c.at)
        .where(among(ratings.c.conversation_id, [item.conversation_id for item in items]))
        .order_by(ratings.c.at)
    ).all()
    return {
        item.id: row.score
        for item in items
        for row in rows
        if row.conversation_id == item.conversation_id and row.at >= item.resolved_at
    }


def _waits(connection: Connection, items: Sequence[Row[Any]]) -> dict[str, int]:
    """By item, the longest that its customer waited for an answer after the first one."""
    columns = interactions.c
    rows = connection.execute(
        select(columns.conversation_id, columns.direction, columns.received_at)
        .where(
            among(columns.conversation_id, {item.conversation_id for item in items}),
            columns.kind == InteractionKind.MESSAGE.value,
        )
        .order_by(columns.conversation_id, columns.sequence)
    )
    talks: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    for conversation_id, direction, at in rows:
        talks[conversation_id].append((direction, at))
    longest = {
        item.id: longest_wait(
            [
                (direction, at)
                for direction, at in talks[item.conversation_id]
                if item.waiting_since <= at <= item.resolved_at
            ]
        )
        for item in items
    }
    return {item_id: seconds for item_id, seconds in longest.items() if seconds is not None}


def longest_wait(messages: Sequence[tuple[str, datetime]]) -> int | None:
    """The longest time, in seconds, from a question after our first answer to the answer to it;
    None where nothing was asked then. `messages`: (direction, when), in order."""
    answered, asked = False, None
    longest: int | None = None
    for direction, at in messages:
        if direction == "inbound":
            asked = at if asked is None and answered else asked
        else:
            if asked is not None:
                longest = max(longest or 0, round((at - asked).total_seconds()))
            answered, asked = True, None
    return longest


def _note_repeat(connection: Connection, item: Row[Any]) -> None:
    """The customer had been helped with the same a short time before: that did not last."""
    columns = work_facts.c
    same = columns.conversation_id == item.conversation_id
    if item.topic:
        same = same | (columns.topic == item.topic)
    before = (
        select(columns.work_item_id)
        .where(
            columns.customer_id == item.customer_id,
            columns.work_item_id != item.id,
            columns.done_at <= item.waiting_since,
            columns.done_at >= item.waiting_since - REPEAT_WITHIN,
            same,
        )
        .order_by(columns.done_at.desc())
        .limit(1)
    )
    changed = update(work_facts).where(columns.work_item_id == before.scalar_subquery())
    connection.execute(changed.values(repeats=columns.repeats + 1))


def subjects(connection: Connection, conversation_ids: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Number and subject of conversations."""
    columns = conversations.c
    rows = connection.execute(
        select(columns.id, columns.number, columns.subject).where(
            among(columns.id, conversation_ids)
        )
    )
    return {row.id: (row.number, row.subject) for row in rows}
