"""Work that any process may do is divided, and none of it is left over."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from hub.store import Database
from hub.store.database import open_database
from hub.store.shares import Shares
from waiting import eventually

KEYS = [f"thing-{number}" for number in range(300)]


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    opened = open_database(store_url)
    yield opened
    await opened.close()


async def deal(several: Sequence[Shares]) -> None:
    for one in several:
        one._next = 0.0
        await one.deal()


def holders(several: Sequence[Shares]) -> list[int]:
    """How many hold each thing."""
    return [sum(one.mine(key) for one in several) for key in KEYS]


async def test_one_process_holds_everything(database: Database) -> None:
    shares = Shares(database)
    await shares.deal()
    assert all(shares.mine(key) for key in KEYS)
    await shares.close()


async def test_several_divide_it_and_who_goes_leaves_it_to_the_others(postgres_url: str) -> None:
    database = open_database(postgres_url)
    several = [Shares(database) for _ in range(3)]
    await deal(several)
    await deal(several)
    await deal(several)
    assert set(holders(several)) == {1}
    parts = [sum(one.mine(key) for key in KEYS) for one in several]
    assert min(parts) > len(KEYS) / 6, "fairly"
    gone = several.pop()
    await gone.close()

    async def all_held() -> bool:
        await deal(several)
        return set(holders(several)) == {1}

    await eventually(all_held)
    await asyncio.gather(*(one.close() for one in several))
    await database.close()
