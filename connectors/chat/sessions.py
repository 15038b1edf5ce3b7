"""Begins a visitor's session, or takes up an earlier one that is not over."""

from dataclasses import dataclass, replace
from datetime import timedelta

from connectors.chat import transcript
from connectors.chat.frames import EmailOffer, Line, Session
from connectors.chat.settings import ChatSettings
from connectors.chat.transcript import Chat
from connectors.chat.visitor import Visitor, Visitors
from hub import clock
from hub.store import Database

HISTORY = 200


@dataclass(frozen=True)
class Sessions:
    settings: ChatSettings
    visitors: Visitors
    database: Database

    async def begin(self, visitor: Visitor) -> Session:
        """The session with what was said so far; a new one when the chat was resolved long ago."""
        chat = await self._chat(visitor)
        if chat is not None and self._is_over(chat):
            visitor, chat = replace(visitor, session=clock.new_id()), None
        return Session(
            token=self.visitors.token(visitor),
            visitor=visitor.id,
            session=visitor.session,
            history=await self._history(chat, visitor) if chat else (),
            email=self._email(chat),
        )

    async def resume(self, token: str, site: str) -> Visitor | None:
        """The visitor with this token; None when they need to begin a session first."""
        visitor = self.visitors.recognise(token, site)
        if visitor is None:
            return None
        chat = await self._chat(visitor)
        return None if chat is not None and self._is_over(chat) else visitor

    async def _chat(self, visitor: Visitor) -> Chat | None:
        return await self.database.read(
            lambda connection: transcript.find_chat(connection, visitor)
        )

    async def _history(self, chat: Chat, visitor: Visitor) -> tuple[Line, ...]:
        return await self.database.read(
            lambda connection: transcript.last_lines(connection, chat, visitor, HISTORY)
        )

    def _is_over(self, chat: Chat) -> bool:
        resolved = chat.resolved_at
        lasts = timedelta(hours=self.settings.session_hours)
        return resolved is not None and clock.now() - resolved > lasts

    def _email(self, chat: Chat | None) -> EmailOffer:
        if not self.settings.email_account:
            return "off"
        return "given" if chat is not None and chat.address else "offered"
