"""Every process follows the version that is live, without a restart."""

from collections.abc import AsyncIterator

import pytest
import structlog
from sqlalchemy import Connection

from builders import TOKENS, mail_arrival
from hub import clock
from hub.bus.opening import open_bus
from hub.errors import LoketError
from hub.events import Envelope, InteractionReceived, wrap
from hub.intake import Intake
from hub.interaction import Accepted, Channel
from hub.metrics import Metrics
from hub.relay import Relay
from hub.settings import BusSettings
from hub.store import Database, models
from hub.store.leader import open_leadership
from hub.store.models import Origin
from hub.store.tables import work_items
from model_texts import BROKEN, OWNED, WITH_BILLS
from routing.lifecycle.activating import Activating
from routing.lifecycle.versions import Versions
from routing.live_model import LiveModel
from routing.model_file import BrokenModel
from routing.planned import Planned
from routing.router import Router
from stores import decision_of, rows
from waiting import eventually


async def bury(letters: object) -> None:
    raise AssertionError(letters)


@pytest.fixture
async def activating(database: Database) -> Activating:
    made = Activating(Versions(database), database)
    await made.go_live_from_file(OWNED, reason="First start")
    return made


@pytest.fixture
async def live(database: Database, activating: Activating) -> AsyncIterator[LiveModel]:
    made = LiveModel(database)
    await made.start()
    yield made
    await made.stop()


async def put_live(database: Database, activating: Activating, written: str = WITH_BILLS) -> int:
    versions = Versions(database)
    made = await versions.draft(written, by="ina", origin=Origin.CONSOLE)
    await versions.check(made.number, by="ina")
    return (await activating.activate(made.number, by="ina", override="test")).number


def received(accepted: Accepted) -> Envelope:
    event = InteractionReceived(
        interaction_id=accepted.interaction_id,
        conversation_id=accepted.conversation_id,
        customer_id="unused",
        channel=Channel.EMAIL,
        account="unused",
        received_at=clock.now(),
    )
    return wrap(event, subject=accepted.conversation_id, source="/test")


async def test_a_mail_follows_the_version_that_is_live_when_it_is_routed(
    database: Database, activating: Activating, live: LiveModel
) -> None:
    router = Router(database, live, Metrics(), lambda: None)
    intake = Intake(database, TOKENS, Metrics(), lambda: None)
    await router.handle([received(await intake.accept(mail_arrival(subject="My bill")))])
    await put_live(database, activating)
    await eventually(lambda: live().version == "2")
    await router.handle([received(await intake.accept(mail_arrival(subject="My bill")))])
    found = sorted(await rows(database, work_items), key=lambda row: row.id)
    versions = [(await decision_of(database, row))["model_version"] for row in found]
    assert list(zip(versions, [row.role for row in found], strict=True)) == [
        ("1", "service"),
        ("2", "billing"),
    ]


async def test_one_that_it_cannot_read_does_not_replace_the_one_it_works_with(
    database: Database, activating: Activating
) -> None:
    live = LiveModel(database)
    await live.look()
    await database.write(_spoil_the_next)
    with structlog.testing.capture_logs() as logs:
        await live.look()
    assert live().version == "1"
    assert "version 2 cannot be read" in live.problem
    assert [line["event"] for line in logs] == ["model.unreadable"]
    with pytest.raises(BrokenModel):
        await LiveModel(database).start()
    await put_live(database, activating)
    await live.look()
    assert (live().version, live.problem) == ("3", "")


def _spoil_the_next(connection: Connection) -> None:
    made = models.add(connection, BROKEN, origin=Origin.COMMAND, by="another release")
    models.go_live(connection, made, by="another release", roles={})


async def test_the_bus_tells_of_it_at_once(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("routing.live_model.LOOK_SECONDS", 3600)
    bus = open_bus(BusSettings(), database, bury)
    relay = Relay(database, bus, open_leadership(database))
    activating = Activating(Versions(database), database, relay.wake)
    await activating.go_live_from_file(OWNED, reason="First start")
    live = LiveModel(database)
    live.listen(bus)
    parts = (live, relay, bus)
    for part in parts:
        await part.start()
    try:
        await put_live(database, activating)
        await eventually(lambda: live().version == "2")
    finally:
        for part in reversed(parts):
            await part.stop()


async def test_nothing_is_decided_before_a_model_is_there(database: Database) -> None:
    live = LiveModel(database)
    with pytest.raises(LoketError):
        await live.start()


async def test_what_came_due_while_no_dispatcher_ran_goes_live_when_one_starts(
    database: Database, activating: Activating
) -> None:
    versions = Versions(database)
    made = await versions.draft(WITH_BILLS, by="ina", origin=Origin.CONSOLE)
    await versions.check(made.number, by="ina")
    seen = await versions.version(made.number)
    plan = {"effective_from": clock.now(), "override_reason": "test"}
    await database.write(lambda c: models.change(c, seen, by="ina", **plan))
    planned = Planned(database, activating)
    await planned.start()

    async def went_live() -> bool:
        return await database.read(models.live_number) == made.number

    await eventually(went_live)
    await planned.stop()
