"""Runs the programs under test and the load generator, and looks at what they use."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from benchmarks import ROOT
from servers.process import tcp_answers

START_SECONDS = 60
STOP_SECONDS = 60


class Broken(Exception):
    """A program under test did not do what it should; its log says why."""


class Running:
    """One program and its children."""

    def __init__(
        self, words: Sequence[str], log: Path, env: Mapping[str, str] | None = None
    ) -> None:
        self._log = log
        with log.open("ab") as stream:
            self._popen = subprocess.Popen(  # noqa: S603 (our own programs)
                [sys.executable, *words],
                cwd=ROOT,
                env=_environment(env or {}),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                text=True,
            )
        self._process = psutil.Process(self._popen.pid)

    def wait_for_port(self, port: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not tcp_answers(port):
            self.check()
            if time.monotonic() > deadline:
                raise Broken(f"nothing answers on port {port}:\n{self._tail()}")
            time.sleep(0.05)

    def read_line(self) -> str:
        assert self._popen.stdout is not None
        return self._popen.stdout.readline().strip()

    def write_line(self, line: str) -> None:
        assert self._popen.stdin is not None
        self._popen.stdin.write(f"{line}\n")
        self._popen.stdin.flush()

    def check(self) -> None:
        """Raise Broken when it has ended."""
        if self._popen.poll() is not None:
            raise Broken(f"it ended with code {self._popen.returncode}:\n{self._tail()}")

    def wait(self, seconds: float) -> None:
        """Wait until it ends by itself, well."""
        if self._popen.wait(seconds) != 0:
            raise Broken(f"it ended with code {self._popen.returncode}:\n{self._tail()}")

    def stop(self) -> None:
        if self._popen.poll() is None:
            self._popen.send_signal(signal.SIGTERM)
            try:
                self._popen.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._popen.kill()
                raise Broken(f"it did not stop:\n{self._tail()}") from None

    def cpu_seconds(self) -> float:
        """User and system time, of its children too."""
        return sum(_cpu_seconds(process) for process in self._family())

    def resident(self) -> tuple[int, int]:
        """Bytes of memory of the program itself, and of its children."""
        own, *children = (_resident(process) for process in self._family())
        return own, sum(children)

    def _family(self) -> list[psutil.Process]:
        return [self._process, *self._process.children(recursive=True)]

    def _tail(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-30:])


def wait_until(fact: Callable[[], bool], seconds: float, what: str, every: float = 0.2) -> None:
    deadline = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > deadline:
            raise Broken(f"after {seconds:g} s still not: {what}")
        time.sleep(every)


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("LOKET_")}
    return inherited | dict(more)


def _cpu_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
