"""Runs functions over foreign bytes in worker processes that can be killed.

A parser that loops, eats memory or crashes takes its worker with it and nothing else: the caller
gets `WorkerFailed` and the next job a fresh worker. Workers are started by exec, so they inherit
no socket and no secret from the environment, and the event loop never waits for one.
"""

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar, cast

from hub.errors import LoketError
from hub.isolation_worker import LENGTH, MEMORY, RAISED

P = ParamSpec("P")
T = TypeVar("T")

_START_SECONDS = 60.0
# Far above any answer: a reader that paused and was then forgotten would keep its pipe open.
_READ_BUFFER = 1 << 28
_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT")


class Failure(StrEnum):
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    MEMORY = "memory"


class WorkerFailed(LoketError):
    """The worker was lost over this job: `reason` says how. The same job will fail again."""

    def __init__(self, reason: Failure, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Workers:
    """Long-lived workers; each does one job at a time.

    `seconds` limits one job, `memory` is the address space of one worker in bytes. `preload` names
    modules that a worker imports before its first job, so that importing is not on a job's clock.
    """

    def __init__(
        self,
        workers: int = 2,
        *,
        seconds: float = 20.0,
        memory: int = 1 << 30,
        preload: tuple[str, ...] = (),
    ) -> None:
        self.seconds = seconds
        self._memory = memory
        self._preload = preload
        # Last in, first out: a quiet hub keeps one worker warm instead of waking all in turn.
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        self._workers = [_Worker(self._command()) for _ in range(workers)]
        for worker in self._workers:
            self._idle.put_nowait(worker)
        self._stopped = False

    @property
    def count(self) -> int:
        return len(self._workers)

    async def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a module-level function in a worker.

        Raises WorkerFailed when the worker is lost, and else what the function raises.
        """
        if self._stopped:
            raise RuntimeError("the worker pool was stopped")
        job = pickle.dumps((function, args, kwargs, self.seconds), pickle.HIGHEST_PROTOCOL)
        worker = await self._idle.get()
        try:
            return cast("T", await worker.call(job, self.seconds))
        finally:
            self._idle.put_nowait(worker)

    async def stop(self) -> None:
        """Let the jobs in hand finish, then end the workers. Cancelled, it kills them at once."""
        self._stopped = True
        try:
            for _ in self._workers:
                await self._idle.get()
        finally:
            for worker in self._workers:
                await worker.kill()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def _command(self) -> tuple[str, ...]:
        return (sys.executable, "-m", "hub.isolation_worker", str(self._memory), *self._preload)


class _Worker:
    """One place in the pool; its process is started when needed and replaced when lost."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self._command = command
        self._process: Process | None = None

    async def call(self, job: bytes, seconds: float) -> Any:
        try:
            process = self._process or await self._start()
            outcome, value = await _exchange(process, job, seconds)
        except BaseException:
            # Also when the caller is cancelled: an answer nobody awaits would meet the next job.
            await self.kill()
            raise
        if outcome == MEMORY:
            await self.kill()
            raise WorkerFailed(Failure.MEMORY, "the job needs more memory than it may have")
        if outcome == RAISED:
            raise value
        return value

    async def kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()

    async def _start(self) -> Process:
        environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, limit=_READ_BUFFER, env=environment
        )
        await _exchange(self._process, b"", _START_SECONDS)
        return self._process


async def _exchange(process: Process, job: bytes, seconds: float) -> tuple[str, Any]:
    """Send a job (none to a worker that is starting) and take the next answer."""
    try:
        async with asyncio.timeout(seconds):
            return await _converse(process, job)
    except TimeoutError:
        raise WorkerFailed(Failure.TIMEOUT, f"no answer within {seconds:g} s") from None
    except (asyncio.IncompleteReadError, ConnectionError):
        code = await process.wait()
        raise WorkerFailed(Failure.CRASHED, f"the worker ended with code {code}") from None


async def _converse(process: Process, job: bytes) -> tuple[str, Any]:
    to_worker = cast("asyncio.StreamWriter", process.stdin)
    from_worker = cast("asyncio.StreamReader", process.stdout)
    if job:
        to_worker.write(LENGTH.pack(len(job)) + job)
        await to_worker.drain()
    (length,) = LENGTH.unpack(await from_worker.readexactly(LENGTH.size))
    answer = pickle.loads(await from_worker.readexactly(length))  # noqa: S301 - our own worker's
    return cast("tuple[str, Any]", answer)
