"""Deadlines are warned of and told once, at their own time, and survive whatever restarts."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import null, update

from builders import TOKENS, mail_arrival
from hub import clock
from hub.events import DeadlineBreached, DeadlineWarned, InteractionReceived, WorkItemChanged, wrap
from hub.intake import Intake
from hub.interaction import Channel
from hub.metrics import Metrics
from hub.promises import Event, Promise
from hub.store import Database, agents, deadlines, steps, watching, working
from hub.store import tables as t
from hub.store.agents import Agent
from hub.store.deadlines import BREACHED_MINUTES, WARNED_MINUTES, Deadline
from hub.store.inserting import insert_all
from interaction_models import HEAD, model_of
from routing.deadlines import Deadlines
from routing.hours.stored import ruler_of
from routing.model import Model
from routing.router import Router
from stores import decision_of, only, opened, rows, told
from waiting import eventually

HOUR = timedelta(hours=1)
FRIDAY = datetime(2026, 11, 20, 15, tzinfo=UTC)


def model(sla: str) -> Model:
    """One role that works in office hours, and a triage role that is always there."""
    head = HEAD.replace("Europe/Amsterdam", "UTC")
    return model_of(
        f"role: service, topic: order, sla: {{{sla}}}",
        f"topic: any, sla: {{{sla}}}",
        head=head,
    )


PLAIN = model("first_response: 4h, next_response: 2h, resolution: 3d")
BUSINESS = model("first_response: 4h, next_response: 2h, clock: business")


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


class House:
    """A store in which contacts arrive when the test says so."""

    def __init__(self, database: Database, model: Model) -> None:
        self.database = database
        self.watch = Deadlines(database, lambda: model, lambda: None)
        self._intake = Intake(database, TOKENS, Metrics(), lambda: None)
        self._router = Router(database, lambda: model, Metrics(), lambda: None)

    async def receive(self, at: datetime, *, topic: str = "order", **changes: Any) -> None:
        accepted = await self._intake.accept(mail_arrival(**changes))
        values = {"received_at": at, "topic": topic}
        change = update(t.interactions).where(t.interactions.c.id == accepted.interaction_id)
        await self.database.write(lambda c: c.execute(change.values(values)))
        event = InteractionReceived(
            interaction_id=accepted.interaction_id,
            conversation_id=accepted.conversation_id,
            customer_id="unused",
            channel=Channel.EMAIL,
            account="unused",
            received_at=at,
        )
        await self._router.handle([wrap(event, subject=accepted.conversation_id, source="/test")])

    async def item(self) -> Any:
        return await only(self.database, t.work_items)

    async def all(self) -> dict[Promise, Deadline]:
        item = await self.item()
        found = await self.database.read(lambda c: deadlines.of_item(c, item.id))
        return {one.promise: one for one in found}

    async def happened(self, event: Event, at: datetime, **more: Any) -> None:
        item = await self.item()
        await self.database.write(
            lambda c: c.execute(
                update(t.work_items).values(deadlines.happened(c, item.id, event, at, **more))
            )
        )

    async def anna(self, item_id: str = "") -> Agent:
        """An agent who has the work."""
        await self.database.write(lambda c: agents.add_roles(c, {"service": "Service"}))
        agent_id = await self.database.write(
            lambda c: agents.add(c, login="anna", name="Anna", password_hash="", held=["service"])
        )
        item_id = item_id or (await self.item()).id
        agent = Agent(agent_id, "anna", "Anna", "en", frozenset({"service"}))
        await self.database.write(lambda c: working.claim(c, item_id, agent))
        return agent

    async def events(self) -> list[DeadlineWarned | DeadlineBreached]:
        kinds = (DeadlineWarned, DeadlineBreached)
        return [e.event for e in await told(self.database) if isinstance(e.event, kinds)]


async def test_a_deadline_is_warned_of_and_told_once(database: Database) -> None:
    house = House(database, PLAIN)
    await house.receive(FRIDAY)
    assert await house.watch.mark(FRIDAY + 2.9 * HOUR) == 0
    assert await house.watch.mark(FRIDAY + 3 * HOUR) == 1
    assert await house.watch.mark(FRIDAY + 3.5 * HOUR) == 0
    assert (await house.item()).urgency_minutes == WARNED_MINUTES
    assert await house.watch.mark(FRIDAY + 4 * HOUR) == 1
    assert await house.watch.mark(FRIDAY + 4 * HOUR) == 0
    warned, breached = await house.events()
    item = await house.item()
    assert (type(warned), type(breached)) == (DeadlineWarned, DeadlineBreached)
    assert breached.due_at == warned.due_at == FRIDAY + 4 * HOUR
    assert (breached.work_item_id, breached.role) == (item.id, "service")
    fired = await database.read(lambda c: steps.of(c, item.id))
    assert [(step.kind, step.details["promise"]) for step in fired] == [
        (steps.WARNED, Promise.FIRST_RESPONSE),
        (steps.BREACHED, Promise.FIRST_RESPONSE),
    ]
    assert (item.overdue, item.urgency_minutes) == (True, BREACHED_MINUTES)
    changed = [e.event for e in await told(database) if isinstance(e.event, WorkItemChanged)]
    assert [one.overdue for one in changed] == [False, False, True]
    assert changed[-1].epoch == item.epoch


async def test_what_passed_while_nobody_watched_is_told_without_a_warning(
    database: Database,
) -> None:
    house = House(database, PLAIN)
    await house.receive(FRIDAY)
    assert await Deadlines(database, lambda: PLAIN, lambda: None).mark(FRIDAY + 40 * HOUR) == 1
    assert [type(event) for event in await house.events()] == [DeadlineBreached]


async def test_the_hours_of_the_role_count(database: Database) -> None:
    house = House(database, BUSINESS)
    await house.receive(FRIDAY)
    monday = FRIDAY + 64 * HOUR + 2 * HOUR  # two hours on Friday, two on Monday
    item = await house.item()
    assert item.first_response_due == item.answer_due == monday + 2 * HOUR
    assert item.answer_warn == monday + 1 * HOUR
    assert await house.watch.mark(FRIDAY + 48 * HOUR) == 0


async def test_moving_to_another_role_starts_no_clock_again(database: Database) -> None:
    house = House(database, BUSINESS)
    await house.receive(FRIDAY)
    await house.happened(Event.MOVED, FRIDAY + HOUR, role="triage")
    assert (await house.all())[Promise.FIRST_RESPONSE].due_at is None
    await house.watch.mark(FRIDAY + HOUR)
    assert (await house.item()).answer_due == FRIDAY + 4 * HOUR
    await house.happened(Event.MOVED, FRIDAY + 2 * HOUR, role="service")
    await house.watch.mark(FRIDAY + 2 * HOUR)
    first = (await house.all())[Promise.FIRST_RESPONSE]
    assert first.due_at == FRIDAY + 64 * HOUR + 4 * HOUR
    ruler = ruler_of(first, FRIDAY + 30 * HOUR)
    assert [(one.kind.value, one.seconds) for one in ruler.segments] == [
        ("counted", 7200), ("closed", 28 * 3600),
    ]  # fmt: skip


async def test_the_resolution_waits_for_the_customer(database: Database) -> None:
    house = House(database, PLAIN)
    await house.receive(FRIDAY)
    await house.happened(Event.PENDING, FRIDAY + HOUR)
    found = await house.all()
    assert (found[Promise.RESOLUTION].state, found[Promise.FIRST_RESPONSE].state) == (
        "paused", "running",
    )  # fmt: skip
    await house.watch.mark(FRIDAY + 100 * HOUR)
    assert [event.promise for event in await house.events()] == [Promise.FIRST_RESPONSE]
    await house.happened(Event.CONTINUED, FRIDAY + 101 * HOUR)
    await house.watch.mark(FRIDAY + 101 * HOUR)
    assert (await house.all())[Promise.RESOLUTION].due_at == FRIDAY + 172 * HOUR


async def test_a_contact_ends_the_waiting_for_the_customer(database: Database) -> None:
    house = House(database, PLAIN)
    await house.receive(FRIDAY, message_id="one@example.org")
    await house.happened(Event.PENDING, FRIDAY + HOUR)
    await house.receive(FRIDAY + 11 * HOUR, references=("one@example.org",))
    resolution = (await house.all())[Promise.RESOLUTION]
    assert (resolution.state, resolution.due_at) == ("running", FRIDAY + 82 * HOUR)


async def test_an_answer_meets_the_promise_and_the_next_contact_begins_another(
    database: Database,
) -> None:
    house = House(database, PLAIN)
    await house.receive(FRIDAY, message_id="one@example.org")
    anna = await house.anna()
    item = await house.item()
    await database.write(lambda c: working.answered(c, item.id, anna))
    item = await house.item()
    assert (item.answer_due, item.overdue, item.urgency_minutes) == (None, False, 0)
    for hours in (10, 11):
        await house.receive(
            FRIDAY + hours * HOUR,
            message_id=f"{hours}@example.org",
            references=("one@example.org",),
        )
    following = (await house.all())[Promise.NEXT_RESPONSE]
    assert following.due_at == FRIDAY + 12 * HOUR  # from the first that was not answered
    assert (await house.item()).answer_due == FRIDAY + 12 * HOUR
    await house.watch.mark(FRIDAY + 12 * HOUR)
    assert (await house.item()).overdue is True
    await database.write(lambda c: working.answered(c, item.id, anna))
    assert (await house.item()).overdue is False
    found = await house.all()
    assert found[Promise.RESOLUTION].state == "running"
    await database.write(lambda c: working.resolve(c, item.id, anna, {}))
    assert {one.state for one in (await house.all()).values()} == {"met"}
    assert await database.read(watching.following) is None


async def test_triage_work_that_finds_its_role_counts_from_its_beginning(
    database: Database,
) -> None:
    house = House(database, BUSINESS)
    await house.receive(FRIDAY, topic="", message_id="one@example.org", text="xyzzy", subject="")
    assert (await house.item()).answer_due == FRIDAY + 4 * HOUR
    await house.receive(FRIDAY + HOUR, references=("one@example.org",))
    item = await house.item()
    assert (item.role, item.answer_due) == ("service", FRIDAY + 68 * HOUR)
    assert item.first_response_due == item.answer_due


async def test_an_agreement_makes_stricter_and_never_laxer(database: Database) -> None:
    house = House(database, PLAIN)
    await house.receive(FRIDAY, message_id="one@example.org")
    customer_id = (await house.item()).customer_id
    rows_ = [
        agreement(customer_id, "Quick", {"first_response": "1h", "next_response": "9h"}),
        agreement(customer_id, "Broken", {"first_response": "soon"}),
        agreement(customer_id, "Expired", {"first_response": "1m"}, valid_until=FRIDAY),
        agreement(customer_id, "A price", None),
    ]
    await database.write(lambda c: insert_all(c, t.agreements, rows_))
    await house.receive(FRIDAY, message_id="two@example.org")
    items = await rows(database, t.work_items)
    newer = max(items, key=lambda item: item.id)
    first, resolution = await database.read(lambda c: deadlines.of_item(c, newer.id))
    assert (first.due_at, first.source) == (FRIDAY + HOUR, "Quick")
    assert (resolution.target, resolution.source) == (3 * 86_400, "")


def agreement(customer_id: str, title: str, targets: Any, **changes: Any) -> dict[str, Any]:
    row = {
        "id": clock.new_id(), "customer_id": customer_id, "kind": "sla", "title": title,
        "terms": "", "owner": "", "valid_from": FRIDAY - 99 * HOUR, "valid_until": None,
        "targets": null() if targets is None else targets,
    }  # fmt: skip
    return row | changes


async def test_several_watchers_tell_each_deadline_once(database: Database) -> None:
    house = House(database, PLAIN)
    for number in range(20):
        await house.receive(FRIDAY, message_id=f"{number}@example.org")
    watchers = [Deadlines(database, lambda: PLAIN, lambda: None) for _ in range(3)]
    counts = await asyncio.gather(*(one.mark(FRIDAY + 4 * HOUR) for one in watchers))
    assert sum(counts) == 20
    assert len({event.deadline_id for event in await house.events()}) == 20


async def test_answers_and_watchers_do_not_wait_for_each_other(database: Database) -> None:
    """Both change the deadlines and the work items of the same conversations, at one time."""
    house = House(database, PLAIN)
    for number in range(20):
        await house.receive(FRIDAY, message_id=f"{number}@example.org")
    anna = await house.anna((await rows(database, t.work_items))[0].id)
    items = [item.id for item in await rows(database, t.work_items)]
    for item_id in items:
        await database.write(lambda c, item_id=item_id: working.claim(c, item_id, anna))
    answers = [
        database.write(lambda c, item_id=item_id: working.answered(c, item_id, anna))
        for item_id in items
    ]
    watching_ = [house.watch.mark(FRIDAY + 4 * HOUR) for _ in range(5)]
    await asyncio.gather(*answers, *watching_)
    await house.watch.mark(FRIDAY + 4 * HOUR)
    assert {item.overdue for item in await rows(database, t.work_items)} == {False}
    found = await rows(database, t.deadlines)
    assert {one.state for one in found if one.promise == Promise.FIRST_RESPONSE} == {"met"}


async def test_nothing_promised_is_nothing_to_watch(database: Database) -> None:
    house = House(database, model_of("role: service, topic: order"))
    await house.receive(FRIDAY)
    assert await rows(database, t.deadlines) == []
    assert await database.read(watching.following) is None


async def test_a_watcher_that_runs_tells_by_itself(database: Database) -> None:
    house = House(database, PLAIN)
    await house.receive(clock.now() - 5 * HOUR)
    await house.watch.start()
    try:
        assert await eventually(house.events)
    finally:
        await house.watch.stop()


async def test_another_topic_promises_anew_from_when_the_customer_began_to_wait(
    database: Database,
) -> None:
    house = House(database, PLAIN)
    await house.receive(FRIDAY)
    [item] = await rows(database, t.work_items)
    anna = await house.anna(item.id)
    decision = await decision_of(database, item)
    other = {**decision, "topic": "x", "first_response": 2 * 3600, "resolution": None}
    await database.write(lambda c: working.retopic(c, item.id, anna, decision=other, move=False))
    await house.watch.mark(clock.now())
    found = {one.promise: one for one in await rows(database, t.deadlines)}
    assert found[Promise.FIRST_RESPONSE].due_at == FRIDAY + 2 * HOUR
    assert found[Promise.RESOLUTION].state == "met"
    [item] = await rows(database, t.work_items)
    assert item.answer_due == FRIDAY + 2 * HOUR
