"""Brings a store to the schema of this release. Alembic, configured in code: no ini file."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from hub.store.database import Database

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK = 0x4C4F4B4555  # the relay's lock plus one: two migrations at once would trip over each other


def config() -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(_SCRIPTS))
    settings.set_main_option("path_separator", "os")
    return settings


def head() -> str:
    """The schema that this release needs."""
    return ScriptDirectory.from_config(config()).get_current_head() or ""


def is_behind(schema: str) -> bool:
    """Whether a store with this schema lacks something that this release needs.

    A schema that this release has never heard of is of a newer one.
    """
    scripts = ScriptDirectory.from_config(config())
    older = {script.revision for script in scripts.walk_revisions()} - {scripts.get_current_head()}
    return not schema or schema in older


async def current(database: Database) -> str:
    """The schema that the store has; empty for a new one. Raises StoreDown."""
    return await database.read(_current)


async def upgrade(database: Database) -> str:
    """Apply what is missing, in one transaction; gives the schema it then has. Raises StoreDown."""
    return await database.write(_upgrade)


def downgrade(connection: Connection, schema: str = "base") -> None:
    """Take back what came after an older schema, with its data; by default everything."""
    command.downgrade(_on(connection), schema)


def _upgrade(connection: Connection) -> str:
    settings = _on(connection)
    if is_behind(_current(connection)):
        command.upgrade(settings, "head")
    return _current(connection)


def _current(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""


def _on(connection: Connection) -> Config:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"select pg_advisory_xact_lock({_LOCK})")
    settings = config()
    settings.attributes["connection"] = connection
    return settings
