"""The visitor's doors: a session by HTTP, then a socket. Both are for allowed pages only."""

import asyncio
from collections.abc import Awaitable, Sequence

import structlog
from aiohttp import WSMsgType, web

from connectors.chat.access import address_of, cors, site_of
from connectors.chat.connection import (
    NEW_SESSION,
    PROTOCOL_ERROR,
    REPLACED,
    Connection,
    Services,
)
from connectors.chat.files import Files
from connectors.chat.live import wake
from connectors.chat.parse import FRAME_BYTES, Hello, parse_frame, parse_session_request
from connectors.chat.sessions import Sessions
from connectors.chat.settings import ChatSettings
from hub.errors import Rejected, Retry
from hub.http import Route, problem
from hub.limits import Buckets
from hub.shared_limits import SharedBuckets

log = structlog.get_logger(__name__)

HELLO_SECONDS = 10.0
HEARTBEAT_SECONDS = 25.0
CLOSE_SECONDS = 2.0
INTERNAL_ERROR = 1011
TRY_LATER = 1013
_BODY_BYTES = 4096


class Doors:
    """The routes of the chat, apart from the widget's files."""

    def __init__(
        self,
        settings: ChatSettings,
        own_origin: str,
        sessions: Sessions,
        services: Services,
        files: Files,
    ) -> None:
        self._settings = settings
        self._own_origin = own_origin
        self._sessions = sessions
        self._services = services
        self._live = services.live
        self._files = files
        database = files.database
        self._begun = SharedBuckets(database, "chat sessions", settings.sessions_per_minute)
        # Sockets keep this process busy, not the others.
        self._opened = Buckets(settings.sockets_per_minute)
        files_a_minute = settings.files_per_minute
        self._uploaded = SharedBuckets(database, "chat files", files_a_minute)
        self._uploaded_from = SharedBuckets(database, "chat files from", files_a_minute * 4)

    def routes(self) -> Sequence[Route]:
        return (
            Route("OPTIONS", "/chat/sessions", self._preflight),
            Route("POST", "/chat/sessions", self._begin, body_limit=_BODY_BYTES),
            Route("GET", "/chat/socket", self._open),
            Route("POST", "/chat/files", self._upload),
            Route("GET", "/chat/files/{token}", self._files.serve),
            Route("GET", "/chat/files/{token}/small", self._files.serve),
            Route("GET", "/chat/pictures/{token}", self._files.serve_picture),
        )

    async def _preflight(self, request: web.Request) -> web.StreamResponse:
        """The browser asks whether the page may send what it is about to send."""
        self._site(request)
        allowed = {
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "Content-Type",
            "Access-Control-Max-Age": "600",
        }
        return web.Response(status=204, headers={**cors(request), **allowed})

    async def _begin(self, request: web.Request) -> web.StreamResponse:
        """Recognise the visitor or make a new one, and give what was said so far."""
        site = self._site(request)
        return await _readable(request, self._begun_session(request, site))

    async def _begun_session(self, request: web.Request, site: str) -> web.Response:
        asked = parse_session_request(await request.read())
        signed = self._sessions.visitors.recognise(asked.token, site)
        wait = await self._begun.take(signed.id if signed else address_of(request))
        if wait:
            return problem(429, "Too many sessions", after=wait)
        known = await self._sessions.visitor(asked, site)
        visitor = known or self._sessions.visitors.new(site)
        session = await self._sessions.begin(visitor, asked.language)
        return web.Response(
            text=session.model_dump_json(),
            content_type="application/json",
            headers={"Cache-Control": "no-store"},
        )

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        """Keep a file as a message."""
        site = self._site(request)
        return await _readable(request, self._kept_file(request, site))

    async def _kept_file(self, request: web.Request, site: str) -> web.Response:
        wait = await self._uploaded_from.take(address_of(request))
        if wait:
            return problem(429, "Too many files", after=wait)
        received = await self._files.receive(request)
        visitor = await self._sessions.resume(received.about.token, site)
        if visitor is None:
            return problem(401, "Begin a session first", code="session")
        wait = await self._uploaded.take(visitor.id)
        if wait:
            return problem(429, "Too many files", after=wait)
        file = await self._files.keep(received.rest)
        about = received.about
        sequence = await self._services.desk.keep(visitor, about, about, files=(file,))
        wake(self._live.of(visitor.id))
        return web.json_response({"sequence": sequence})

    async def _open(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket."""
        site = self._site(request)
        wait = self._opened.take(address_of(request), _seconds())
        if wait:
            return problem(429, "Too many connections", after=wait)
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT_SECONDS,
            max_msg_size=FRAME_BYTES,
            timeout=CLOSE_SECONDS,
            compress=False,
        )
        await socket.prepare(request)
        try:
            connection = await self._greet(request, socket, site)
            if connection is not None:
                await self._serve(connection)
        except* Exception:
            log.exception("chat.connection_failed")
            await socket.close(code=INTERNAL_ERROR)
        return socket

    async def _greet(
        self, request: web.Request, socket: web.WebSocketResponse, site: str
    ) -> Connection | None:
        """The connection of the visitor whose hello this is; closed with the reason when none."""
        hello = await _hello(socket)
        if hello is None:
            await socket.close(code=PROTOCOL_ERROR)
            return None
        try:
            visitor = await self._sessions.resume(hello.token, site)
        except Retry:
            await socket.close(code=TRY_LATER)
            return None
        if visitor is None:
            await socket.close(code=NEW_SESSION)
            return None
        transport = request.transport
        abort = transport.abort if transport is not None else request.protocol.force_close
        return Connection(self._services, socket=socket, visitor=visitor, hello=hello, abort=abort)

    async def _serve(self, connection: Connection) -> None:
        crowded_out = self._live.add(connection)
        try:
            if crowded_out is not None:
                await crowded_out.close(REPLACED)
            await connection.run()
        finally:
            self._live.remove(connection)

    def _site(self, request: web.Request) -> str:
        return site_of(request, self._settings, self._own_origin)


async def _readable(request: web.Request, answering: Awaitable[web.Response]) -> web.StreamResponse:
    """The answer with the headers without which the page may not read it, refusals too."""
    try:
        response = await answering
    except Rejected as error:
        response = problem(error.status, "Not accepted", error.detail, code=error.code)
    except Retry as error:
        response = problem(503, "Try again later", error.detail, after=error.after or 5)
    response.headers.update(cors(request))
    return response


async def _hello(socket: web.WebSocketResponse) -> Hello | None:
    try:
        first = await socket.receive(timeout=HELLO_SECONDS)
        frame = parse_frame(first.data) if first.type is WSMsgType.TEXT else None
    except (TimeoutError, Rejected):
        return None
    return frame if isinstance(frame, Hello) else None


def _seconds() -> float:
    return asyncio.get_running_loop().time()
