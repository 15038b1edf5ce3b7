"""A limit that holds for all processes: what one let through, another does not once more."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from hub import clock
from hub.shared_limits import SharedBuckets
from hub.store import Database
from hub.store.tables import sign_ins
from stores import count, opened


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Database]:
    async with opened(store_url) as database:
        yield database


@pytest.mark.parametrize("per_minute", [1, 3, 100])
async def test_two_processes_let_through_what_one_may(store: Database, per_minute: int) -> None:
    both = [SharedBuckets(store, "asks", per_minute) for _ in range(2)]
    waits = await asyncio.gather(
        *(each.take("one") for _ in range(per_minute + 2) for each in both)
    )
    let_through = waits.count(0)
    # What a process asked for and did not give out is lost, never more than it may.
    assert per_minute * 0.9 <= let_through <= per_minute
    assert all(0 < wait <= 60 for wait in waits if wait)
    assert await both[0].take("other") == 0, "each key by itself"
    assert await SharedBuckets(store, "other", per_minute).take("one") == 0, "each limit too"


async def test_who_asks_often_costs_few_writes(store: Database) -> None:
    limit, written = SharedBuckets(store, "asks", 200), 0
    write = store.write

    async def counted(work: Any) -> Any:
        nonlocal written
        written += 1
        return await write(work)

    store.write = counted  # type: ignore[method-assign]
    for _ in range(200):
        assert await limit.take("one") == 0
    assert written == 20
    assert await limit.take("one") > 0


async def test_a_minute_later_it_begins_anew(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await SharedBuckets(store, "asks", 1).take("one") == 0
    assert await SharedBuckets(store, "asks", 1).take("one") > 0
    later = clock.now() + timedelta(minutes=1, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert await SharedBuckets(store, "asks", 1).take("one") == 0
    assert await count(store, sign_ins) == 1
