"""A background task goes on whatever happens in it, until it is stopped."""

import asyncio

import pytest

from hub import supervise
from hub.supervise import Supervised


async def test_what_fails_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "FIRST_PAUSE", 0.0)
    runs = asyncio.Queue[int]()

    async def fail() -> None:
        runs.put_nowait(1)
        raise ValueError("no")

    task = Supervised("test", fail)
    task.start()
    for _ in range(3):
        await runs.get()
    await task.stop()


async def test_it_ends_when_asked_to_in_the_moment_of_an_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`wait_for` of Python 3.11 gives the answer then, and the task never hears that it ends."""
    monkeypatch.setattr(supervise, "AGAIN_SECONDS", 0.05)
    answer = asyncio.get_running_loop().create_future()
    asked = asyncio.Event()

    async def ask_for_ever() -> None:
        asked.set()
        await asyncio.wait_for(answer, timeout=60)
        await asyncio.Event().wait()

    task = Supervised("test", ask_for_ever)
    task.start()
    await asked.wait()
    await asyncio.sleep(0)
    answer.set_result(None)
    stopping = asyncio.create_task(task.stop())
    done, _ = await asyncio.wait([stopping], timeout=20)
    assert done
