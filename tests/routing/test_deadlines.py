"""First-response deadlines that pass are marked once and told."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from builders import TOKENS, mail_arrival
from hub import clock
from hub.events import InteractionReceived, WorkItemChanged, wrap
from hub.intake import Intake
from hub.interaction import Channel
from hub.metrics import Metrics
from hub.store import Database, deadlines
from hub.store.tables import work_items
from routing.deadlines import Deadlines
from routing.model_file import load_model
from routing.router import Router
from stores import only, opened, told

MODEL = Path(__file__).parents[2] / "config" / "interaction_model.yaml"


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


@pytest.fixture
async def waiting(database: Database) -> None:
    """One work item whose first response is due in an hour."""
    accepted = await Intake(database, TOKENS, Metrics(), lambda: None).accept(mail_arrival())
    event = InteractionReceived(
        interaction_id=accepted.interaction_id,
        conversation_id=accepted.conversation_id,
        customer_id="unused",
        channel=Channel.EMAIL,
        account="unused",
        received_at=clock.now(),
    )
    model = load_model(MODEL)
    router = Router(database, lambda: model, Metrics(), lambda: None)
    await router.handle([wrap(event, subject=accepted.conversation_id, source="/test")])
    due = update(work_items).values(first_response_due=clock.now() + timedelta(hours=1))
    await database.write(lambda c: c.execute(due))


async def overdue_events(database: Database) -> int:
    events = [envelope.event for envelope in await told(database)]
    return sum(isinstance(event, WorkItemChanged) and event.overdue for event in events)


@pytest.mark.usefixtures("waiting")
async def test_a_deadline_that_passes_is_told_once(database: Database) -> None:
    watch = Deadlines(database, lambda: None)
    assert await watch.mark(clock.now()) == 0
    later = clock.now() + timedelta(hours=2)
    assert await watch.mark(later) == 1
    assert await watch.mark(later) == 0
    assert (await only(database, work_items)).overdue is True
    assert await overdue_events(database) == 1


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize("values", [{"first_response_at": clock.now()}, {"state": "done"}])
async def test_who_was_answered_is_not_overdue(
    database: Database, values: dict[str, object]
) -> None:
    await database.write(lambda c: c.execute(update(work_items).values(values)))
    assert await Deadlines(database, lambda: None).mark(clock.now() + timedelta(days=9)) == 0
    assert await database.read(deadlines.following) is None
