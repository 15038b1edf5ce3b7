"""An e-mail connector in a process of its own, whose memory can be watched."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from hub.isolation import Workers
from hub.outgoing import OutgoingFile
from mail_house import mail_house, reply_message


@dataclass(frozen=True)
class MailProcess:
    """`port` is that of its door for mail servers."""

    process: asyncio.subprocess.Process
    port: int

    async def send(self, file: Path) -> None:
        """Have it send a reply with this file."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{file}\n".encode())
        assert await _told(self.process) == {"sent": True}

    def peaks(self) -> list[float]:
        """The most memory that it, and each of its workers, ever had, in megabytes."""
        family = psutil.Process(self.process.pid)
        return [_peak(member.pid) for member in (family, *family.children())]


@asynccontextmanager
async def mail_process(
    store_url: str, folder: Path, settings: Mapping[str, Any]
) -> AsyncIterator[MailProcess]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, __file__, store_url, str(folder), json.dumps(settings)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    try:
        yield MailProcess(process, (await _told(process))["port"])
    finally:
        process.kill()
        await process.wait()


async def _told(process: asyncio.subprocess.Process) -> Any:
    assert process.stdout is not None
    async with asyncio.timeout(60):
        while not (line := await process.stdout.readline()).startswith(b"{"):
            assert line, "the process ended"
    return json.loads(line)


def _peak(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    [kilobytes] = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(kilobytes) / 1024


async def _run(store_url: str, folder: str, settings: str) -> None:
    async with (
        Workers(1, preload=("connectors.email.parse",)) as workers,
        mail_house(
            store_url, Path(folder), settings=json.loads(settings), workers=workers
        ) as house,
    ):
        print(json.dumps({"port": house.port}), flush=True)  # noqa: T201 (how it is talked to)
        while path := (await asyncio.to_thread(sys.stdin.readline)).strip():
            file = OutgoingFile("large.zip", "application/zip", Path(path))
            await house.connector.send(reply_message(files=(file,)), _nothing)
            print(json.dumps({"sent": True}), flush=True)  # noqa: T201 (how it is talked to)


async def _nothing() -> None: ...


if __name__ == "__main__":
    asyncio.run(_run(*sys.argv[1:]))
