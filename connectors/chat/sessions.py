"""Begins a visitor's session, or takes up an earlier one that is not over."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection

from connectors.chat import transcript
from connectors.chat.clean import clean_language
from connectors.chat.files import ACCEPT
from connectors.chat.frames import EmailOffer, FileRules, Line, Session
from connectors.chat.identity import proved_id, take_over
from connectors.chat.links import Links
from connectors.chat.offers import Offers
from connectors.chat.parse import SessionRequest
from connectors.chat.settings import ChatSettings
from connectors.chat.transcript import Chat
from connectors.chat.visitor import Visitor, Visitors
from hub import clock
from hub.store import Database, chat_visits

HISTORY = 200


@dataclass(frozen=True)
class Sessions:
    settings: ChatSettings
    visitors: Visitors
    database: Database
    links: Links
    offers: Offers

    async def visitor(self, asked: SessionRequest, site: str) -> Visitor | None:
        """Who asks, if we know them: by their token, or because the website vouches for them.
        Rejected when it does not."""
        known = self.visitors.recognise(asked.token, site)
        if asked.user is None:
            return known
        user = proved_id(site, self.settings.sites[site], asked.user)
        if known is not None and known.id == user:
            return known
        return await self._user(user, site, known)

    async def begin(self, visitor: Visitor, language: str) -> Session:
        """The session with what was said so far; a new one when the chat was resolved long ago."""
        chat = await self._chat(visitor)
        if chat is not None and self._is_over(chat):
            visitor, chat = Visitor(visitor.site, visitor.id, clock.new_id()), None
        return Session(
            token=self.visitors.token(visitor),
            visitor=visitor.id,
            session=visitor.session,
            history=await self._history(chat, visitor) if chat else (),
            email=self._email(chat),
            topics=await self.offers.topics(visitor, clean_language(language)),
            files=FileRules(most=self.settings.file_bytes, accept=ACCEPT),
        )

    async def resume(self, token: str, site: str) -> Visitor | None:
        """The visitor with this token; None when they need to begin a session first."""
        visitor = self.visitors.recognise(token, site)
        if visitor is None:
            return None
        chat = await self._chat(visitor)
        return None if chat is not None and self._is_over(chat) else visitor

    async def _user(self, user: str, site: str, known: Visitor | None) -> Visitor:
        """The user with the chat that they have just begun without saying who they are, or else
        with the last one they had, on whatever device."""
        if known is not None and not known.is_identified:
            chat = await self._chat(known)
            if chat is not None and not self._is_over(chat):
                visitor = replace(known, id=user, former=known.id)
                await self.database.write(lambda c: take_over(c, chat, visitor))
                return visitor

        def read(connection: Connection) -> str:
            last = chat_visits.last_session(connection, user)
            return last[0] if last else clock.new_id()

        return Visitor(site, user, await self.database.read(read))

    async def _chat(self, visitor: Visitor) -> Chat | None:
        return await self.database.read(
            lambda connection: transcript.find_chat(connection, visitor)
        )

    async def _history(self, chat: Chat, visitor: Visitor) -> tuple[Line, ...]:
        link = self.links.for_session(visitor.session)
        return await self.database.read(
            lambda c: transcript.last_lines(c, chat, visitor, link, limit=HISTORY)
        )

    def _is_over(self, chat: Chat) -> bool:
        resolved = chat.resolved_at
        lasts = timedelta(hours=self.settings.session_hours)
        return resolved is not None and clock.now() - resolved > lasts

    def _email(self, chat: Chat | None) -> EmailOffer:
        if not self.settings.email_account:
            return "off"
        return "given" if chat is not None and chat.address else "offered"
