"""The live line to each open console: server-sent events, as long as its session lasts."""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from agent_ui.frames import Frames, Reader, event
from agent_ui.live import Feed
from agent_ui.pages import Pages
from agent_ui.settings import ConsoleSettings
from agent_ui.visit import Visit
from hub import clock
from hub.errors import Retry
from hub.store import Database, presence, sessions
from hub.supervise import Supervised

WRITE_SECONDS = 20
"""A console that does not read for so long is let go; it comes back by itself."""
BEAT_SECONDS = 15
MOVE_ALONG = 2
"""Seconds in which nothing was for a console, after which it learns how far it has come, so that it
finds its place when its line breaks."""
SSE_HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would hold events back
}
_AGAIN_AFTER = "retry: 1000\n\n"


@dataclass(eq=False)
class _Line:
    """One open stream. The roles of its reader may change and `ended` may be set while it is open.
    Nobody works at a wall."""

    session: str
    reader: Reader
    ended: bool = False
    signed_out: bool = False
    stale: bool = False

    @property
    def is_due(self) -> bool:
        """Whether something was said of it that it has not looked at; it may have been writing."""
        return self.ended or self.signed_out or self.stale


class Streams:
    def __init__(
        self, feed: Feed, pages: Pages, database: Database, settings: ConsoleSettings
    ) -> None:
        self._feed = feed
        self._frames = Frames(pages)
        self._database = database
        self._settings = settings
        self._lines: set[_Line] = set()
        self._next_beat = 0.0
        self._watch = Supervised("console-sessions", self._check_sessions)
        self._tick = Supervised("console-tick", self._keep_alive)

    async def start(self) -> None:
        self._watch.start()
        self._tick.start()

    async def stop(self) -> None:
        """Let every console go; they come back when somebody listens again."""
        await self._watch.stop()
        await self._tick.stop()
        for line in self._lines:
            line.ended = True
        self._feed.wake()

    def end(self, session: str) -> None:
        """This session is over."""
        for line in self._lines:
            if line.session == session:
                line.signed_out = True
        self._feed.wake()

    async def serve(self, visit: Visit) -> web.StreamResponse:
        response = web.StreamResponse(headers=SSE_HEADERS)
        query = visit.request.query.get("after", "")
        position = visit.request.headers.get("Last-Event-ID", query)
        wall = "wall" in visit.request.query and visit.known.oversees
        reader = Reader(visit.known.id, visit.known.roles, visit.texts, wall)
        line = _Line(visit.session, reader)
        self._lines.add(line)
        try:
            # ConnectionError: the console is gone; TimeoutError: it does not read.
            with contextlib.suppress(ConnectionError, TimeoutError):
                await response.prepare(visit.request)
                await self._follow(line, response, position)
        finally:
            self._lines.discard(line)
        return response

    async def _follow(self, line: _Line, response: web.StreamResponse, position: str) -> None:
        await send(response, _AGAIN_AFTER)
        now, keep_alive = asyncio.get_running_loop().time, self._settings.keep_alive_seconds
        quiet_until = 0.0
        while not line.ended:
            if line.signed_out:
                await send(response, event("signed-out", position, []))
                return
            reached = self._feed.watch()  # first: after a pause no earlier position counts
            changes = None if line.stale else self._feed.after(position)
            line.stale = False
            if changes is None:
                frame = event("reset", reached, [])
            else:
                frame = self._frames.frame(line.reader, changes, position, reached)
            if frame or now() >= quiet_until:
                # A beat shows that the line is open; its id moves the position along.
                await send(response, frame or event("beat", reached, {"every": keep_alive}))
                quiet_until = now() + min(MOVE_ALONG, keep_alive)
            position = reached
            if not line.is_due:
                await self._feed.news(position)

    async def _keep_alive(self) -> None:
        """One clock for all lines: to set one for each wait was half of what telling them took."""
        while True:
            await asyncio.sleep(self._settings.keep_alive_seconds)
            self._feed.wake()

    async def _check_sessions(self) -> None:
        while True:
            await asyncio.sleep(self._settings.session_check_seconds)
            # A store that is away ends nobody's session.
            with contextlib.suppress(Retry):
                await self._check(list(self._lines))
                await self._beat()

    async def _beat(self) -> None:
        """From time to time say whose console is open: the others are offered nothing."""
        now = asyncio.get_running_loop().time()
        here = {line.reader.agent_id for line in self._lines if not line.reader.wall}
        if not here or now < self._next_beat:
            return
        self._next_beat = now + BEAT_SECONDS
        await self._database.write(lambda c: presence.seen(c, here, clock.now()))

    async def _check(self, lines: Sequence[_Line]) -> None:
        if not lines:
            return
        hashes = {line.session for line in lines}
        running = await self._database.read(lambda c: sessions.running(c, hashes))
        self._update(lines, running)

    def _update(self, lines: Sequence[_Line], running: dict[str, frozenset[str]]) -> None:
        for line in lines:
            roles = running.get(line.session)
            line.signed_out = roles is None
            if roles is not None and roles != line.reader.roles:
                line.reader, line.stale = replace(line.reader, roles=roles), True
        if any(line.signed_out or line.stale for line in lines):
            self._feed.wake()


async def send(response: web.StreamResponse, text: str) -> None:
    """Raises TimeoutError when the other side does not read."""
    async with asyncio.timeout(WRITE_SECONDS):
        await response.write(text.encode())
