"""Brings a store to the schema of this release. Alembic, configured in code: no ini file.

Only what changes a store loads Alembic: each start asks for the schema, and seldom finds it behind.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from hub.store.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x4C4F4B4555  # the relay's lock plus one: two migrations at once would trip over each other


def config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415 (see above)

    settings = Config()
    settings.set_main_option("script_location", str(_SCRIPTS))
    settings.set_main_option("path_separator", "os")
    return settings


def head() -> str:
    """The schema that this release needs."""
    return _schemas()[-1]


def is_behind(schema: str) -> bool:
    """Whether a store with this schema lacks something that this release needs.

    A schema that this release has never heard of is of a newer one.
    """
    return not schema or schema in _schemas()[:-1]


@cache
def _schemas() -> tuple[str, ...]:
    """All, the newest last: each migration is in a file that begins with its number."""
    files = (_SCRIPTS / "versions").glob("[0-9]*_*.py")
    return tuple(sorted(file.name.partition("_")[0] for file in files))


async def current(database: Database) -> str:
    """The schema that the store has; empty for a new one. Raises StoreDown."""
    return await database.read(_current)


async def upgrade(database: Database) -> str:
    """Apply what is missing, in one transaction; gives the schema it then has. Raises StoreDown."""
    return await database.write(_upgrade)


def downgrade(connection: Connection, schema: str = "base") -> None:
    """Take back what came after an older schema, with its data; by default everything."""
    from alembic import command  # noqa: PLC0415 (see above)

    command.downgrade(_on(connection), schema)


def _upgrade(connection: Connection) -> str:
    if is_behind(_current(connection)):
        from alembic import command  # noqa: PLC0415 (see above)

        settings = _on(connection)
        if is_behind(_current(connection)):  # nobody else did it meanwhile
            command.upgrade(settings, "head")
    return _current(connection)


def _current(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("select version_num from alembic_version")).scalar() or ""


def _on(connection: Connection) -> "Config":
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({_LOCK})")
    settings = config()
    settings.attributes["connection"] = connection
    return settings
