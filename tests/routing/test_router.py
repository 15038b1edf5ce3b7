"""What is received becomes work, once, whatever the bus does with the events."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, event, update

from builders import ACCOUNT, TOKENS, email_party, mail_arrival
from examples import examples
from house import HOUSE, JAN, PIET, STRANGER, order, people
from hub import clock
from hub.events import Envelope, InteractionReceived, MessageStatus, WorkItemChanged, wrap
from hub.intake import Intake
from hub.interaction import Accepted, Arrival, Automatic, Channel, DeliveryState
from hub.metrics import Metrics
from hub.references import Reference
from hub.replies import Reply, add_reply
from hub.store import (
    Database,
    follow_ups,
    former_decisions,
    links,
    orders,
    sending,
    troubles,
)
from hub.store.tables import (
    conversations,
    customers,
    handlings,
    interactions,
    outbox,
    unrouted,
    work_items,
)
from routing.assigning.rules import Rules
from routing.decide import Guess
from routing.decision import Brief, Decision
from routing.explain import explain, explain_stored
from routing.model import Model
from routing.model_file import load_model
from routing.router import Router
from stores import count, decision_of, only, opened, rows, told
from workplace import Workplace

MODEL = Path(__file__).parents[2] / "config" / "interaction_model.yaml"


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(MODEL)


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


@pytest.fixture
def router(database: Database, model: Model) -> Router:
    return Router(database, lambda: model, Metrics(), lambda: None)


@pytest.fixture
def intake(database: Database) -> Intake:
    return Intake(database, TOKENS, Metrics(), lambda: None)


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


def status(accepted: Accepted, state: str) -> Envelope:
    event = MessageStatus(
        interaction_id=accepted.interaction_id,
        conversation_id=accepted.conversation_id,
        channel=Channel.EMAIL,
        state=state,
    )
    return wrap(event, subject=accepted.conversation_id, source="/test")


def reply_to(accepted: Accepted) -> Reply:
    return Reply(
        conversation_id=accepted.conversation_id,
        channel=Channel.EMAIL,
        account=ACCOUNT,
        to=(email_party("jan@example.org"),),
        text="It is on its way.",
    )


def late_delivery(**changes: Any) -> Arrival:
    text = "Mijn bestelling is te laat, waar blijft het pakket?"
    return mail_arrival(subject="Levering te laat", text=text, **changes)


async def test_a_mail_becomes_work_for_the_role_of_the_model(
    database: Database, intake: Intake, router: Router, model: Model
) -> None:
    accepted = await intake.accept(late_delivery())
    await router.handle([received(accepted)])
    item = await only(database, work_items)
    assert (item.role, item.topic, item.state) == ("logistics", "delivery/late", "waiting")
    decision = await decision_of(database, item)
    assert decision["model_version"] == model.version
    assert decision["reasons"]
    assert await count(database, unrouted) == 0
    kept = await only(database, interactions)
    assert item.waiting_since == kept.received_at
    due = model.calendar("logistics").add(kept.received_at, decision["first_response"])
    assert item.first_response_due == due
    changed = [e.event for e in await told(database) if isinstance(e.event, WorkItemChanged)]
    assert [(e.work_item_id, e.role, e.epoch) for e in changed] == [(item.id, "logistics", 1)]


async def test_what_the_model_lays_down_is_kept_once_for_all_that_share_it(
    database: Database, intake: Intake, router: Router, model: Model
) -> None:
    mails = [late_delivery(sender=one, message_id=one) for one in ("a@x.org", "b@x.org")]
    for mail in mails:
        await router.handle([received(await intake.accept(mail))])
    [shared] = await rows(database, handlings)
    found = [await decision_of(database, item) for item in await rows(database, work_items)]
    assert len(found) == len(mails)
    for decision in found:
        assert {name: decision[name] for name in shared.body} == shared.body
        assert Decision.model_validate(decision).recognition.topic == "delivery/late"


async def test_what_is_shared_is_kept_also_when_the_first_try_came_to_nothing(
    database: Database, intake: Intake, router: Router, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = received(await intake.accept(late_delivery()))
    with monkeypatch.context() as broken:
        broken.setattr("hub.store.unrouted.mark_routed", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            await router.handle([event])
    assert await count(database, work_items) == 0
    await router.handle([event])
    assert await count(database, handlings) == 1


async def test_what_no_row_names_goes_to_triage_never_nowhere(
    database: Database, intake: Intake, router: Router, model: Model
) -> None:
    await router.handle([received(await intake.accept(mail_arrival(subject="", text="xyzzy")))])
    assert (await only(database, work_items)).role == model.triage_role


async def test_an_event_delivered_twice_changes_nothing(
    database: Database, intake: Intake, router: Router
) -> None:
    event = received(await intake.accept(late_delivery()))
    await router.handle([event, event])
    before = await only(database, work_items)
    await router.handle([event])
    assert await only(database, work_items) == before


async def test_an_event_that_overtakes_or_is_lost_changes_nothing(
    database: Database, intake: Intake, router: Router
) -> None:
    first = await intake.accept(late_delivery(message_id="one@example.org"))
    second = await intake.accept(mail_arrival(references=("one@example.org",)))
    await router.handle([received(second)])
    assert (await only(database, work_items)).topic == "delivery/late"
    assert await count(database, unrouted) == 0
    await router.handle([received(first)])
    assert await count(database, work_items) == 1


async def test_a_customer_who_writes_again_keeps_their_place_and_agent(
    database: Database, intake: Intake, router: Router, model: Model
) -> None:
    first = await intake.accept(late_delivery(message_id="one@example.org"))
    await router.handle([received(first)])
    before = await only(database, work_items)
    assigned = update(work_items).values(state="assigned", epoch=before.epoch + 1)
    await database.write(lambda c: c.execute(assigned))
    second = await intake.accept(
        mail_arrival(references=("one@example.org",), subject="factuur", text="factuur klopt niet")
    )
    await router.handle([received(second)])
    after = await only(database, work_items)
    assert (after.state, after.role, after.waiting_since) == (
        "assigned",
        before.role,
        before.waiting_since,
    )
    assert after.epoch > before.epoch + 1
    assert after.decision == before.decision
    [kept] = await database.read(lambda c: follow_ups.of_item(c, after.id))
    assert (kept.interaction_id, kept.decision["role"]) == (second.interaction_id, "billing")
    assert kept.decision["model_version"] == model.version
    assert kept.decision["rows"]["role"]["row"] == "any any any billing"
    assert "factuur" in explain(Brief.model_validate(kept.decision), "en")[0]


COMPLAINT = "Klacht over de bezorger"


@pytest.mark.parametrize(
    ("hours", "again", "sticks"),
    [
        (71, mail_arrival(subject=COMPLAINT, text=""), True),
        (73, mail_arrival(subject=COMPLAINT, text=""), False),
        (71, mail_arrival("piet@example.net", subject=COMPLAINT, text=""), False),
        (71, mail_arrival(subject="Levering te laat", text=""), False),
    ],
    ids=["lately", "long ago", "another customer", "a topic that is not sticky"],
)
async def test_who_helped_a_customer_lately_goes_first_where_the_model_says_so(
    database: Database, model: Model, hours: float, again: Arrival, sticks: bool
) -> None:
    router = Router(database, lambda: model, Metrics(), lambda: None)
    intake = Intake(database, TOKENS, Metrics(), lambda: None)
    office = Workplace(database, Rules())
    await office.open()
    anna = await office.hire("anna")
    await router.handle([received(await intake.accept(late_delivery()))])
    before = (await only(database, work_items)).id
    ended = clock.now() - timedelta(hours=hours)
    await office.change(before, state="done", agent_id=anna.id, resolved_at=ended)
    await router.handle([received(await intake.accept(again))])
    [item] = [row for row in await rows(database, work_items) if row.id != before]
    wanted = (anna.id, "sticky") if sticks else (None, "")
    assert (item.preferred_agent_id, item.preferred_why) == wanted


async def test_untouched_triage_work_moves_when_the_customer_says_more(
    database: Database, intake: Intake, router: Router, model: Model
) -> None:
    first = await intake.accept(
        mail_arrival(message_id="one@example.org", subject="", text="xyzzy")
    )
    await router.handle([received(first)])
    more = late_delivery(references=("one@example.org",))
    await router.handle([received(await intake.accept(more))])
    item = await only(database, work_items)
    assert item.role == "logistics"
    moves = [e.event for e in await told(database) if isinstance(e.event, WorkItemChanged)]
    assert (moves[-1].former_role, moves[-1].role) == (model.triage_role, "logistics")
    [former] = await database.read(lambda c: former_decisions.of_item(c, item.id))
    assert former.ended_by == "follow_up"
    assert (former.decision["role"], former.decision["topic"]) == (model.triage_role, "any")
    assert "No topic was chosen" in explain_stored(former.decision, "en")[0]


async def test_what_moves_at_once_keeps_its_first_decision_too(
    database: Database, intake: Intake, router: Router, model: Model
) -> None:
    """Both messages are routed in one transaction."""
    first = await intake.accept(
        mail_arrival(message_id="one@example.org", subject="", text="xyzzy")
    )
    second = await intake.accept(late_delivery(references=("one@example.org",)))
    await router.handle([received(first), received(second)])
    item = await only(database, work_items)
    [former] = await database.read(lambda c: former_decisions.of_item(c, item.id))
    assert (item.role, former.decision["role"]) == ("logistics", model.triage_role)


async def test_the_group_of_the_organisation_decides(
    database: Database, intake: Intake, router: Router
) -> None:
    first = await intake.accept(mail_arrival())
    customer = await only(database, customers)
    organisation = {
        "id": clock.new_id(),
        "kind": "organisation",
        "name": "Hotel",
        "target_group": "b2b/key-account",
        "attributes": {},
        "created_at": clock.now(),
    }

    def prepare(connection: Any) -> None:
        connection.execute(customers.insert(), [organisation])
        changed = update(customers).where(customers.c.id == customer.id)
        connection.execute(changed.values(organisation_id=organisation["id"]))

    await database.write(prepare)
    await router.handle([received(first)])
    decision = await decision_of(database, await only(database, work_items))
    assert decision["target_group"] == "b2b/key-account"


@pytest.mark.parametrize(
    "automatic",
    [Automatic.REPLY, Automatic.BOUNCE, Automatic.GENERATED, Automatic.BULK],
)
async def test_automatic_mail_makes_work_only_where_nobody_would_see_it(
    database: Database, intake: Intake, router: Router, automatic: Automatic
) -> None:
    first = await intake.accept(mail_arrival(message_id="one@example.org", automatic=automatic))
    await router.handle([received(first)])
    before = await only(database, work_items)
    second = mail_arrival(references=("one@example.org",), automatic=automatic)
    await router.handle([received(await intake.accept(second))])
    assert await only(database, work_items) == before
    assert await count(database, unrouted) == 0


async def test_a_command_to_the_channel_makes_no_work(
    database: Database, intake: Intake, router: Router
) -> None:
    stop = mail_arrival(automatic=Automatic.COMMAND)
    await router.handle([received(await intake.accept(stop))])
    assert await count(database, work_items) == 0
    assert await count(database, unrouted) == 0
    assert (await only(database, conversations)).state == "resolved"


@pytest.mark.parametrize("state", ["failed", "bounced", "uncertain"])
async def test_a_message_that_did_not_arrive_is_work_again(
    database: Database, intake: Intake, router: Router, state: str
) -> None:
    accepted = await intake.accept(late_delivery())
    await router.handle([received(accepted)])
    await database.write(lambda c: c.execute(update(work_items).values(state="done")))
    resolved = {"state": "resolved", "resolved_at": clock.now()}
    await database.write(lambda c: c.execute(update(conversations).values(resolved)))
    event = status(accepted, state)
    await router.handle([event])
    await router.handle([event])
    made = await rows(database, work_items)
    assert sorted(item.state for item in made) == ["done", "waiting"]
    assert {item.role for item in made} == {"logistics"}
    opened_again = await only(database, conversations)
    assert (opened_again.state, opened_again.resolved_at) == ("open", None)
    await router.handle([status(accepted, "delivered")])
    assert await count(database, work_items) == 2


async def test_a_message_that_did_not_arrive_is_work_though_its_event_was_lost(
    database: Database, intake: Intake, router: Router
) -> None:
    """And once, though the event is not lost but late."""
    accepted = await intake.accept(late_delivery())
    await router.handle([received(accepted)])
    message = await database.write(lambda c: add_reply(c, reply_to(accepted)))
    done = update(work_items).values(state="done")
    await database.write(lambda c: c.execute(done))
    failed = sending.Outcome(DeliveryState.FAILED)
    await database.write(lambda c: sending.record(c, message, failed))
    late = (await told(database))[-1]
    await database.write(lambda c: c.execute(delete(outbox)))
    later = clock.now() + timedelta(minutes=1)
    assert await database.write(lambda c: troubles.tell_again(c, later, source="/test")) == 1
    [again] = await told(database)
    await router.handle([again])
    assert sorted(item.state for item in await rows(database, work_items)) == ["done", "waiting"]
    assert await database.write(lambda c: troubles.tell_again(c, later, source="/test")) == 0
    await database.write(lambda c: c.execute(done))
    await router.handle([late])
    assert {item.state for item in await rows(database, work_items)} == {"done"}


@settings(
    max_examples=examples(8),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_any_delivery_of_the_events_gives_the_same_work(
    tmp_path_factory: pytest.TempPathFactory, model: Model, data: st.DataObject
) -> None:
    """Shuffled, repeated, dropped (one per conversation is enough) and cut in any batches."""
    url = f"sqlite:///{tmp_path_factory.mktemp('store')}/loket.db"
    async with opened(url) as database:
        intake = Intake(database, TOKENS, Metrics(), lambda: None)
        router = Router(database, lambda: model, Metrics(), lambda: None)
        events = []
        for sender in ("a@example.org", "b@example.org", "c@example.org"):
            root = late_delivery(sender=sender)
            accepted = await intake.accept(root)
            reference = (root.external_id,)
            more = [mail_arrival(sender=sender, references=reference) for _ in range(2)]
            events.append([accepted, *[await intake.accept(arrival) for arrival in more]])
        kept = [
            received(data.draw(st.sampled_from(of_one)))
            for of_one in events
            for _ in range(data.draw(st.integers(1, 3)))
        ]
        order = data.draw(st.permutations(kept))
        while order:
            size = data.draw(st.integers(1, len(order)))
            await router.handle(order[:size])
            order = order[size:]
        made = await rows(database, work_items)
        assert len(made) == 3
        assert {item.topic for item in made} == {"delivery/late"}
        assert await count(database, unrouted) == 0


class Sure:
    """What was learned says `contract` of everything."""

    version = 3
    threshold = 0.5

    def guess(self, subject: str, text: str) -> Guess | None:  # noqa: ARG002
        return Guess("contract", 0.8)


async def test_what_no_rule_recognises_gets_the_topic_that_was_learned(
    database: Database, intake: Intake, model: Model
) -> None:
    router = Router(database, lambda: model, Metrics(), lambda: None, learned=Sure)
    await router.handle([received(await intake.accept(mail_arrival(subject="", text="xyzzy")))])
    item = await only(database, work_items)
    assert (item.topic, item.role) == ("contract", "sales")
    found = item.decision["recognition"]
    assert (found["how"], found["confidence"], found["learned"]) == ("learned", 0.8, 3)


async def test_numbers_are_looked_up_and_link_what_they_refer_to(
    database: Database, intake: Intake, router: Router
) -> None:
    accepted = await intake.accept(mail_arrival(text="About 481207, 481208 and 481209."))
    jan = (await only(database, customers)).id
    await database.write(people)
    new = [order("481207", jan), order("481208", STRANGER)]
    await database.write(lambda c: orders.add(c, new))
    await router.handle([received(accepted)])
    item = await only(database, work_items)
    mentions = item.decision["recognition"]["mentions"]
    assert [(m["value"], m["whose"]) for m in mentions] == [
        ("481207", "theirs"),
        ("481208", "others"),
        ("481209", "unknown"),
    ]
    linked = await database.read(lambda c: links.of_conversation(c, accepted.conversation_id))
    assert set(linked[Reference.ORDER]) == {one.id for one in new}


async def test_what_a_colleague_ordered_is_theirs(database: Database) -> None:
    await database.write(people)
    await database.write(lambda c: orders.add(c, [order("481207", PIET), order("481208", HOUSE)]))
    numbers = [(Reference.ORDER, "481207"), (Reference.ORDER, "481208")]
    found = await database.read(lambda c: links.look_up(c, numbers))
    [of_piet], [of_the_house] = found[numbers[0]], found[numbers[1]]
    assert of_piet.belongs_to(JAN, HOUSE)
    assert of_the_house.belongs_to(JAN, HOUSE)
    assert not of_piet.belongs_to(STRANGER, None)


async def test_all_numbers_of_a_batch_take_one_question(database: Database) -> None:
    """And none where there are no numbers."""
    asked: list[str] = []

    def look(connection: Connection) -> None:
        event.listen(connection, "before_cursor_execute", lambda *call: asked.append(call[2]))
        links.look_up(connection, set())
        assert asked == []
        links.look_up(connection, {(kind, str(n)) for kind in Reference for n in range(50)})

    await database.read(look)
    assert len(asked) == 1
