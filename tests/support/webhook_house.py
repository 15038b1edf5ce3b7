"""A running Loket that tells other systems of events, and one of these systems."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from builders import TOKENS
from connectors.webhooks.connector import WebhooksConnector
from connectors.webhooks.settings import WebhooksSettings
from hub.bus import DeadLetter
from hub.bus.opening import open_bus
from hub.connector import ConnectorContext
from hub.events import InvoiceChanged, wrap
from hub.intake import Intake
from hub.isolation import Workers
from hub.metrics import Metrics
from hub.relay import Relay
from hub.settings import BusSettings, HubSettings
from hub.store import Blobs, outbox, webhooks
from hub.store.database import open_database
from hub.store.leader import open_leadership
from hub.store.tables import webhook_deliveries
from hub.webhooks import Rules


@dataclass
class System:
    """Keeps what it was told. `answers`: what it says to each call in turn, then 200."""

    answers: list[int] = field(default_factory=list)
    calls: list[tuple[dict[str, str], str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    async def take(self, request: web.Request) -> web.Response:
        named = {name.lower(): value for name, value in request.headers.items()}
        self.calls.append((named, await request.text()))
        return web.Response(
            status=self.answers.pop(0) if self.answers else 200, headers=self.headers
        )

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.calls]


@dataclass
class House:
    store_url: str
    folder: Path
    settings: WebhooksSettings
    system: System = field(default_factory=System)

    async def start(self) -> None:
        self.database = open_database(self.store_url)
        self.metrics, self.workers = Metrics(), Workers(1)
        self.bus = open_bus(BusSettings(url="local:"), self.database, _bury)
        self.relay = Relay(self.database, self.bus, open_leadership(self.database))
        self.connector = WebhooksConnector(self.settings, self._context())
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self.system.take)
        self.server = TestServer(app, host="127.0.0.1")
        await self.server.start_server()
        self.url = str(self.server.make_url("/events"))
        for part in (self.relay, self.bus, self.connector):
            await part.start()

    async def stop(self) -> None:
        for part in (self.connector, self.bus, self.relay, self.workers):
            await part.stop()
        await self.server.close()
        await self.database.close()

    def _context(self) -> ConnectorContext:
        return ConnectorContext(
            hub=HubSettings(),
            intake=Intake(self.database, TOKENS, self.metrics, self.relay.wake),
            database=self.database,
            blobs=Blobs(self.folder / "blobs"),
            tokens=TOKENS,
            bus=self.bus,
            workers=self.workers,
            metrics=self.metrics,
            report=_report,
            wake=self.relay.wake,
        )

    async def subscribe(self, *topics: str, url: str = "") -> tuple[str, str]:
        """Gives the id and the secret."""
        rules = Rules(allow_private=True)
        return await self.database.write(
            lambda c: webhooks.add(
                c, url=url or self.url, topics=topics, description="", rules=rules, by="test"
            )
        )

    async def happens(self, number: str = "F-1") -> str:
        """An invoice changed; gives the id of the event."""
        event = InvoiceChanged(
            invoice_id=number, invoice_number=number, customer_id="jan", paid=True
        )
        envelope = wrap(event, subject=number, source="/test")
        await self.database.write(lambda c: outbox.add_envelopes(c, [envelope]))
        self.relay.wake()
        return envelope.id

    async def sent(self) -> list[Any]:
        rows = select(webhook_deliveries).order_by(webhook_deliveries.c.id)
        return await self.database.read(lambda c: list(c.execute(rows)))

    async def tried(self) -> list[Any]:
        """What was sent, once all of it was answered by now."""
        found = await self.sent()
        calling = self.connector._calling
        return found if found and not calling and all(one.attempts for one in found) else []


@asynccontextmanager
async def open_house(store_url: str, folder: Path, **settings: Any) -> AsyncIterator[House]:
    found = WebhooksSettings.model_validate({"allow_private": True} | settings)
    house = House(store_url, folder, found)
    await house.start()
    try:
        yield house
    finally:
        await house.stop()


async def _bury(letters: Sequence[DeadLetter]) -> None:
    raise AssertionError(f"dead letters: {letters}")


async def _report(*_: Any) -> None: ...
