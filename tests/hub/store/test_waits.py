"""What customers are told about the wait is what others waited; what they think is kept."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from hub import clock
from hub.errors import Rejected
from hub.interaction import Channel
from hub.store import Database, agents, presence, ratings, waits
from hub.store import tables as t
from stores import opened

NOW = datetime(2026, 11, 2, 9, 30, tzinfo=clock.now().tzinfo)


@pytest.fixture
async def database(store_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Database]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    async with opened(store_url) as store:
        yield store


def add_work(connection: Connection, created: timedelta, answered: timedelta | None) -> str:
    """Chat work of customer service that began so long ago, and was answered so long ago."""
    customer, conversation = clock.new_id(), clock.new_id()
    began = NOW - created
    person = {"kind": "visitor", "name": "", "attributes": {}, "created_at": began}
    connection.execute(insert(t.customers).values(id=customer, **person))
    connection.execute(
        insert(t.conversations).values(
            id=conversation,
            number=int(created.total_seconds()),
            customer_id=customer,
            subject="",
            channel="chat",
            state="open" if answered is None else "resolved",
            interaction_count=1,
            created_at=began,
            last_at=began,
            resolved_at=None if answered is None else NOW - answered,
        )
    )
    item: dict[str, Any] = {
        "role": "customer-service",
        "channel": "chat",
        "topic": "",
        "priority_minutes": 0,
        "epoch": 1,
        "overdue": False,
        "decision": {},
        "skills": {},
    }
    connection.execute(
        insert(t.work_items).values(
            id=clock.new_id(),
            conversation_id=conversation,
            customer_id=customer,
            state="waiting" if answered is None else "done",
            waiting_since=began,
            created_at=began,
            first_response_at=None if answered is None else NOW - answered,
            **item,
        )
    )
    return conversation


def expected(connection: Connection) -> waits.Wait:
    return waits.expected(connection, Channel.CHAT, "customer-service")


async def test_the_wait_is_what_most_waited_lately(database: Database) -> None:
    def story(connection: Connection) -> None:
        add_work(connection, timedelta(hours=9), timedelta(hours=3))  # too long ago to count
        for minute in (61, 62):
            add_work(connection, timedelta(minutes=minute), timedelta(minutes=minute - 1))
        assert expected(connection) == waits.Wait(None, 0, somebody=False)
        for minute in (31, 32, 33):
            add_work(connection, timedelta(minutes=minute), timedelta(minutes=minute - 2))
        assert expected(connection) == waits.Wait(120, 0, somebody=False)
        add_work(connection, timedelta(minutes=7), None)
        assert expected(connection) == waits.Wait(420, 1, somebody=False)

        agents.add_roles(connection, {"customer-service": "Customer service"})
        agent_id = agents.add(
            connection, login="anna", name="Anna", password_hash="", held=["customer-service"]
        )
        presence.say(connection, agent_id, "available")
        assert expected(connection).somebody

    await database.write(story)


async def test_a_rating_is_given_once_for_each_time_it_was_resolved(database: Database) -> None:
    def rate(connection: Connection, conversation: str, **changes: Any) -> None:
        values: dict[str, Any] = {"score": 4, "comment": "Quick.", "name": "Ada"} | changes
        ratings.rate(connection, conversation, channel=Channel.CHAT, **values)

    def story(connection: Connection) -> None:
        done = add_work(connection, timedelta(minutes=9), timedelta(minutes=8))
        going_on = add_work(connection, timedelta(minutes=7), None)
        for score in (0, 6):
            with pytest.raises(Rejected):
                rate(connection, done, score=score)
        with pytest.raises(Rejected) as error:
            rate(connection, going_on)
        assert error.value.code == "not_resolved"
        rate(connection, done)
        with pytest.raises(Rejected) as error:
            rate(connection, done)
        assert error.value.code == "rated"
        assert ratings.of(connection, done) == [ratings.Rating(4, "Quick.", Channel.CHAT, NOW)]

    await database.write(story)
