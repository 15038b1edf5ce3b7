"""A mail server that hands mail to Loket as mail servers do: it keeps trying until it is taken."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage

import aiosmtplib

from waiting import eventually

RETRY_SECONDS = 0.05


def mail(number: int, run: str) -> EmailMessage:
    """One customer's mail; the number is in its id, its sender and its text."""
    message = EmailMessage()
    message["From"] = f"Customer {number} <c{number % 50}@example.org>"
    message["To"] = "info@vandalenkoffie.example"
    message["Subject"] = f"Levering te laat ({number})"
    message["Message-ID"] = f"<{run}-{number}@example.org>"
    message["Date"] = "Mon, 02 Nov 2026 10:00:00 +0100"
    message.set_content(f"Waar blijft mijn bestelling {number}?")
    return message


class Mta:
    """Hands over mails on several connections at once. `acknowledged` are those that got a 250."""

    def __init__(self, port: int, connections: int = 8) -> None:
        self._port = port
        self._connections = connections
        self.acknowledged: set[str] = set()
        self.refusals: list[str] = []

    async def deliver(self, mails: Sequence[EmailMessage]) -> None:
        """Return when every mail has been acknowledged."""
        waiting = list(reversed(mails))
        await asyncio.gather(*(self._carry(waiting) for _ in range(self._connections)))

    @asynccontextmanager
    async def delivering(self, mails: Sequence[EmailMessage]) -> AsyncIterator[None]:
        """Deliver while the body of the `with` runs, and finish after it."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.deliver(mails))
            yield

    async def reach(self, count: int) -> None:
        """Return when that many have been acknowledged."""
        await eventually(lambda: len(self.acknowledged) >= count, seconds=120)

    async def _carry(self, waiting: list[EmailMessage]) -> None:
        client: aiosmtplib.SMTP | None = None
        while waiting:
            message = waiting.pop()
            while message["Message-ID"] not in self.acknowledged:
                try:
                    client = client or await self._connect()
                    await client.send_message(message)
                    self.acknowledged.add(message["Message-ID"])
                except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
                    self.refusals.append(str(error))
                    _abandon(client)
                    client = None
                    await asyncio.sleep(RETRY_SECONDS)
        _abandon(client)

    async def _connect(self) -> aiosmtplib.SMTP:
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=self._port, timeout=20, start_tls=False)
        await client.connect()
        return client


def _abandon(client: aiosmtplib.SMTP | None) -> None:
    if client is not None:
        with suppress(Exception):
            client.close()
