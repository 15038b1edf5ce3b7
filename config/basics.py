"""What every role stands on: the store, the bus, the model, the workers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from config.settings import Settings, SettingsError
from config.workshop_desk import WorkshopDesk
from hub.bus import Bus, DeadLetter
from hub.bus.opening import open_bus
from hub.intake import Intake
from hub.interaction import Arrival
from hub.isolation import Workers
from hub.metrics import Metrics
from hub.relay import Relay
from hub.store import Blobs, Database, dead_letters, migrate
from hub.store.database import open_database
from hub.store.leader import open_leadership
from hub.tokens import Tokens
from routing.decide import topic_of
from routing.learned.teaching import Teaching
from routing.lifecycle.from_file import ModelSource, settle
from routing.lifecycle.life import ModelLife
from routing.live_model import CurrentModel, LiveModel

WORKER_PRELOAD = ("connectors.email.parse", "agent_ui.mail_html", "hub.uploads", "hub.thumbnails")


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


def make_basics(settings: Settings) -> Basics:
    database = open_store(settings)
    bus = make_bus(settings, database)
    relay = Relay(database, bus, open_leadership(database))
    tokens, metrics = make_tokens(settings), Metrics()
    model = LiveModel(database)

    def recognise(arrival: Arrival) -> str:
        return topic_of(arrival, model())

    return Basics(
        settings=settings,
        database=database,
        blobs=Blobs(settings.hub.blobs.path),
        tokens=tokens,
        metrics=metrics,
        bus=bus,
        relay=relay,
        workers=Workers(preload=WORKER_PRELOAD),
        model=model,
        life=make_model_life(settings, database, relay.wake),
        intake=Intake(database, tokens, metrics, relay.wake, recognise),
    )


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


def make_teaching(settings: Settings, database: Database, model: CurrentModel) -> Teaching:
    return Teaching(database, settings.routing.learning, model)


class StorePart:
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
