"""Parts start in order, stop in reverse, and one that misbehaves stops no other."""

import asyncio

import pytest
from structlog.testing import capture_logs

from hub.lifecycle import Lifecycle
from hub.supervise import Supervised


class Part:
    def __init__(
        self, name: str, diary: list[str], *, fails: str = "", hangs: bool = False
    ) -> None:
        self.name, self.diary, self.fails, self.hangs = name, diary, fails, hangs

    async def start(self) -> None:
        if self.fails == "start":
            raise ValueError(self.name)
        self.diary.append(f"+{self.name}")

    async def stop(self) -> None:
        self.diary.append(f"-{self.name}")
        if self.fails == "stop":
            raise ValueError(self.name)
        if self.hangs:
            await asyncio.Event().wait()


async def test_in_order_and_in_reverse() -> None:
    diary: list[str] = []
    parts = [(name, Part(name, diary)) for name in "abc"]
    lifecycle = Lifecycle(parts, drain_seconds=5)
    await lifecycle.start()
    await lifecycle.stop()
    assert diary == ["+a", "+b", "+c", "-c", "-b", "-a"]


async def test_when_one_does_not_start_the_others_are_stopped() -> None:
    diary: list[str] = []
    parts = [("a", Part("a", diary)), ("b", Part("b", diary, fails="start"))]
    lifecycle = Lifecycle([*parts, ("c", Part("c", diary))], drain_seconds=5)
    with pytest.raises(ValueError, match="b"):
        await lifecycle.start()
    assert diary == ["+a", "-a"]


async def test_one_that_fails_or_hangs_at_the_end_stops_no_other() -> None:
    diary: list[str] = []
    parts = [
        ("a", Part("a", diary)),
        ("b", Part("b", diary, fails="stop")),
        ("c", Part("c", diary, hangs=True)),
    ]
    lifecycle = Lifecycle(parts, drain_seconds=0)
    await lifecycle.start()
    with capture_logs() as logs:
        await lifecycle.stop()
    assert diary[3:] == ["-c", "-b", "-a"]
    assert [line["event"] for line in logs] == ["part.cut_short", "part.stop_failed"]


async def test_a_task_that_fails_is_logged_and_started_again() -> None:
    runs, enough = [], asyncio.Event()

    async def run() -> None:
        runs.append(1)
        if len(runs) < 3:
            raise ValueError
        enough.set()
        await asyncio.Event().wait()

    task = Supervised("thing", run)
    with capture_logs() as logs:
        task.start()
        async with asyncio.timeout(20):
            await enough.wait()
    await task.stop()
    assert [line["task"] for line in logs if line["event"] == "task.failed"] == ["thing"] * 2
