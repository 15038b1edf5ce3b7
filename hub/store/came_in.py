"""What came in within a period, whether it is finished or still open: how much in each hour, and
the work behind it. Each piece counts once; tasks that agents ask of other roles are no contacts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, exists, select

from hub.interaction import Channel
from hub.store import reporting, tasks, work_facts
from hub.store.among import among
from hub.store.constants import constant
from hub.store.report_columns import Work
from hub.store.reporting import Behind, Finished, Period, filters, in_branch
from hub.store.tables import work_facts as facts
from hub.store.tables import work_items
from hub.store.work_items import DONE

_HOUR = 3600


def by_hour(work: Work, open_hours: Sequence[int], period: Period) -> dict[int, int]:
    """How much work came in each hour (since 1970): finished, and open."""
    first, _ = period.hours
    came = np.concatenate([work.numbers["came_hour"], np.array(open_hours, dtype=np.int64)])
    counts = np.bincount(came - first)
    return {first + int(hour): int(counts[hour]) for hour in np.flatnonzero(counts)}


def open_hours(connection: Connection, period: Period) -> list[int]:
    """The hours (since 1970) in which the work came that is not finished yet."""
    return [_hour(row) for row in _still_open(connection, period)]


@dataclass(frozen=True)
class CameIn:
    """What came in within a period; in some of its hours (since 1970) or what is open only, if that
    is asked."""

    period: Period
    hours: Collection[int] | None = None
    open_only: bool = False


def open_ids(connection: Connection, asked: CameIn) -> list[str]:
    """The open work of it, the newest first: there is little, however much is kept."""
    rows = _still_open(connection, asked.period)
    return [row.id for row in rows if asked.hours is None or _hour(row) in asked.hours]


def count_finished(connection: Connection, asked: CameIn) -> int:
    return 0 if asked.open_only else reporting.count(connection, _finished(asked))


def items(
    connection: Connection, asked: CameIn, open_ids: Sequence[str], *, limit: int, offset: int = 0
) -> list[Finished]:
    """What is open first, then the rest, each with the newest first."""
    found = _open_items(connection, open_ids[offset : offset + limit])
    rest = limit - len(found)
    if asked.open_only or not rest:
        return found
    beyond = max(offset - len(open_ids), 0)
    finished = reporting.items(connection, _finished(asked), limit=rest, offset=beyond)
    return [*found, *finished]


def _finished(asked: CameIn) -> Behind:
    return Behind(asked.period, "all", hours=asked.hours)


def _open_items(connection: Connection, ids: Sequence[str]) -> list[Finished]:
    found = connection.execute(select(work_items).where(among(work_items.c.id, ids)))
    rows = {row.id: row for row in found}
    moves, _ = work_facts.moves_of(connection, ids)
    told = work_facts.subjects(connection, [row.conversation_id for row in rows.values()])
    return [
        _item(row, moves.get(one, 0), *told.get(row.conversation_id, (0, "")))
        for one in ids
        if (row := rows.get(one))
    ]


def _still_open(connection: Connection, period: Period) -> Sequence[Any]:
    """What was resolved, reported and then opened again stays among what is finished."""
    columns = work_items.c
    return connection.execute(
        select(columns.id, columns.waiting_since)
        .where(
            columns.state != constant(DONE),
            columns.waiting_since >= period.since,
            columns.waiting_since < period.until,
            ~tasks.is_own(columns.conversation_id),
            ~exists().where(facts.c.work_item_id == columns.id),
            *filters(period, columns),
            *([_of_group(period.group)] if period.group else []),
        )
        .order_by(columns.waiting_since.desc(), columns.id)
    ).all()


def _of_group(group: str) -> ColumnElement[bool]:
    """Open work of its customers; finished work has the group in itself."""
    known = work_facts.customers_by_group().subquery()
    members = select(known.c.id).where(in_branch(known.c.target_group, group))
    return work_items.c.customer_id.in_(members)


def _hour(row: Any) -> int:
    return int(row.waiting_since.timestamp()) // _HOUR


def _item(row: Any, moves: int, number: int, subject: str) -> Finished:
    return Finished(
        conversation_id=row.conversation_id,
        number=number,
        subject=subject,
        role=row.role,
        channel=Channel(row.channel),
        topic=row.topic,
        came_at=row.waiting_since,
        first_seconds=work_facts.between(row.waiting_since, row.first_response_at),
        resolution_seconds=None,
        handling_seconds=None,
        transfers=moves,
        repeats=0,
        rating=None,
    )
