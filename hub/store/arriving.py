"""What arrived for which role over which channel: what staffing is worked out from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from hub.interaction import Channel
from hub.store.tables import work_items


@dataclass(frozen=True, slots=True)
class Arrived:
    """One piece of work. `target` is that of the first response, in seconds; `clock` in which time
    it runs, empty when the decision is older than that."""

    role: str
    channel: Channel
    at: datetime
    target: int | None
    clock: str


def arrived(connection: Connection, since: datetime, until: datetime) -> Iterator[Arrived]:
    """The work that began to wait from `since` to before `until`."""
    decision = work_items.c.decision
    rows = connection.execute(
        select(
            work_items.c.role,
            work_items.c.channel,
            work_items.c.waiting_since,
            decision["first_response"].as_integer().label("target"),
            decision["clock"].as_string().label("clock"),
        ).where(work_items.c.waiting_since >= since, work_items.c.waiting_since < until)
    )
    for row in rows:
        channel = Channel(row.channel)
        yield Arrived(row.role, channel, row.waiting_since, row.target, row.clock or "")
