"""Runs one server program as a child of the tests, which it does not outlive."""

import contextlib
import itertools
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

POLL_SECONDS = 0.05

# A program dies with the thread that started it, so that must not be one that a test borrowed.
_SPAWNER = ThreadPoolExecutor(max_workers=1)


class ServerError(AssertionError):
    """A server that the tests need is not there, or did not come up."""


# Below those that the system gives to connections, any of which could take one before we listen.
_PORTS = range(11_000, 32_000)  # browsers refuse 10080
_next_port = itertools.cycle(random.SystemRandom().sample(_PORTS, len(_PORTS)))


def free_port() -> int:
    """A port of this machine on which nothing listens, and which nobody else is given soon."""
    for port in _next_port:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError


def tcp_answers(port: int, host: str = "127.0.0.1") -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def unprivileged_user(*preferred: str) -> str | None:
    """The user to run as when we are root, for programs that refuse root; else ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in (*preferred, "nobody") if name in known)


def make_folder(user: str | None = None) -> Path:
    """An empty folder that `user` owns and can reach."""
    folder = Path(tempfile.mkdtemp(prefix="loket-test-"))
    give_to(user, folder)
    return folder


def give_to(user: str | None, folder: Path) -> None:
    """Make `user` the owner of the folder and of all in it."""
    if user is None:
        return
    entry = pwd.getpwnam(user)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, entry.pw_uid, entry.pw_gid)


def as_user(user: str | None) -> list[str]:
    """The words before a command that make it run as `user`."""
    if user is None:
        return []
    group = str(pwd.getpwnam(user).pw_gid)
    return ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"]


class Program:
    """One running program, its log, and the ways to end it."""

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        folder: Path,
        user: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._command = [*_dies_with_us(), *as_user(user), *map(str, command)]
        self._folder = folder
        self._env = {**os.environ, **env} if env else None
        self._process: subprocess.Popen[bytes] | None = None
        self.log = folder / "program.log"

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, ready: Callable[[], bool], *, seconds: float = 60) -> None:
        """Start it and wait until it is ready."""
        with self.log.open("ab") as log:
            self._process = _SPAWNER.submit(
                subprocess.Popen,
                self._command,
                cwd=self._folder,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            ).result()
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running or time.monotonic() > deadline:
                self.kill()
                raise ServerError(f"{self._command} did not come up:\n{self._log_tail()}")
            time.sleep(POLL_SECONDS)

    def stop(self, with_signal: signal.Signals = signal.SIGTERM, *, seconds: float = 30) -> None:
        """Ask it to stop and wait until it has."""
        if self._process is None:
            return
        self._process.send_signal(with_signal)
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ServerError(f"{self._command} did not stop:\n{self._log_tail()}") from None
        self._process = None

    def kill(self) -> None:
        """End it and its children at once, as a power cut would."""
        if self._process is None:
            return
        family = self._family()
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
        self._process.wait()
        while not all(_has_ended(member) for member in family):
            time.sleep(POLL_SECONDS)
        self._process = None

    def _family(self) -> list[psutil.Process]:
        assert self._process is not None
        try:
            parent = psutil.Process(self._process.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _log_tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:])


def _has_ended(process: psutil.Process) -> bool:
    # An orphan stays listed until the machine's first process reaps it, which may take seconds.
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _dies_with_us() -> list[str]:
    # Without it a killed test run would leave its servers behind.
    return ["setpriv", "--pdeathsig=TERM"] if shutil.which("setpriv") else []
