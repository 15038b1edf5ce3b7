"""What a connector over Twilio stands on: store, bus, blobs, doors; and a signed webhook."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self, TypeVar

from aiohttp import ClientSession
from sqlalchemy import Connection, select
from twilio.request_validator import RequestValidator

from builders import TOKENS
from hub.bus import DeadLetter
from hub.bus.opening import open_bus
from hub.connector import Connector, ConnectorContext
from hub.http import Route, build_app
from hub.http_server import HttpServer
from hub.intake import Intake
from hub.isolation import Workers
from hub.metrics import Metrics
from hub.relay import Relay
from hub.settings import BusSettings, HttpSettings, HubSettings
from hub.store import Blobs, Database
from hub.store.database import open_database
from hub.store.leader import open_leadership
from hub.store.tables import interactions
from servers.process import free_port
from twilio_cloud import AUTH_TOKEN, CloudServer

T = TypeVar("T")


class Part(Protocol):
    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@dataclass
class TwilioHouse(ABC):
    """`changes`: what is otherwise in the connector's settings."""

    store_url: str
    folder: Path
    cloud: CloudServer
    changes: dict[str, Any] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stand_on(self) -> ConnectorContext:
        """Make what a connector stands on; gives what it is handed."""
        self.http = HttpSettings(port=self.port, public_url=self.origin)
        self.database: Database = open_database(self.store_url)
        self.metrics = Metrics()
        self.blobs = Blobs(self.folder / "blobs")
        self.bus = open_bus(BusSettings(url="local:"), self.database, _bury)
        self.relay = Relay(self.database, self.bus, open_leadership(self.database))
        self.workers = Workers()
        return ConnectorContext(
            hub=HubSettings(organisation="Van Dalen", http=self.http),
            intake=Intake(self.database, TOKENS, self.metrics, self.relay.wake),
            database=self.database,
            blobs=self.blobs,
            tokens=TOKENS,
            bus=self.bus,
            workers=self.workers,
            metrics=self.metrics,
            report=_reported,
            wake=self.relay.wake,
        )

    async def open(self, connector: Connector, *beside: Part) -> None:
        """Start it, with what runs beside it."""
        server = HttpServer(self.http, lambda: self._app(connector.routes()))
        self._parts: list[Part] = [self.relay, *beside, self.bus, connector, server]
        for part in self._parts:
            await part.start()

    async def stop(self) -> None:
        *basics, connector, server = self._parts
        for part in (connector, server, *reversed(basics)):
            await part.stop()
        await self.database.close()

    def _app(self, routes: Sequence[Route]) -> Any:
        return build_app(
            self.http, routes, metrics=self.metrics, readiness=_ready, refresh=_nothing
        )

    @abstractmethod
    async def start(self) -> None:
        """Start the connector and what it stands on."""

    @classmethod
    @asynccontextmanager
    async def running(
        cls, store_url: str, folder: Path, cloud: CloudServer, **changes: Any
    ) -> AsyncIterator[Self]:
        house = cls(store_url, folder, cloud, changes)
        await house.start()
        try:
            yield house
        finally:
            await house.stop()

    async def send(self, path: str, form: dict[str, str], signature: str = "") -> tuple[int, str]:
        """A webhook as somebody sends it; gives the status and the body."""
        url = self.origin + path
        proof = signature or RequestValidator(AUTH_TOKEN).compute_signature(url, form)
        headers = {"X-Twilio-Signature": proof}
        async with ClientSession() as http, http.post(url, data=form, headers=headers) as response:
            return response.status, await response.text()

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Change the store as the console does, with the news that this makes."""
        result = await self.database.write(work)
        self.relay.wake()
        return result

    async def received(self) -> list[Any]:
        wanted = select(interactions).where(interactions.c.direction == "inbound")
        return await self.rows(wanted.order_by(interactions.c.id))

    async def rows(self, wanted: Any) -> list[Any]:
        return await self.database.read(lambda c: list(c.execute(wanted)))


async def _bury(letters: Any) -> None:
    unexpected: list[DeadLetter] = list(letters)
    assert not unexpected, unexpected


async def _ready() -> dict[str, str]:
    return {}


async def _nothing() -> None: ...


async def _reported(*_: Any) -> None: ...
