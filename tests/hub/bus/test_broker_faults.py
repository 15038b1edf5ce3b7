"""What a RabbitMQ broker can do to the bus: stop, die, run out of memory, lose a queue or all."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from urllib.parse import urlsplit

import pytest
from structlog.testing import capture_logs

from bus_contract import SUBJECTS
from bus_tools import (
    QUEUE,
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
from hub.bus import Bus, Outgoing
from hub.bus.amqp import AmqpBus
from hub.bus.topology import wire_name
from hub.errors import Retry
from servers.rabbitmq import RabbitMQServer
from stores import opened
from waiting import eventually

GONE = "ra:stop_server(quorum_queues, {%s, node()})."
SILENT = "sys:suspend(%s)."
SLOW = 100.0
"""A broker takes seconds to start, on a busy machine many."""
pytestmark = pytest.mark.timeout(4 * SLOW)
"""One that is stopped and killed is waited for again and again."""


@pytest.fixture
async def place(sqlite_url: str, private_rabbitmq_url: str) -> AsyncIterator[Place]:
    async with opened(sqlite_url) as database:
        with capture_logs():
            make = partial(AmqpBus, private_rabbitmq_url, mend_after=0.1)
            yield Place(database, private_rabbitmq_url, make)


async def restart(broker: RabbitMQServer, end: Callable[[], None]) -> None:
    await asyncio.to_thread(end)
    await asyncio.to_thread(broker.start)


class Load:
    """Publishes as the relay does, one batch after the other, until it is told to end."""

    def __init__(self, bus: Bus) -> None:
        self.confirmed: list[Outgoing] = []
        self._bus = bus
        self._ending = False
        self._task = asyncio.create_task(self._run())

    async def end(self) -> None:
        self._ending = True
        await self._task

    async def _run(self) -> None:
        number = 0
        while not self._ending:
            batch = [event(subject, number + i) for i in range(20) for subject in SUBJECTS]
            await publish(self._bus, batch)
            self.confirmed += batch
            number += 20


async def test_nothing_confirmed_is_lost_when_the_broker_stops_or_is_killed(
    place: Place, private_rabbitmq: RabbitMQServer
) -> None:
    seen, heard = Seen(), Heard()
    bus = place.bus()
    bus.subscribe(QUEUE, [TOPIC], seen)
    bus.listen([TOPIC], heard, heard.gap)
    async with running(bus):
        load = Load(bus)
        # The first end is orderly: a broker killed right after a queue was made may lose the queue.
        for end in (private_rabbitmq.stop, private_rabbitmq.kill):
            enough = len(load.confirmed) + 400
            await eventually(lambda enough=enough: len(load.confirmed) >= enough, seconds=SLOW)
            await restart(private_rabbitmq, end)
        enough = len(load.confirmed) + 400
        await eventually(lambda: len(load.confirmed) >= enough, seconds=SLOW)
        await load.end()
        each = len(load.confirmed) // len(SUBJECTS)
        await eventually(lambda: len(set(seen.handled)) == len(load.confirmed), seconds=SLOW)
        await drained(bus)
        assert bus.problem == ""
    for subject in SUBJECTS:
        in_the_order_first_seen = list(dict.fromkeys(seen.numbers(subject)))
        assert in_the_order_first_seen == list(range(each))
    assert await place.letters() == []
    assert heard.gaps >= 2


async def test_a_broker_that_is_away_at_the_start_is_waited_for(
    place: Place, private_rabbitmq: RabbitMQServer
) -> None:
    await asyncio.to_thread(private_rabbitmq.stop)
    seen, heard = Seen(), Heard()
    bus = place.bus()
    bus.subscribe(QUEUE, [TOPIC], seen)
    bus.listen([TOPIC], heard, heard.gap)
    async with running(bus):
        await eventually(lambda: "does not answer" in bus.problem)
        await asyncio.to_thread(private_rabbitmq.start)
        await eventually(lambda: bus.problem == "", seconds=SLOW)
        await publish(bus, [event("s", 0)])
        await eventually(lambda: seen.numbers("s") == heard.numbers == [0])
        assert heard.gaps == 1


async def test_a_broker_short_of_memory_takes_nothing_and_loses_nothing(
    place: Place, private_rabbitmq: RabbitMQServer
) -> None:
    seen = Seen()
    bus = place.bus()
    bus.subscribe(QUEUE, [TOPIC], seen)
    async with running(bus):
        await publish(bus, [event("s", 0)])
        await asyncio.to_thread(private_rabbitmq.ctl, "set_vm_memory_high_watermark", "0")
        try:
            with pytest.raises(Retry):
                await bus.publish([event("s", 1)])
            with pytest.raises(Retry, match="short of memory or disk"):
                await bus.publish([event("s", 1)])
        finally:
            await asyncio.to_thread(private_rabbitmq.ctl, "set_vm_memory_high_watermark", "0.4")
        await publish(bus, [event("s", 2)])
        await eventually(lambda: {0, 1, 2} <= set(seen.numbers("s")))


@pytest.mark.parametrize("loss", [GONE, SILENT], ids=["gone", "silent"])
async def test_a_queue_without_a_leader_is_made_again(
    place: Place, private_rabbitmq: RabbitMQServer, loss: str
) -> None:
    """It is there, and it neither takes nor gives messages. The others go on."""
    lost, other = Seen(), Seen()
    bus = place.bus()
    bus.subscribe(QUEUE, [TOPIC], lost)
    bus.subscribe("other", ["message.status"], other)
    vhost = urlsplit(place.bus_url).path.strip("/")
    leader = f"'{vhost}_{wire_name(QUEUE)}'"
    async with running(bus):
        await publish(bus, [event("s", 0)])
        await eventually(lambda: lost.numbers("s") == [0])
        await asyncio.to_thread(private_rabbitmq.evaluate, loss % leader)
        await publish(bus, [event("s", 1)])
        await eventually(lambda: 1 in lost.numbers("s"), seconds=SLOW)
        await eventually(lambda: bus.problem == "", seconds=SLOW)


async def test_a_publisher_alone_has_a_lost_queue_made_again(
    place: Place, private_rabbitmq: RabbitMQServer
) -> None:
    """Its consumer may not run anywhere; other events must not wait behind it for ever."""
    vhost = urlsplit(place.bus_url).path.strip("/")
    leader = f"'{vhost}_{wire_name('router')}'"
    async with running(place.bus()) as bus:
        await asyncio.to_thread(private_rabbitmq.evaluate, GONE % leader)
        await publish(bus, [received("s", 0)])
        await deep(bus, "router", 1)


async def test_a_wiped_virtual_host_is_furnished_again(
    place: Place, private_rabbitmq: RabbitMQServer
) -> None:
    seen = Seen()
    bus = place.bus()
    bus.subscribe(QUEUE, [TOPIC], seen)
    vhost = urlsplit(place.bus_url).path.strip("/")
    async with running(bus):
        await publish(bus, events(["s"], 3))
        await eventually(lambda: seen.numbers("s") == [0, 1, 2])
        await asyncio.to_thread(private_rabbitmq.ctl, "delete_vhost", vhost)
        await eventually(lambda: bus.problem != "")
        await asyncio.to_thread(private_rabbitmq.ctl, "add_vhost", vhost)
        await asyncio.to_thread(
            private_rabbitmq.ctl, "set_permissions", "-p", vhost, "guest", ".*", ".*", ".*"
        )
        await publish(bus, [event("s", 3)])
        await eventually(lambda: seen.numbers("s") == [0, 1, 2, 3])
        await eventually(lambda: bus.problem == "")
