"""A running Loket with the customer portal, and customers with browsers of their own."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, CookieJar
from sqlalchemy import insert, select

from builders import TOKENS
from connectors.portal.connector import PortalConnector
from connectors.portal.settings import PortalSettings
from hub.asking import AskedTopic, Question
from hub.bus import DeadLetter
from hub.bus.opening import open_bus
from hub.connector import ConnectorContext
from hub.guide import Words
from hub.http import build_app
from hub.http_server import HttpServer
from hub.intake import Intake
from hub.interaction import Channel, DeliveryState
from hub.isolation import Workers
from hub.membership import Membership
from hub.metrics import Metrics
from hub.orders import Line, Order, OrderState
from hub.outbound import Outbound
from hub.outgoing import OutgoingMessage, SendResult
from hub.relay import Relay
from hub.settings import BusSettings, HttpSettings, HubSettings
from hub.store import Blobs, orders
from hub.store.database import open_database
from hub.store.leader import open_leadership
from hub.store.tables import agreements, contact_points, customers, interactions
from servers.process import free_port

JAN, EVE = "jan@example.org", "eve@example.org"
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
CODE = re.compile(r"\b(\d{8})\b")
LINK = re.compile(r"/portal/link/(\S+)")


@dataclass
class House:
    store_url: str
    folder: Path
    port: int = field(default_factory=free_port)
    mails: list[OutgoingMessage] = field(default_factory=list)
    asked_for: list[Membership] = field(default_factory=list)
    accounts: dict[Channel, str] = field(
        default_factory=lambda: {Channel.EMAIL: "info@vandalen.example"}
    )

    async def start(self, **settings: Any) -> None:
        http = HttpSettings(port=self.port, public_url=self.url)
        self.hub = HubSettings(organisation="Van Dalen", http=http)
        self.workers = Workers(1)
        self.database = open_database(self.store_url)
        self.metrics = Metrics()
        self.bus = open_bus(BusSettings(url="local:"), self.database, _bury)
        self.relay = Relay(self.database, self.bus, open_leadership(self.database))
        connectors: dict[Channel, Any] = {}
        self.outbound = Outbound(
            database=self.database,
            blobs=Blobs(self.folder / "blobs"),
            tokens=TOKENS,
            metrics=self.metrics,
            connectors=connectors,
            wake=self.relay.wake,
        )
        quick = {"asks_per_minute": 600, "messages_per_minute": 600}
        self.connector = PortalConnector(PortalSettings(**quick | settings), self._context())
        connectors[Channel.PORTAL] = self.connector
        self.bus.subscribe("send.portal", ["message.send.portal"], self.outbound.handle)
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
        for part in (self.server, self.connector, self.bus, self.relay, self.workers):
            await part.stop()
        await self.database.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

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
            report=self.outbound.report,
            wake=self.relay.wake,
            ask=self._ask,
            default_accounts=self.accounts,
            pass_on=self._pass_on,
        )

    def _ask(self, _channel: Channel, who: Membership, _now: datetime) -> Sequence[AskedTopic]:
        self.asked_for.append(who)
        return _asked()

    async def _pass_on(self, message: OutgoingMessage) -> SendResult:
        self.mails.append(message)
        return SendResult(DeliveryState.SENT)

    async def said(self) -> list[Any]:
        wanted = select(interactions).order_by(interactions.c.id)
        return await self.database.read(lambda c: list(c.execute(wanted)))


@dataclass
class Browser:
    """What one person uses: keeps its cookies, and the token of the last form that it saw."""

    house: House
    http: ClientSession

    async def get(self, path: str) -> tuple[int, str]:
        async with self.http.get(path, allow_redirects=False) as answer:
            text = await answer.text()
        if found := TOKEN.search(text):
            self.token = found[1]
        return answer.status, text

    async def post(self, path: str, **form: str) -> tuple[int, str]:
        """Gives the status, and where to or what instead."""
        data = {"form_token": getattr(self, "token", "")} | form
        async with self.http.post(path, data=data, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location") or await answer.text()

    async def ask(self, address: str = JAN) -> str:
        """Ask for a code; gives where the answer leads."""
        await self.get("/portal/sign-in")
        return (await self.post("/portal/sign-in", address=address))[1]

    async def sign_in(self, address: str = JAN) -> None:
        await self.ask(address)
        await self.house.connector._sign_in.finish()
        await self.post("/portal/code", code=code_in(self.house.mails[-1]))
        status, _ = await self.get("/portal")
        assert status == 200


def code_in(mail: OutgoingMessage) -> str:
    found = CODE.search(mail.interaction.text)
    assert found
    return found[1]


def link_in(mail: OutgoingMessage) -> str:
    found = LINK.search(mail.interaction.text)
    assert found
    return f"/portal/link/{found[1]}"


@asynccontextmanager
async def open_house(store_url: str, folder: Path, **settings: Any) -> AsyncIterator[House]:
    house = House(store_url, folder)
    await house.start(**settings)
    await house.database.write(_people)
    try:
        yield house
    finally:
        await house.stop()


@asynccontextmanager
async def browser(house: House) -> AsyncIterator[Browser]:
    async with ClientSession(house.url, cookie_jar=CookieJar(unsafe=True)) as http:
        yield Browser(house, http)


def order(number: str, customer_id: str, state: OrderState = OrderState.PLACED) -> Order:
    return Order(
        id=number, number=number, customer_id=customer_id, placed_at=NOW, currency="EUR",
        channel=Channel.PORTAL, state=state, total=100, updated_at=NOW, agreement_id="price",
        lines=(Line(sku="beans", description="Beans", quantity=1, unit_price=100),),
    )  # fmt: skip


def _people(connection: Any) -> None:
    plain = {
        "kind": "person", "target_group": "b2c", "language": "en", "attributes": {},
        "created_at": NOW, "organisation_id": None,
    }  # fmt: skip
    people = {"firm": None, "jan": JAN, "eve": EVE}
    rows = [{"id": key, "name": key.title(), **plain} for key in people]
    rows[0]["kind"], rows[1]["organisation_id"] = "organisation", "firm"
    connection.execute(insert(customers), rows)
    points = [
        {
            "id": key, "customer_id": key, "key": f"email:{address}", "kind": "email",
            "value": address, "verified": False, "created_at": NOW,
        }
        for key, address in people.items()
        if address
    ]  # fmt: skip
    connection.execute(insert(contact_points), points)
    prices = {"prices": {"beans": {"description": "Beans", "unit_price": 100}}}
    agreed = {
        "id": "price", "customer_id": "firm", "kind": "price", "title": "Beans for the firm",
        "terms": "", "owner": "", "valid_from": NOW, "details": prices,
    }  # fmt: skip
    connection.execute(insert(agreements), [agreed])
    orders.add(connection, [order("VK-1", "firm"), order("VK-2", "eve")])


def _asked() -> Sequence[AskedTopic]:
    number = Question("order_number", _words("Order number"), of_customer=False, of_order=True)
    name = Question("name", _words("Name"), of_customer=True)
    late = AskedTopic(
        "delivery/late", _words("Late"), 1, True, (), "logistics", None, 3600, (number, name)
    )
    closed = AskedTopic("complaint", _words("Complaint"), 1, False, (), "", None, None, ())
    return [late, closed]


def _words(text: str) -> Words:
    return {"en": text, "nl": text}


async def _bury(_letters: Sequence[DeadLetter]) -> None: ...


async def _ready() -> dict[str, str]:
    return {}


async def _nothing() -> None: ...
