"""A flood of sign-ins waits in a line of its own, and that line has an end."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator

import pytest

from agent_ui import password_checks
from agent_ui.password_checks import PasswordChecks
from hub.errors import Retry
from hub.store.agents import hash_password

RIGHT = "correct horse battery staple"


@pytest.fixture(scope="module")
def hashed() -> str:
    return hash_password(RIGHT)


@pytest.fixture
async def checks() -> AsyncIterator[PasswordChecks]:
    opened = PasswordChecks()
    yield opened
    opened.stop()


async def test_a_flood_of_strangers_holds_up_nobody_who_is_familiar(
    checks: PasswordChecks, hashed: str
) -> None:
    flood = [
        asyncio.create_task(checks.fits(hashed, "wrong", familiar=False))
        for _ in range(password_checks.MOST_WAITING)
    ]
    await asyncio.sleep(0)
    with pytest.raises(Retry):
        checks.refuse_when_full(familiar=False)
    checks.refuse_when_full(familiar=True)
    assert await checks.fits(hashed, RIGHT, familiar=True)
    assert not all(task.done() for task in flood), "they were served one by one beside it"
    for task in flood:
        task.cancel()
    await asyncio.gather(*flood, return_exceptions=True)
    checks.refuse_when_full(familiar=False)


async def test_a_flood_takes_one_thread_that_gives_way(checks: PasswordChecks, hashed: str) -> None:
    before = set(threading.enumerate())
    async with asyncio.TaskGroup() as flood:
        for _ in range(8):
            flood.create_task(checks.fits(hashed, "wrong", familiar=False))
    [thread] = set(threading.enumerate()) - before
    assert thread.native_id is not None
    mine = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    assert os.getpriority(os.PRIO_PROCESS, thread.native_id) > mine
