"""Sessions: theirs who began them, for as long as they last, on both databases."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from hub.store import Database, agents, sessions
from hub.store import tables as t
from hub.store.sessions import token_hash
from stores import count, opened

HOUR = timedelta(hours=1)


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as store:
        await store.write(lambda c: agents.add_roles(c, {"service": "Service", "bills": "Bills"}))
        yield store


async def hire(database: Database, login: str, *held: str) -> str:
    return await database.write(
        lambda c: agents.add(c, login=login, name=login, password_hash="", held=held)
    )


async def begin(database: Database, agent_id: str, lifetime: timedelta = HOUR) -> str:
    return await database.write(lambda c: sessions.begin(c, agent_id, lifetime))


async def login_of(database: Database, token: str) -> str | None:
    agent = await database.read(lambda c: sessions.find(c, token_hash(token)))
    return agent.login if agent else None


async def test_a_token_is_its_agents_until_it_ends(database: Database) -> None:
    anna, bob = await hire(database, "anna"), await hire(database, "bob")
    first, second, other = [await begin(database, who) for who in (anna, anna, bob)]
    assert len({first, second, other}) == 3
    assert await login_of(database, first) == "anna"
    await database.write(lambda c: sessions.end(c, token_hash(first)))
    assert await login_of(database, first) is None
    assert await login_of(database, second) == "anna"
    await database.write(lambda c: sessions.end_all(c, anna))
    assert await login_of(database, second) is None
    assert await login_of(database, other) == "bob"
    assert await login_of(database, "made up") is None


async def test_an_expired_session_is_nobodys_and_is_swept(database: Database) -> None:
    anna = await hire(database, "anna")
    token = await begin(database, anna, -HOUR)
    assert await login_of(database, token) is None
    await begin(database, anna)
    assert await count(database, t.sessions) == 1


async def test_who_left_has_no_session(database: Database) -> None:
    token = await begin(database, await hire(database, "anna"))
    await database.write(lambda c: c.execute(update(t.agents).values(active=False)))
    assert await login_of(database, token) is None
    assert await database.read(lambda c: sessions.running(c, [token_hash(token)])) == {}


async def test_running_sessions_tell_the_roles_held_now(database: Database) -> None:
    anna = await hire(database, "anna", "service", "bills")
    none = await hire(database, "none")
    hashes = [token_hash(await begin(database, who)) for who in (anna, none)]
    asked = [*hashes, token_hash("made up")]
    running = await database.read(lambda c: sessions.running(c, asked))
    assert running == {hashes[0]: {"service", "bills"}, hashes[1]: set()}
    await database.write(lambda c: agents.set_roles(c, anna, ["bills"], changed_by="test"))
    running = await database.read(lambda c: sessions.running(c, hashes[:1]))
    assert running == {hashes[0]: {"bills"}}
