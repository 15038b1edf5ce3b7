"""How often a message of a broker was begun, for those that were in somebody's hands before."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from hub.store.among import among
from hub.store.tables import delivery_attempts

_KEY = (delivery_attempts.c.queue, delivery_attempts.c.event_id)


def known(connection: Connection, queue: str, event_id: str) -> int:
    """How many tries were counted; 0 for a message that never was in trouble."""
    query = select(delivery_attempts.c.attempts).where(_KEY[0] == queue, _KEY[1] == event_id)
    return connection.execute(query).scalar() or 0


def count(connection: Connection, queue: str, event_id: str, attempts: int) -> None:
    """Note that try number `attempts` begins."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    row = {"queue": queue, "event_id": event_id, "attempts": attempts}
    connection.execute(
        dialect.insert(delivery_attempts)
        .values(row)
        .on_conflict_do_update(index_elements=_KEY, set_={"attempts": attempts})
    )


def forget(connection: Connection, queue: str, event_ids: Sequence[str]) -> None:
    """These are handled or dead; if one comes again, its tries count from the beginning."""
    connection.execute(delete(delivery_attempts).where(_KEY[0] == queue, among(_KEY[1], event_ids)))
