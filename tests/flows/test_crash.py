"""What Loket has acknowledged it keeps, and handles once: processes are killed, servers stopped."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from sqlalchemy import update

from builders import TOKENS, email_party, mail_arrival
from chat_house import Visitor, talk
from hub import clock
from hub.intake import Intake
from hub.interaction import Channel
from hub.metrics import Metrics
from hub.replies import Reply, add_reply
from hub.store import Database
from hub.store.database import open_database
from hub.store.tables import (
    dead_letters,
    interactions,
    local_messages,
    outbound,
    outbox,
    unrouted,
    work_items,
)
from loket_process import Deployment, LoketProcess, deploy
from mta import Mta, mail
from servers.postgres import PostgresServer
from servers.rabbitmq import RabbitMQServer
from servers.smtp import SmtpSink
from stores import count, opened, rows
from waiting import eventually

IN_FLIGHT = 500
MAILS = 100
LINES = 20
SMALL_GROUPS = 10
"""Contacts routed together: so few that a process can be killed between two groups. What one has
in hand then is handled one by one after it, which costs time: so that is little too."""
SETTLE_SECONDS = 60.0
BROKER_AWAY_SECONDS = 30


@pytest.fixture
def deployment(stack: Any, tmp_path: Path, smtp_sink: SmtpSink) -> Deployment:
    return deploy(
        tmp_path,
        store_url=stack.store_url,
        bus_url=stack.bus_url,
        sink_port=smtp_sink.port,
        batch=SMALL_GROUPS,
    )


@pytest.fixture
async def store(deployment: Deployment) -> AsyncIterator[Database]:
    database = open_database(deployment.store_url)
    yield database
    await database.close()


@pytest.fixture
def processes(request: pytest.FixtureRequest) -> Iterator[list[LoketProcess]]:
    """Whatever a test starts is ended."""
    started: list[LoketProcess] = []
    yield started
    for process in started:
        if process.running:
            process.kill()


async def put_in_flight(store: Database) -> set[str]:
    """Mails that a connector has acknowledged and nobody has routed; gives their Message-IDs."""
    intake = Intake(store, TOKENS, Metrics(), lambda: None)
    arrivals = [mail_arrival(f"waiting{number}@example.org") for number in range(IN_FLIGHT)]
    await asyncio.gather(*(intake.accept(arrival) for arrival in arrivals))
    return {f"<{arrival.external_id}>" for arrival in arrivals}


async def kill_part_way(loket: LoketProcess, store: Database, after: int = 0) -> None:
    """Kill it when more than `after` are routed, and others are not."""

    async def more() -> bool:
        return await count(store, work_items) > after

    await eventually(more, seconds=SETTLE_SECONDS)
    await asyncio.to_thread(loket.kill)


async def kill_with_some_in_flight(loket: LoketProcess, store: Database) -> set[str]:
    """Put mails in flight, kill it while some of them wait and start it again; gives what was put.

    A router that goes on beside it may be through with all of them by then: so once more.
    """
    put: set[str] = set()
    waiting = 0
    while not waiting:
        routed = await count(store, work_items)
        put |= await put_in_flight(store)
        await kill_part_way(loket, store, after=routed)
        waiting = await count(store, unrouted)
        await asyncio.to_thread(loket.start, wait=False)
    return put


async def settled(store: Database, expected: int) -> None:
    """Wait until everything that was received is routed and told."""

    async def quiet() -> bool:
        return (
            await count(store, interactions) >= expected
            and not await count(store, unrouted)
            and not await count(store, outbox)
            and not await count(store, local_messages)
        )

    await eventually(quiet, seconds=SETTLE_SECONDS)


async def check(store: Database, acknowledged: set[str], said: int = 0) -> None:
    """None lost, none twice, each with its work, nothing given up: mails, and lines of one chat."""
    await settled(store, len(acknowledged) + said)
    kept = await rows(store, interactions)
    mails = [f"<{row.details['message_id']}>" for row in kept if row.channel == Channel.EMAIL]
    assert len(mails) == len(set(mails))
    assert set(mails) == acknowledged
    chat = sorted((row.sequence, row.text) for row in kept if row.channel == Channel.CHAT)
    assert chat == [(number + 1, f"Hello {number}") for number in range(said)]
    work = [row.conversation_id for row in await rows(store, work_items)]
    assert len(work) == len(set(work)) == len(mails) + bool(said)
    assert await count(store, dead_letters) == 0


@pytest.mark.timeout(180)
async def test_one_process_killed_again_and_again_with_500_in_flight(
    deployment: Deployment, store: Database, processes: list[LoketProcess]
) -> None:
    waiting = await put_in_flight(store)
    loket = LoketProcess(deployment).start(wait=False)
    processes.append(loket)
    mta = Mta(deployment.smtp_port)
    async with ClientSession() as http, asyncio.TaskGroup() as customers:
        customers.create_task(mta.deliver([mail(number, "one") for number in range(MAILS)]))
        visitor = Visitor(http, f"http://127.0.0.1:{loket.port}")
        customers.create_task(talk(visitor, [f"Hello {number}" for number in range(LINES)]))
        for after in (0, IN_FLIGHT // 4):
            await kill_part_way(loket, store, after)
            assert await count(store, unrouted) > 0
            await asyncio.to_thread(loket.start, wait=False)
    await check(store, waiting | mta.acknowledged, said=LINES)


@pytest.mark.timeout(180)
async def test_every_role_killed_with_500_in_flight_while_mail_comes_in(
    postgres_url: str,
    rabbitmq_url: str,
    tmp_path: Path,
    processes: list[LoketProcess],
) -> None:
    deployment = deploy(tmp_path, store_url=postgres_url, bus_url=rabbitmq_url, batch=SMALL_GROUPS)
    # Mail goes on coming in while any but the last of these is away.
    roles = ("router", "dispatcher", "console", "connectors")
    processes += [LoketProcess(deployment, role).start(wait=False) for role in roles]
    for process in processes:
        await asyncio.to_thread(process.wait_until_ready)
    mta = Mta(deployment.smtp_port)
    waiting: set[str] = set()
    async with (
        opened(postgres_url) as store,
        mta.delivering([mail(number, "roles") for number in range(MAILS)]),
    ):
        for process in processes:
            waiting |= await kill_with_some_in_flight(process, store)
    async with opened(postgres_url) as store:
        await check(store, waiting | mta.acknowledged)


async def test_asked_to_end_it_drains(
    deployment: Deployment, store: Database, processes: list[LoketProcess]
) -> None:
    loket = LoketProcess(deployment).start()
    processes.append(loket)
    mta = Mta(deployment.smtp_port)
    async with mta.delivering([mail(number, "drain") for number in range(100)]):
        await mta.reach(25)
        assert await asyncio.to_thread(loket.terminate) == 0
        assert "Traceback" not in loket.log.read_text()
        await asyncio.to_thread(loket.start)
    await check(store, mta.acknowledged)


async def test_a_killed_sender_sends_nothing_twice(
    deployment: Deployment,
    store: Database,
    smtp_sink: SmtpSink,
    processes: list[LoketProcess],
) -> None:
    loket = LoketProcess(deployment).start()
    processes.append(loket)
    mta = Mta(deployment.smtp_port)
    await mta.deliver([mail(0, "ask")])
    await settled(store, 1)
    [question] = await rows(store, interactions)
    replies = [
        Reply(
            conversation_id=question.conversation_id,
            channel=Channel.EMAIL,
            account="info@vandalenkoffie.example",
            to=(email_party("jan@example.org"),),
            text=f"Answer {number}",
        )
        for number in range(30)
    ]
    for reply in replies:
        await store.write(lambda c, reply=reply: add_reply(c, reply))
    await eventually(lambda: len(smtp_sink.mails) >= 10)
    await asyncio.to_thread(loket.kill)
    # What the dead process had in hand is looked for after a minute: let that have passed.
    ago = clock.now() - timedelta(minutes=2)
    held = update(outbound).where(outbound.c.lease_until.is_not(None)).values(lease_until=ago)
    waiting = update(outbound).where(outbound.c.next_at.is_not(None)).values(next_at=ago)
    await store.write(lambda c: [c.execute(change) for change in (held, waiting)])
    await asyncio.to_thread(loket.start)

    async def over() -> bool:
        return {row.state for row in await rows(store, outbound)} <= {"sent", "uncertain"}

    await eventually(over, seconds=SETTLE_SECONDS)
    sent = {row.interaction_id for row in await rows(store, outbound) if row.state == "sent"}
    ids = [mail_id for each in smtp_sink.mails for mail_id in _message_ids(each.content)]
    assert len(ids) == len(set(ids))
    assert sent <= {mail_id.partition("@")[0] for mail_id in ids}
    arrived = {mail_id.partition("@")[0] for mail_id in ids}
    in_doubt = {row.interaction_id for row in await rows(store, outbound)} - sent
    assert arrived <= sent | in_doubt
    assert len(in_doubt) <= 1  # of one conversation, one at a time is on its way


def _message_ids(content: bytes) -> list[str]:
    head = content.split(b"\r\n\r\n", 1)[0].decode()
    return [
        line.split(":", 1)[1].strip().strip("<>")
        for line in head.split("\r\n")
        if line.lower().startswith("message-id:")
    ]


@pytest.mark.timeout(180)
async def test_while_the_broker_is_away_30_seconds_senders_are_acknowledged(
    private_rabbitmq: RabbitMQServer,
    private_rabbitmq_url: str,
    postgres_url: str,
    tmp_path: Path,
    processes: list[LoketProcess],
) -> None:
    deployment = deploy(tmp_path, store_url=postgres_url, bus_url=private_rabbitmq_url)
    loket = LoketProcess(deployment).start()
    processes.append(loket)
    store = open_database(postgres_url)
    mta = Mta(deployment.smtp_port)
    await mta.deliver([mail(number, "before") for number in range(20)])
    await asyncio.to_thread(private_rabbitmq.stop)
    stopped = time.monotonic()
    async with ClientSession() as http:
        visitor = await Visitor(http, f"http://127.0.0.1:{loket.port}").arrive()
        for second in range(BROKER_AWAY_SECONDS):
            await mta.deliver([mail(second * 4 + number, "during") for number in range(4)])
            assert (await visitor.say(f"Hello {second}"))["type"] == "ack"
            # The promise is about this long: the senders go on until it is over.
            await asyncio.sleep(stopped + second + 1 - time.monotonic())
        assert visitor.socket is not None
        await visitor.socket.close()
    assert mta.refusals == []
    assert len(mta.acknowledged) == 20 + 4 * BROKER_AWAY_SECONDS
    assert not loket.ready()
    await asyncio.to_thread(private_rabbitmq.start)
    await check(store, mta.acknowledged, said=BROKER_AWAY_SECONDS)
    await store.close()


@pytest.mark.timeout(180)
async def test_while_the_database_is_away_senders_keep_their_mail(
    private_postgres: PostgresServer,
    private_postgres_url: str,
    rabbitmq_url: str,
    tmp_path: Path,
    processes: list[LoketProcess],
) -> None:
    deployment = deploy(tmp_path, store_url=private_postgres_url, bus_url=rabbitmq_url)
    loket = LoketProcess(deployment).start()
    processes.append(loket)
    mta = Mta(deployment.smtp_port)
    async with mta.delivering([mail(number, "down") for number in range(200)]):
        await mta.reach(50)
        await asyncio.to_thread(private_postgres.stop)
        taken = len(mta.acknowledged)
        refused = len(mta.refusals)
        await eventually(lambda: len(mta.refusals) >= refused + 5)
        assert any("451" in refusal for refusal in mta.refusals)
        assert len(mta.acknowledged) - taken <= 8  # those that were in hand as it stopped
        await asyncio.to_thread(private_postgres.start)
    store = open_database(private_postgres_url)
    await check(store, mta.acknowledged)
    await store.close()
