"""Who is let in: what blocking and a new password do at once, on both databases."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import insert, select

from builders import TOKENS, mail_arrival
from hub import clock
from hub.errors import Rejected
from hub.store import Database, admission, agents, sessions
from hub.store import tables as t
from hub.store.admission import Person
from hub.store.arrivals import store_arrivals
from stores import only, opened, rows

BY = "operator"


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as store:
        await store.write(lambda c: agents.add_roles(c, {"service": "Service", "bills": "Bills"}))
        yield store


async def hire(database: Database, login: str, *held: str) -> str:
    return await database.write(
        lambda c: agents.add(c, login=login, name=login.title(), password_hash="old", held=held)
    )


async def sign_in(database: Database, agent_id: str) -> str:
    token = await database.write(lambda c: sessions.begin(c, agent_id, timedelta(hours=1)))
    return sessions.token_hash(token)


async def audited(database: Database) -> list[tuple[str, str, str]]:
    return [(row.actor, row.action, row.object) for row in await rows(database, t.audit_log)]


async def test_who_is_hired_and_signed_out_is_in_the_audit_log(database: Database) -> None:
    hiring = partial(
        admission.hire,
        name="Anna",
        password_hash="h",
        held=["service", "new role"],
        language="nl",
        changed_by=BY,
    )
    anna = await database.write(partial(hiring, login="anna"))
    found = await database.read(lambda c: agents.find(c, anna))
    assert found is not None
    assert (found.login, found.roles) == ("anna", frozenset({"service", "new role"}))
    with pytest.raises(Rejected, match="Somebody signs in as Anna already"):
        await database.write(partial(hiring, login="Anna"))
    await sign_in(database, anna)
    await database.write(lambda c: admission.sign_out(c, anna, changed_by=BY))
    assert await rows(database, t.sessions) == []
    assert await audited(database) == [(BY, "agent.added", anna), (BY, "agent.signed_out", anna)]


async def test_who_is_blocked_is_out_at_once_and_comes_back_as_they_were(
    database: Database,
) -> None:
    anna = await hire(database, "anna", "service", "bills")
    await hire(database, "bob")
    session = await sign_in(database, anna)
    await database.write(lambda c: admission.block(c, anna, changed_by=BY))
    assert await database.read(lambda c: sessions.running(c, [session])) == {}
    assert await rows(database, t.sessions) == []
    assert await database.read(lambda c: agents.find_by_login(c, "anna")) is None
    assert await database.read(admission.listed) == [
        Person("anna", "Anna", ("bills", "service"), blocked=True),
        Person("bob", "Bob", (), blocked=False),
    ]
    await database.write(lambda c: admission.unblock(c, anna, changed_by=BY))
    found = await database.read(lambda c: agents.find_by_login(c, "anna"))
    assert found is not None
    assert (found[0].roles, found[1]) == (frozenset({"service", "bills"}), "old")
    assert await audited(database) == [
        (BY, "agent.blocked", anna),
        (BY, "agent.unblocked", anna),
    ]


async def test_what_a_blocked_agent_held_waits_for_colleagues(database: Database) -> None:
    anna = await hire(database, "anna", "service")
    [accepted] = await database.write(lambda c: store_arrivals(c, [mail_arrival()], TOKENS))
    customer_id = select(t.customers.c.id).scalar_subquery()
    item = {
        "id": accepted.interaction_id,
        "conversation_id": accepted.conversation_id,
        "role": "service",
        "state": "assigned",
        "agent_id": anna,
        "epoch": 2,
        "channel": "email",
        "topic": "",
        "priority_minutes": 0,
        "waiting_since": clock.now(),
        "overdue": False,
        "decision": {},
        "created_at": clock.now(),
    }
    added = insert(t.work_items).values(**item, customer_id=customer_id)
    await database.write(lambda c: c.execute(added))
    for _ in range(2):
        await database.write(lambda c: admission.block(c, anna, changed_by=BY))
    kept = await only(database, t.work_items)
    assert (kept.state, kept.agent_id, kept.epoch) == ("waiting", None, 3)


async def test_a_new_password_ends_what_the_old_one_opened(database: Database) -> None:
    anna, bob = await hire(database, "anna"), await hire(database, "bob")
    old, other = await sign_in(database, anna), await sign_in(database, bob)
    await database.write(lambda c: admission.set_password(c, anna, "new", changed_by=BY))
    assert set(await database.read(lambda c: sessions.running(c, [old, other]))) == {other}
    found = await database.read(lambda c: agents.find_by_login(c, "anna"))
    assert found is not None
    assert found[1] == "new"
    assert await audited(database) == [(BY, "agent.password_set", anna)]
