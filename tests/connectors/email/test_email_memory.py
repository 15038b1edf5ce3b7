"""A mail of 25 MB goes in and out without being held: in a process of its own, by its peak."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosmtplib

from hub.store.database import open_database
from hub.store.tables import attachments
from mail_house import ACCOUNTS, JAN, SUPPORT, mail
from mail_process import MailProcess, mail_process
from servers.imap import ImapAccount
from servers.smtp import SmtpSink
from stores import count
from waiting import eventually

# A file of this size makes a mail of about 25 MB.
FILE_BYTES = 18_000_000
MAIL_MEGABYTES = 25


@asynccontextmanager
async def little_more_memory(process: MailProcess) -> AsyncIterator[None]:
    """Coming in nearly nothing is held, going out what a slow server has not taken yet."""
    before = process.peaks()
    yield
    grown = [after - was for after, was in zip(process.peaks(), before, strict=True)]
    assert sum(grown) < 2 * MAIL_MEGABYTES, grown


async def kept(store_url: str, files: int) -> None:
    """Wait until so many files have come in."""
    database = open_database(store_url)

    async def enough() -> bool:
        return await count(database, attachments) >= files

    try:
        await eventually(enough, seconds=60)
    finally:
        await database.close()


def settings(**account: Any) -> dict[str, Any]:
    return {"accounts": {"support": ACCOUNTS["support"] | account}, "listen": {"port": 0}}


async def post(port: int, *files: bytes) -> None:
    await aiosmtplib.send(
        mail(files=files),
        sender=JAN,
        recipients=[SUPPORT],
        hostname="127.0.0.1",
        port=port,
        start_tls=False,
    )


async def test_in_by_smtp(sqlite_url: str, tmp_path: Path) -> None:
    async with mail_process(sqlite_url, tmp_path, settings()) as process:
        await post(process.port, b"small")
        async with little_more_memory(process):
            await post(process.port, os.urandom(FILE_BYTES))
        await kept(sqlite_url, files=2)


async def test_in_by_imap(sqlite_url: str, tmp_path: Path, imap_account: ImapAccount) -> None:
    server = {"host": imap_account.host, "port": imap_account.port, "tls": "none"}
    imap = server | {"user": imap_account.user, "password": imap_account.password}
    async with mail_process(sqlite_url, tmp_path, settings(imap=imap)) as process:
        await asyncio.to_thread(imap_account.append, mail(files=[b"small"]))
        await kept(sqlite_url, files=1)
        async with little_more_memory(process):
            await asyncio.to_thread(imap_account.append, mail(files=[os.urandom(FILE_BYTES)]))
            await kept(sqlite_url, files=2)


async def test_out(sqlite_url: str, tmp_path: Path, smtp_sink: SmtpSink) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(b"small")
    large.write_bytes(os.urandom(FILE_BYTES))
    server = {"host": "127.0.0.1", "port": smtp_sink.port, "tls": "none"}
    async with mail_process(sqlite_url, tmp_path, settings(smtp=server)) as process:
        await process.send(small)
        async with little_more_memory(process):
            await process.send(large)
    assert len(smtp_sink.mails[1].content) > FILE_BYTES
