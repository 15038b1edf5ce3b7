"""Lets concurrent callers share one run: what waits while a batch is at work becomes the next."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from hub.pacing import pause

Item = TypeVar("Item")
Result = TypeVar("Result")


class Batcher(Generic[Item, Result]):
    """`run` gets up to `most` items and returns one result, or one exception, for each in order.

    `runs` is how many may be at work at the same time. After a run of many that was not full there
    is a pause of up to `breath` seconds, in which more gather: many cost little more than few.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Item]], Awaitable[Sequence[Result | Exception]]],
        *,
        most: int,
        runs: int = 1,
        breath: float = 0,
    ) -> None:
        self._run = run
        self._most = most
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._runs = runs
        self._breath = breath
        self._tasks: list[asyncio.Task[None]] = []

    async def submit(self, item: Item) -> Result:
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        self._tasks = [task for task in self._tasks if not task.done()]
        if len(self._tasks) < self._runs:
            self._tasks.append(asyncio.create_task(self._work()))
        return await future

    async def _work(self) -> None:
        while self._waiting:
            size = min(self._most, len(self._waiting))
            batch = [self._waiting.popleft() for _ in range(size)]
            try:
                results = await self._run([item for item, _ in batch])
            except Exception as error:
                results = [error] * size
            for (_, future), result in zip(batch, results, strict=True):
                _settle(future, result)
            if seconds := pause(size, self._most, self._breath):
                await asyncio.sleep(seconds)


def _settle(future: "asyncio.Future[Result]", result: Result | Exception) -> None:
    if future.done():
        return  # the caller went away
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
