"""How the parts of every process are, as each of them says from time to time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from hub import clock
from hub.store.inserting import insert_all
from hub.store.tables import health

SILENT_AFTER = timedelta(seconds=45)
"""A process that says nothing for so long has ended, or hangs."""
FORGOTTEN_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Part:
    """`problem`: why it does not work just now, "" when it does, since `since`."""

    process: str
    name: str
    problem: str
    since: datetime
    seen_at: datetime

    def is_silent(self, now: datetime) -> bool:
        return now - self.seen_at > SILENT_AFTER


def say(connection: Connection, process: str, problems: Mapping[str, str]) -> None:
    """The parts of this process and their problems, as they are now."""
    now = clock.now()
    mine = health.c.process == process
    known = {row.part: row for row in connection.execute(select(health).where(mine))}
    connection.execute(delete(health).where(mine | (health.c.seen_at < now - FORGOTTEN_AFTER)))
    rows = []
    for name, problem in problems.items():
        before = known.get(name)
        same = before is not None and bool(before.problem) == bool(problem)
        since = before.since if same and before is not None else now
        row = {"process": process, "part": name, "problem": problem}
        rows.append(row | {"since": since, "seen_at": now})
    insert_all(connection, health, rows)


def leave(connection: Connection, process: str) -> None:
    """This process ends in order."""
    connection.execute(delete(health).where(health.c.process == process))


def parts(connection: Connection) -> list[Part]:
    """By name, then by process."""
    rows = connection.execute(select(health).order_by(health.c.part, health.c.process))
    return [Part(row.process, row.part, row.problem, row.since, row.seen_at) for row in rows]
