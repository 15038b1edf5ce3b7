"""The servers that tests run against: real ones, started once, with a clean place for each test."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
import structlog
from hypothesis import settings
from playwright.async_api import Browser
from xdist.remote import Producer

from examples import THOROUGH
from hub.collecting import collect_seldom
from hub.store import Database, migrate
from hub.store.database import open_database
from hub.store.tables import metadata
from servers.browser import open_browser
from servers.imap import ImapAccount, ImapServer
from servers.postgres import Cleaner, Databases, PostgresServer, find_postgres, postgres_server, run
from servers.rabbitmq import RabbitMQServer, rabbitmq_server
from servers.sharing import shared
from servers.smtp import SmtpSink
from servers.tls import Certificate, make_certificate
from servers.vhosts import Vhosts, find_broker, vhosts_of
from turns import Turns, turn
from verdict import pytest_sessionfinish, pytest_terminal_summary  # noqa: F401 (pytest finds them)

# By itself it draws each traceback in colours, which is half a second of a processor.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
)

settings.register_profile("loket", derandomize=not THOROUGH, print_blob=True)
settings.load_profile("loket")

_TABLES = [table.name for table in reversed(metadata.sorted_tables)]


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors, because many tests wait; more would wait for these."""
    return min((os.cpu_count() or 1) + 1, 4)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Turns:
    return Turns(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: turn(item.nodeid))
    if THOROUGH:
        for item in items:
            item.add_marker(pytest.mark.timeout(3600))


def pytest_collection_finish() -> None:
    """All that was imported stays: to look through it for garbage takes a quarter of a second."""
    collect_seldom()


@pytest.fixture(scope="session")
def _run_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The same for all processes of this run."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for localhost that servers of the tests show."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))


# PostgreSQL


@pytest.fixture(scope="session")
def databases(_run_folder: Path) -> Iterator[Databases]:
    """Makes databases on the shared server."""
    url = find_postgres()
    if url is not None:
        found = Databases(url)
        run(found.drop_left_behind())
        yield found
        return
    with shared(_run_folder, "postgres", postgres_server) as address:
        yield Databases(address["url"])


@pytest.fixture
async def empty_postgres_url(databases: Databases) -> AsyncIterator[str]:
    """A fresh PostgreSQL database without a schema."""
    url = await databases.create()
    yield url
    await databases.drop(url)


@pytest.fixture(scope="session")
def _migrated_postgres_url(databases: Databases) -> Iterator[str]:
    url = run(databases.create())
    run(_migrate(url))
    yield url
    run(databases.drop(url))


@pytest.fixture(scope="session")
def _cleaner(_migrated_postgres_url: str) -> Iterator[Cleaner]:
    cleaner = Cleaner(_migrated_postgres_url, _TABLES)
    yield cleaner
    cleaner.close()


@pytest.fixture
def postgres_url(_cleaner: Cleaner, _migrated_postgres_url: str) -> str:
    """An empty PostgreSQL database with the schema of this release, which a test must not change.

    It is the same one each time: for another schema there is `empty_postgres_url`.
    """
    _cleaner.empty()
    return _migrated_postgres_url


@pytest.fixture(scope="session")
def _own_postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    yield server
    server.close()


@pytest.fixture
def private_postgres(_own_postgres: PostgresServer) -> PostgresServer:
    """A running server that the test may stop, start and kill."""
    _own_postgres.start()
    return _own_postgres


@pytest.fixture
async def private_postgres_url(private_postgres: PostgresServer) -> str:
    """A fresh, empty database on `private_postgres`."""
    return await Databases(private_postgres.url()).create()


# RabbitMQ


@pytest.fixture(scope="session")
def vhosts(_run_folder: Path) -> Iterator[Vhosts]:
    """Hands out virtual hosts on the shared broker."""
    found = find_broker()
    if found is not None:
        yield found
        found.close()
        return
    with shared(_run_folder, "rabbitmq", rabbitmq_server) as address:
        yield vhosts_of(**address)


@pytest.fixture
def rabbitmq_url(vhosts: Vhosts) -> str:
    """A fresh virtual host on RabbitMQ."""
    return vhosts.take()


@pytest.fixture(scope="session")
def _own_rabbitmq() -> Iterator[RabbitMQServer]:
    server = RabbitMQServer()
    yield server
    server.close()


@pytest.fixture
def private_rabbitmq(_own_rabbitmq: RabbitMQServer) -> RabbitMQServer:
    """A running broker that the test may stop, start and kill."""
    _own_rabbitmq.start()
    return _own_rabbitmq


@pytest.fixture(scope="session")
def _own_vhosts(_own_rabbitmq: RabbitMQServer) -> Vhosts:
    # One at a time: at each start the broker looks after all that it has.
    return vhosts_of(**_own_rabbitmq.address(), at_once=1)


@pytest.fixture
def private_rabbitmq_url(private_rabbitmq: RabbitMQServer, _own_vhosts: Vhosts) -> str:
    """A fresh virtual host on `private_rabbitmq`."""
    return _own_vhosts.take()


# Mail


@pytest.fixture(scope="session")
def _own_imap(certificate: Certificate) -> Iterator[ImapServer]:
    server = ImapServer(certificate)
    yield server
    server.close()


@pytest.fixture
def imap_server(_own_imap: ImapServer) -> ImapServer:
    """A running Dovecot that the test may stop, start and kill."""
    _own_imap.start()
    return _own_imap


@pytest.fixture
def imap_account(imap_server: ImapServer) -> ImapAccount:
    """A fresh account on Dovecot."""
    return imap_server.account()


@pytest.fixture
async def smtp_sink() -> AsyncIterator[SmtpSink]:
    """The outside world's mail server."""
    sink = SmtpSink()
    await sink.start()
    yield sink
    await sink.stop()


# SQLite


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """A SQLite database that is not there yet."""
    return f"sqlite:///{tmp_path}/empty.db"


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "template.db"
    run(_migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """A fresh SQLite database with the schema of this release."""
    path = shutil.copy(_sqlite_template, tmp_path / "loket.db")
    return f"sqlite:///{path}"


# Choices


@pytest.fixture(params=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The store on both engines, with the schema of this release."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def empty_store_url(request: pytest.FixtureRequest) -> str:
    """The store on both engines, without a schema."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


@pytest.fixture
async def database(store_url: str) -> AsyncIterator[Database]:
    """The open store on both engines."""
    opened = open_database(store_url)
    yield opened
    await opened.close()


@pytest.fixture(params=["local", "amqp"])
def bus_url(request: pytest.FixtureRequest) -> str:
    """The bus on both transports."""
    if request.param == "local":
        return "local:"
    url: str = request.getfixturevalue("rabbitmq_url")
    return url


@dataclass(frozen=True)
class Stack:
    """A store and a bus that go together."""

    store_url: str
    bus_url: str


@pytest.fixture(params=["embedded", "servers"])
def stack(request: pytest.FixtureRequest) -> Stack:
    """Both ways in which Loket is deployed: with nothing beside it, and on real servers."""
    if request.param == "embedded":
        return Stack(request.getfixturevalue("sqlite_url"), "local:")
    store_url: str = request.getfixturevalue("postgres_url")
    return Stack(store_url, request.getfixturevalue("rabbitmq_url"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _chromium() -> AsyncIterator[Browser]:
    async with open_browser() as chromium:
        yield chromium


@pytest_asyncio.fixture(loop_scope="session")
async def browser(_chromium: Browser) -> AsyncIterator[Browser]:
    """Chromium without a page, for a test in the loop of the session."""
    yield _chromium
    for context in _chromium.contexts:
        await context.close()


async def _migrate(url: str) -> None:
    opened = open_database(url)
    try:
        await migrate.upgrade(opened)
    finally:
        await opened.close()
