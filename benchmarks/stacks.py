"""The two ways in which Loket is deployed, each with nothing in it yet.

`embedded` is SQLite and what is in the process; `servers` is PostgreSQL and RabbitMQ: those that
LOKET_TEST_POSTGRES and LOKET_TEST_RABBITMQ name, or that answer here, or private ones started now.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks import ROOT
from servers.postgres import Databases, PostgresServer, find_postgres, run
from servers.rabbitmq import RabbitMQServer
from servers.vhosts import Vhosts, find_broker, vhosts_of

EMBEDDED = "embedded"
SERVERS = "servers"
NAMES = (EMBEDDED, SERVERS)
_SERVER_PROGRAMS = ("postgres", "beam.smp")


@dataclass(frozen=True)
class Stack:
    name: str
    store_url: str
    bus_url: str
    folder: Path

    @property
    def title(self) -> str:
        return "SQLite" if self.name == EMBEDDED else "PostgreSQL + RabbitMQ"


class Stacks:
    """Hands out stacks; the servers are found or started when they are first asked for."""

    def __init__(self) -> None:
        self._databases: Databases | None = None
        self._vhosts: Vhosts | None = None
        self._ending = contextlib.ExitStack()

    def close(self) -> None:
        self._ending.close()

    @contextlib.contextmanager
    def fresh(self, name: str) -> Iterator[Stack]:
        """An empty stack. Its database is dropped afterwards, its folder by `close`."""
        # Not in /tmp, which may be memory: a commit must cost here what it costs in earnest.
        place = ROOT / "var" / "benchmarks"
        place.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=place))
        # Removed only in the end: ext4 is slow to make files where many were deleted just before.
        self._ending.callback(shutil.rmtree, folder)
        if name == EMBEDDED:
            yield Stack(name, f"sqlite:///{folder}/bench.db", "local:", folder)
        else:
            with self._on_servers(folder) as stack:
                yield stack

    @contextlib.contextmanager
    def _on_servers(self, folder: Path) -> Iterator[Stack]:
        self._databases = self._databases or self._find_postgres()
        self._vhosts = self._vhosts or self._find_broker()
        store_url = run(self._databases.create())
        try:
            yield Stack(SERVERS, store_url, self._vhosts.take(), folder)
        finally:
            run(self._databases.drop(store_url))

    def _find_postgres(self) -> Databases:
        if url := find_postgres():
            return Databases(url)
        server = PostgresServer()
        self._ending.callback(server.close)
        server.start()
        return Databases(server.url())

    def _find_broker(self) -> Vhosts:
        if (found := find_broker()) is not None:
            self._ending.callback(found.close)
            return found
        server = RabbitMQServer()
        self._ending.callback(server.close)
        server.start()
        return vhosts_of(**server.address())


def servers_cpu_seconds() -> float:
    """What all PostgreSQL and RabbitMQ processes of this machine have used so far."""
    total = 0.0
    for process in psutil.process_iter(["name", "cpu_times"]):
        if process.info["name"] in _SERVER_PROGRAMS and process.info["cpu_times"]:
            times = process.info["cpu_times"]
            total += times.user + times.system + times.children_user + times.children_system
    return total
