"""Divides work that any process may do among those that are there, so that none does it twice.

Things are dealt out over a fixed number of hands by their id. On PostgreSQL each process holds some
hands by advisory locks, no more than its share, and they go with the process; on SQLite one process
holds them all. It saves work and promises nothing: while hands change, two may hold the same thing
or nobody, so whoever gets a hand looks at what waits, and the store refuses what is done already.
"""

import asyncio
import contextlib
import math
import zlib

import asyncpg

from hub.errors import StoreDown
from hub.store.database import Database
from hub.store.leader import LOKET
from hub.store.postgres import CONNECT_SECONDS

HANDS = 24
DEAL_EVERY = 1.0
"""Seconds between looks at who else is there."""
_MEMBER = LOKET + 16
_FIRST_HAND = LOKET + 32

_MEMBERS = """
select count(*) from pg_locks where locktype = 'advisory' and objsubid = 1 and granted
and ((classid::bigint << 32) | objid::bigint) = $1
and database = (select oid from pg_database where datname = current_database())
"""


class Shares:
    """Ask `mine` about an id; call `deal` now and then."""

    def __init__(self, database: Database) -> None:
        everything = frozenset(range(HANDS))
        self._shared = database.dialect == "postgresql"
        self._held = frozenset[int]() if self._shared else everything
        # asyncpg takes the plain form of the URL, without SQLAlchemy's driver name.
        plain = database.url.set(drivername="postgresql")
        self._url = plain.render_as_string(hide_password=False) if self._shared else ""
        self._connection: asyncpg.Connection | None = None
        self._next = 0.0

    def mine(self, key: str) -> bool:
        return zlib.crc32(key.encode()) % HANDS in self._held

    async def deal(self) -> bool:
        """Take a fair share and let go of the rest; whether hands came in. Raises StoreDown."""
        now = asyncio.get_running_loop().time()
        if not self._shared or now < self._next:
            return False
        self._next = now + DEAL_EVERY
        try:
            connection = await self._connected()
            members = await connection.fetchval(_MEMBERS, _MEMBER, timeout=CONNECT_SECONDS)
            return await self._take(connection, math.ceil(HANDS / max(members, 1)))
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            self._lose()
            raise StoreDown("the database does not answer") from error

    async def close(self) -> None:
        """Let the others have it all."""
        if self._connection is not None:
            with contextlib.suppress(OSError, TimeoutError, asyncpg.InterfaceError):
                await self._connection.close(timeout=CONNECT_SECONDS)
            self._connection = None

    async def _take(self, connection: asyncpg.Connection, share: int) -> bool:
        held = set(self._held)
        for hand in sorted(held)[share:]:
            await connection.fetchval("select pg_advisory_unlock($1)", _FIRST_HAND + hand)
            held.remove(hand)
        for hand in set(range(HANDS)) - held:
            if len(held) >= share:
                break
            locking = "select pg_try_advisory_lock($1)"
            if await connection.fetchval(locking, _FIRST_HAND + hand):
                held.add(hand)
        came = bool(held - self._held)
        self._held = frozenset(held)
        return came

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is not None and not self._connection.is_closed():
            return self._connection
        self._held = frozenset()
        settings = {"application_name": "loket dispatcher"}
        self._connection = connection = await asyncpg.connect(
            self._url, timeout=CONNECT_SECONDS, server_settings=settings
        )
        await connection.fetchval("select pg_try_advisory_lock_shared($1)", _MEMBER)
        return connection

    def _lose(self) -> None:
        self._held = frozenset()
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
