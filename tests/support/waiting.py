"""Waiting for a fact, with a deadline, instead of for a time."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")

LOOK_EVERY = 0.02


@overload
async def eventually(look: Callable[[], Awaitable[T | None]], *, seconds: float = 30) -> T: ...
@overload
async def eventually(look: Callable[[], T | None], *, seconds: float = 30) -> T: ...
async def eventually(look: Callable[[], Any], *, seconds: float = 30) -> Any:
    """Look until what is seen is true, and give it. Raises TimeoutError after `seconds`."""
    async with asyncio.timeout(seconds):
        while True:
            seen = look()
            seen = await seen if inspect.isawaitable(seen) else seen
            if seen:
                return seen
            await asyncio.sleep(LOOK_EVERY)


def wait_for(look: Callable[[], bool], *, seconds: float = 60) -> None:
    """The same where no loop runs."""
    deadline = time.monotonic() + seconds
    while not look():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(LOOK_EVERY)
