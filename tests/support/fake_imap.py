"""An IMAP server that misbehaves as told: what real servers do on bad days, on demand."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar

USER = "support@acme.example"
PASSWORD = "correct horse"


class FakeImap:
    """Serves `mails` (by UID) to one client after another. Subclass and override to misbehave."""

    greeting = "* OK ready"
    capabilities: ClassVar[str] = "IMAP4rev1 IDLE"

    def __init__(self, mails: dict[int, bytes] | None = None) -> None:
        self.mails = mails or {}
        self.port = 0
        self.commands: list[str] = []
        self.connections = 0
        self.changed = asyncio.Event()
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    def add(self, uid: int, mail: bytes) -> None:
        self.mails[uid] = mail
        self.changed.set()

    async def say(self, line: str | bytes) -> None:
        data = line if isinstance(line, bytes) else line.encode()
        self.writer.write(data + b"\r\n")
        await self.writer.drain()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.connections += 1
        try:
            await self.say(self.greeting)
            while line := (await reader.readline()).decode().rstrip("\r\n"):
                self.commands.append(line.partition(" ")[2])
                tag, command, *words = line.split(" ")
                name = words[0] if command == "UID" else command
                await getattr(self, f"do_{name.lower()}")(tag, line)
        except ConnectionError:
            pass
        finally:
            writer.transport.abort()

    async def hang_up(self) -> None:
        raise ConnectionError

    async def do_capability(self, tag: str, _line: str) -> None:
        await self.say(f"* CAPABILITY {self.capabilities}")
        await self.say(f"{tag} OK")

    async def do_login(self, tag: str, line: str) -> None:
        known = line.endswith(f'LOGIN "{USER}" "{PASSWORD}"')
        await self.say(f"{tag} OK" if known else f"{tag} NO [AUTHENTICATIONFAILED] wrong password")

    async def do_examine(self, tag: str, _line: str) -> None:
        await self.say(f"* {len(self.mails)} EXISTS")
        await self.say("* OK [UIDVALIDITY 7] UIDs valid")
        await self.say(f"{tag} OK [READ-ONLY] done")

    async def do_search(self, tag: str, line: str) -> None:
        first = re.search(r"UID SEARCH UID (\d+):", line)
        found = sorted(uid for uid in self.mails if not first or uid >= int(first[1]))
        # What `n:*` means when n is beyond the last.
        found = found or sorted(self.mails)[-1:]
        await self.say(f"* SEARCH {' '.join(map(str, found))}")
        await self.say(f"{tag} OK")

    async def do_fetch(self, tag: str, line: str) -> None:
        wanted = re.search(r"UID FETCH ([\d,]+) .*<(\d+)\.(\d+)>", line)
        assert wanted is not None
        uids, start, length = wanted[1].split(","), int(wanted[2]), int(wanted[3])
        for uid in map(int, uids):
            if uid in self.mails:
                await self.give(uid, start, self.mails[uid][start : start + length])
        await self.say(f"{tag} OK")

    async def give(self, uid: int, start: int, piece: bytes) -> None:
        head = f"* 1 FETCH (UID {uid} RFC822.SIZE {len(self.mails[uid])} BODY[]<{start}> "
        await self.say(head.encode() + b"{%d}\r\n" % len(piece) + piece + b")")

    async def do_idle(self, tag: str, _line: str) -> None:
        await self.say("+ idling")
        done = asyncio.create_task(self.reader.readline())
        while not done.done():
            changed = asyncio.create_task(self.changed.wait())
            await asyncio.wait({done, changed}, return_when=asyncio.FIRST_COMPLETED)
            changed.cancel()
            if self.changed.is_set():
                self.changed.clear()
                await self.say(f"* {len(self.mails)} EXISTS")
        await self.say(f"{tag} OK" if await done else "")

    async def do_noop(self, tag: str, _line: str) -> None:
        await self.say(f"{tag} OK")


@asynccontextmanager
async def running(server: FakeImap) -> AsyncIterator[FakeImap]:
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.create_task(server.serve(reader, writer)))

    listening = await asyncio.start_server(connected, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await listening.wait_closed()
