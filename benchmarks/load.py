"""The load generator: its own process, hands numbered mails to a door and times the answers.

    python -m benchmarks.load --door smtp --port 2525 --connections 16 --first 0 --count 5000 \
        --acknowledged FILE

It says `ready` when all connections are open and begins when it gets a line. Every connection sends
its next mail when the last one was acknowledged; with `--rate` mails are sent at a steady pace
instead. After each `--tell-every` mails it tells how many were acknowledged. In the end FILE gets a
line `NUMBER TIME` for each; a mail that is not acknowledged ends the program with an error.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import uvloop

from benchmarks import mails


class Door(Protocol):
    """One connection to the program under test."""

    async def open(self) -> None: ...

    async def send(self, number: int) -> None:
        """Returns when the mail was acknowledged."""


class Smtp:
    """Sends as Postfix does: one connection for many mails, the envelope in one go (RFC 2920)."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def open(self) -> None:
        self._in, self._out = await asyncio.open_connection("127.0.0.1", self._port)
        await self._answers(b"220")
        self._out.write(b"EHLO generator.example\r\n")
        await self._answers(b"250")

    async def send(self, number: int) -> None:
        self._out.write(
            f"MAIL FROM:<{mails.sender(number)}>\r\nRCPT TO:<{mails.ACCOUNT}>\r\nDATA\r\n".encode()
        )
        for code in (b"250", b"250", b"354"):
            await self._answers(code)
        self._out.write(mails.mail(number) + b"\r\n.\r\n")
        await self._answers(b"250")

    async def _answers(self, code: bytes) -> None:
        while True:
            line = await self._in.readline()
            if not line.startswith(code):
                raise ConnectionError(f"expected {code!r}, got {line!r}")
            if line[3:4] != b"-":
                return


class Http:
    """Posts the same mails over kept connections."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def open(self) -> None:
        self._in, self._out = await asyncio.open_connection("127.0.0.1", self._port)

    async def send(self, number: int) -> None:
        content = mails.mail(number)
        self._out.write(
            b"POST /interactions HTTP/1.1\r\nHost: floor.example\r\n"
            b"Content-Type: message/rfc822\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(content), content)
        )
        head = (await self._in.readuntil(b"\r\n\r\n")).lower()
        if b" 201 " not in head.split(b"\r\n", 1)[0]:
            raise ConnectionError(f"expected 201, got {head!r}")
        length = head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0]
        await self._in.readexactly(int(length))


DOORS: dict[str, type[Smtp] | type[Http]] = {"smtp": Smtp, "http": Http}


@dataclass
class Load:
    """What all connections share."""

    numbers: Iterator[int]
    first: int
    rate: float
    tell_every: int
    started: float = 0.0
    acknowledged: list[tuple[int, float]] = field(default_factory=list)

    async def send_all(self, door: Door) -> None:
        """Send what nobody else has sent yet."""
        for number in self.numbers:
            if self.rate:
                due = self.started + (number - self.first) / self.rate
                await asyncio.sleep(max(0, due - time.monotonic()))
            await door.send(number)
            self.acknowledged.append((number, time.time()))
            if self.tell_every and len(self.acknowledged) % self.tell_every == 0:
                print(len(self.acknowledged), flush=True)


async def run(arguments: argparse.Namespace) -> list[tuple[int, float]]:
    doors = [DOORS[arguments.door](arguments.port) for _ in range(arguments.connections)]
    await asyncio.gather(*(door.open() for door in doors))
    numbers = iter(range(arguments.first, arguments.first + arguments.count))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    load = Load(numbers, arguments.first, arguments.rate, arguments.tell_every, time.monotonic())
    async with asyncio.TaskGroup() as group:
        for door in doors:
            group.create_task(load.send_all(door))
    return load.acknowledged


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--door", choices=DOORS, default="smtp")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--rate", type=float, default=0, help="mails per second; 0: at once")
    parser.add_argument("--tell-every", type=int, default=0)
    parser.add_argument("--acknowledged", type=Path, required=True)
    arguments = parser.parse_args()
    acknowledged = uvloop.run(run(arguments))
    lines = [f"{number} {at:.6f}\n" for number, at in acknowledged]
    arguments.acknowledged.write_text("".join(lines))


if __name__ == "__main__":
    main()
