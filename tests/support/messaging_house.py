"""A running SMS and WhatsApp connector with all it stands on, beside Twilio's cloud."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
from sqlalchemy import select
from twilio.request_validator import RequestValidator

from builders import TOKENS
from config.demo.twilio.webhooks import Answer
from connectors.messaging.connector import MessagingConnector
from connectors.messaging.receive import MESSAGE_PATH, STATUS_PATH
from hub.bus import DeadLetter
from hub.bus.opening import open_bus
from hub.connector import ConnectorContext
from hub.http import build_app
from hub.http_server import HttpServer
from hub.intake import Intake
from hub.interaction import Channel, Party, PointKind
from hub.isolation import Workers
from hub.metrics import Metrics
from hub.outbound import Outbound
from hub.relay import Relay
from hub.replies import Reply, add_reply
from hub.settings import BusSettings, HttpSettings, HubSettings
from hub.store import Blobs, Database
from hub.store.database import open_database
from hub.store.leader import open_leadership
from hub.store.tables import interactions, outbound
from servers.process import free_port
from twilio_cloud import AUTH_TOKEN, OURS, CloudServer, messaging_settings
from waiting import eventually

THEIRS = "+31612345678"


@dataclass
class House:
    store_url: str
    folder: Path
    cloud: CloudServer
    changes: dict[str, Any] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        http = HttpSettings(port=self.port, public_url=self.origin)
        twilio = self.cloud.settings().model_dump()
        self.settings = messaging_settings(**({"twilio": twilio} | self.changes))
        self.database: Database = open_database(self.store_url)
        self.metrics = Metrics()
        self.blobs = Blobs(self.folder / "blobs")
        self.bus = open_bus(BusSettings(url="local:"), self.database, _bury)
        self.relay = Relay(self.database, self.bus, open_leadership(self.database))
        self.workers = Workers()
        connectors: dict[Channel, Any] = {}
        self.outbound = Outbound(
            database=self.database,
            blobs=self.blobs,
            tokens=TOKENS,
            metrics=self.metrics,
            connectors=connectors,
            wake=self.relay.wake,
        )
        self.connector = MessagingConnector(self.settings, self._context(http))
        for channel in self.connector.sends:
            connectors[channel] = self.connector
            for lane in ("", ".bulk"):
                topic = f"message.send.{channel}{lane}"
                self.bus.subscribe(f"send.{channel}{lane}", [topic], self.outbound.handle)
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
        self.cloud.number.sms_url = self.origin + MESSAGE_PATH
        for part in (self.relay, self.outbound, self.bus, self.connector, self.server):
            await part.start()

    async def stop(self) -> None:
        for part in (self.connector, self.server, self.bus, self.outbound, self.relay):
            await part.stop()
        await self.database.close()

    def _context(self, http: HttpSettings) -> ConnectorContext:
        return ConnectorContext(
            hub=HubSettings(organisation="Van Dalen", http=http),
            intake=Intake(self.database, TOKENS, self.metrics, self.relay.wake),
            database=self.database,
            blobs=self.blobs,
            tokens=TOKENS,
            bus=self.bus,
            workers=self.workers,
            metrics=self.metrics,
            report=self.outbound.report,
            wake=self.relay.wake,
        )

    # What a customer does

    async def text(self, body: str, *, sender: str = THEIRS, **more: Any) -> Answer:
        return await self.cloud.cloud.text(sender, OURS, body, **more)

    async def whatsapp(self, body: str, *, sender: str = THEIRS, **more: Any) -> Answer:
        return await self.cloud.cloud.text(f"whatsapp:{sender}", f"whatsapp:{OURS}", body, **more)

    async def post(
        self, form: dict[str, str], path: str = MESSAGE_PATH, *, signature: str = ""
    ) -> tuple[int, dict[str, Any]]:
        """A webhook as somebody sends it; gives the status, and the problem if it is one."""
        url = self.origin + path
        signature = signature or RequestValidator(AUTH_TOKEN).compute_signature(url, form)
        headers = {"X-Twilio-Signature": signature}
        async with ClientSession() as http, http.post(url, data=form, headers=headers) as response:
            is_problem = response.content_type == "application/problem+json"
            return response.status, await response.json(content_type=None) if is_problem else {}

    async def status(self, sid: str, state: str, **more: str) -> int:
        form = {
            "AccountSid": self.settings.twilio.account_sid,
            "MessageSid": sid,
            "MessageStatus": state,
            "From": OURS,
            "To": THEIRS,
        }
        return (await self.post(form | more, STATUS_PATH))[0]

    # What our side does and sees

    async def answer(self, text: str, **changes: Any) -> str:
        """An agent answers the newest message; gives the id."""
        newest = (await self.received())[-1]
        values: dict[str, Any] = {
            "conversation_id": newest.conversation_id,
            "channel": newest.channel,
            "account": OURS,
            "to": (Party(kind=PointKind.PHONE, value=newest.sender["value"]),),
            "text": text,
        }
        reply = Reply.model_validate(values | changes)
        interaction_id = await self.database.write(lambda c: add_reply(c, reply))
        self.relay.wake()
        return interaction_id

    async def received(self) -> list[Any]:
        wanted = select(interactions).where(interactions.c.direction == "inbound")
        return await self._rows(wanted.order_by(interactions.c.id))

    async def sent(self) -> list[Any]:
        wanted = (
            select(interactions, outbound)
            .join(outbound, outbound.c.interaction_id == interactions.c.id)
            .order_by(interactions.c.id)
        )
        return await self._rows(wanted)

    async def reaches(self, interaction_id: str, *states: str) -> Any:
        """Wait until a message of ours is in one of these states."""

        async def look() -> Any:
            [row] = [r for r in await self.sent() if r.interaction_id == interaction_id]
            return row if row.state in states else None

        return await eventually(look)

    async def _rows(self, wanted: Any) -> list[Any]:
        return await self.database.read(lambda c: list(c.execute(wanted)))


@asynccontextmanager
async def open_house(
    store_url: str, folder: Path, cloud: CloudServer, **changes: Any
) -> AsyncIterator[House]:
    house = House(store_url, folder, cloud, changes)
    await house.start()
    try:
        yield house
    finally:
        await house.stop()


async def _bury(letters: Any) -> None:
    unexpected: list[DeadLetter] = list(letters)
    assert not unexpected, unexpected


async def _ready() -> dict[str, str]:
    return {}


async def _nothing() -> None: ...
