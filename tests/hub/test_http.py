"""What every HTTP door has: an id, errors in one form, safe headers, limits, and a deadline."""

import asyncio
from collections.abc import AsyncIterator, Mapping

import pytest
from aiohttp import ClientSession, TCPConnector, web

from hub.errors import Rejected, Retry, StoreDown, Unavailable
from hub.http import CORRELATION_HEADER, PROBLEM_TYPE, Route, build_app, host_of
from hub.http_server import HttpServer
from hub.metrics import Metrics
from hub.settings import HttpSettings

ERRORS: dict[str, Exception] = {
    "rejected": Rejected("bad_thing", "Do it otherwise.", status=422),
    "retry": Retry("busy", after=7),
    "store": StoreDown("the database does not answer"),
    "unavailable": Unavailable("mail server", "the password is secret-password"),
    "crash": ValueError("inner secret"),
    "missing": web.HTTPNotFound(),
}


async def fail(request: web.Request) -> web.Response:
    raise ERRORS[request.match_info["kind"]]


async def echo(request: web.Request) -> web.Response:
    return web.Response(body=await request.read())


async def remote(request: web.Request) -> web.Response:
    return web.Response(text=f"{request.remote} {request.match_info['name']}")


PROBLEMS: dict[str, str] = {}


async def readiness() -> Mapping[str, str]:
    return {"store": "", **PROBLEMS}


async def nothing() -> None:
    return None


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    settings = HttpSettings.model_validate(
        {
            "port": 0,
            "body_limit": 1000,
            "request_deadline": 0.3,
            "trusted_proxies": ["127.0.0.0/31"],
        }
    )
    routes = [
        Route("GET", "/remote/{name}", remote),
        Route("GET", "/fail/{kind}", fail),
        Route("POST", "/echo", echo),
        Route("POST", "/big", echo, body_limit=5000),
    ]
    server = HttpServer(
        settings,
        lambda: build_app(
            settings, routes, metrics=Metrics(), readiness=readiness, refresh=nothing
        ),
    )
    await server.start()
    yield server
    PROBLEMS.clear()
    await server.stop()


@pytest.fixture
async def client(server: HttpServer) -> AsyncIterator[ClientSession]:
    async with ClientSession(f"http://127.0.0.1:{server.port}") as session:
        yield session


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [
        ("rejected", 422, "Do it otherwise."),
        ("retry", 503, "busy"),
        ("store", 503, "the database does not answer"),
        ("unavailable", 503, ""),
        ("crash", 500, "It has been logged; please try again."),
        ("missing", 404, ""),
    ],
)
async def test_errors_are_problem_details_without_insides(
    client: ClientSession, kind: str, status: int, said: str
) -> None:
    async with client.get(f"/fail/{kind}") as answer:
        assert answer.status == status
        assert answer.content_type == PROBLEM_TYPE
        body = await answer.json(content_type=PROBLEM_TYPE)
        assert body["status"] == status
        assert body.get("detail", "") == said
        assert "secret" not in str(body)
        assert answer.headers[CORRELATION_HEADER]
        if status == 503:
            assert int(answer.headers["Retry-After"]) > 0


async def test_a_proxy_that_is_trusted_says_who_the_client_is(
    client: ClientSession, server: HttpServer
) -> None:
    claims = {"X-Forwarded-For": "198.51.100.1, 192.0.2.7"}
    async with client.get("/remote/x", headers=claims) as answer:
        assert await answer.text() == "192.0.2.7 x"
    async with client.get("/remote/x") as answer:
        assert await answer.text() == "127.0.0.1 x"
    elsewhere = TCPConnector(local_addr=("127.0.0.9", 0))
    async with (
        ClientSession(f"http://127.0.0.1:{server.port}", connector=elsewhere) as stranger,
        stranger.get("/remote/x", headers=claims) as answer,
    ):
        assert await answer.text() == "127.0.0.9 x"


async def test_headers_are_safe_everywhere(client: ClientSession) -> None:
    for path in ("/healthz", "/fail/crash", "/nowhere"):
        async with client.get(path) as answer:
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_a_wrong_method_says_which_are_right(client: ClientSession) -> None:
    async with client.get("/echo") as answer:
        assert answer.status == 405
        assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    ("path", "size", "status"), [("/echo", 1000, 200), ("/echo", 1001, 413), ("/big", 5000, 200)]
)
async def test_bodies_are_limited_by_route(
    client: ClientSession, path: str, size: int, status: int
) -> None:
    async with client.post(path, data=b"x" * size) as answer:
        assert answer.status == status
        if status == 413:
            assert "1000" in (await answer.json())["detail"], "it says how much is taken"


async def test_ready_says_what_is_wrong(client: ClientSession) -> None:
    async with client.get("/readyz") as answer:
        assert answer.status == 200
    PROBLEMS["bus"] = "RabbitMQ does not answer"
    async with client.get("/readyz") as answer:
        assert answer.status == 503
        assert (await answer.json())["problems"] == {"bus": "RabbitMQ does not answer"}
    async with client.get("/healthz") as answer:
        assert answer.status == 200


async def test_metrics_are_for_prometheus(client: ClientSession) -> None:
    async with client.get("/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        assert "loket_received_total" in await answer.text()


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n",
    ],
    ids=["line", "headers", "body"],
)
async def test_who_drips_a_request_is_hung_up_on(server: HttpServer, beginning: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(beginning)

    async def drip() -> None:
        while True:
            writer.write(b"G")
            await writer.drain()
            await asyncio.wait({listening}, timeout=0.02)

    listening = asyncio.create_task(reader.read())
    dripping = asyncio.create_task(drip())
    try:
        async with asyncio.timeout(20):
            await asyncio.wait({listening, dripping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        dripping.cancel()
        await asyncio.gather(listening, dripping, return_exceptions=True)
        writer.close()


async def test_who_pauses_between_requests_is_not(server: HttpServer) -> None:
    """A kept connection is older than the deadline when its next request comes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    loop = asyncio.get_running_loop()
    started = loop.time()
    while loop.time() - started < 1:
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        await reader.readexactly(len(b'{"status": "ok"}'))
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://shop.example:8443", "shop.example:8443"),
        ("null", ""),
        ("", ""),
        ("http://[", ""),
        ("http://[::1", ""),
    ],
)
def test_an_origin_that_is_none_is_no_host(origin: str, host: str) -> None:
    assert host_of(origin) == host
