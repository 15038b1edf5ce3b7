"""Tells a database that cannot do it now from a statement that is at fault.

The first is StoreDown: nothing is wrong with what was asked, ask again later. The second is told to
who asked, or it would be tried for ever.
"""

import sqlite3

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

CAUGHT = (
    DBAPIError,
    PoolTimeoutError,
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    sqlite3.Error,
)

# PostgreSQL, appendix A: connection, transaction rolled back, resources, intervention, system.
_PASSING_CLASSES = ("08", "40", "53", "57", "58")
_PASSING_STATES = ("25006", "55P03")  # read-only after a failover, lock not available
_CONFLICTS = ("40001", "40P01")  # serialization failure, deadlock
_PASSING_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)
_PRIMARY_CODE = 0xFF  # SQLite's extended codes have the primary one in their last byte


def is_passing(error: BaseException) -> bool:
    """Whether the same statement may succeed later."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return code & _PRIMARY_CODE in _PASSING_SQLITE
    if not isinstance(error, DBAPIError):
        return isinstance(error, CAUGHT)
    state = _state(error)
    if state:
        return state.startswith(_PASSING_CLASSES) or state in _PASSING_STATES
    return error.connection_invalidated or _is_lost(error)


def is_conflict(error: BaseException) -> bool:
    """Whether another transaction was in the way, so that trying at once makes sense."""
    return isinstance(error, DBAPIError) and _state(error) in _CONFLICTS


def _state(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def _is_lost(error: DBAPIError) -> bool:
    """Asyncpg tells a lost connection and a wrong call by the same class."""
    return isinstance(error, InterfaceError) and "query argument" not in str(error.orig)
