"""The bus on RabbitMQ keeps the contract, and agrees with RabbitMQ about everything else."""

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from structlog.testing import capture_logs
from yarl import URL

from bus_contract import SUBJECTS, BusContract
from bus_tools import (
    QUEUE,
    QUICK,
    TOPIC,
    Heard,
    Place,
    Seen,
    deep,
    drained,
    event,
    events,
    publish,
    received,
    running,
)
from hub.bus.amqp import AmqpBus
from hub.bus.topology import DURABLE, EVENTS, wire_name
from hub.errors import Retry
from hub.events import InteractionReceived, decode
from servers.process import free_port
from stores import opened
from unreliable_proxy import UnreliableProxy, unreliable_proxy
from waiting import eventually


@pytest.fixture
async def place(sqlite_url: str, rabbitmq_url: str) -> AsyncIterator[Place]:
    async with opened(sqlite_url) as database:
        with capture_logs():
            yield Place(database, rabbitmq_url, partial(AmqpBus, rabbitmq_url))


@pytest.fixture
async def raw(rabbitmq_url: str) -> AsyncIterator[AbstractChannel]:
    """Somebody else's channel on the broker."""
    connection = await aio_pika.connect(rabbitmq_url)
    async with connection:
        yield await connection.channel()


class TestAmqpBus(BusContract):
    """All of it."""


async def test_integrators_see_cloud_events_on_a_topic_exchange(
    place: Place, raw: AbstractChannel
) -> None:
    async with running(place.bus()) as bus:
        ear = await raw.declare_queue(exclusive=True)
        await ear.bind(EVENTS, "work_item.#")
        sent = event("conversation-1", 7)
        await publish(bus, [sent])
        got = await ear.get(timeout=10)
    assert got.content_type == "application/cloudevents+json"
    assert got.delivery_mode == aio_pika.DeliveryMode.PERSISTENT
    assert (got.routing_key, got.message_id, got.correlation_id) == (TOPIC, sent.event_id, "c-1")
    assert decode(got.body).subject == got.headers["subject"] == "conversation-1"


async def test_an_event_finds_its_queue_before_its_consumer_ever_ran(place: Place) -> None:
    async with running(place.bus()) as bus:
        await publish(bus, [received("s", number) for number in range(10)])
    seen = Seen()
    bus = place.bus()
    bus.subscribe("router", [InteractionReceived.topic], seen)
    async with running(bus):
        await eventually(lambda: seen.numbers("s") == list(range(10)))


async def test_two_processes_keep_the_order_and_one_takes_over(place: Place) -> None:
    first, second = Seen(), Seen()
    one, other = place.bus(), place.bus()
    one.subscribe(QUEUE, [TOPIC], first)
    other.subscribe(QUEUE, [TOPIC], second)
    async with running(other):
        async with running(one):
            await publish(one, events(SUBJECTS, 10))
            await eventually(lambda: len(first.handled) + len(second.handled) == 100)
        await publish(other, events(SUBJECTS, 10))
        await eventually(lambda: len(first.handled) + len(second.handled) == 200)
        await drained(other)
    for subject in SUBJECTS:
        both = first.numbers(subject) + second.numbers(subject)
        assert both == [*range(10), *range(10)]


async def test_an_event_without_its_queue_is_not_published(
    place: Place, raw: AbstractChannel
) -> None:
    """The queue is declared again, and the next try succeeds."""
    async with running(place.bus()) as bus:
        await raw.queue_delete(wire_name("router"))
        with pytest.raises(Retry):
            await bus.publish([received("s", 0)])
        await publish(bus, [received("s", 0)])
        await deep(bus, "router", 1)


async def test_a_dead_letter_waits_for_a_queue_nobody_declares_any_more(place: Place) -> None:
    addressed = replace(event("s", 0), queue="of-former-days")
    async with running(place.bus()) as bus:
        await publish(bus, [addressed])
        await deep(bus, "of-former-days", 1)


async def test_a_queue_deleted_at_run_time_is_there_again(
    place: Place, raw: AbstractChannel
) -> None:
    seen = Seen()
    bus = place.bus()
    bus.subscribe(QUEUE, [TOPIC], seen)
    async with running(bus):
        await publish(bus, [event("s", 0)])
        await eventually(lambda: seen.numbers("s") == [0])
        await raw.queue_delete(wire_name(QUEUE))
        await publish(bus, [event("s", 1)])
        await eventually(lambda: seen.numbers("s") == [0, 1])
        await eventually(lambda: bus.problem == "")


async def test_a_queue_with_other_settings_is_a_problem_of_its_own(
    place: Place, raw: AbstractChannel
) -> None:
    await raw.declare_queue(wire_name("router"), durable=True)
    seen = Seen()
    bus = place.bus()
    bus.subscribe(QUEUE, [TOPIC], seen)
    async with running(bus):
        await eventually(lambda: "loket.router" in bus.problem)
        await publish(bus, [event("s", 0)])
        await eventually(lambda: seen.numbers("s") == [0])
        await raw.queue_delete(wire_name("router"))
        await eventually(lambda: bus.problem == "")


async def test_what_the_broker_gives_up_is_a_dead_letter(
    place: Place, raw: AbstractChannel
) -> None:
    """Somebody else's consumer refuses it; the broker moves it, and we keep it."""
    sent = received("conversation-1", 5)
    async with running(place.bus()) as bus:
        await publish(bus, [sent])
        queue = await raw.get_queue(wire_name("router"))

        async def refuse(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            await message.reject(requeue=False)

        tag = await queue.consume(refuse)
        await drained(bus)
        await queue.cancel(tag)
    consuming = place.bus()
    consuming.subscribe(QUEUE, [TOPIC], Seen())
    async with running(consuming):
        [letter] = await place.buried(1)
    assert (letter.queue, letter.event_id, letter.body) == ("router", sent.event_id, sent.body)
    assert (letter.topic, letter.subject) == (InteractionReceived.topic, "conversation-1")
    assert letter.reason == "a consumer that is not Loket refused it"


async def test_what_strangers_publish_cannot_jam_the_dead_letters(
    postgres_url: str, rabbitmq_url: str, raw: AbstractChannel
) -> None:
    """PostgreSQL takes no NUL and nothing longer than its column."""
    nonsense = aio_pika.Message(
        b"\x00\xff{", message_id="i" * 200, headers={"subject": "s\0" * 80, "topic": "t" * 200}
    )
    async with opened(postgres_url) as database:
        place = Place(database, rabbitmq_url, partial(AmqpBus, rabbitmq_url))
        bus = place.bus()
        bus.subscribe(QUEUE, [TOPIC], Seen())
        async with running(bus):
            await raw.default_exchange.publish(nonsense, wire_name(QUEUE))
            [letter] = await place.buried(1)
            await drained(bus)
    assert letter.body == "\ufffd\ufffd{"
    assert letter.reason.startswith("not a readable event")


async def test_tries_are_counted_across_lost_connections(place: Place) -> None:
    """What fails in one process after another ends in the dead letters all the same."""

    async def fail(_subject: str, _number: int) -> None:
        raise ValueError("never")

    seen = Seen(fail)
    for before in range(QUICK.attempts + 1):
        assert await place.letters() == []
        bus = place.bus(replace(QUICK, backoff=(1000,)))
        bus.subscribe(QUEUE, [TOPIC], seen)
        async with running(bus):
            if before == 0:
                await publish(bus, [event("s", 0)])
            await eventually(lambda before=before: len(seen.calls) > before)
    [letter] = await place.letters()
    assert letter.attempts == QUICK.attempts


async def test_the_problem_names_the_broker_and_not_the_password(place: Place) -> None:
    port = free_port()
    bus = AmqpBus(f"amqp://loket:secret@127.0.0.1:{port}/", place.database, QUICK, place.bury)
    async with running(bus):
        await eventually(lambda: bus.problem == f"RabbitMQ at 127.0.0.1:{port} does not answer")
        with pytest.raises(Retry, match="does not answer"):
            await bus.publish([event("s", 0)])
        with pytest.raises(Retry):
            await bus.depths()


async def test_a_wrong_password_is_said(place: Place, rabbitmq_url: str) -> None:
    wrong = rabbitmq_url.replace("guest:guest", "guest:secret")
    async with running(AmqpBus(wrong, place.database, QUICK, place.bury)) as bus:
        await eventually(lambda: "refuses the user name or the password" in bus.problem)
        assert "secret" not in bus.problem


async def test_a_virtual_host_that_is_not_there_is_said(place: Place, rabbitmq_url: str) -> None:
    nowhere = str(URL(rabbitmq_url).with_path("/nowhere"))
    async with running(AmqpBus(nowhere, place.database, QUICK, place.bury)) as bus:
        await eventually(lambda: "has no virtual host nowhere, or guest may not" in bus.problem)


async def test_every_channel_has_a_durable_queue() -> None:
    assert {"router", "send.email", "send.chat", "send.sms"} <= DURABLE.keys()


async def test_listeners_are_told_of_a_gap_after_a_lost_connection(
    place: Place, rabbitmq_url: str
) -> None:
    heard = Heard()
    async with unreliable_proxy(port_of(rabbitmq_url)) as proxy:
        bus = AmqpBus(through(proxy, rabbitmq_url), place.database, QUICK, place.bury)
        bus.listen([TOPIC], heard, heard.gap)
        async with running(bus):
            await publish(bus, [event("s", 0)])
            await eventually(lambda: heard.numbers == [0])
            proxy.sever()
            await eventually(lambda: heard.gaps == 1)
            await publish(bus, [event("s", 1)])
            await eventually(lambda: heard.numbers[-1] == 1)


async def test_a_killed_connection_loses_nothing(place: Place, rabbitmq_url: str) -> None:
    seen = Seen()
    async with unreliable_proxy(port_of(rabbitmq_url)) as proxy:
        bus = AmqpBus(through(proxy, rabbitmq_url), place.database, QUICK, place.bury)
        bus.subscribe(QUEUE, [TOPIC], seen)
        async with running(bus):
            for _ in range(5):
                await publish(bus, events(SUBJECTS, 10))
                await eventually(lambda: len(seen.handled) > 0)
                proxy.sever()
            await drained(bus)
    assert len(set(seen.handled)) == 100


async def test_a_silent_network_is_noticed(place: Place, rabbitmq_url: str) -> None:
    """Nothing is closed, nothing arrives: only the heartbeat tells."""
    seen = Seen()
    async with unreliable_proxy(port_of(rabbitmq_url)) as proxy:
        url = through(proxy, rabbitmq_url) + "?heartbeat=1"
        bus = AmqpBus(url, place.database, QUICK, place.bury)
        bus.subscribe(QUEUE, [TOPIC], seen)
        async with running(bus):
            await publish(bus, [event("s", 0)])
            await eventually(lambda: seen.numbers("s") == [0])
            proxy.stall()
            await eventually(lambda: bus.problem != "")
            proxy.flow()
            await publish(bus, [event("s", 1)])
            await eventually(lambda: seen.numbers("s")[-1] == 1)
            await eventually(lambda: bus.problem == "")


def port_of(url: str) -> int:
    return URL(url).port or 5672


def through(proxy: UnreliableProxy, url: str) -> str:
    return str(URL(url).with_host("127.0.0.1").with_port(proxy.port))
