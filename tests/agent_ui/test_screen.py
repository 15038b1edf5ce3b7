"""What a conversation costs to open: as much with thousands of messages as with a few."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event, insert, select, update

from agent_ui.screen import Screen, read_screen
from agent_ui.settings import ConsoleSettings
from builders import mail_arrival
from console_house import House, open_house
from hub import clock
from hub.interaction import Accepted
from hub.store import agents
from hub.store.agents import Agent
from hub.store.inserting import insert_all
from hub.store.tables import (
    conversations,
    customers,
    deliveries,
    delivery_events,
    interactions,
)
from plans import Asked, asked, walked

FEW, MANY = 5, 2_000
SETTINGS = ConsoleSettings()
LARGE = {
    "agreements",
    "assignment_steps",
    "attachments",
    "audit_log",
    "contact_points",
    "conversations",
    "customers",
    "deadlines",
    "deliveries",
    "interactions",
    "invoices",
    "orders",
    "outbound",
    "work_items",
}
"""Tables that grow with every contact."""


@pytest.fixture
async def house(store_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(store_url, tmp_path) as house:
        await house.hire("anna", "Anna")
        yield house


async def test_opening_costs_as_many_queries_with_2000_messages_as_with_5(house: House) -> None:
    few = await a_talk(house, "1@x.example", FEW)
    many = await a_talk(house, "2@x.example", MANY)
    await opening(house, few)  # what is read once in a process is known from now on
    asked_for_few, asked_for_many = await opening(house, few), await opening(house, many)
    assert [one for one, _ in asked_for_many] == [one for one, _ in asked_for_few]


async def test_opening_walks_through_no_large_table(house: House) -> None:
    talk = await a_talk(house, "1@x.example", FEW)
    await beside_colleagues(house, talk)

    def look(connection: Connection) -> set[str]:
        with asked(connection) as statements:
            opened(connection, talk, _anna(connection))
        return walked(connection, statements)

    assert not await house.database.read(look) & LARGE


async def test_opening_makes_its_statements_once(house: House) -> None:
    talk = await a_talk(house, "1@x.example", FEW)
    await beside_colleagues(house, talk)
    await with_a_parcel(house, talk)
    await opening(house, talk)  # what is read once in a process is known from now on
    before, after = await made(house, talk), await made(house, talk)
    assert [now for was, now in zip(before, after, strict=True) if was is not now] == []


async def test_opening_asks_nothing_twice(house: House) -> None:
    statements = await opening(house, await a_talk(house, "1@x.example", FEW))
    told = [f"{statement} {values}" for statement, values in statements]
    assert [one for one in told if told.count(one) > 1] == []


async def made(house: House, talk: str) -> list[Any]:
    """The statements of an opening, as they are given to the store."""

    def look(connection: Connection) -> list[Any]:
        found: list[Any] = []
        anna = _anna(connection)

        def note(_connection: Any, statement: Any, *_values: Any) -> None:
            found.append(statement)

        event.listen(connection, "before_execute", note)
        try:
            assert opened(connection, talk, anna) is not None
        finally:
            event.remove(connection, "before_execute", note)
        return found

    return await house.database.read(look)


async def a_talk(house: House, message_id: str, count: int) -> str:
    """A conversation of so many messages; gives its id."""
    accepted = await house.receive(mail_arrival(message_id=message_id))
    await house.database.write(lambda c: grow(c, accepted, count))
    return accepted.conversation_id


def grow(connection: Connection, first: Accepted, count: int) -> None:
    """More of the same message, as if they had come one by one."""
    this = interactions.c.id == first.interaction_id
    row = dict(connection.execute(select(interactions).where(this)).mappings().one())
    more = [
        row | {"id": (new := clock.new_id()), "dedupe_key": new, "sequence": number}
        for number in range(2, count + 1)
    ]
    insert_all(connection, interactions, more)
    connection.execute(
        update(conversations)
        .where(conversations.c.id == first.conversation_id)
        .values(interaction_count=count)
    )


async def beside_colleagues(house: House, talk: str) -> None:
    """The customer works somewhere."""
    row = {"id": clock.new_id(), "kind": "organisation", "name": "Bakker", "attributes": {}}

    def write(connection: Connection) -> None:
        connection.execute(insert(customers), [row | {"created_at": clock.now()}])
        whose = select(conversations.c.customer_id).where(conversations.c.id == talk)
        customer_id = connection.execute(whose).scalar_one()
        works_there = update(customers).where(customers.c.id == customer_id)
        connection.execute(works_there.values(organisation_id=row["id"]))

    await house.database.write(write)


async def with_a_parcel(house: House, talk: str) -> None:
    now = clock.now()
    parcel: dict[str, Any] = {"id": clock.new_id(), "partner": "p", "tracking": "T1"}
    parcel |= {
        "order_number": "",
        "state": "in_transit",
        "flags": [],
        "address": "",
        "preferences": {},
        "version": 1,
    }
    told: dict[str, Any] = {"id": clock.new_id(), "delivery_id": parcel["id"], "partner": "p"}
    told |= {
        "dedupe_key": "1",
        "external_id": "1",
        "kind": "in_transit",
        "occurred_at": now,
        "received_at": now,
    }

    def write(connection: Connection) -> None:
        whose = select(conversations.c.customer_id).where(conversations.c.id == talk)
        times = {"created_at": now, "updated_at": now}
        row = parcel | times | {"customer_id": connection.execute(whose).scalar_one()}
        insert_all(connection, deliveries, [row])
        insert_all(connection, delivery_events, [told | {"place": "", "text": "", "details": {}}])

    await house.database.write(write)


async def opening(house: House, talk: str) -> Asked:
    def look(connection: Connection) -> Asked:
        with asked(connection) as statements:
            assert opened(connection, talk, _anna(connection)) is not None
        return statements

    return await house.database.read(look)


def opened(connection: Connection, talk: str, agent: Agent) -> Screen | None:
    return read_screen(
        connection,
        talk,
        agent,
        settings=SETTINGS,
        default_accounts={},
        composing={},
        offered_only=frozenset(),
        with_phone=True,
    )


def _anna(connection: Connection) -> Agent:
    found = agents.find_by_login(connection, "anna")
    assert found is not None
    return found[0]
