"""Who changed what: written in the transaction of the change."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Row, exists, func, select

from hub import clock
from hub.interaction import PointKind
from hub.store import audit_index, audit_words
from hub.store.among import among
from hub.store.inserting import insert_all
from hub.store.tables import agents, audit_log, contact_points, customers


@dataclass(frozen=True)
class Line:
    """`actor_name`: of an agent or a customer; empty where a part of Loket acted."""

    id: str
    at: datetime
    actor: str
    actor_name: str
    action: str
    about: str
    details: dict[str, Any]


def record(
    connection: Connection, *, actor: str, action: str, about: str, details: dict[str, Any]
) -> None:
    """`actor` is an agent id or a part of Loket; `about` is the id of what changed."""
    row = {
        "id": clock.new_id(),
        "at": clock.now(),
        "actor": actor,
        "action": action,
        "object": about,
        "details": details,
    }
    insert_all(connection, audit_log, [row])


def search(
    connection: Connection,
    *,
    since: datetime,
    until: datetime,
    words: str = "",
    action: str = "",
    before: str = "",
    limit: int,
) -> list[Line]:
    """The newest first; before the line with this id, to turn the page. `words`: a part of a name
    or login, an id, or words of the details and of what was done, or how these begin. `action`
    stands for all that begin so."""
    wanted = audit_words.wanted(words, action, audit_index.called(connection))
    if wanted is None:
        return []
    last = clock.first_id(until + _APART)
    ids = audit_index.Ids(clock.first_id(since - _APART), min(before or last, last))
    rows = (
        row
        for row in audit_index.newest(connection, wanted, ids)
        if since <= row.at < until and row.action.startswith(action)
    )
    return _lines(connection, list(islice(rows, limit)))


def _lines(connection: Connection, rows: Sequence[Row[Any]]) -> list[Line]:
    names = _names(connection, {row.actor for row in rows})
    return [
        Line(
            row.id, row.at, row.actor, names.get(row.actor, ""), row.action, row.object, row.details
        )
        for row in rows
    ]


def _names(connection: Connection, actors: Collection[str]) -> dict[str, str]:
    people = select(agents.c.id, agents.c.name).where(among(agents.c.id, actors))
    named = {row.id: row.name for row in connection.execute(people)}
    return named | customer_names(connection, actors)


def customer_names(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Of those among the ids that are customers, as they are called now; of one without a name, an
    address. Who has neither, or is not there any more, is not among them."""
    address = (
        select(func.min(contact_points.c.value))
        .where(contact_points.c.customer_id == customers.c.id)
        .where(contact_points.c.kind.in_((PointKind.EMAIL.value, PointKind.PHONE.value)))
        .scalar_subquery()
    )
    called = func.coalesce(func.nullif(customers.c.name, ""), address).label("name")
    known = select(customers.c.id, called).where(among(customers.c.id, ids))
    return {row.id: row.name for row in connection.execute(known) if row.name}


_APART = timedelta(minutes=1)
"""Between the time of a line and that in its id, at most."""


def locked(connection: Connection, since: datetime) -> list[str]:
    """The agents as whom somebody tried to sign in too often since then, by name."""
    columns = audit_log.c
    rows = connection.execute(
        select(agents.c.name)
        .join(audit_log, columns.object == agents.c.id)
        .where(columns.at >= since, columns.action == "sign_in.locked")
        .distinct()
        .order_by(agents.c.name)
    )
    return list(rows.scalars())


def kinds(connection: Connection, since: datetime) -> Sequence[str]:
    """What was done since then, each once: the index is asked for each, not each line."""
    columns = audit_log.c
    every = select(func.min(columns.action).label("action")).cte(recursive=True)
    following = select(func.min(columns.action)).where(columns.action > every.c.action)
    every = every.union_all(select(following.scalar_subquery()).where(every.c.action.is_not(None)))
    done = exists().where(columns.action == every.c.action, columns.at >= since)
    return connection.execute(select(every.c.action).where(done).order_by("action")).scalars().all()
