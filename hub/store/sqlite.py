"""Runs units of work on SQLite, in threads: some that read beside each other, one that writes."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL

from hub.store.reader import SqliteReader
from hub.store.writer import SqliteWriter

T = TypeVar("T")


class SqliteStore:
    """Connects on first use. Raises ValueError for a URL without a file."""

    def __init__(self, url: URL) -> None:
        if not url.database or url.database == ":memory:":
            raise ValueError("the store needs a file: sqlite:///PATH")
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        self._reader = SqliteReader(url)
        self._writer = SqliteWriter(url)

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await self._reader.run(work)

    async def look(self, work: Callable[[Connection], T]) -> T:
        return await self._reader.run(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        return await self._writer.run(work)

    async def step(self, work: Callable[[Connection], T]) -> T:
        return await self._writer.run(work)

    async def close(self) -> None:
        await asyncio.to_thread(self._writer.close)
        await asyncio.to_thread(self._reader.close)
