"""The one door out: one sender per message, retries by schedule, nothing lost silently."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from builders import TOKENS, email_party, mail_arrival
from hub import clock
from hub.connector import Finding, OutgoingMessage, SendResult
from hub.errors import Rejected, Retry, StoreDown, Unavailable, Uncertain
from hub.events import MessageSend, MessageStatus
from hub.http import Route
from hub.intake import Intake
from hub.interaction import Channel, DeliveryState
from hub.metrics import Metrics
from hub.outbound import LEASE, Outbound
from hub.replies import Reply, add_reply
from hub.store import Blobs, Database, Work, sending
from hub.store.tables import audit_log, interactions, outbound
from stores import count, only, opened, rows, told

Behaviour = Callable[[OutgoingMessage, Callable[[], Awaitable[None]]], Awaitable[SendResult]]


class Wire:
    """The outside world as a connector sees it; `behave` says what it does with a message."""

    name = "wire"
    sends: Sequence[Channel] = (Channel.EMAIL,)
    problem = ""

    def __init__(self) -> None:
        self.sent: list[OutgoingMessage] = []
        self.behave: Behaviour = self.take

    async def take(
        self, message: OutgoingMessage, committing: Callable[[], Awaitable[None]]
    ) -> SendResult:
        await committing()
        self.sent.append(message)
        return SendResult(DeliveryState.SENT, provider_id="250 queued as 1")

    async def send(
        self, message: OutgoingMessage, committing: Callable[[], Awaitable[None]]
    ) -> SendResult:
        return await self.behave(message, committing)

    def routes(self) -> Sequence[Route]:
        return ()

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def check(self) -> Sequence[Finding]:
        return ()


def raising(error: Exception, *, after_committing: bool = False) -> Behaviour:
    async def behave(
        _message: OutgoingMessage, committing: Callable[[], Awaitable[None]]
    ) -> SendResult:
        if after_committing:
            await committing()
        raise error

    return behave


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def door(database: Database, wire: Wire, tmp_path: Path) -> Outbound:
    return Outbound(
        database=database,
        blobs=Blobs(tmp_path / "blobs"),
        tokens=TOKENS,
        metrics=Metrics(),
        connectors={Channel.EMAIL: wire},
        wake=lambda: None,
    )


@pytest.fixture
async def message(database: Database) -> str:
    """A reply to a customer that waits to be sent."""
    intake = Intake(database, TOKENS, Metrics(), lambda: None)
    accepted = await intake.accept(mail_arrival(message_id="question@example.org"))
    reply = Reply(
        conversation_id=accepted.conversation_id,
        channel=Channel.EMAIL,
        account="info@vandalenkoffie.example",
        to=(email_party("jan@example.org"),),
        text="It is on its way.",
    )
    return await database.write(lambda c: add_reply(c, reply))


async def states(database: Database) -> list[str]:
    events = [envelope.event for envelope in await told(database)]
    return [event.state for event in events if isinstance(event, MessageStatus)]


async def asked(database: Database) -> int:
    events = [envelope.event for envelope in await told(database)]
    return sum(isinstance(event, MessageSend) for event in events)


async def due(database: Database, moment: datetime) -> None:
    await database.write(lambda c: c.execute(update(outbound).values(next_at=moment)))


async def test_a_message_goes_out_with_what_its_connector_needs(
    database: Database, door: Outbound, wire: Wire, message: str
) -> None:
    await door.send(message)
    [sent] = wire.sent
    assert sent.interaction.text == "It is on its way."
    assert sent.interaction.external_id.endswith("@vandalenkoffie.example")
    assert sent.references == ("question@example.org",)
    assert TOKENS.verify("conversation", sent.token) == sent.interaction.conversation_id
    row = await only(database, outbound)
    assert (row.state, row.provider_id, row.attempts) == ("sent", "250 queued as 1", 1)
    question, answer = await rows(database, interactions)
    assert question.correlation_id == answer.correlation_id == sent.interaction.correlation_id
    assert {envelope.correlation_id for envelope in await told(database)} == {answer.correlation_id}
    assert await states(database) == ["sent"]


async def test_a_message_asked_for_twice_goes_out_once(
    door: Outbound, wire: Wire, message: str
) -> None:
    await door.send(message)
    await door.send(message)
    assert len(wire.sent) == 1


async def test_not_now_is_tried_again_when_it_is_due(
    database: Database, door: Outbound, wire: Wire, message: str
) -> None:
    wire.behave = raising(Retry("451 later"))
    before = clock.now()
    await door.send(message)
    row = await only(database, outbound)
    assert (row.state, row.error) == ("queued", "451 later")
    assert row.next_at - before >= timedelta(minutes=29)
    wire.behave = wire.take
    await door.send(message)
    assert not wire.sent  # not due yet
    assert await database.write(lambda c: sending.republish_due(c, clock.now())) == 0
    later = clock.now() + timedelta(minutes=31)
    assert await database.write(lambda c: sending.republish_due(c, later)) == 1
    assert await database.write(lambda c: sending.republish_due(c, later)) == 0
    assert await asked(database) == 2
    await due(database, clock.now())
    await door.send(message)
    assert len(wire.sent) == 1
    assert (await only(database, outbound)).attempts == 2


async def test_the_other_side_may_say_when(
    database: Database, door: Outbound, wire: Wire, message: str
) -> None:
    wire.behave = raising(Retry("slow down", after=5))
    await door.send(message)
    row = await only(database, outbound)
    assert row.next_at < clock.now() + timedelta(seconds=6)


async def test_mail_is_given_up_after_four_to_five_days(
    database: Database, door: Outbound, wire: Wire, message: str
) -> None:
    wire.behave = raising(Retry("451 later"))
    waited = timedelta()
    while (await only(database, outbound)).state == "queued":
        await due(database, clock.now())
        before = clock.now()
        await door.send(message)
        row = await only(database, outbound)
        waited += (row.next_at - before) if row.next_at else timedelta()
    assert timedelta(days=4) < waited < timedelta(days=5, hours=1)
    assert row.state == "failed"
    assert (await states(database))[-1] == "failed"


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Rejected("no_such_user", "550 no such user"), "failed"),
        (Uncertain("no answer after the message was sent"), "uncertain"),
        (Unavailable("SMTP server", "wrong password"), "queued"),
    ],
)
async def test_each_error_has_its_state(  # noqa: PLR0917
    database: Database, door: Outbound, wire: Wire, message: str, error: Exception, state: str
) -> None:
    wire.behave = raising(error, after_committing=True)
    await door.send(message)
    row = await only(database, outbound)
    assert row.state == state
    assert row.error


async def test_delivery_in_doubt_is_never_repeated_by_itself(
    database: Database, door: Outbound, wire: Wire, message: str
) -> None:
    wire.behave = raising(Uncertain("no answer"), after_committing=True)
    await door.send(message)
    wire.behave = wire.take
    much_later = clock.now() + timedelta(days=3)
    assert await database.write(lambda c: sending.republish_due(c, much_later)) == 0
    assert await database.write(lambda c: sending.release_expired(c, much_later, 9)) == 0
    await door.send(message)
    assert not wire.sent


async def test_a_person_may_send_again(
    database: Database, door: Outbound, wire: Wire, message: str
) -> None:
    wire.behave = raising(Uncertain("no answer"), after_committing=True)
    await door.send(message)
    wire.behave = wire.take
    await door.resend(message, "agent-1")
    await door.send(message)
    assert (await only(database, outbound)).state == "sent"
    assert (await only(database, audit_log)).action == "message.resent"
    with pytest.raises(Rejected):
        await door.resend(message, "agent-1")


@pytest.mark.parametrize(("committed", "state"), [(False, "queued"), (True, "uncertain")])
async def test_a_sender_that_died(
    database: Database, message: str, committed: bool, state: str
) -> None:
    """Before the point of no return it is simply tried again; after it a person decides."""
    until = clock.now() + LEASE
    claimed = await database.write(lambda c: sending.claim(c, message, until=until))
    assert claimed is not None
    if committed:
        assert await database.write(lambda c: sending.mark_transmitting(c, claimed.hold))
    assert await database.write(lambda c: sending.release_expired(c, clock.now(), 9)) == 0
    gone = clock.now() + LEASE + timedelta(seconds=1)
    assert await database.write(lambda c: sending.release_expired(c, gone, 9)) == 1
    assert (await only(database, outbound)).state == state
    assert await asked(database) == (1 if committed else 2)


async def test_a_message_whose_event_was_lost_is_asked_for_again(
    database: Database, message: str
) -> None:
    """The broker may be wiped; the store knows that nobody tried."""
    assert await database.write(lambda c: sending.republish_lost(c, clock.now())) == 0
    later = clock.now() + timedelta(minutes=2)
    assert await database.write(lambda c: sending.republish_lost(c, later)) == 1
    assert await database.write(lambda c: sending.republish_lost(c, later)) == 0


async def test_a_sender_that_was_taken_for_dead_stops_before_it_sends(
    database: Database, door: Outbound, wire: Wire, message: str
) -> None:
    """It wakes up after another has taken the message over, and must not send it as well."""

    async def sleep_too_long(
        outgoing: OutgoingMessage, committing: Callable[[], Awaitable[None]]
    ) -> SendResult:
        gone = clock.now() + LEASE + timedelta(seconds=1)
        await database.write(lambda c: sending.release_expired(c, gone, 9))
        await due(database, clock.now())
        wire.behave = wire.take
        await door.send(message)
        return await wire.take(outgoing, committing)

    wire.behave = sleep_too_long
    await door.send(message)
    assert len(wire.sent) == 1
    assert (await only(database, outbound)).state == "sent"


async def test_what_was_sent_is_written_down_however_long_that_takes(
    database: Database, door: Outbound, wire: Wire, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, refusals = database.write, iter([StoreDown("away")] * 3)

    async def unreliable(work: Work[Any]) -> Any:
        if wire.sent and (refusal := next(refusals, None)) is not None:
            raise refusal
        return await write(work)

    monkeypatch.setattr(database, "write", unreliable)
    await door.send(message)
    assert (await only(database, outbound)).state == "sent"


async def test_a_message_that_breaks_its_sender_is_not_tried_for_ever(
    database: Database, door: Outbound, wire: Wire, message: str
) -> None:
    wire.behave = raising(KeyError("a fault of ours"))
    await door.send(message)
    row = await only(database, outbound)
    assert (row.state, row.error) == ("queued", "KeyError in Loket itself")
    assert row.next_at > clock.now() + timedelta(minutes=29)


async def test_a_message_that_kills_its_sender_fails_in_the_end(
    database: Database, message: str
) -> None:
    now = clock.now()
    for _ in range(3):
        assert await database.write(lambda c: sending.claim(c, message, until=now))
        await database.write(lambda c: sending.release_expired(c, clock.now(), 3))
        if (await only(database, outbound)).state == "queued":
            await due(database, now)
    assert (await only(database, outbound)).state == "failed"


async def test_a_late_report_takes_nothing_back(
    database: Database, door: Outbound, message: str
) -> None:
    await door.send(message)
    await door.report(message, DeliveryState.DELIVERED)
    await door.report(message, DeliveryState.SENT)
    await door.report(message, DeliveryState.DELIVERED)
    assert (await only(database, outbound)).state == "delivered"
    assert await states(database) == ["sent", "delivered"]


async def test_a_reply_to_nothing_is_refused(database: Database) -> None:
    nowhere: dict[str, Any] = {"conversation_id": clock.new_id(), "channel": Channel.EMAIL}
    reply = Reply(**nowhere, account="a@b.example", to=(), text="hello")
    with pytest.raises(Rejected):
        await database.write(lambda c: add_reply(c, reply))
    empty = reply.model_copy(update={"text": "  "})
    with pytest.raises(Rejected):
        await database.write(lambda c: add_reply(c, empty))
    assert await count(database, outbound) == 0
