"""Empty virtual hosts on a RabbitMQ broker, so that no test meets another's queues."""

import base64
import contextlib
import http.client
import json
import os
import shutil
import time
import uuid
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Protocol
from urllib.parse import unquote, urlsplit, urlunsplit

import aio_pika

from servers.postgres import run
from servers.process import ServerError, tcp_answers
from servers.rabbitmq import evaluate, programs, run_ctl

FOUND = "amqp://guest:guest@127.0.0.1:5672/"
MANAGEMENT_PORT = 15672
MANY = 16
LEFT_BEHIND_SECONDS = 3600
# A quorum queue of RabbitMQ 3 reserves three files, a virtual host of ours has some thirty, three
# workers keep `MANY` each: with the usual 1,024 the broker stands still and answers nobody.
FILES_NEEDED = 16_000
NOTHING: Mapping[str, str] = MappingProxyType({})


class Administration(Protocol):
    """A way to make and remove virtual hosts."""

    def files(self) -> int:
        """How many files the broker may have open."""
        ...

    def names(self) -> list[str]: ...
    def change(self, *, remove: Sequence[str], add: Sequence[str]) -> None: ...


class ByCommand:
    """Through rabbitmqctl: one call is half a second, so it makes many changes at once."""

    def __init__(
        self, program: str | Path, env: Mapping[str, str] = NOTHING, user: str = "guest"
    ) -> None:
        self._ctl = partial(run_ctl, program, env=env)
        self._evaluate = partial(evaluate, program, env=env)
        self._user = user

    def files(self) -> int:
        code = "proplists:get_value(max_fds, lists:flatten(erlang:system_info(check_io)))."
        return int(self._evaluate(code))

    def names(self) -> list[str]:
        return self._ctl(["--quiet", "list_vhosts", "--no-table-headers"]).split()

    def change(self, *, remove: Sequence[str], add: Sequence[str]) -> None:
        grant = '<<".*">>, <<".*">>, <<".*">>'
        steps = [f'rabbit_vhost:delete(<<"{name}">>, <<"tests">>)' for name in remove]
        for name in add:
            steps.append(f'rabbit_vhost:add(<<"{name}">>, <<"tests">>)')
            steps.append(
                "rabbit_auth_backend_internal:set_permissions("
                f'<<"{self._user}">>, <<"{name}">>, {grant}, <<"tests">>)'
            )
        self._evaluate(", ".join([*steps, "ok."]))


class ByManagement:
    """Through the management plugin's HTTP interface, for a broker elsewhere or in a container."""

    def __init__(self, host: str, user: str, password: str) -> None:
        self._host = host
        self._user = user
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}

    def files(self) -> int:
        return min(int(row["fd_total"]) for row in json.loads(self._ask("GET", "/api/nodes")))

    def names(self) -> list[str]:
        return [row["name"] for row in json.loads(self._ask("GET", "/api/vhosts?columns=name"))]

    def change(self, *, remove: Sequence[str], add: Sequence[str]) -> None:
        grant = json.dumps({"configure": ".*", "write": ".*", "read": ".*"})
        for name in remove:
            self._ask("DELETE", f"/api/vhosts/{name}")
        for name in add:
            self._ask("PUT", f"/api/vhosts/{name}")
            self._ask("PUT", f"/api/permissions/{name}/{self._user}", grant)

    def _ask(self, method: str, path: str, body: str | None = None) -> bytes:
        connection = http.client.HTTPConnection(self._host, MANAGEMENT_PORT, timeout=10)
        with contextlib.closing(connection):
            connection.request(method, path, body, self._headers)
            answer = connection.getresponse()
            content = answer.read()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise ServerError(f"RabbitMQ management: {method} {path}: {answer.status} {content!r}")
        return content


class Vhosts:
    """Hands out virtual hosts that nobody used before, and removes them in the end."""

    def __init__(
        self, broker_url: str, administration: Administration, *, at_once: int = MANY
    ) -> None:
        self._url = broker_url
        self._administration = administration
        self._at_once = at_once
        self._fresh: list[str] = []
        self._used: list[str] = []

    def take(self) -> str:
        """The URL of an empty virtual host."""
        if not self._fresh:
            self._refill()
        name = self._fresh.pop()
        self._used.append(name)
        return self._url_of(name)

    def prove(self) -> None:
        """Raises when what we make is not there: it may be another broker that we administer."""
        self._refill()
        try:
            run(_connect(self._url_of(self._fresh[-1])))
        except BaseException:
            self.close()
            raise

    def _url_of(self, name: str) -> str:
        return urlunsplit(urlsplit(self._url)._replace(path=f"/{name}"))

    def _refill(self) -> None:
        prefix = f"loket-test-{int(time.time())}-{uuid.uuid4().hex[:6]}"
        names = [f"{prefix}-{number}" for number in range(self._at_once)]
        self._administration.change(remove=self._used, add=names)
        self._fresh, self._used = names, []

    def close(self) -> None:
        self._administration.change(remove=self._used + self._fresh, add=())

    def remove_left_behind(self) -> None:
        """Remove what test runs that were killed could not."""
        ours = [name for name in self._administration.names() if name.startswith("loket-test-")]
        oldest = time.time() - LEFT_BEHIND_SECONDS
        old = [name for name in ours if int(name.split("-")[2]) < oldest]
        if old:
            self._administration.change(remove=old, add=())


def find_broker() -> Vhosts | None:
    """The broker that was given, or that answers here, has room and lets us make virtual hosts."""
    given = os.environ.get("LOKET_TEST_RABBITMQ", "")
    if given == "private":
        return None
    if given:
        return _administered(given) or _refuse(given)
    return _administered(FOUND, files=FILES_NEEDED) if tcp_answers(5672) else None


def vhosts_of(broker_url: str, env: Mapping[str, str], *, at_once: int = MANY) -> Vhosts:
    """Those on a broker of our own, as its `address` says."""
    administration = ByCommand(programs() / "rabbitmqctl", env)
    return Vhosts(broker_url, administration, at_once=at_once)


def _administered(url: str, *, files: int = 0) -> Vhosts | None:
    """The broker at `url` if we may make virtual hosts there and it may open that many files."""
    parts = urlsplit(url)
    user, password = unquote(parts.username or "guest"), unquote(parts.password or "guest")
    ways: list[Administration] = [ByManagement(parts.hostname or "127.0.0.1", user, password)]
    if program := shutil.which("rabbitmqctl", path=f"{os.environ['PATH']}:/usr/sbin"):
        ways.append(ByCommand(program, user=user))
    for way in ways:
        found = Vhosts(url, way)
        with contextlib.suppress(OSError, ServerError, aio_pika.exceptions.AMQPError):
            if way.files() < files:
                return None
            found.remove_left_behind()
            found.prove()
            return found
    return None


async def _connect(url: str) -> None:
    async with await aio_pika.connect(url, timeout=10):
        pass


def _refuse(url: str) -> Vhosts:
    raise ServerError(
        f"LOKET_TEST_RABBITMQ={url}: no way to make virtual hosts there. Enable the plugin "
        f"rabbitmq_management on port {MANAGEMENT_PORT}, or set it to `private`."
    )
