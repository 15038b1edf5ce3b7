"""Replays that the console was asked for: run beside its work, told of in the store, stopped."""

import asyncio
from datetime import datetime

import structlog

from config.proof import staff_of
from config.replay_running import Task, replayed
from hub.errors import Retry
from hub.store import Database, admission, model_replays
from hub.store.model_replays import Run
from routing.learned.current import learned_now
from routing.lifecycle.versions import Versions
from routing.replay.packed import pack, summary_of
from routing.staffing.arrivals import zone_of
from routing.staffing.staffed import STAFFING, Week, staffed

log = structlog.get_logger(__name__)

BEAT_SECONDS = 1.0


class Runs:
    """Of this process. One replays at a time, so that agents keep their part of the machine; the
    next waits. Stopped, it stops them: whoever looks sees that."""

    def __init__(self, database: Database, versions: Versions, beat: float = BEAT_SECONDS) -> None:
        self._database = database
        self._versions = versions
        self._beat = beat
        self._turn = asyncio.Semaphore(1)
        self._tasks: dict[asyncio.Task[None], Run] = {}

    async def begin(self, number: int, base: int, since: datetime, until: datetime, by: str) -> Run:
        """Raises Rejected while this version is being replayed, and BrokenModel for one that
        cannot be read."""
        version, _ = await self._versions.read(number)
        await self._versions.read(base)
        run = await self._database.write(
            lambda c: model_replays.begin(
                c, number, base=base, since=since, until=until, sha256=version.sha256, by=by
            )
        )
        task = asyncio.create_task(self._keep(run), name=f"replay of version {number}")
        self._tasks[task] = run
        task.add_done_callback(self._tasks.pop)
        return run

    async def start(self) -> None: ...

    async def stop(self) -> None:
        running = dict(self._tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for run in running.values():
            await self._give_up(run)

    async def _keep(self, run: Run) -> None:
        """A run that fails is kept as such, with the reason in the log."""
        try:
            await self._attend(run)
        except Exception:
            log.exception("replay.failed", version=run.version)
            await self._give_up(run)

    async def _give_up(self, run: Run) -> None:
        try:
            await self._database.write(lambda c: model_replays.fail(c, run))
        except Retry as error:  # seen as lost in a minute
            log.warning("replay.not_marked", version=run.version, reason=error.detail)

    async def _attend(self, run: Run) -> None:
        """Tell how far it is while it works, and stop it when somebody says so."""
        progress = _Progress()
        work = asyncio.create_task(self._replay(run, progress))
        try:
            while not work.done():
                await asyncio.wait([work], timeout=self._beat)
                done, total = progress.done, progress.total
                if not await self._database.write(
                    lambda c, d=done, t=total: model_replays.advance(c, run, d, t)  # type: ignore[misc]
                ):
                    return
            await work
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    async def _replay(self, run: Run, progress: "_Progress") -> None:
        async with self._turn:
            _, before = await self._versions.read(run.base)
            _, after = await self._versions.read(run.version)
            staff = await self._database.read(admission.listed)
            task = Task(
                before.definition,
                after.definition,
                staff_of(staff, run.until),
                run.since,
                run.until,
                await learned_now(self._database),
            )
            found = await replayed(self._database, task, progress.take, aside=True)
        changes = await asyncio.to_thread(pack, found.changes)
        week = Week((run.since, run.until), zone_of(before))
        people = await asyncio.to_thread(staffed, found.arrived, before, after, week)
        summary = {
            "replay": summary_of(found),
            "staffing": STAFFING.dump_python(people, mode="json"),
        }
        await self._database.write(lambda c: model_replays.finish(c, run, summary, changes))


class _Progress:
    done = total = 0

    def take(self, done: int, total: int) -> None:
        self.done, self.total = done, total
