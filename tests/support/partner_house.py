"""A running Loket with a door for partners, and a carrier that signs what it posts."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
from pydantic import SecretStr
from sqlalchemy import insert, select
from standardwebhooks.webhooks import Webhook

from builders import TOKENS
from connectors.partners.connector import PartnersConnector
from connectors.partners.notices import NoticeSettings
from connectors.partners.settings import PartnerSettings, PartnersSettings
from hub import clock
from hub.bus import DeadLetter
from hub.bus.opening import open_bus
from hub.connector import ConnectorContext
from hub.deliveries import EventKind, NewEvent
from hub.events import Envelope, MessageSend
from hub.http import build_app
from hub.http_server import HttpServer
from hub.intake import Intake
from hub.interaction import Channel
from hub.isolation import Workers
from hub.metrics import Metrics
from hub.orders import Line, Order, OrderState
from hub.relay import Relay
from hub.settings import BusSettings, HttpSettings, HubSettings
from hub.store import Blobs, Database, orders, tracking
from hub.store.database import open_database
from hub.store.leader import open_leadership
from hub.store.tables import contact_points, customers, interactions
from hub.store.tracking import Shipment
from servers.process import free_port

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_" + "b3RoZXIgc2VjcmV0IG9mIHRoZSBjYXJyaWVyLCBsb25n"
KEY = "a key of the pallet carrier, long"
CERTIFICATE = "CN=palletlijn"
CUSTOMER = "jan"
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
TOPICS = {EventKind.EXCEPTION: "delivery/late", EventKind.DAMAGED: "delivery/damaged"}


def partners(**changes: Any) -> PartnersSettings:
    known = {
        "snelpost": PartnerSettings(title="SnelPost", secret=SecretStr(SECRET)),
        "palletlijn": PartnerSettings(api_key=SecretStr(KEY), certificate=CERTIFICATE),
    }
    return PartnersSettings.model_validate({"partners": known, **changes})


def told(kind: EventKind, number: int = 1, *, tracking: str = "3S1", **data: Any) -> dict[str, Any]:
    """A CloudEvent of the carrier; `number` makes it one of its own, and later."""
    return {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": "https://snelpost.example",
        "type": f"com.snelpost.delivery.{kind.value}",
        "subject": tracking,
        "time": NOW.replace(minute=number).isoformat(),
        "data": data,
    }


@dataclass
class Answer:
    status: int
    body: Any
    headers: Any


@dataclass
class House:
    store_url: str
    folder: Path
    settings: PartnersSettings
    proxies: Sequence[str] = ()
    port: int = field(default_factory=free_port)

    async def start(self) -> None:
        http = HttpSettings.model_validate({"port": self.port, "trusted_proxies": self.proxies})
        self.hub = HubSettings(organisation="Van Dalen", http=http)
        self.workers = Workers(1)
        self.database = open_database(self.store_url)
        self.metrics = Metrics()
        self.bus = open_bus(BusSettings(url="local:"), self.database, _bury)
        self.relay = Relay(self.database, self.bus, open_leadership(self.database))
        self.asked: list[str] = []
        self.bus.subscribe("sending", [f"{MessageSend.topic}.*"], self._ask)
        self.connector = PartnersConnector(self.settings, self._context())
        self.http = ClientSession(f"http://127.0.0.1:{self.port}")
        self.server = HttpServer(
            http,
            lambda: build_app(
                http,
                self.connector.routes(),
                metrics=self.metrics,
                readiness=_ready,
                refresh=_nothing,
            ),
        )
        for part in (self.relay, self.bus, self.connector, self.server):
            await part.start()

    async def stop(self) -> None:
        await self.http.close()
        for part in (self.server, self.connector, self.bus, self.relay, self.workers):
            await part.stop()
        await self.database.close()

    async def _ask(self, envelopes: Sequence[Envelope]) -> None:
        self.asked += [envelope.topic for envelope in envelopes]

    def _context(self) -> ConnectorContext:
        return ConnectorContext(
            hub=self.hub,
            intake=Intake(self.database, TOKENS, self.metrics, self.relay.wake),
            database=self.database,
            blobs=Blobs(self.folder / "blobs"),
            tokens=TOKENS,
            bus=self.bus,
            workers=self.workers,
            metrics=self.metrics,
            report=_report,
            wake=self.relay.wake,
            default_accounts={
                Channel.EMAIL: "info@vandalen.example",
                Channel.SMS: "+31970000000",
                Channel.WHATSAPP: "+31970000000",
            },
            topic_of_event=lambda kind: TOPICS.get(kind, ""),
        )

    async def post(
        self, what: Any, *, to: str = "snelpost/events", headers: dict[str, str] | None = None,
        secret: str = SECRET, message_id: str = "", at: datetime | None = None,
    ) -> Answer:  # fmt: skip
        """Sign and post. `what`: bytes as they are, else JSON; `headers`: instead of signing."""
        body = what if isinstance(what, bytes) else json.dumps(what).encode()
        if headers is None:
            headers = signed(body, secret=secret, message_id=message_id, at=at)
        async with self.http.post(f"/api/partners/v1/{to}", data=body, headers=headers) as answer:
            return Answer(answer.status, await answer.json(content_type=None), answer.headers)

    async def get(self, path: str, *, secret: str = SECRET) -> Answer:
        path = f"/api/partners/v1/{path}"
        async with self.http.get(path, headers=signed(path.encode(), secret=secret)) as answer:
            return Answer(answer.status, await answer.json(content_type=None), answer.headers)

    async def contacts(self) -> list[Any]:
        wanted = select(interactions).order_by(interactions.c.id)
        return await self.database.read(lambda c: list(c.execute(wanted)))

    async def ship(self, number: str = "VK-1", parcel: str = "3S1", **customer: Any) -> None:
        """A customer of ours with an order that is on its way."""
        await self.database.write(lambda c: _ship(c, number, parcel, customer))


def signed(
    body: bytes, *, secret: str = SECRET, message_id: str = "", at: datetime | None = None
) -> dict[str, str]:
    at = at or datetime.now(UTC)
    message_id = message_id or clock.new_id()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, at, body.decode("latin-1")),
        "Content-Type": "application/cloudevents+json",
    }


def event(kind: EventKind, number: int = 1, **more: Any) -> NewEvent:
    values = {
        "partner": "snelpost", "tracking": "3S1", "external_id": f"own-{number}",
        "kind": kind, "occurred_at": NOW.replace(minute=number),
    }  # fmt: skip
    return NewEvent.model_validate(values | more)


def _ship(connection: Any, number: str, parcel: str, customer: dict[str, Any]) -> None:
    row = {
        "id": CUSTOMER, "kind": "person", "name": "Jan", "language": "nl", "target_group": "b2c",
        "attributes": {}, "created_at": NOW,
    } | customer  # fmt: skip
    points = [
        {
            "id": value, "customer_id": CUSTOMER, "key": f"{kind}:{value}", "kind": kind,
            "value": value, "verified": True, "created_at": NOW,
        }
        for kind, value in (("email", "jan@example.org"), ("phone", "+31612345678"))
    ]  # fmt: skip
    connection.execute(insert(customers), [row])
    connection.execute(insert(contact_points), points)
    order = Order(
        id=number, number=number, customer_id=CUSTOMER, placed_at=NOW, currency="EUR",
        channel=Channel.PORTAL, state=OrderState.CONFIRMED, total=100, updated_at=NOW,
        lines=(Line(sku="beans", quantity=1, unit_price=100),),
    )  # fmt: skip
    orders.add(connection, [order])
    tracking.shipped(connection, [(order, Shipment(parcel))])


@asynccontextmanager
async def open_house(
    store_url: str, folder: Path, *, proxies: Sequence[str] = (), **changes: Any
) -> AsyncIterator[House]:
    house = House(store_url, folder, partners(**changes), proxies)
    await house.start()
    try:
        yield house
    finally:
        await house.stop()


def notices(*kinds: EventKind, **changes: Any) -> NoticeSettings:
    """By day and by night, unless a test says otherwise."""
    return NoticeSettings(kinds=kinds, **{"from_hour": 0, "until_hour": 24} | changes)


async def _report(_interaction: str, _state: Any) -> None: ...


async def _bury(_letters: Sequence[DeadLetter]) -> None: ...


async def _ready() -> dict[str, str]:
    return {}


async def _nothing() -> None: ...


__all__ = ["CUSTOMER", "Database", "House", "event", "notices", "open_house", "signed", "told"]
