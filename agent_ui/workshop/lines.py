"""The live line to each open page of a five-step session: says that there is something new.

A page shows a board with a stamp; the line tells the stamp that holds now, and a page with another
fetches the board anew. So nothing can be missed or come in the wrong order, whatever is lost on the
way. News comes by the bus, from any process; now and then the store is looked at as well.
"""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.settings import ConsoleSettings
from agent_ui.streams import SSE_HEADERS, send
from agent_ui.workshop.seat import Seat
from hub.errors import Retry
from hub.events import Envelope, WorkshopChanged
from hub.store import Database, sessions, workshop_people, workshops
from hub.store.workshops import Workshop

TOPICS = (WorkshopChanged.topic,)
BEAT_SECONDS = 15
MOST_LINES = 12
"""Pages that one person may have open: also who is not let in yet has a line."""
_AGAIN_AFTER = "retry: 1000\n\n"


@dataclass(frozen=True)
class _Pulse:
    """How a session stands for one of its people. `here`: they may still follow it."""

    stamp: str
    here: bool


def stamp(workshop: Workshop, state: str) -> str:
    """Another whenever the page of somebody with this state would look another way."""
    parts = (
        workshop.number,
        workshop.people_number,
        workshop.step,
        workshop.guests,
        workshop.draft_number,
        workshop.is_open,
        state,
    )
    return "-".join(map(str, parts))


class WorkshopLines:
    def __init__(self, database: Database, settings: ConsoleSettings) -> None:
        self._database = database
        self._settings = settings
        self._rooms: dict[str, asyncio.Event] = {}
        self._open: list[str] = []
        self._ended = False

    async def take(self, envelope: Envelope) -> None:
        """The bus has news."""
        if isinstance(envelope.event, WorkshopChanged):
            self._wake(envelope.event.workshop_id)

    async def lose(self) -> None:
        """Something may have been missed: everybody looks."""
        for workshop_id in list(self._rooms):
            self._wake(workshop_id)

    def is_watched(self) -> bool:
        return bool(self._open)

    async def stop(self) -> None:
        """Let every page go; they come back when somebody listens again."""
        self._ended = True
        await self.lose()

    async def serve(self, seat: Seat) -> web.StreamResponse:
        if self._open.count(seat.person.id) >= MOST_LINES:
            raise web.HTTPTooManyRequests
        response = web.StreamResponse(headers=SSE_HEADERS)
        await response.prepare(seat.request)
        # ConnectionError: the page is gone; TimeoutError: it does not read.
        with self._counted(seat.person.id), contextlib.suppress(ConnectionError, TimeoutError):
            await self._follow(seat, response)
        if seat.person.id not in self._open:
            await self._seen(seat, present=False)
        return response

    @contextlib.contextmanager
    def _counted(self, person: str) -> Iterator[None]:
        self._open.append(person)
        try:
            yield
        finally:
            self._open.remove(person)

    async def _follow(self, seat: Seat, response: web.StreamResponse) -> None:
        await send(response, _AGAIN_AFTER)
        loop = asyncio.get_running_loop()
        told, beat = "", 0.0
        while not self._ended:
            news = self._rooms.setdefault(seat.workshop.id, asyncio.Event())
            if loop.time() >= beat:
                beat = loop.time() + BEAT_SECONDS
                await self._seen(seat, present=True)
                await send(response, ": open\n\n")
            pulse = await self._pulse(seat)
            if pulse is not None and not pulse.here:
                await send(response, "event: out\ndata: {}\n\n")
                return
            if pulse is not None and pulse.stamp != told:
                told = pulse.stamp
                await send(response, f"event: board\ndata: {json.dumps({'stamp': told})}\n\n")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.session_check_seconds):
                    await news.wait()

    async def _pulse(self, seat: Seat) -> _Pulse | None:
        """None when the store is away: that ends nobody's session."""

        def read(connection: Connection) -> _Pulse:
            workshop = workshops.find(connection, seat.workshop.id)
            person = workshop_people.find(connection, seat.person.id)
            if seat.known is None:
                here = person is not None and person.token_hash is not None and workshop.is_open
            else:
                hashed = sessions.token_hash(seat.token)
                here = sessions.find(connection, hashed) is not None
            return _Pulse(stamp(workshop, person.state if person else ""), here)

        with contextlib.suppress(Retry):
            return await self._database.read(read)
        return None

    async def _seen(self, seat: Seat, *, present: bool) -> None:
        await self._database.write(lambda c: workshop_people.seen(c, seat.person, present=present))

    def _wake(self, workshop_id: str) -> None:
        room = self._rooms.pop(workshop_id, None)
        if room is not None:
            room.set()
