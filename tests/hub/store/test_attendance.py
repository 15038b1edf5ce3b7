"""For how long agents were there, whatever the period."""

import random
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select, update

from hub import clock
from hub.store import Database, agents, attendance, migrate
from hub.store.tables import presence_changes
from stores import opened

BEGUN = datetime(2026, 11, 2, 8, tzinfo=UTC)
STATES = ("available", "wrapping", "away", "not_responding", "off")
Seen = dict[str, list[tuple[datetime, str]]]
"""By agent, when they were in which state from then on."""


@pytest.fixture
async def database(empty_store_url: str) -> AsyncIterator[Database]:
    async with opened(empty_store_url) as database:
        yield database


async def live(database: Database, monkeypatch: pytest.MonkeyPatch) -> Seen:
    """Three agents come and go; a fourth never does."""
    chance = random.Random(3)  # noqa: S311 (no secret)
    seen: Seen = {}

    def work(connection: Connection) -> None:
        agents.add_roles(connection, {"billing": "Billing"})
        for login in ("anna", "bob", "kim", "nobody"):
            agent_id = agents.add(
                connection, login=login, name=login, password_hash="", held=["billing"]
            )
            at = BEGUN
            for _ in range(0 if login == "nobody" else 12):
                at += timedelta(seconds=chance.randrange(1, 9000))
                state = chance.choice(STATES)
                monkeypatch.setattr(clock, "now", lambda at=at: at)
                attendance.note(connection, agent_id, state)
                seen.setdefault(agent_id, []).append((at, state))

    await database.write(work)
    return seen


def there(changes: Sequence[tuple[datetime, str]], since: datetime, until: datetime) -> float:
    """Added up, change by change."""
    ends = [*[at for at, _ in changes[1:]], datetime.max.replace(tzinfo=UTC)]
    spans = [
        (max(at, since), min(end, until))
        for (at, state), end in zip(changes, ends, strict=True)
        if state in ("available", "wrapping")
    ]
    return sum((end - at).total_seconds() for at, end in spans if at < end)


PERIODS = [
    (BEGUN + timedelta(hours=since), BEGUN + timedelta(hours=until))
    for since, until in ((-9, 90), (0, 3), (3, 4), (5, 15), (-9, -8), (70, 90))
]


async def check(database: Database, seen: Seen) -> None:
    for since, until in PERIODS:
        found = await database.read(lambda c, s=since, u=until: attendance.seconds(c, s, u))
        for agent_id, changes in seen.items():
            assert found.get(agent_id, 0) == round(there(changes, since, until))
        assert found.keys() <= seen.keys()


async def test_any_period_is_what_lies_in_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await check(database, await live(database, monkeypatch))


async def test_what_the_release_before_wrote_beside_this_one_counts(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = await live(database, monkeypatch)
    columns = presence_changes.c

    def forget(connection: Connection) -> None:
        """Of every second and third change of each agent, and all changes of one."""
        ids = connection.execute(select(columns.id).order_by(columns.agent_id, columns.at))
        known = ids.scalars().all()
        uncounted = [one for place, one in enumerate(known) if place % 3 or place < 12]
        connection.execute(
            update(presence_changes).where(columns.id.in_(uncounted)).values(there_seconds=None)
        )

    await database.write(forget)
    await check(database, seen)


async def test_what_the_releases_before_wrote_counts(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = await live(database, monkeypatch)
    await database.write(lambda c: migrate.downgrade(c, "0056"))
    await migrate.upgrade(database)
    uncounted = select(presence_changes.c.id).where(presence_changes.c.there_seconds.is_(None))
    assert await database.read(lambda c: c.execute(uncounted).all()) == []
    await check(database, seen)
