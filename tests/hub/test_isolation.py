"""A pool of workers: what a job may do to its worker, and that nobody else notices."""

import asyncio
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

import isolated_jobs as jobs
from hub.isolation import Failure, WorkerFailed, Workers
from waiting import wait_for

# Importing must not be on a short clock.
PRELOAD = ("isolated_jobs",)


async def test_runs_a_function_with_its_arguments() -> None:
    async with Workers(1) as pool:
        assert await pool.run(jobs.add, 2, two=3) == 5


async def test_a_worker_lives_on_for_the_next_job() -> None:
    async with Workers(1) as pool:
        first = await pool.run(jobs.process_id)
        assert first != os.getpid()
        assert await pool.run(jobs.process_id) == first


async def test_an_exception_comes_back_as_itself_and_the_worker_stays() -> None:
    async with Workers(1) as pool:
        worker = await pool.run(jobs.process_id)
        with pytest.raises(KeyError, match="no such thing"):
            await pool.run(jobs.fail)
        assert await pool.run(jobs.process_id) == worker


@pytest.mark.parametrize(
    ("job", "text"),
    [(jobs.fail_awkwardly, "Awkward: this and that"), (jobs.unpicklable, "pickle")],
)
async def test_what_cannot_be_pickled_comes_back_as_text(
    job: Callable[[], object], text: str
) -> None:
    async with Workers(1) as pool:
        with pytest.raises(Exception, match=text):
            await pool.run(job)
        assert await pool.run(jobs.add, 1, two=1) == 2


async def test_a_job_past_its_time_is_killed_and_the_next_one_runs() -> None:
    async with Workers(1, seconds=2, preload=PRELOAD) as pool:
        before = await pool.run(jobs.process_id)
        with pytest.raises(WorkerFailed) as failed:
            await pool.run(jobs.loop_for_ever)
        assert failed.value.reason is Failure.TIMEOUT
        assert not psutil.pid_exists(before)
    async with Workers(1) as pool:
        assert await pool.run(jobs.add, 1, two=1) == 2


async def test_a_crash_is_named_and_the_next_job_gets_a_new_worker() -> None:
    async with Workers(1) as pool:
        before = await pool.run(jobs.process_id)
        with pytest.raises(WorkerFailed) as failed:
            await pool.run(jobs.crash)
        assert failed.value.reason is Failure.CRASHED
        assert await pool.run(jobs.process_id) != before


async def test_memory_is_limited() -> None:
    async with Workers(1, memory=512 << 20) as pool:
        assert await pool.run(jobs.eat, 64 << 20) == 64 << 20
        with pytest.raises(WorkerFailed) as failed:
            await pool.run(jobs.eat, 1 << 30)
        assert failed.value.reason is Failure.MEMORY
        assert await pool.run(jobs.eat, 1 << 20) == 1 << 20


async def test_large_answers_and_printing_do_not_mix() -> None:
    async with Workers(1) as pool:
        assert len(await pool.run(jobs.shout, 5_000_000)) == 5_000_000


async def test_many_jobs_share_few_workers() -> None:
    async with Workers(2) as pool:
        sums = await asyncio.gather(*(pool.run(jobs.add, n, two=n) for n in range(200)))
        workers = set(await asyncio.gather(*(pool.run(jobs.nap, 0.05) for _ in range(6))))
    assert sums == [2 * n for n in range(200)]
    assert len(workers) == 2


async def test_a_cancelled_caller_does_not_leave_its_answer_to_the_next() -> None:
    async with Workers(1) as pool:
        await pool.run(jobs.process_id)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await pool.run(jobs.loop_for_ever)
        assert await pool.run(jobs.add, 20, two=1) == 21


async def test_the_loop_runs_on_while_a_worker_is_busy() -> None:
    async with Workers(1) as pool:
        job = asyncio.create_task(pool.run(jobs.nap, 0.5))
        turns = 0
        while not job.done():
            await asyncio.sleep(0)
            turns += 1
        assert turns > 100


async def test_stop_waits_for_jobs_in_hand_and_takes_no_more() -> None:
    pool = Workers(1)
    job = asyncio.create_task(pool.run(jobs.nap, 0.2))
    await asyncio.sleep(0)
    await pool.stop()
    assert not psutil.pid_exists(await job)
    with pytest.raises(RuntimeError, match="stopped"):
        await pool.run(jobs.process_id)


async def test_a_cancelled_stop_kills_at_once(tmp_path: Path) -> None:
    pool = Workers(1)
    job = asyncio.create_task(pool.run(jobs.loop_for_ever, tmp_path / "pid"))
    worker = int(await asyncio.to_thread(_written, tmp_path / "pid"))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await pool.stop()
    assert not psutil.pid_exists(worker)
    with pytest.raises(WorkerFailed):
        await job


async def test_workers_inherit_neither_sockets_nor_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOKET_HUB__SECRET", "not for workers")
    with jobs.listening():
        async with Workers(1) as pool:
            assert await pool.run(jobs.open_sockets) == 0
            assert await pool.run(jobs.environment, "LOKET_HUB__SECRET") is None


async def test_a_module_that_is_missing_is_told_at_the_first_job() -> None:
    async with Workers(1, preload=("no.such.module",)) as pool:
        with pytest.raises(WorkerFailed) as failed:
            await pool.run(jobs.process_id)
        assert failed.value.reason is Failure.CRASHED


@pytest.mark.parametrize("job", ["process_id", "loop_for_ever"])
def test_workers_die_with_the_program(tmp_path: Path, job: str) -> None:
    mark = tmp_path / "pid"
    program = textwrap.dedent(f"""
        import asyncio, isolated_jobs as jobs
        from pathlib import Path
        from hub.isolation import Workers

        async def main():
            pool = Workers(1, seconds=3, preload={PRELOAD!r})
            mark = Path({str(mark)!r})
            mark.with_suffix(".new").write_text(str(await pool.run(jobs.process_id)))
            mark.with_suffix(".new").rename(mark)
            await pool.run(jobs.{job})
            await asyncio.Event().wait()

        asyncio.run(main())
    """)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", program], env=environment) as parent:
        worker = int(_written(mark))
        parent.kill()
    wait_for(lambda: not psutil.pid_exists(worker))


def _written(path: Path) -> str:
    """The text of a file that another process is about to write."""
    wait_for(lambda: path.exists() and path.read_text() != "")
    return path.read_text()
