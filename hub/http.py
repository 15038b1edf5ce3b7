"""The HTTP door: one aiohttp application per process, with what every route must have.

A correlation id per request, errors as problem details (RFC 9457), body limits, safe headers,
`/healthz`, `/readyz` and `/metrics`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Middleware
from multidict import MultiDictProxy
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from hub import clock
from hub.addresses import Network, behind
from hub.errors import Rejected, Retry, Unavailable
from hub.logs import bound
from hub.metrics import Metrics
from hub.settings import HttpSettings

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Readiness = Callable[[], Awaitable[Mapping[str, str]]]
Refresh = Callable[[], Awaitable[None]]

PROBLEM_TYPE = "application/problem+json"
CORRELATION_HEADER = "X-Correlation-Id"
_FORM = web.RequestKey("form", MultiDictProxy[str | bytes | bytearray | web.FileField])
NO_FORM = (ValueError, LookupError, AssertionError, HttpProcessingError)
"""What aiohttp says of a body that is not the form that it claims to be."""
_SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


@dataclass(frozen=True)
class Route:
    """One door. `body_limit` in bytes, None for the general one."""

    method: str
    path: str
    handler: Handler
    name: str | None = None
    body_limit: int | None = None


def build_app(
    settings: HttpSettings,
    routes: Sequence[Route],
    *,
    metrics: Metrics,
    readiness: Readiness,
    refresh: Refresh,
) -> web.Application:
    """The application of this process. `readiness` names each part and its problem ("" is fine);
    `refresh` brings the gauges up to date before they are read."""
    app = web.Application(
        client_max_size=settings.body_limit,
        middlewares=[
            _correlate,
            _safe_headers,
            _problems,
            _without_nul,
            _clients(settings.trusted_proxies),
        ],
    )
    for route in routes:
        app.router.add_route(route.method, route.path, _limited(route), name=route.name)
    app.router.add_get("/healthz", _healthz)
    app.router.add_get("/readyz", _readyz(readiness))
    app.router.add_get("/metrics", _metrics(metrics, refresh))
    return app


def host_of(origin: str) -> str:
    """The host and port of an `Origin` header; empty for `null` and what a forger makes up."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


async def form_of(request: web.Request) -> MultiDictProxy[str | bytes | bytearray | web.FileField]:
    """What a form says; Rejected when the body is not the form that it claims to be."""
    try:
        form = await request.post()
    except NO_FORM as error:
        raise Rejected("malformed_form", "This form cannot be read.") from error
    request[_FORM] = form
    return form


def close_files(request: web.Request) -> None:
    """What came with a form that was read lies on the disk until somebody closes it."""
    form = request.get(_FORM)
    for given in form.values() if form else ():
        if isinstance(given, web.FileField):
            given.file.close()


def field_of(form: Mapping[str, object], name: str) -> str:
    """A text field of a form; empty when it is missing or a file."""
    value = form.get(name, "")
    # PostgreSQL keeps no NUL in a text.
    return value.replace("\0", "") if isinstance(value, str) else ""


def problem(
    status: int, title: str, detail: str = "", *, code: str = "", after: float | None = None
) -> web.Response:
    """An error as RFC 9457 problem details."""
    body: dict[str, object] = {"type": "about:blank", "title": title, "status": status}
    if detail:
        body["detail"] = detail
    if code:
        body["code"] = code
    headers = {"Retry-After": str(max(1, round(after)))} if after is not None else None
    return web.json_response(body, status=status, content_type=PROBLEM_TYPE, headers=headers)


def _limited(route: Route) -> Handler:
    if route.body_limit is None:
        return route.handler
    limit = route.body_limit

    async def handler(request: web.Request) -> web.StreamResponse:
        return await route.handler(request.clone(client_max_size=limit))

    return handler


@web.middleware
async def _without_nul(request: web.Request, handler: Handler) -> web.StreamResponse:
    """PostgreSQL keeps no NUL in a text, so nothing is called so."""
    if "\0" in request.path or any("\0" in value for value in request.query.values()):
        raise web.HTTPNotFound
    return await handler(request)


@web.middleware
async def _correlate(request: web.Request, handler: Handler) -> web.StreamResponse:
    correlation = clock.new_id()
    with bound(correlation_id=correlation):
        response = await handler(request)
    if not response.prepared:
        response.headers[CORRELATION_HEADER] = correlation
    return response


@web.middleware
async def _safe_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    if not response.prepared:
        for name, value in _SAFE_HEADERS.items():
            response.headers.setdefault(name, value)
    return response


@web.middleware
async def _problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Rejected as error:
        return problem(
            error.status, "Not accepted", error.detail, code=error.code, after=error.after
        )
    except Retry as error:
        return problem(503, "Try again later", error.detail, after=error.after or 5)
    except Unavailable as error:
        log.error(  # noqa: TRY400 (a known state, not a crash)
            "http.unavailable", what=error.what, hint=error.hint
        )
        return problem(503, "Not available", after=60)
    except web.HTTPException as error:
        if error.status < HTTPStatus.BAD_REQUEST or error.content_type != "text/plain":
            raise
        # Of the others, the text only says the reason again.
        too_large = isinstance(error, web.HTTPRequestEntityTooLarge)
        answer = problem(error.status, error.reason, (error.text or "") if too_large else "")
        if "Allow" in error.headers:
            answer.headers["Allow"] = error.headers["Allow"]
        return answer
    except Exception:
        log.exception("http.failed", method=request.method, path=request.path)
        return problem(500, "Something went wrong", "It has been logged; please try again.")


def _clients(proxies: Sequence[Network]) -> Middleware:
    """Lets `request.remote` be the client, also where proxies of ours stand between."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        peer = request.remote or ""
        client = behind(proxies, peer, ",".join(request.headers.getall("X-Forwarded-For", ())))
        return await handler(request if client == peer else request.clone(remote=client))

    return middleware


async def _healthz(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


def _readyz(readiness: Readiness) -> Handler:
    async def handler(_request: web.Request) -> web.Response:
        problems = {part: why for part, why in (await readiness()).items() if why}
        body = {"status": "not ready" if problems else "ready", "problems": problems}
        return web.json_response(body, status=503 if problems else 200)

    return handler


def _metrics(metrics: Metrics, refresh: Refresh) -> Handler:
    async def handler(_request: web.Request) -> web.Response:
        await refresh()
        body = generate_latest(metrics.registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return handler
