"""What somebody else named is called on the internet alone: whatever it is written like, wherever
its name leads, and however often that changes."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientError, ClientSession, web

from hub.errors import Rejected
from hub.public_only import dial, public_connector
from servers.process import free_port

OUTSIDE, INSIDE = "93.184.216.34", "127.0.0.1"


class Secret:
    """A server that only we can reach."""

    def __init__(self) -> None:
        self.port = free_port()
        self.asked = 0

    async def answer(self, _request: web.Request) -> web.Response:
        self.asked += 1
        return web.Response(text="secret")


@pytest.fixture
async def secret() -> AsyncIterator[Secret]:
    one = Secret()
    app = web.Application()
    app.router.add_get("/", one.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    for host in (INSIDE, "::1"):
        await web.TCPSite(runner, host, one.port).start()
    yield one
    await runner.cleanup()


@pytest.fixture
def lookups(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every name leads outside when it is asked for the first time, and inside from then on."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: Any, port: Any, *others: Any, **more: Any) -> Any:
        if not str(host).endswith(".example"):
            return real(host, port, *others, **more)
        asked.append(host)
        address = OUTSIDE if len(asked) == 1 else INSIDE
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, int(port)))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were connected to; nobody answers there."""
    found: list[str] = []

    async def connect(_loop: Any, _socket: Any, address: tuple[str, int]) -> None:
        found.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(asyncio.SelectorEventLoop, "sock_connect", connect)
    return found


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0.0.0.0", "localhost", "it.localhost"),
        *("[::1]", "[::]", "[::ffff:127.0.0.1]", "\N{FULLWIDTH DIGIT ONE}27.0.0.1", "0x7f.1"),
    ],
)
async def test_a_page_inside_is_not_read(secret: Secret, host: str) -> None:
    async with ClientSession(connector=public_connector()) as http:
        with pytest.raises((ClientError, OSError, Rejected)):
            await http.get(f"http://{host}:{secret.port}/")
    assert secret.asked == 0


async def test_nor_by_a_redirect(secret: Secret) -> None:
    """Who follows redirects with it is led nowhere either."""

    async def away(_request: web.Request) -> web.Response:
        raise web.HTTPFound(f"http://{INSIDE}:{secret.port}/")

    app = web.Application()
    app.router.add_get("/", away)
    runner = web.AppRunner(app)
    await runner.setup()
    door = web.TCPSite(runner, INSIDE, free_port())
    await door.start()
    async with ClientSession() as anywhere, anywhere.get(door.name) as answer:
        assert await answer.text() == "secret"
    async with ClientSession(connector=public_connector()) as http:
        with pytest.raises(ClientError):
            await http.get(door.name)
    await runner.cleanup()
    assert secret.asked == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0", "::ffff:127.0.0.1", "127.1"])
async def test_a_server_inside_is_not_dialled(
    secret: Secret, dialled: list[str], host: str
) -> None:
    with pytest.raises(Rejected, match="leads inside"):
        await dial(host, secret.port)
    assert dialled == []


async def test_what_was_looked_at_is_what_is_dialled(
    lookups: list[str], dialled: list[str]
) -> None:
    with pytest.raises(ConnectionRefusedError):
        await dial("rebound.example", 993)
    assert (lookups, dialled) == (["rebound.example"], [OUTSIDE])
    with pytest.raises(Rejected, match="leads inside"):
        await dial("rebound.example", 993)
    assert dialled == [OUTSIDE]


async def test_so_it_is_for_a_page(lookups: list[str], dialled: list[str]) -> None:
    async with ClientSession(connector=public_connector()) as http:
        with pytest.raises(ClientError):
            await http.get("http://rebound.example/")
    assert set(dialled) == {OUTSIDE}
    assert len(lookups) == 1
