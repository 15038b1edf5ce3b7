"""A running console with all it stands on: store, bus, intake, router, the door out, HTTP."""

import functools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import ClientResponse, ClientSession, CookieJar, TCPConnector
from argon2 import PasswordHasher, profiles
from selectolax.lexbor import LexborHTMLParser
from sqlalchemy import Table, select

from agent_ui.console import Console
from agent_ui.context import ConsoleContext, Escalation
from agent_ui.settings import ConsoleSettings
from agent_ui.softphone import Softphone
from builders import ACCOUNT, SECRET, TOKENS, mail_arrival
from config.channel_desk import Channels
from config.group_desk import ModelGroups
from config.hours_desk import HoursOfModels
from config.matrix_desk import Matrices
from config.model_desk import Desk
from config.moment_desk import ModelMoments
from config.replay_desk import Replays
from config.replay_runs import Runs
from config.settings import load
from config.topic_desk import ModelTopics
from config.topic_drafts import TopicDrafts
from config.workshop_desk import WorkshopDesk
from connectors.messaging.composing import MessagingComposing
from connectors.shared.twilio.numbers import to_e164
from hub.bus import DeadLetter
from hub.bus.opening import open_bus
from hub.by_hand import ByHand
from hub.errors import Unavailable
from hub.guide import Guide
from hub.http import build_app
from hub.http_server import HttpServer
from hub.intake import Intake
from hub.interaction import Accepted, Arrival, Channel, DeliveryState
from hub.isolation import Workers
from hub.lifecycle import Part
from hub.metrics import Metrics
from hub.outbound import Outbound
from hub.outgoing import OutgoingMessage, SendResult
from hub.relay import Relay
from hub.settings import BusSettings, HttpSettings, HubSettings
from hub.store import Blobs, agents, migrate
from hub.store.database import open_database
from hub.store.leader import open_leadership
from hub.store.tables import unrouted, work_items
from hub.webhooks import Rules as WebhookRules
from interaction_models import FILE
from routing.assigning.rules import Rules
from routing.dispatcher import Dispatcher
from routing.explain import explain_stored
from routing.guide import contact_guide, shut
from routing.handing_out import HandingOut, backup_of, offered_only
from routing.hours.stored import ruler_of
from routing.lifecycle.life import ModelLife
from routing.live_model import LiveModel
from routing.model import Model
from routing.model_file import read_model
from routing.router import QUEUE, TOPICS, Router
from routing.staffing.arrivals import zone_of
from servers.process import free_port
from stores import decision_of
from twilio_cloud import OURS, messaging_settings
from waiting import eventually

PASSWORD = "correct horse battery staple"
# As slow to make as the console's own it would be most of what these tests cost.
PASSWORD_HASH = PasswordHasher.from_parameters(profiles.CHEAPEST).hash(PASSWORD)
T = TypeVar("T")

MODEL = """\
version: "3"
organisation: Van Dalen
triage_role: service
roles:
  service: {title: {en: Customer service, nl: Klantenservice}, owner: anna}
  billing: {title: {en: Billing, nl: Facturatie}, owner: bob}
channels:
  email: {title: {en: E-mail, nl: E-mail}, address: info@vandalen.example}
  chat: {title: {en: Chat, nl: Chat}}
target_groups:
  b2c: {title: {en: Consumers, nl: Consumenten}}
topics:
  order: {title: {en: Orders, nl: Bestellingen}, rules: {words: [order, bestelling]}}
  invoice: {title: {en: Invoices, nl: Facturen}, rules: {words: [invoice, factuur]}}
moments:
  - role: service
    sla: {first_response: 4h}
  - topic: order
    sla: {first_response: 2h}
    required_information:
      - {name: number, title: {en: Order number, nl: Bestelnummer}, source: ask}
    steps:
      before:
        - {name: look, title: {en: Look up the order, nl: Zoek de bestelling op}, blocking: no}
    results:
      - name: outcome
        title: {en: Outcome, nl: Uitkomst}
        choices:
          - {name: found, title: {en: Parcel found, nl: Pakket gevonden}}
          - {name: resent, title: {en: Sent again, nl: Opnieuw gestuurd}}
    authority: [{en: "You may refund up to EUR 50.", nl: "U mag tot EUR 50 terugbetalen."}]
  - topic: invoice
    role: billing
    priority_minutes: 30
"""


@dataclass
class House:
    """One process of Loket with a console in it."""

    store_url: str
    folder: Path
    settings: ConsoleSettings = field(default_factory=lambda: ConsoleSettings(undo_send_seconds=0))
    model_text: str = MODEL
    rules: Rules | None = None
    """With rules a dispatcher runs, and offers work as they say."""
    escalation: Escalation = field(default_factory=Escalation)
    public_url: str = ""
    webhooks: WebhookRules | None = field(default_factory=WebhookRules)
    supervisor_roles: frozenset[str] = frozenset()
    softphone: Softphone | None = None
    passed_on: list[OutgoingMessage] = field(default_factory=list)
    """Mails that were sent and not kept."""
    mail_is_down: bool = False
    connectors: dict[str, Any] = field(default_factory=dict)
    """What the page of channels tries."""
    default_accounts: dict[Channel, str] = field(
        default_factory=lambda: {
            Channel.EMAIL: ACCOUNT,
            Channel.SMS: OURS,
            Channel.WHATSAPP: OURS,
        }
    )
    port: int = field(default_factory=free_port)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        public_url = self.public_url or self.origin
        self.http = HttpSettings(port=self.port, public_url=public_url)
        self.database = open_database(self.store_url)
        await migrate.upgrade(self.database)
        self.metrics = Metrics()
        self.blobs = Blobs(self.folder / "blobs")
        self.workers = Workers(1)
        self.bus = open_bus(BusSettings(), self.database, _bury)
        self.relay = Relay(self.database, self.bus, open_leadership(self.database))
        self.intake = Intake(self.database, TOKENS, self.metrics, self.relay.wake)
        self.model = _model(self.model_text)
        self.life = ModelLife.over(self.database, self.relay.wake)
        await self.life.activating.go_live_from_file(
            self.model_text, reason="First start: model.yaml", only_first=True
        )
        self.live = LiveModel(self.database)
        await self.live.start()
        router = Router(self.database, self.live, self.metrics, self.relay.wake)
        self.bus.subscribe(QUEUE, TOPICS, router.handle)
        self.outbound = self._outbound()
        self.dispatcher = self._dispatcher()
        self.runs = Runs(self.database, self.life.versions, beat=0.05)
        self.console = Console(self._context())
        self.server = HttpServer(self.http, self._app)
        parts: list[Part] = [self.relay, self.bus, self.console, self.server]
        for part in (*parts, *self.dispatcher):
            await part.start()

    async def stop(self) -> None:
        for dispatcher in self.dispatcher:
            await dispatcher.stop()
        await self.runs.stop()
        parts: list[Part] = [self.console, self.server, self.bus, self.relay, self.live]
        for part in parts:
            await part.stop()
        await self.workers.stop()
        await self.database.close()

    def _outbound(self) -> Outbound:
        return Outbound(
            database=self.database,
            blobs=self.blobs,
            tokens=TOKENS,
            metrics=self.metrics,
            connectors={},
            wake=self.relay.wake,
        )

    def _dispatcher(self) -> list[Dispatcher]:
        if self.rules is None:
            return []
        handing_out = HandingOut(self.live, self.rules)
        return [Dispatcher(self.database, self.bus, handing_out, self.metrics, self.relay.wake)]

    def _context(self) -> ConsoleContext:
        hub = HubSettings(organisation="Van Dalen Koffie", http=self.http)
        return ConsoleContext(
            database=self.database,
            blobs=self.blobs,
            bus=self.bus,
            workers=self.workers,
            settings=self.settings,
            hub=hub,
            tokens=TOKENS,
            default_accounts=self.default_accounts,
            composing=dict.fromkeys(
                (Channel.SMS, Channel.WHATSAPP), MessagingComposing(messaging_settings())
            ),
            explain=explain_stored,
            role_titles=lambda language: _titles(self.model, language),
            ruler=ruler_of,
            guide=self._guide,
            topics=ModelTopics(lambda: self.model),
            groups=ModelGroups(lambda: self.model),
            moments=ModelMoments(lambda: self.model),
            proposals=TopicDrafts(self.database, self.life.versions),
            models=Desk(self.life, self.live, self.database),
            matrices=Matrices(self.database, self.life.versions),
            hours=HoursOfModels(self.life.versions),
            replays=Replays(self.database, self.life.versions, self.runs),
            channels=self._channels(),
            workshops=WorkshopDesk(self.life, self.database, hub.organisation),
            pass_on=self._pass_on,
            resend=self.outbound.resend,
            webhooks=self.webhooks,
            partners={"snelpost": "SnelPost"},
            by_hand=ByHand(self.intake, self.database, TOKENS),
            wake=self.relay.wake,
            offered_only=lambda: offered_only(self.model),
            backup_of=lambda role: backup_of(self.model, role),
            escalation=self.escalation,
            shut=lambda role, now: shut(self.model, role, now),
            zone=lambda: zone_of(self.model),
            phone_number=lambda typed: to_e164(typed, "NL"),
            softphone=self.softphone,
            supervisor_roles=self.supervisor_roles,
            with_portal=True,
        )

    def _channels(self) -> Channels:
        said = {
            "hub": {"organisation": "Van Dalen Koffie", "secret": SECRET},
            "connectors": {
                "email": {"allow_inside": True},
                "chat": {"sites": {"website": {"origins": ["https://www.x.example"]}}},
            },
        }
        return Channels(load(None, said), self.database, lambda: self.connectors)

    async def _pass_on(self, message: OutgoingMessage) -> SendResult:
        if self.mail_is_down:
            raise Unavailable("mail", "Nobody answers.")
        self.passed_on.append(message)
        return SendResult(state=DeliveryState.SENT)

    def _guide(self, group: str, public: bool, now: datetime) -> Guide:
        return contact_guide(self.model, group, public=public, now=now)

    def _app(self) -> Any:
        return build_app(
            self.http,
            self.console.routes(),
            metrics=self.metrics,
            readiness=_ready,
            refresh=_nothing,
        )

    # What happens around the console

    async def hire(
        self,
        login: str,
        name: str,
        roles: Sequence[str] = ("service",),
        *,
        language: str = "",
        administrator: bool = False,
    ) -> str:
        """An agent who can sign in with PASSWORD; gives their id."""
        return await self.database.write(
            lambda c: agents.add(
                c,
                login=login,
                name=name,
                password_hash=PASSWORD_HASH,
                held=list(roles),
                language=language,
                administrator=administrator,
            )
        )

    async def receive(self, arrival: Arrival | None = None, **changes: Any) -> Accepted:
        """A contact (by default a mail) comes in and is routed."""
        accepted = await self.intake.accept(arrival or mail_arrival(**changes))
        await eventually(lambda: self._is_routed(accepted))
        return accepted

    async def _is_routed(self, accepted: Accepted) -> bool:
        """There may be work in its conversation already."""
        waiting = {row.interaction_id for row in await self.rows(unrouted)}
        has_work = await self.work_of(accepted.conversation_id) is not None
        return has_work and accepted.interaction_id not in waiting

    async def work_of(self, conversation_id: str) -> Any:
        """The newest work item of a conversation."""
        found = [r for r in await self.rows(work_items) if r.conversation_id == conversation_id]
        return max(found, key=lambda row: row.id, default=None)

    async def decision_of(self, item: Any) -> dict[str, Any]:
        """The whole decision of a row of work."""
        return await decision_of(self.database, item)

    async def rows(self, table: Table) -> list[Any]:
        return await self.database.read(lambda c: list(c.execute(select(table)).all()))

    async def write(self, work: Callable[[Any], T]) -> T:
        """Change the store behind the console's back, with the news that this makes."""
        result = await self.database.write(work)
        self.relay.wake()
        return result


@asynccontextmanager
async def open_house(store_url: str, folder: Path, **changes: Any) -> AsyncIterator[House]:
    house = House(store_url, folder, **changes)
    await house.start()
    try:
        yield house
    finally:
        await house.stop()


class Page:
    """An answer of the console, read as a page."""

    def __init__(self, response: ClientResponse, body: str) -> None:
        self.status = response.status
        self.path = response.url.path
        self.headers = response.headers
        self.body = body
        self._tree = LexborHTMLParser(body)

    def text(self, selector: str) -> str:
        """The text of the first match, with single spaces; empty without one."""
        node = self._tree.css_first(selector)
        return " ".join(node.text(separator=" ").split()) if node else ""

    def texts(self, selector: str) -> list[str]:
        return [" ".join(node.text(separator=" ").split()) for node in self._tree.css(selector)]

    def value(self, selector: str, name: str = "value") -> str:
        node = self._tree.css_first(selector)
        return (node.attributes.get(name) or "") if node else ""

    def values(self, selector: str, name: str = "value") -> list[str]:
        return [node.attributes.get(name) or "" for node in self._tree.css(selector)]

    def has(self, selector: str) -> bool:
        return self._tree.css_first(selector) is not None


class Person:
    """An agent at a browser without scripts."""

    def __init__(self, http: ClientSession, origin: str) -> None:
        self.http = http
        self.origin = origin
        self.token = ""

    async def get(self, path: str, **options: Any) -> Page:
        async with self.http.get(self.origin + path, **options) as response:
            return Page(response, await response.text())

    async def post(self, path: str, **fields: str | list[str]) -> Page:
        headers = {"Origin": self.origin}
        data = [
            (name, value)
            for name, given in ({"form_token": self.token} | fields).items()
            for value in (given if isinstance(given, list) else [given])
        ]
        async with self.http.post(self.origin + path, data=data, headers=headers) as response:
            return Page(response, await response.text())

    async def take_next(self) -> Page:
        return await self.post("/console/take")

    async def reply(self, page: Page, text: str, **changes: str) -> Page:
        """Answer in the conversation on this page, as its form would."""
        fields = {
            "mode": "reply",
            "way": page.value("select[name=way] option"),
            "subject": page.value("input[name=subject]"),
            "seen": page.value("input[name=seen]"),
            "text": text,
        }
        return await self.post(f"{page.path.removesuffix('/entries')}/entries", **fields | changes)

    async def sign_in(self, login: str, password: str = PASSWORD, **fields: str) -> Page:
        page = await self.post("/console/sign-in", login=login, password=password, **fields)
        self.token = page.value("#act input[name=form_token]")
        return page


@asynccontextmanager
async def person(house: House, *, address: str = "127.0.0.1") -> AsyncIterator[Person]:
    """Comes from `address`, one of this machine's own."""
    connector = TCPConnector(local_addr=(address, 0))
    async with ClientSession(cookie_jar=CookieJar(unsafe=True), connector=connector) as http:
        yield Person(http, house.origin)


@functools.cache
def _model(text: str) -> Model:
    """It does not change; reading it is half of what a house costs."""
    return read_model(text, FILE)


async def _bury(letters: Sequence[DeadLetter]) -> None:
    raise AssertionError(f"dead letters: {letters}")


async def _ready() -> dict[str, str]:
    return {}


async def _nothing() -> None: ...


def _titles(model: Model, language: str) -> dict[str, str]:
    return {
        role.id: role.title.nl if language == "nl" else role.title.en
        for role in model.roles.values()
    }
