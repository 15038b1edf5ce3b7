"""Loket as an operator runs it: real processes, settings in a file, to be killed at will."""

import logging
import os
import signal
import tempfile
import time
import traceback
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import MappingProxyType

import structlog
from typer.testing import CliRunner

from builders import SECRET
from config.cli import app
from loket_fork import ROOT, fork
from servers.process import free_port

READY_SECONDS = 60.0
LOOK_EVERY = 0.05


@dataclass(frozen=True)
class Deployment:
    """The settings file of one Loket, and where its doors are."""

    config: Path
    smtp_port: int
    store_url: str

    @property
    def environment(self) -> dict[str, str]:
        return clean_environment() | {"LOKET_HUB__SECRET": SECRET}


def clean_environment() -> dict[str, str]:
    """Ours, without settings that somebody made for another Loket."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("LOKET_")}
    return kept | {"PYTHONPATH": str(ROOT)}


def ready(port: int) -> bool:
    """Whether the Loket on this port says that it is."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def deploy(
    folder: Path, *, store_url: str, bus_url: str, sink_port: int = 1, batch: int = 100
) -> Deployment:
    """Write the settings and migrate the store."""
    smtp_port = free_port()
    config = folder / "loket.toml"
    config.write_text(
        f"""
[hub]
drain_seconds = 10
[hub.store]
url = "{store_url}"
[hub.bus]
url = "{bus_url}"
backoff = [0.2, 0.5, 1]
batch = {batch}
prefetch = {4 * batch}
[hub.blobs]
path = "{folder / "blobs"}"
[hub.log]
level = "INFO"
[connectors.email.accounts.info]
address = "info@vandalenkoffie.example"
from_name = "Van Dalen Koffie"
[connectors.email.listen]
port = {smtp_port}
[connectors.email.smtp]
host = "127.0.0.1"
port = {sink_port}
tls = "none"
[connectors.chat]
email_account = "info@vandalenkoffie.example"
handover_after = 1
[connectors.chat.sites.shop]
origins = ["*"]
"""
    )
    deployment = Deployment(config, smtp_port, store_url)
    run(deployment, "migrate")
    return deployment


NOTHING: Mapping[str, str] = MappingProxyType({})


def run(deployment: Deployment, *arguments: str, extra: Mapping[str, str] = NOTHING) -> str:
    """One `loket` command, run to its end; gives what it printed. Raises when it fails.

    It runs in this process: to start one takes a second.
    """
    words = [*arguments, "--config", str(deployment.config)]
    unset = dict.fromkeys(name for name in os.environ if name.startswith("LOKET_"))
    environment = {**unset, "LOKET_HUB__SECRET": SECRET, "COLUMNS": "240", **extra}
    # A thread of its own, because the command runs a loop and the test may run in one.
    with logs_as_they_are(), ThreadPoolExecutor(1) as thread:
        done = thread.submit(CliRunner().invoke, app, words, env=environment).result()
    if done.exit_code:
        said = done.output + "".join(_traceback_of(done.exception))
        raise AssertionError(f"loket {' '.join(arguments)}:\n{said}")
    return done.stdout


@contextmanager
def logs_as_they_are() -> Iterator[None]:
    """A command says how its process writes logs, and this one goes on after it."""
    configured, root = structlog.get_config(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        structlog.configure(**configured)
        root.handlers[:] = handlers
        root.setLevel(level)


def _traceback_of(error: BaseException | None) -> list[str]:
    return [] if isinstance(error, SystemExit | None) else traceback.format_exception(error)


@dataclass(frozen=True)
class Done:
    """How a process ended, and what it printed."""

    status: int
    stdout: str
    stderr: str


def execute(deployment: Deployment, *arguments: str, secret: str = SECRET) -> Done:
    """The same as a process of its own, with no setting but the secret."""
    environment = clean_environment() | ({"LOKET_HUB__SECRET": secret} if secret else {})
    words = [*arguments, "--config", str(deployment.config)]
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        process = fork(words, environment, out=out, err=err)
        return Done(_end_of(process), out.read_text(), err.read_text())


def _end_of(process: BaseProcess, seconds: float = READY_SECONDS) -> int:
    process.join(seconds)
    if process.exitcode is None:
        process.kill()
        raise AssertionError(f"process {process.pid} did not end")
    return process.exitcode


class LoketProcess:
    """One `loket serve`. `log` is what it wrote to standard error."""

    def __init__(self, deployment: Deployment, role: str = "all") -> None:
        self.deployment = deployment
        self.role = role
        self.port = free_port()
        self.log = deployment.config.with_name(f"{role}-{self.port}.log")
        self._process: BaseProcess | None = None

    def start(self, *, wait: bool = True) -> "LoketProcess":
        arguments = ["serve", "--config", str(self.deployment.config)]
        arguments += ["--role", self.role, "--port", str(self.port)]
        environment = self.deployment.environment
        self._process = fork(arguments, environment, out=self.log, err=self.log)
        if wait:
            self.wait_until_ready()
        return self

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self.ready():
            if not self.running:
                raise AssertionError(f"{self.role} ended:\n{self.log.read_text()[-3000:]}")
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.role} is not ready:\n{self.log.read_text()[-3000:]}")
            time.sleep(LOOK_EVERY)

    def wait_for_end(self) -> int:
        """Wait until it ends by itself; gives the exit status."""
        assert self._process is not None
        return _end_of(self._process)

    def ready(self) -> bool:
        return ready(self.port)

    def kill(self) -> None:
        """As kill -9 does: at once, wherever it is."""
        self._end(signal.SIGKILL)

    def terminate(self) -> int:
        """As an operator does: it drains. Gives the exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        assert process is not None
        assert process.pid is not None
        os.kill(process.pid, how)
        return _end_of(process)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.is_alive()
