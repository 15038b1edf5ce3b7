"""How each connection to SQLite is made."""

from typing import Any

from sqlalchemy import Connection, Engine, Pool, create_engine, event
from sqlalchemy.engine import URL

from hub.store.compiled import SHARED
from hub.store.types import JSON_WAYS

STATEMENTS = 512
"""More than there are: one that is not kept is compiled again each time."""


def sqlite_engine(url: URL, *, begin: str, pool: type[Pool], **options: Any) -> Engine:
    """An engine whose transactions start with the statement `begin`; its connections may go from
    one thread to another."""
    engine = create_engine(
        url.set(drivername="sqlite"),
        poolclass=pool,
        connect_args={
            "check_same_thread": False,
            "isolation_level": None,  # we say BEGIN ourselves, the driver must not
            "cached_statements": STATEMENTS,
        },
        execution_options=SHARED,
        hide_parameters=True,  # errors go into logs; what customers wrote does not
        **options,
        **JSON_WAYS,
    )
    event.listen(engine, "connect", _prepare)

    def say_begin(connection: Connection) -> None:
        # To the driver itself: SQLAlchemy would take longer over it than SQLite over many a query.
        connection.connection.cursor().execute(begin)

    event.listen(engine, "begin", say_begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # NORMAL may lose acknowledged commits at a power cut
        "foreign_keys=ON",
        "busy_timeout=10000",
        "temp_store=MEMORY",
        "wal_autocheckpoint=4000",  # pages: what changes all the time is copied less often
        "cache_size=-32000",  # KiB; the 2 MB that SQLite takes by itself hold no index of ours
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
