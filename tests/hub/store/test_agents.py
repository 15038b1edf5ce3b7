"""Agents: found by what they type, while they are active, on both databases."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from hub.errors import Rejected
from hub.store import Database, agents
from hub.store import tables as t
from stores import count, opened


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as store:
        await store.write(lambda c: agents.add_roles(c, {"service": "Service"}))
        yield store


async def hire(database: Database, login: str) -> str:
    return await database.write(
        lambda c: agents.add(c, login=login, name="Anna", password_hash="h", held=["service"])
    )


async def test_an_agent_is_found_however_the_login_is_typed(database: Database) -> None:
    agent_id = await hire(database, " Anna ")
    for typed in ("anna", "ANNA", " anna"):
        found = await database.read(lambda c, login=typed: agents.find_by_login(c, login))
        assert found is not None
        assert (found[0].id, found[0].roles, found[1]) == (agent_id, frozenset({"service"}), "h")
    assert await database.read(lambda c: agents.find_by_login(c, "bob")) is None


async def test_a_login_belongs_to_one(database: Database) -> None:
    await hire(database, "anna")
    with pytest.raises(IntegrityError):
        await hire(database, "Anna")
    assert await count(database, t.agents) == 1


async def test_who_left_is_not_found(database: Database) -> None:
    agent_id = await hire(database, "anna")
    await database.write(lambda c: c.execute(update(t.agents).values(active=False)))
    assert await database.read(lambda c: agents.find(c, agent_id)) is None
    assert await database.read(lambda c: agents.find_by_login(c, "anna")) is None


async def test_a_role_is_made_once(database: Database) -> None:
    await database.write(lambda c: agents.add_roles(c, {"service": "Other", "bills": "Bills"}))
    assert await count(database, t.roles) == 2


async def test_a_language_is_remembered(database: Database) -> None:
    agent_id = await hire(database, "anna")
    await database.write(lambda c: agents.set_language(c, agent_id, "nl"))
    agent = await database.read(lambda c: agents.find(c, agent_id))
    assert agent is not None
    assert agent.language == "nl"


async def test_a_password_fits_its_own_hash_only() -> None:
    hashed = await asyncio.to_thread(agents.hash_password, "secret")
    assert await asyncio.to_thread(agents.password_fits, hashed, "secret")
    assert not await asyncio.to_thread(agents.password_fits, hashed, "Secret")
    assert not agents.password_fits("no hash at all", "secret")


def test_a_password_that_would_never_fit_is_refused() -> None:
    longest = "x" * agents.LONGEST_PASSWORD
    assert agents.password_fits(agents.hash_password(longest), longest)
    with pytest.raises(Rejected, match="1000 characters at most"):
        agents.hash_password(longest + "x")


async def test_a_login_is_taken_also_while_its_agent_is_blocked(database: Database) -> None:
    agent_id = await hire(database, "anna")
    await database.write(lambda c: c.execute(update(t.agents).values(active=False)))
    assert await database.read(lambda c: agents.id_of(c, "Anna")) == agent_id
    assert await database.read(lambda c: agents.id_of(c, "bob")) is None


def test_looking_whether_a_password_is_nobodys_costs_what_any_look_does() -> None:
    nobodys = agents.hash_of_nobody()
    assert extract_parameters(nobodys) == extract_parameters(agents.hash_password("secret"))
    assert not agents.password_fits(nobodys, "secret")
    with pytest.raises(VerifyMismatchError):  # looked through to the end, not refused at a glance
        PasswordHasher().verify(nobodys, "secret")
