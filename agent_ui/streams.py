"""The live line to each open console: server-sent events, as long as its session lasts."""

import asyncio
import contextlib
import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from agent_ui.live import Change, Feed
from agent_ui.pages import Pages
from agent_ui.settings import ConsoleSettings
from agent_ui.visit import Visit
from hub import clock
from hub.errors import Retry
from hub.store import Database, presence, sessions, work_items
from hub.store.work_items import WorkItem
from hub.supervise import Supervised

WRITE_SECONDS = 20
"""A console that does not read for so long is let go; it comes back by itself."""
BEAT_SECONDS = 15
_ROWS_KEPT = 500
SSE_HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would hold events back
}
_AGAIN_AFTER = "retry: 1000\n\n"


@dataclass(eq=False)
class _Line:
    """One open stream. `roles` may change and `ended` may be set while it is open. `wall`: it is
    told that the work of anybody changed, and nothing more; nobody works at it."""

    visit: Visit
    roles: frozenset[str]
    wall: bool = False
    ended: bool = False
    signed_out: bool = False
    stale: bool = False


class Streams:
    def __init__(
        self, feed: Feed, pages: Pages, database: Database, settings: ConsoleSettings
    ) -> None:
        self._feed = feed
        self._pages = pages
        self._database = database
        self._settings = settings
        self._lines: set[_Line] = set()
        self._rows: OrderedDict[tuple[int, str], tuple[WorkItem, str]] = OrderedDict()
        self._next_beat = 0.0
        self._watch = Supervised("console-sessions", self._check_sessions)

    async def start(self) -> None:
        self._watch.start()

    async def stop(self) -> None:
        """Let every console go; they come back when somebody listens again."""
        await self._watch.stop()
        for line in self._lines:
            line.ended = True
        self._feed.wake()

    def end(self, session: str) -> None:
        """This session is over."""
        for line in self._lines:
            if line.visit.session == session:
                line.signed_out = True
        self._feed.wake()

    async def serve(self, visit: Visit) -> web.StreamResponse:
        response = web.StreamResponse(headers=SSE_HEADERS)
        await response.prepare(visit.request)
        query = visit.request.query.get("after", "")
        position = visit.request.headers.get("Last-Event-ID", query)
        wall = "wall" in visit.request.query and visit.known.oversees
        line = _Line(visit, visit.known.roles, wall)
        self._lines.add(line)
        try:
            # ConnectionError: the console is gone; TimeoutError: it does not read.
            with contextlib.suppress(ConnectionError, TimeoutError):
                await self._follow(line, response, position)
        finally:
            self._lines.discard(line)
        return response

    async def _follow(self, line: _Line, response: web.StreamResponse, position: str) -> None:
        await send(response, _AGAIN_AFTER)
        while not line.ended:
            if line.signed_out:
                await send(response, _event("signed-out", position, []))
                return
            changes = None if line.stale else self._feed.after(position)
            line.stale = False
            reached = self._feed.watch()
            frame = self._frame(line, changes, reached)
            # A comment shows that the line is open; its id moves the position along.
            await send(response, frame or f"id: {reached}\n: open\n\n")
            position = reached
            await self._feed.news(position, self._settings.keep_alive_seconds)

    def _frame(self, line: _Line, changes: Sequence[Change] | None, reached: str) -> str:
        if changes is None:
            return _event("reset", reached, [])
        if line.wall:
            moved = any(change.item or change.desk for change in changes)
            return _event("changes", reached, [{"wall": True}]) if moved else ""
        agent_id = line.visit.known.id
        told = [
            self._message(line, change)
            for change in changes
            if change.concerns(agent_id, line.roles)
        ]
        return _event("changes", reached, told) if told else ""

    def _message(self, line: _Line, change: Change) -> dict[str, Any]:
        if change.desk:
            return {"desk": True}
        message: dict[str, Any] = {"conversation": change.conversation_id}
        if change.beside or change.call:
            return message | {"beside" if change.beside else "call": True}
        if change.sign:
            return message | {"sign": change.sign}
        if change.company is not None:
            return message | {"company": change.company.model_dump(exclude={"conversation_id"})}
        if change.item is None:
            followed = line.visit.known.id in change.followers
            entry = {"entry": change.interaction_id, "inbound": change.inbound}
            return message | entry | ({"followed": True} if followed else {})
        item = change.item
        message |= {"item": item.id, "epoch": item.epoch}
        if line.visit.known.id in change.agents:
            message["desk"] = True  # what they have in hand, or are offered, is another
        part = shown_in(item, line.visit.known.id, line.roles)
        if part:
            message |= {"part": part, "html": self._row(item, line)}
        return message

    def _row(self, item: WorkItem, line: _Line) -> str:
        """Made once for all who are told of it in the same language."""
        texts = line.visit.texts
        key = (id(item), texts.language)
        known = self._rows.get(key)
        if known is None or known[0] is not item:
            known = item, self._pages.render("parts/rows.html", texts, items=[item])
            self._rows[key] = known
            if len(self._rows) > _ROWS_KEPT:
                self._rows.popitem(last=False)
        return known[1]

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
        here = {line.visit.known.id for line in self._lines if not line.wall}
        if not here or now < self._next_beat:
            return
        self._next_beat = now + BEAT_SECONDS
        await self._database.write(lambda c: presence.seen(c, here, clock.now()))

    async def _check(self, lines: Sequence[_Line]) -> None:
        if not lines:
            return
        hashes = {line.visit.session for line in lines}
        running = await self._database.read(lambda c: sessions.running(c, hashes))
        self._update(lines, running)

    def _update(self, lines: Sequence[_Line], running: dict[str, frozenset[str]]) -> None:
        for line in lines:
            roles = running.get(line.visit.session)
            line.signed_out = roles is None
            if roles is not None and roles != line.roles:
                line.roles, line.stale = roles, True
        if any(line.signed_out or line.stale for line in lines):
            self._feed.wake()


def shown_in(item: WorkItem, agent_id: str, roles: frozenset[str]) -> str:
    """The part of the agent's work list that an item belongs in; empty for none."""
    if item.state == work_items.WAITING and item.role in roles:
        return "queue"
    if item.state == work_items.ASSIGNED and item.agent_id == agent_id:
        return "mine"
    if item.state == work_items.SNOOZED and item.agent_id == agent_id:
        return "aside"
    return ""


def _event(kind: str, position: str, data: Sequence[dict[str, Any]]) -> str:
    return f"id: {position}\nevent: {kind}\ndata: {json.dumps(data)}\n\n"


async def send(response: web.StreamResponse, text: str) -> None:
    """Raises TimeoutError when the other side does not read."""
    async with asyncio.timeout(WRITE_SECONDS):
        await response.write(text.encode())
