"""Loket as a subject: `loket serve` in one process or in one for each role."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, select

from benchmarks import mails
from benchmarks.running import Running
from benchmarks.stacks import Stack
from benchmarks.subjects import TOGETHER
from hub import logs
from hub.intake import Intake
from hub.interaction import Arrival, Channel, Party, PointKind, Thread
from hub.metrics import Metrics
from hub.settings import LogSettings
from hub.store import Database, migrate
from hub.store.database import open_database
from hub.store.tables import interactions, unrouted, work_items
from hub.tokens import Tokens
from servers.postgres import run
from servers.process import free_port

ROLES = ("connectors", "dispatcher", "console", "router")
"""The router last: it would work off the backlog while the others start."""
ACCOUNT_SID, AUTH_TOKEN = "AC" + "be" * 16, "the token of the benchmark"
NUMBER = "+31203080000"
CHAT_SITE = "bench"
PARTNER, PARTNER_SECRET = "carrier", "whsec_" + "YmVuY2htYXJr" * 3
_COMMAND = ("-c", "from config.cli import app; app()")


class Loket:
    """`roles` names the processes to start; the default is one for everything."""

    def __init__(
        self, stack: Stack, roles: Sequence[str] = ("all",), *, list_length: int = 1000
    ) -> None:
        self.name = "Loket" if len(roles) == 1 else f"Loket, {len(roles)} processes"
        self.smtp_port, self.http_port = free_port(), free_port()
        self.webhook_port = self.http_port if len(roles) == 1 else free_port()
        self.processes: list[Running] = []
        self._roles = roles
        self._stack = stack
        self._secret = secrets.token_hex(32)
        self._list_length = list_length

    def prepare(self, backlog: int) -> None:
        self._settings.write_text(self._toml())
        logs.configure(LogSettings(level="WARNING"))
        run(self._prepare(backlog))

    async def _prepare(self, backlog: int) -> None:
        async with _opened(self._stack.store_url) as database:
            await migrate.upgrade(database)
            intake = Intake(database, Tokens(self._secret), Metrics(), wake=lambda: None)
            for first in range(0, backlog, TOGETHER):
                numbers = range(first, min(backlog, first + TOGETHER))
                await asyncio.gather(*(intake.accept(_arrival(number)) for number in numbers))

    def start(self) -> None:
        for role in self._roles:
            # The others show their health on a port of their own.
            ports = {"connectors": self.webhook_port, "router": free_port()}
            ports["dispatcher"] = free_port()
            port = ports.get(role, self.http_port)
            words = ["serve", "--config", str(self._settings), "--role", role, "--port", str(port)]
            log = self._stack.folder / f"{role}.log"
            process = Running([*_COMMAND, *words], log, self._secrets())
            self.processes.append(process)
            process.wait_for_port(port)
        self.processes[0].wait_for_port(self.smtp_port)

    def _secrets(self) -> dict[str, str]:
        return {
            "LOKET_HUB__SECRET": self._secret,
            "BENCHMARK_TOKEN": AUTH_TOKEN,
            "BENCHMARK_PARTNER": PARTNER_SECRET,
        }

    def stop(self) -> None:
        for process in self.processes:
            process.stop()

    def unrouted(self, accepted: int) -> int:
        del accepted
        return run(self._count_unrouted())

    async def _count_unrouted(self) -> int:
        query = select(func.count()).select_from(unrouted)
        async with _opened(self._stack.store_url) as database:
            return await database.read(lambda c: int(c.execute(query).scalar_one()))

    def routed_at(self) -> dict[int, float]:
        return run(self._routed_at())

    async def _routed_at(self) -> dict[int, float]:
        # Each mail opens a conversation, so its work item is made when it is routed.
        query = select(interactions.c.external_id, work_items.c.created_at).join(
            work_items, work_items.c.conversation_id == interactions.c.conversation_id
        )
        async with _opened(self._stack.store_url) as database:
            rows = await database.read(lambda c: c.execute(query).all())
        return {mails.number_in(row.external_id): row.created_at.timestamp() for row in rows}

    @property
    def _settings(self) -> Path:
        return self._stack.folder / "loket.toml"

    def _toml(self) -> str:
        return f"""
[hub]
organisation = "Benchmark"
store.url = "{self._stack.store_url}"
bus.url = "{self._stack.bus_url}"
blobs.path = "{self._stack.folder}/blobs"
http.public_url = "http://127.0.0.1:{self.http_port}"
[console]
list_length = {self._list_length}
[routing.learning]
every_hours = 0  # a training takes a processor for a minute, and has a benchmark of its own
[connectors.email.accounts.contact]
address = "{mails.ACCOUNT}"
[connectors.email.listen]
port = {self.smtp_port}
hostname = "loket.example"
[connectors.messaging.twilio]
account_sid = "{ACCOUNT_SID}"
auth_token_env = "BENCHMARK_TOKEN"
public_url = "http://127.0.0.1:{self.webhook_port}"
[connectors.messaging.numbers.main]
number = "{NUMBER}"
[connectors.partners.partners.{PARTNER}]
secret_env = "BENCHMARK_PARTNER"
[connectors.chat]
sessions_per_minute = 100000
sockets_per_minute = 100000
[connectors.chat.sites.{CHAT_SITE}]
origins = ["*"]
"""


def _arrival(number: int) -> Arrival:
    """The mail as the e-mail connector would hand it in."""
    message_id = mails.message_id(number)
    return Arrival(
        channel=Channel.EMAIL,
        account=mails.ACCOUNT,
        external_id=message_id,
        sender=Party(kind=PointKind.EMAIL, value=mails.sender(number)),
        recipients=(Party(kind=PointKind.EMAIL, value=mails.ACCOUNT),),
        subject=mails.subject(number),
        text=mails.text(number),
        occurred_at=datetime.now(UTC),
        thread=Thread(own=(message_id,)),
        raw_sha256=uuid4().hex * 2,
    )


@contextlib.asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        await database.close()
