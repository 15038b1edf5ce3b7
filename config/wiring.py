"""The composition root: makes the parts that a process needs for its roles and starts them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Protocol

from aiohttp import web

from agent_ui.console import Console
from config.basics import Basics, StorePart, make_basics, make_teaching
from config.channel_desk import Channels
from config.console_parts import make_console
from config.replay_runs import Runs
from config.sections import default_accounts, enabled
from config.sending import make_outbound, pass_on
from config.settings import Settings, SettingsError
from hub.asking import AskedTopic
from hub.connector import Connector, ConnectorContext
from hub.events import WITH_BULK
from hub.facts import Facts
from hub.gauges import Gauges
from hub.heart import Heart
from hub.http import Readiness, Route, build_app
from hub.http_server import HttpServer
from hub.interaction import Channel
from hub.lifecycle import Lifecycle, Part
from hub.membership import Membership
from hub.outbound import Outbound
from hub.rating_requests import RatingRequests
from hub.retention import Retention
from hub.searching import Searching
from hub.store.leader import open_leadership
from hub.sweeper import Sweeper
from routing.asking import call_is_recorded, what_to_ask
from routing.deadlines import Deadlines
from routing.dispatcher import Dispatcher
from routing.handing_out import HandingOut
from routing.learned.current import Current
from routing.learned.teaching import Schedule
from routing.live_model import CurrentModel
from routing.planned import Planned
from routing.router import QUEUE as ROUTER_QUEUE
from routing.router import TOPICS as ROUTER_TOPICS
from routing.router import Router


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
    basics: Basics

    async def discard(self) -> None:
        """Let go of what a process that was never started holds."""
        await self.basics.workers.stop()
        await self.basics.database.close()

    async def start(self) -> None:
        await self.lifecycle.start()

    async def stop(self) -> None:
        await self.lifecycle.stop()


def build(settings: Settings, role: Role = Role.ALL, extra: Extra | None = None) -> Process:
    """Make the process for `role`. Starts nothing; raises SettingsError."""
    _refuse_half_a_local_bus(settings, role)
    basics = make_basics(settings)
    outbound_to: dict[Channel, Connector] = {}
    outbound = make_outbound(basics, outbound_to)
    connectors: dict[str, Connector] = {}
    if role in (Role.ALL, Role.CONNECTORS):
        connectors = _connectors(basics, outbound, outbound_to)
        outbound_to.update({c: each for each in connectors.values() for c in each.sends})
        for channel in outbound_to:
            for lane in ("", ".bulk") if channel in WITH_BULK else ("",):
                topic = f"message.send.{channel}{lane}"
                basics.bus.subscribe(f"send.{channel}{lane}", [topic], outbound.handle)
    parts: list[tuple[str, Part]] = [
        ("store", StorePart(basics)),
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
        # Two at once: while PostgreSQL writes what one decided, the other decides. SQLite has one
        # writer, which does both.
        for _ in range(1 if basics.database.dialect == "sqlite" else 2):
            basics.bus.subscribe(ROUTER_QUEUE, ROUTER_TOPICS, router.handle)
    if role in (Role.ALL, Role.DISPATCHER):
        parts += _dispatcher(basics)
    console: Console | None = None
    if role in (Role.ALL, Role.CONSOLE):
        runs = Runs(basics.database, basics.life.versions)
        parts.append(("replays", runs))
        channels = Channels(settings, basics.database, lambda: connectors)
        console = make_console(basics, outbound, runs, outbound_to, channels)
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
        pass_on=partial(pass_on, outbound_to),
        topic_of_event=lambda kind: basics.model().topic_of_event(kind),
    )
    return {kind.name: kind.build(section, context) for kind, section in enabled(basics.settings)}


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


def _ask(
    model: CurrentModel, channel: Channel, who: Membership, now: datetime
) -> Sequence[AskedTopic]:
    return what_to_ask(model(), channel, who, now)


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
