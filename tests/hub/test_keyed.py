"""Same key: in order. Other keys: at the same time. Never more than there is room for."""

import asyncio
from collections.abc import Awaitable, Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.keyed import KeyedWork


@settings(max_examples=50, deadline=None)
@given(keys=st.lists(st.sampled_from("abc"), max_size=30), most=st.integers(1, 8))
async def test_each_key_keeps_its_order_within_the_room_there_is(keys: str, most: int) -> None:
    work = KeyedWork(most)
    done: list[tuple[str, int]] = []
    running: set[str] = set()

    def job(key: str, number: int) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            assert key not in running
            running.add(key)
            assert len(running) <= most
            for _ in range(number % 3):
                await asyncio.sleep(0)
            running.discard(key)
            done.append((key, number))

        return run

    for number, key in enumerate(keys):
        await work.add(key, job(key, number))
    await work.finish()
    assert sorted(number for _, number in done) == list(range(len(keys)))
    for key in set(keys):
        numbers = [number for each, number in done if each == key]
        assert numbers == sorted(numbers)


async def test_one_key_that_waits_holds_up_no_other() -> None:
    work, release, other = KeyedWork(4), asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        await release.wait()

    async def tell() -> None:
        other.set()

    await work.add("slow", wait)
    await work.add("quick", tell)
    async with asyncio.timeout(20):
        await other.wait()
    release.set()
    await work.finish()


async def test_a_job_that_fails_harms_no_other() -> None:
    work, done = KeyedWork(1), []

    async def fail() -> None:
        raise ValueError

    async def succeed() -> None:
        done.append(1)

    await work.add("a", fail)
    await work.add("a", succeed)
    await work.finish()
    assert done == [1]
