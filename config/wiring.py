"""The composition root: makes the parts that a process needs for its roles and starts them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any, Protocol

from aiohttp import web

from agent_ui.console import Console
from agent_ui.context import ConsoleContext, Escalation
from agent_ui.softphone import Softphone
from config.channel_desk import Channels
from config.group_desk import ModelGroups
from config.hours_desk import HoursOfModels
from config.installed import installed
from config.matrix_desk import Matrices
from config.model_desk import Desk
from config.model_texts import ModelTexts
from config.replay_desk import Replays
from config.replay_runs import Runs
from config.settings import Settings, SettingsError
from config.topic_desk import ModelTopics
from config.topic_drafts import TopicDrafts
from config.workshop_desk import WorkshopDesk
from connectors.messaging.composing import MessagingComposing
from connectors.phone.browser import TOKEN_SECONDS
from hub import webhooks
from hub.asking import AskedTopic
from hub.bus import Bus, DeadLetter
from hub.bus.opening import open_bus
from hub.by_hand import ByHand
from hub.composing import Composing
from hub.connector import Connector, ConnectorContext, ConnectorKind
from hub.events import WITH_BULK
from hub.facts import Facts
from hub.gauges import Gauges
from hub.guide import Guide
from hub.heart import Heart
from hub.http import Readiness, Route, build_app
from hub.http_server import HttpServer
from hub.intake import Intake
from hub.interaction import Channel
from hub.isolation import Workers
from hub.lifecycle import Lifecycle, Part
from hub.membership import Membership
from hub.metrics import Metrics
from hub.outbound import Outbound
from hub.outgoing import OutgoingMessage, SendResult
from hub.passing import nowhere_to_pass
from hub.rating_requests import RatingRequests
from hub.relay import Relay
from hub.retention import Retention
from hub.searching import Searching
from hub.store import Blobs, Database, dead_letters, migrate
from hub.store.database import open_database
from hub.store.leader import open_leadership
from hub.sweeper import Sweeper
from hub.tokens import Tokens
from routing.asking import call_is_recorded, what_to_ask
from routing.assigning.rules import Rules
from routing.deadlines import Deadlines
from routing.dispatcher import Dispatcher
from routing.explain import Titles, explain_stored
from routing.guide import contact_guide, shut
from routing.handing_out import HandingOut, backup_of, offered_only
from routing.hours.stored import ruler_of
from routing.learned.current import Current
from routing.learned.teaching import Schedule, Teaching
from routing.lifecycle.from_file import ModelSource, settle
from routing.lifecycle.life import ModelLife
from routing.live_model import CurrentModel, LiveModel
from routing.planned import Planned
from routing.router import QUEUE as ROUTER_QUEUE
from routing.router import TOPICS as ROUTER_TOPICS
from routing.router import Router
from routing.staffing.arrivals import zone_of

WORKER_PRELOAD = ("connectors.email.parse", "agent_ui.mail_html", "hub.uploads", "hub.thumbnails")


MESSAGING = (Channel.SMS, Channel.WHATSAPP)


class Role(StrEnum):
    """What a process does; `all` is everything in one."""

    ALL = "all"
    CONNECTORS = "connectors"
    ROUTER = "router"
    DISPATCHER = "dispatcher"
    CONSOLE = "console"


class Extra(Protocol):
    """Something that runs beside Loket in the same process: the demo."""

    def routes(self) -> Sequence[Route]: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@dataclass
class Process:
    """One running Loket. `start` and `stop` it once."""

    lifecycle: Lifecycle
    server: HttpServer
    connectors: Mapping[str, Connector]
    basics: "Basics"

    async def discard(self) -> None:
        """Let go of what a process that was never started holds."""
        await self.basics.workers.stop()
        await self.basics.database.close()

    async def start(self) -> None:
        await self.lifecycle.start()

    async def stop(self) -> None:
        await self.lifecycle.stop()


@dataclass(frozen=True)
class Basics:
    """What every role stands on."""

    settings: Settings
    database: Database
    blobs: Blobs
    tokens: Tokens
    metrics: Metrics
    bus: Bus
    relay: Relay
    workers: Workers
    model: LiveModel
    life: ModelLife
    intake: Intake


def build(settings: Settings, role: Role = Role.ALL, extra: Extra | None = None) -> Process:
    """Make the process for `role`. Starts nothing; raises SettingsError."""
    _refuse_half_a_local_bus(settings, role)
    basics = _basics(settings)
    outbound_to: dict[Channel, Connector] = {}
    outbound = _outbound(basics, outbound_to)
    connectors: dict[str, Connector] = {}
    if role in (Role.ALL, Role.CONNECTORS):
        connectors = _connectors(basics, outbound, outbound_to)
        outbound_to.update({c: each for each in connectors.values() for c in each.sends})
        for channel in outbound_to:
            for lane in ("", ".bulk") if channel in WITH_BULK else ("",):
                topic = f"message.send.{channel}{lane}"
                basics.bus.subscribe(f"send.{channel}{lane}", [topic], outbound.handle)
    parts: list[tuple[str, Part]] = [
        ("store", _Store(basics)),
        ("model", basics.model),
        ("relay", basics.relay),
        ("outbound", outbound),
    ]
    basics.model.listen(basics.bus)
    if role in (Role.ALL, Role.ROUTER):
        learned = Current(basics.database)
        parts.append(("learned topics", learned))
        router = Router(
            basics.database,
            basics.model,
            basics.metrics,
            basics.relay.wake,
            learned=learned,
            rules=settings.routing.assignment,
        )
        basics.bus.subscribe(ROUTER_QUEUE, ROUTER_TOPICS, router.handle)
    if role in (Role.ALL, Role.DISPATCHER):
        parts += _dispatcher(basics)
    console: Console | None = None
    if role in (Role.ALL, Role.CONSOLE):
        runs = Runs(basics.database, basics.life.versions)
        parts.append(("replays", runs))
        channels = Channels(settings, basics.database, lambda: connectors)
        console = _console(basics, outbound, runs, outbound_to, channels)
    if extra is not None:
        parts.append(("extra", extra))
    # Stopped in reverse: sockets and streams are told to end before the HTTP server waits for them.
    server = _server(basics, connectors, console, extra)
    readiness = _readiness(basics, connectors)
    parts += [("heart", Heart(basics.database, role, readiness))]
    parts += [("bus", basics.bus), ("http", server)]
    if console is not None:
        parts.append(("console", console))
    parts += connectors.items()
    lifecycle = Lifecycle(parts, drain_seconds=settings.hub.drain_seconds)
    return Process(lifecycle, server, connectors, basics)


def default_accounts(settings: Settings) -> dict[Channel, str]:
    """From which of our accounts to write on a channel that a conversation has not used yet."""
    email: Any = getattr(settings.connectors, "email", None)
    accounts = list(email.accounts.values()) if email is not None else []
    found = {Channel.EMAIL: accounts[0].address} if accounts else {}
    messaging: Any = getattr(settings.connectors, "messaging", None)
    if messaging is not None:
        found |= {channel: messaging.first(channel) for channel in MESSAGING}
    return {channel: account for channel, account in found.items() if account}


def mailboxes(settings: Settings) -> tuple[str, ...]:
    """The addresses of those from which mail is taken."""
    email: Any = getattr(settings.connectors, "email", None)
    accounts = email.accounts.values() if email is not None else ()
    return tuple(account.address for account in accounts if account.imap is not None)


def composing(settings: Settings) -> dict[Channel, Composing]:
    """What may be written over channels that have rules: needs no running connector."""
    messaging: Any = getattr(settings.connectors, "messaging", None)
    if messaging is None:
        return {}
    return dict.fromkeys(MESSAGING, MessagingComposing(messaging))


def webhook_rules(settings: Settings) -> webhooks.Rules | None:
    """What other systems may be told at; None where nobody is told of events."""
    section: Any = getattr(settings.connectors, "webhooks", None)
    return None if section is None else webhooks.Rules(allow_private=section.allow_private)


def partner_titles(settings: Settings) -> dict[str, str]:
    """The partners that may post, and what they are called."""
    section: Any = getattr(settings.connectors, "partners", None)
    known = {} if section is None else section.partners
    return {name: one.title or name for name, one in known.items()}


def phone_number(settings: Settings) -> Callable[[str], str] | None:
    """How a number that an agent types becomes one with its country; None without a phone."""
    phone: Any = getattr(settings.connectors, "phone", None)
    return phone.typed if phone is not None else None


def softphone(settings: Settings) -> Softphone | None:
    """Phones in the agents' browsers, where they are set up."""
    phone: Any = getattr(settings.connectors, "phone", None)
    if phone is None or phone.browser is None:
        return None
    return Softphone(
        phone.browser.sdk_url,
        phone.browser.hosts,
        phone.in_browser,
        phone.phone_of,
        phone.browser_token,
        TOKEN_SECONDS,
    )


def enabled(settings: Settings) -> list[tuple[ConnectorKind, Any]]:
    """The connectors whose section is there, with it."""
    sections = [(kind, getattr(settings.connectors, kind.name)) for kind in installed()]
    return [(kind, section) for kind, section in sections if section is not None]


def open_store(settings: Settings) -> Database:
    return open_database(settings.hub.store.url, pool=settings.hub.store.pool)


def open_store_to_migrate(settings: Settings) -> Database:
    """An index on a big table takes longer than any statement of a service may."""
    return open_database(settings.hub.store.url, statement_seconds=None)


def make_model_life(
    settings: Settings, database: Database, wake: Callable[[], None] = lambda: None
) -> ModelLife:
    fixed = settings.routing.model_source is ModelSource.FILE
    return ModelLife.over(database, wake, fixed=fixed)


def make_workshop_desk(settings: Settings, database: Database) -> WorkshopDesk:
    life = make_model_life(settings, database)
    return WorkshopDesk(life, database, settings.hub.organisation)


def make_tokens(settings: Settings) -> Tokens:
    try:
        return Tokens(settings.hub.secret.get_secret_value())
    except ValueError as error:
        raise SettingsError(
            [f"hub.secret: {error}. Set LOKET_HUB__SECRET or LOKET_HUB__SECRET_FILE."]
        ) from error


def make_bus(settings: Settings, database: Database) -> Bus:
    async def bury(letters: Sequence[DeadLetter]) -> None:
        await database.write(lambda c: dead_letters.store(c, letters))

    return open_bus(settings.hub.bus, database, bury)


def _refuse_half_a_local_bus(settings: Settings, role: Role) -> None:
    if role is not Role.ALL and settings.hub.bus.url.startswith("local:"):
        raise SettingsError(
            [
                (
                    f"--role {role}: the local bus does not leave its process. "
                    "Set hub.bus.url to an amqp:// address, or serve all roles in one process."
                )
            ]
        )


def _basics(settings: Settings) -> Basics:
    database = open_store(settings)
    bus = make_bus(settings, database)
    relay = Relay(database, bus, open_leadership(database))
    tokens, metrics = make_tokens(settings), Metrics()
    return Basics(
        settings=settings,
        database=database,
        blobs=Blobs(settings.hub.blobs.path),
        tokens=tokens,
        metrics=metrics,
        bus=bus,
        relay=relay,
        workers=Workers(preload=WORKER_PRELOAD),
        model=LiveModel(database),
        life=make_model_life(settings, database, relay.wake),
        intake=Intake(database, tokens, metrics, relay.wake),
    )


def _outbound(basics: Basics, connectors: Mapping[Channel, Connector]) -> Outbound:
    return Outbound(
        database=basics.database,
        blobs=basics.blobs,
        tokens=basics.tokens,
        metrics=basics.metrics,
        connectors=connectors,
        wake=basics.relay.wake,
    )


def _connectors(
    basics: Basics, outbound: Outbound, outbound_to: Mapping[Channel, Connector]
) -> dict[str, Connector]:
    context = ConnectorContext(
        hub=basics.settings.hub,
        intake=basics.intake,
        database=basics.database,
        blobs=basics.blobs,
        tokens=basics.tokens,
        bus=basics.bus,
        workers=basics.workers,
        metrics=basics.metrics,
        report=outbound.report,
        wake=basics.relay.wake,
        ask=partial(_ask, basics.model),
        is_recorded=lambda who, topic: call_is_recorded(basics.model(), who, topic),
        default_accounts=default_accounts(basics.settings),
        pass_on=partial(_pass_on, outbound_to),
        topic_of_event=lambda kind: basics.model().topic_of_event(kind),
    )
    return {kind.name: kind.build(section, context) for kind, section in enabled(basics.settings)}


async def _pass_on(connectors: Mapping[Channel, Connector], message: OutgoingMessage) -> SendResult:
    connector = connectors.get(message.interaction.channel)
    if connector is None:
        return await nowhere_to_pass(message)
    return await connector.send(message, _nothing_to_mark)


async def _nothing_to_mark() -> None:
    """It is not kept, so there is nothing that a crash could leave in doubt."""


def _dispatcher(basics: Basics) -> list[tuple[str, Part]]:
    retention = Retention(
        basics.database,
        basics.blobs,
        basics.settings.hub.retention,
        open_leadership(basics.database, "retention"),
    )
    handing_out = HandingOut(basics.model, basics.settings.routing.assignment)
    dispatcher = Dispatcher(
        basics.database, basics.bus, handing_out, basics.metrics, basics.relay.wake
    )
    return [
        ("dispatcher", dispatcher),
        ("deadlines", Deadlines(basics.database, basics.model, basics.relay.wake)),
        ("planned models", Planned(basics.database, basics.life.activating)),
        ("sweeper", Sweeper(basics.database, basics.bus, basics.relay)),
        ("searching", Searching(basics.database)),
        ("retention", retention),
        ("rating requests", _rating_requests(basics)),
        ("facts", Facts(basics.database, open_leadership(basics.database, "facts"))),
        (
            "learning",
            Schedule(
                make_teaching(basics.settings, basics.database, basics.model),
                open_leadership(basics.database, "learning"),
            ),
        ),
    ]


def _rating_requests(basics: Basics) -> RatingRequests:
    hub = basics.settings.hub
    return RatingRequests(
        basics.database,
        open_leadership(basics.database, "ratings"),
        basics.tokens,
        public_url=hub.http.public_url,
        organisation=hub.organisation,
        wake=basics.relay.wake,
    )


def make_teaching(settings: Settings, database: Database, model: CurrentModel) -> Teaching:
    return Teaching(database, settings.routing.learning, model)


def _console(
    basics: Basics,
    outbound: Outbound,
    runs: Runs,
    outbound_to: Mapping[Channel, Connector],
    channels: Channels,
) -> Console:
    return Console(
        ConsoleContext(
            database=basics.database,
            blobs=basics.blobs,
            bus=basics.bus,
            workers=basics.workers,
            settings=basics.settings.console,
            hub=basics.settings.hub,
            tokens=basics.tokens,
            default_accounts=default_accounts(basics.settings),
            composing=composing(basics.settings),
            explain=partial(_explain, basics.model),
            role_titles=_role_titles(basics.model),
            ruler=ruler_of,
            guide=partial(_guide, basics.model),
            topics=ModelTopics(basics.model),
            groups=ModelGroups(basics.model),
            proposals=TopicDrafts(basics.database, basics.life.versions),
            models=Desk(basics.life, basics.model, basics.database),
            matrices=Matrices(basics.database, basics.life.versions),
            hours=HoursOfModels(basics.life.versions),
            replays=Replays(basics.database, basics.life.versions, runs),
            workshops=WorkshopDesk(basics.life, basics.database, basics.settings.hub.organisation),
            channels=channels,
            resend=outbound.resend,
            by_hand=ByHand(basics.intake, basics.database, basics.tokens),
            wake=basics.relay.wake,
            offered_only=lambda: offered_only(basics.model()),
            backup_of=lambda role: backup_of(basics.model(), role),
            shut=lambda role, now: shut(basics.model(), role, now),
            escalation=_escalation(basics.settings.routing.assignment),
            phone_number=phone_number(basics.settings),
            softphone=softphone(basics.settings),
            quiet=basics.settings.routing.assignment.quiet,
            webhooks=webhook_rules(basics.settings),
            partners=partner_titles(basics.settings),
            supervisor_roles=frozenset(basics.settings.routing.assignment.supervisor_roles),
            mailboxes=mailboxes(basics.settings),
            with_portal=getattr(basics.settings.connectors, "portal", None) is not None,
            pass_on=partial(_pass_on, outbound_to),
            zone=lambda: zone_of(basics.model()),
        )
    )


def _escalation(rules: Rules) -> Escalation:
    supervisors = next(iter(rules.supervisor_roles), "")
    return Escalation(supervisors, rules.escalated_minutes)


def _guide(model: CurrentModel, group: str, public: bool, now: datetime) -> Guide:
    return contact_guide(model(), group, public=public, now=now)


def _explain(model: CurrentModel, stored: dict[str, Any], language: str) -> list[str]:
    texts, live = ModelTexts.of(model(), language), model()
    groups = {one: texts.group(one) for one in live.target_groups}
    topics = {one: texts.topic(one) for one in live.topics}
    return explain_stored(stored, language, Titles(groups, topics))


def _ask(
    model: CurrentModel, channel: Channel, who: Membership, now: datetime
) -> Sequence[AskedTopic]:
    return what_to_ask(model(), channel, who, now)


class _role_titles:  # noqa: N801 (a function that remembers the model)
    def __init__(self, model: CurrentModel) -> None:
        self._model = model

    def __call__(self, language: str) -> Mapping[str, str]:
        roles = self._model().roles.values()
        return {role.id: role.title.nl if language == "nl" else role.title.en for role in roles}


def _server(
    basics: Basics,
    connectors: Mapping[str, Connector],
    console: Console | None,
    extra: Extra | None,
) -> HttpServer:
    routes: list[Route] = [route for each in connectors.values() for route in each.routes()]
    routes += console.routes() if console is not None else []
    routes += extra.routes() if extra is not None else []
    gauges = Gauges(basics.database, basics.bus, basics.metrics)
    readiness = _readiness(basics, connectors)

    def app() -> web.Application:
        return build_app(
            basics.settings.hub.http,
            routes,
            metrics=basics.metrics,
            readiness=readiness,
            refresh=gauges.refresh,
        )

    return HttpServer(basics.settings.hub.http, app)


def _readiness(basics: Basics, connectors: Mapping[str, Connector]) -> Readiness:
    """Each part of this process and its problem, "" when it is fine."""
    gauges = Gauges(basics.database, basics.bus, basics.metrics)

    async def readiness() -> Mapping[str, str]:
        return {
            "store": await gauges.store_problem(),
            "bus": basics.bus.problem,
            "relay": basics.relay.problem,
            "model": basics.model.problem,
            **{name: connector.problem for name, connector in connectors.items()},
        }

    return readiness


class _Store:
    """The store as the part that starts first: refuses a schema that lacks what this release needs,
    and lets the model's file become the first version.

    A newer schema is fine: a migration works with the release before it, and so a process of that
    release can start again while the others are being replaced.
    """

    def __init__(self, basics: Basics) -> None:
        self._basics = basics

    async def start(self) -> None:
        database = self._basics.database
        found = await migrate.current(database)
        if migrate.is_behind(found):
            needed = migrate.head()
            raise SettingsError(
                [f"the store has schema {found or 'none'}, not {needed}: run `loket migrate`."]
            )
        routing = self._basics.settings.routing
        await settle(database, self._basics.life.activating, routing.model, routing.model_source)

    async def stop(self) -> None:
        await self._basics.workers.stop()
        await self._basics.database.close()
