"""A running web chat with all it stands on, and a visitor who speaks its protocol."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientWebSocketResponse,
    FormData,
    WSMsgType,
)
from sqlalchemy import select, update

from builders import TOKENS
from connectors.chat.connector import ChatConnector
from connectors.chat.settings import ChatSettings
from hub import clock
from hub.asking import AskedTopic
from hub.bus import DeadLetter
from hub.bus.opening import open_bus
from hub.connector import ConnectorContext
from hub.errors import StoreDown
from hub.events import ChatActivity, Envelope
from hub.http import build_app
from hub.http_server import HttpServer
from hub.intake import Intake
from hub.interaction import Attachment, Channel, Party, PointKind
from hub.isolation import Workers
from hub.membership import Membership
from hub.metrics import Metrics
from hub.outbound import Outbound
from hub.relay import Relay
from hub.replies import Reply, add_reply
from hub.settings import BusSettings, HttpSettings, HubSettings
from hub.store import Blobs, Database
from hub.store.database import open_database
from hub.store.leader import open_leadership
from hub.store.tables import conversations, interactions, outbound
from servers.process import free_port
from waiting import eventually

SITE = "shop"
PAGE_ORIGIN = "http://shop.example"
SAY_SECONDS = 120


@dataclass
class House:
    """One process of Loket that serves the chat. It can be stopped and started on the same port."""

    store_url: str
    folder: Path
    settings: ChatSettings
    bus_url: str = "local:"
    port: int = field(default_factory=free_port)
    topics: tuple[AskedTopic, ...] = ()
    recognised: str = ""
    """The topic that the rules find in every message."""
    asked_for: list[Membership] = field(default_factory=list)
    """What the model wants asked."""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        http = HttpSettings(port=self.port, public_url=self.origin)
        self.hub = HubSettings(organisation="Van Dalen", http=http)
        self.workers = Workers()
        self.database = open_database(self.store_url)
        self.metrics = Metrics()
        self.bus = open_bus(BusSettings(url=self.bus_url), self.database, _bury)
        self.signs: list[ChatActivity] = []
        self.bus.listen([ChatActivity.topic], self._hear, _nothing)
        self.relay = Relay(self.database, self.bus, open_leadership(self.database))
        self.connector = self._connector()
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

    async def _hear(self, envelope: Envelope) -> None:
        assert isinstance(envelope.event, ChatActivity)
        self.signs.append(envelope.event)

    async def stop(self) -> None:
        for part in (self.connector, self.server, self.bus, self.relay, self.workers):
            await part.stop()
        await self.database.close()

    def _connector(self) -> ChatConnector:
        self.blobs = Blobs(self.folder / "blobs")
        connectors: dict[Channel, Any] = {}
        self.outbound = Outbound(
            database=self.database,
            blobs=self.blobs,
            tokens=TOKENS,
            metrics=self.metrics,
            connectors=connectors,
            wake=self.relay.wake,
        )
        self.intake = Intake(
            self.database, TOKENS, self.metrics, self.relay.wake, lambda _arrival: self.recognised
        )
        connector = ChatConnector(self.settings, self.context())
        connectors[Channel.CHAT] = connector
        self.bus.subscribe("send.chat", ["message.send.chat"], self.outbound.handle)
        return connector

    def context(self) -> ConnectorContext:
        return ConnectorContext(
            hub=self.hub,
            intake=self.intake,
            database=self.database,
            blobs=self.blobs,
            tokens=TOKENS,
            bus=self.bus,
            workers=self.workers,
            metrics=self.metrics,
            report=self.outbound.report,
            wake=self.relay.wake,
            ask=self._ask,
        )

    def _ask(self, _channel: Channel, who: Membership, _now: datetime) -> tuple[AskedTopic, ...]:
        self.asked_for.append(who)
        return self.topics

    # What the other side of the counter does and sees

    async def answer(
        self, text: str, *, name: str = "Anna", to: str = "", files: tuple[Attachment, ...] = ()
    ) -> str:
        """An agent answers the visitor (by default of the one conversation); gives the id."""
        row = await self._conversation(to)
        reply = Reply(
            conversation_id=row.conversation_id,
            channel=Channel.CHAT,
            account=SITE,
            to=(Party(kind=PointKind.VISITOR, value=row.sender["value"]),),
            text=text,
            agent_name=name,
            attachments=files,
        )
        interaction_id = await self.database.write(lambda c: add_reply(c, reply))
        self.relay.wake()
        return interaction_id

    async def mail(self, text: str, to: str, *, files: tuple[Attachment, ...] = ()) -> None:
        """An agent writes a mail in the one conversation."""
        row = await self._conversation("")
        reply = Reply(
            conversation_id=row.conversation_id,
            channel=Channel.EMAIL,
            account=self.settings.email_account,
            to=(Party(kind=PointKind.EMAIL, value=to),),
            text=text,
            attachments=files,
        )
        await self.database.write(lambda c: add_reply(c, reply))

    async def resolve(self, at: datetime) -> None:
        """Every conversation counts as resolved since then."""
        values = {"state": "resolved", "resolved_at": at}
        await self.database.write(lambda c: c.execute(update(conversations).values(values)))

    async def texts(self, direction: str = "inbound") -> list[str]:
        """What was said, in the order of the store."""
        rows = await self.rows(interactions)
        rows.sort(key=lambda row: (row.conversation_id, row.sequence))
        return [row.text for row in rows if row.direction == direction]

    async def rows(self, table: Any) -> list[Any]:
        return list(await self.database.read(lambda c: c.execute(select(table)).all()))

    async def state_of(self, interaction_id: str) -> str:
        rows = await self.rows(outbound)
        return str(next(row.state for row in rows if row.interaction_id == interaction_id))

    async def _conversation(self, visitor: str) -> Any:
        rows = [row for row in await self.rows(interactions) if row.direction == "inbound"]
        return next(row for row in rows if visitor in ("", row.sender["value"]))


async def _bury(letters: Sequence[DeadLetter]) -> None:
    raise AssertionError(f"dead letters: {letters}")


async def _ready() -> dict[str, str]:
    return {}


async def _nothing() -> None: ...


def settings(**changes: Any) -> ChatSettings:
    values = {
        "sites": {SITE: {"origins": [PAGE_ORIGIN]}},
        "email_account": "help@van-dalen.example",
    }
    return ChatSettings.model_validate(values | changes)


async def _away(_work: object) -> None:
    raise StoreDown("the database does not answer")


def break_store(database: Database) -> None:
    """From now on the store takes nothing, as when its disk is full."""
    vars(database).update(write=_away)


def mend_store(database: Database) -> None:
    vars(database).pop("write")


@contextmanager
def broken(database: Database) -> Iterator[None]:
    """The store takes and gives nothing meanwhile."""
    break_store(database)
    vars(database).update(read=_away)
    yield
    vars(database).pop("read")
    mend_store(database)


@asynccontextmanager
async def open_house(
    store_url: str, folder: Path, *, bus_url: str = "local:", **changes: Any
) -> AsyncIterator[House]:
    house = House(store_url, folder, settings(**changes), bus_url)
    await house.start()
    try:
        yield house
    finally:
        await house.stop()


class Visitor:
    """A visitor's browser without a browser: speaks the protocol, keeps what it is told."""

    def __init__(self, http: ClientSession, origin: str, *, page_origin: str = PAGE_ORIGIN) -> None:
        self._http = http
        self._base = f"{origin}/chat"
        self._headers = {"Origin": page_origin}
        self.session: dict[str, Any] = {}
        self.last = 0
        self.lines: list[dict[str, Any]] = []
        self.answers: list[dict[str, Any]] = []
        self.socket: ClientWebSocketResponse | None = None

    @property
    def id(self) -> str:
        visitor: str = self.session["visitor"]
        return visitor

    async def begin(self, token: str | None = None, **more: Any) -> dict[str, Any]:
        body = more if token is None else {"token": token} | more
        url = f"{self._base}/sessions?site={SITE}"
        async with self._http.post(url, json=body, headers=self._headers) as response:
            response.raise_for_status()
            self.session = await response.json()
        return self.session

    async def connect(self, **hello: Any) -> dict[str, Any]:
        """Open a socket and say hello; gives the first frame, or what closed the socket."""
        url = f"{self._base}/socket?site={SITE}"
        self.socket = await self._http.ws_connect(url, headers=self._headers)
        frame = {"type": "hello", "token": self.session["token"], "last": self.last} | hello
        await self.socket.send_json(frame)
        return await self.receive()

    async def arrive(self, **hello: Any) -> "Visitor":
        await self.begin()
        await self.connect(**hello)
        return self

    async def send(self, frame: dict[str, Any]) -> None:
        assert self.socket is not None
        await self.socket.send_json(frame)

    async def say(self, text: str, message_id: str = "", **more: Any) -> dict[str, Any]:
        """Send a message; gives the server's answer to it."""
        message_id = message_id or clock.new_id()
        await self.send({"type": "message", "id": message_id, "text": text} | more)
        return await self.until(lambda frame: frame.get("id") == message_id and _answers(frame))

    async def ask(self, kind: str, **more: Any) -> str:
        """Ask for something; gives "" when it was done, else the code of the refusal."""
        request_id = clock.new_id()
        await self.send({"type": kind, "id": request_id} | more)
        answer = await self.until(lambda f: f.get("id") == request_id and _answers(f))
        return "" if answer["type"] == "ack" else str(answer.get("code", answer["type"]))

    async def upload(
        self, content: bytes, filename: str, **about: Any
    ) -> tuple[int, dict[str, Any]]:
        """Send a file; gives the status and the answer."""
        form = FormData(quote_fields=False)
        about = {"token": self.session.get("token", ""), "id": clock.new_id()} | about
        form.add_field("about", json.dumps(about), content_type="application/json")
        form.add_field("file", content, filename=filename)
        url = f"{self._base}/files?site={SITE}"
        async with self._http.post(url, data=form, headers=self._headers) as response:
            return response.status, await response.json()

    async def fetch(self, address: str) -> ClientResponse:
        """What is at an address that a line gave."""
        response = await self._http.get(f"{self._base}/{address}")
        await response.read()
        return response

    async def receive(self) -> dict[str, Any]:
        """The next frame; a close is given as {"type": "closed", "code": …}."""
        assert self.socket is not None
        async with asyncio.timeout(10):
            message = await self.socket.receive()
        if message.type is not WSMsgType.TEXT:
            return {"type": "closed", "code": self.socket.close_code}
        frame: dict[str, Any] = message.json()
        if frame["type"] == "message" and frame["sequence"] > self.last:
            self.last = frame["sequence"]
            self.lines.append(frame)
        return frame

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            frame = await self.receive()
            if wanted(frame):
                return frame
            assert frame["type"] != "closed", frame

    async def hears(self, text: str) -> dict[str, Any]:
        """Wait until this was said by either side."""
        for line in self.lines:
            if line["text"] == text:
                return line
        return await self.until(lambda frame: frame.get("text") == text)

    async def hang_up(self) -> None:
        """Go away without a word, as a phone in a tunnel does."""
        assert self.socket is not None
        connection = self.socket._response.connection
        if connection is not None and connection.transport is not None:
            connection.transport.abort()
        await self.socket.close()


async def talk(visitor: Visitor, texts: Sequence[str]) -> None:
    """Say it all in order, as the widget does: again, until the server says that it has it."""
    for text in texts:
        message_id = clock.new_id()
        said = partial(_said, visitor, text, message_id)
        await eventually(said, seconds=SAY_SECONDS)


async def _said(visitor: Visitor, text: str, message_id: str) -> bool:
    try:
        if not visitor.session:
            await visitor.begin()
        if visitor.socket is None or visitor.socket.closed:
            await visitor.connect()
        await visitor.send({"type": "message", "id": message_id, "text": text})
        answer = await visitor.until(
            lambda frame: (
                frame["type"] == "closed" or (frame.get("id") == message_id and _answers(frame))
            )
        )
    except (ClientError, OSError, TimeoutError):
        return False
    return bool(answer["type"] == "ack")


def _answers(frame: dict[str, Any]) -> bool:
    return frame["type"] in ("ack", "retry", "refused")
