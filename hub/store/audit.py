"""Who changed what: written in the transaction of the change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, cast, or_, select

from hub import clock
from hub.store.inserting import insert_all
from hub.store.tables import agents, audit_log


@dataclass(frozen=True)
class Line:
    """`actor_name`: of an agent; empty where a part of Loket acted."""

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
    or login, an id, or something in the details. `action` stands for all that begin so."""
    columns = audit_log.c
    query = (
        select(audit_log, agents.c.name)
        .outerjoin(agents, agents.c.id == columns.actor)
        .where(columns.at >= since, columns.at < until)
    )
    if action:
        query = query.where(columns.action.startswith(action, autoescape=True))
    if before:
        query = query.where(columns.id < before)
    for word in words.split():
        query = query.where(
            or_(
                columns.object == word,
                columns.actor == word,
                columns.action.icontains(word, autoescape=True),
                agents.c.name.icontains(word, autoescape=True),
                agents.c.login.icontains(word, autoescape=True),
                cast(columns.details, Text).icontains(word, autoescape=True),
            )
        )
    rows = connection.execute(query.order_by(columns.id.desc()).limit(limit))
    return [
        Line(row.id, row.at, row.actor, row.name or "", row.action, row.object, row.details)
        for row in rows
    ]


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
    """What was done since then, each once."""
    columns = audit_log.c
    found = select(columns.action).where(columns.at >= since).distinct().order_by(columns.action)
    return connection.execute(found).scalars().all()
