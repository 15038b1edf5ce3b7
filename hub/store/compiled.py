"""The statements that SQLAlchemy has compiled, kept once for all engines of this process.

By itself each engine keeps its own: what reads SQLite would compile again what the writer has, and
each store that is opened anew everything.
"""

from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.sql.compiler import Compiled
from sqlalchemy.util import LRUCache

MOST = 2_000
"""More than there are: one that is not kept is compiled again each time."""


class _Statements(LRUCache[Any, Any]):
    """By the kind of dialect and its server's version: SQLAlchemy asks by that of the engine."""

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return super().get(_for_all(key), default)

    def __setitem__(self, key: tuple[Any, ...], value: Compiled) -> None:
        super().__setitem__(_for_all(key), value)


def _for_all(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect: Dialect = key[0]
    return (type(dialect), dialect.server_version_info, *key[1:])


SHARED: dict[str, Any] = {"compiled_cache": _Statements(MOST)}
"""An execution option of each engine."""
