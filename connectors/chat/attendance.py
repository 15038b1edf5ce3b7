"""Tells our side who is in a chat: the page they are on, that they type, that they left.

Who has a socket is known per process, so each says from time to time whom it has; whoever nobody
says anything of has left.
"""

import asyncio
from dataclasses import dataclass, field
from functools import partial

import structlog

from connectors.chat.clean import clean_language, clean_line, clean_page
from connectors.chat.live import Live
from connectors.chat.parse import AboutPage
from connectors.chat.visitor import Visitor
from hub.bus import Bus
from hub.errors import Retry
from hub.events import ChatActivity, ChatSign
from hub.store import Database, chat_visits
from hub.supervise import Supervised
from hub.telling import tell

log = structlog.get_logger(__name__)

SOURCE = "/loket/chat"
EVERY_SECONDS = 30.0
GRACE_SECONDS = 5.0
"""A page that is left for the next one of the same website is no leaving."""


@dataclass
class Attendance:
    database: Database
    bus: Bus
    live: Live
    _leaving: set[asyncio.Task[None]] = field(default_factory=set)
    _task: Supervised | None = None
    _stopped: bool = False

    def start(self) -> None:
        self._task = Supervised("chat-attendance", self._run)
        self._task.start()

    async def stop(self) -> None:
        """Whoever is here now comes back by themselves, here or elsewhere."""
        self._stopped = True
        if self._task is not None:
            await self._task.stop()
        for task in self._leaving:
            task.cancel()
        await asyncio.gather(*self._leaving, return_exceptions=True)

    async def arrived(self, conversation_id: str, visitor: Visitor, about: AboutPage) -> None:
        """The visitor is here, on this page."""
        await self.database.write(
            lambda connection: chat_visits.arrive(
                connection,
                conversation_id=conversation_id,
                site=visitor.site,
                visitor_id=visitor.id,
                session_id=visitor.session,
                identified=visitor.is_identified,
                page=clean_page(about.page),
                page_title=clean_line(about.title, 200),
                language=clean_language(about.language),
            )
        )
        await self.tell(conversation_id, ChatSign.HERE)

    def left(self, conversation_id: str) -> None:
        """One socket of the visitor closed; if no other one opens soon, they have left."""
        if self._stopped:
            return
        task = asyncio.create_task(self._leave(conversation_id))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def tell(self, conversation_id: str, what: ChatSign) -> None:
        activity = ChatActivity(conversation_id=conversation_id, what=what, by_customer=True)
        await tell(self.bus, activity, source=SOURCE)

    async def _leave(self, conversation_id: str) -> None:
        await asyncio.sleep(GRACE_SECONDS)
        if conversation_id in self.live.conversations():
            return
        try:
            await self.database.write(lambda c: chat_visits.leave(c, conversation_id))
        except Retry as error:
            log.warning("chat.leaving_not_kept", reason=error.detail)
        await self.tell(conversation_id, ChatSign.LEFT)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            here = self.live.conversations()
            if not here:
                continue
            try:
                await self.database.write(partial(chat_visits.still_here, conversation_ids=here))
            except Retry as error:
                log.warning("chat.attendance_waits", reason=error.detail)
