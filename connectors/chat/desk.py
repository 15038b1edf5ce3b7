"""What a visitor's socket asks of the hub: keep this, show what is new, tell what was shown."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from connectors.chat import transcript
from connectors.chat.clean import clean_address
from connectors.chat.frames import Status
from connectors.chat.links import Links
from connectors.chat.offers import Offers
from connectors.chat.parse import AboutPage, Content, parse_message
from connectors.chat.standing import Standing, standing_of
from connectors.chat.transcript import Chat, Page
from connectors.chat.visitor import Visitor
from hub import clock
from hub.errors import Rejected, Retry
from hub.intake import Intake
from hub.interaction import Accepted, Attachment, DeliveryState
from hub.limits import Buckets
from hub.store import Database

_PAGE = 100


@dataclass(frozen=True)
class News:
    """What a widget has not been told yet; its `standing` where that was asked for."""

    chat: Chat
    page: Page
    standing: Standing | None


@dataclass(frozen=True)
class Desk:
    """One for all sockets of this process. `messages`: how often each visitor may ask;
    `handover`: the account from which chats go on by mail; empty when they do not."""

    database: Database
    intake: Intake
    report: Callable[[str, DeliveryState], Awaitable[None]]
    messages: Buckets
    handover: str
    links: Links
    offers: Offers

    async def news(self, visitor: Visitor, sequence: int, *, standing: bool = True) -> News | None:
        """What comes after `sequence`; None before the first message."""
        link = self.links.for_session(visitor.session)

        def read(connection: Connection) -> News | None:
            chat = transcript.find_chat(connection, visitor)
            if chat is None:
                return None
            page = transcript.lines_after(
                connection, chat, visitor, link, sequence=sequence, limit=_PAGE
            )
            return News(chat, page, standing_of(connection, chat) if standing else None)

        return await self.database.read(read)

    async def status(self, now: Standing) -> Status:
        """How the chat stands, as the visitor is told."""
        waiting = now.state in ("waiting", "offered")
        wait = await self.offers.wait(now.role) if waiting else None
        return Status(
            agent=now.agent,
            picture=self.links.of_picture(now.picture),
            waiting=waiting,
            wait=wait.seconds if wait else None,
            seen=now.seen,
            rating=now.may_rate,
        )

    async def keep(
        self,
        visitor: Visitor,
        about: AboutPage,
        message: Content,
        address: str = "",
        files: tuple[Attachment, ...] = (),
    ) -> int:
        """Keep a message; gives its sequence, or 0 when an earlier chat has it already."""
        self.take_turn(visitor)
        given = self._address(message.email) if message.email else ""
        arrival = parse_message(
            visitor, about, message, at=clock.now(), address=given or address, files=files
        )
        accepted = await self.intake.accept(arrival)
        if given:
            await self.database.write(lambda c: transcript.set_address(c, visitor, given))
        return await self._sequence(visitor, accepted)

    async def keep_address(self, visitor: Visitor, text: str) -> str:
        """Remember where this chat goes on by mail; gives the address."""
        self.take_turn(visitor)
        address = self._address(text)
        kept = await self.database.write(lambda c: transcript.set_address(c, visitor, address))
        if not kept:
            raise Rejected("no_message", "Write a message first.")
        return address

    async def report_shown(self, conversation_id: str, visitor: Visitor, upto: int) -> None:
        """Our messages to them up to this sequence were on the visitor's screen."""
        shown = await self.database.read(
            lambda connection: transcript.not_shown(connection, conversation_id, visitor, upto)
        )
        for interaction_id in shown:
            await self.report(interaction_id, DeliveryState.DELIVERED)

    def take_turn(self, visitor: Visitor) -> None:
        """Raises Retry when the visitor asks too much."""
        wait = self.messages.take(visitor.id, asyncio.get_running_loop().time())
        if wait:
            raise Retry("too many messages", after=wait)

    async def _sequence(self, visitor: Visitor, accepted: Accepted) -> int:
        if not accepted.duplicate:
            return accepted.sequence
        chat = await self.database.read(lambda c: transcript.find_chat(c, visitor))
        in_this_chat = chat is not None and chat.conversation_id == accepted.conversation_id
        return accepted.sequence if in_this_chat else 0

    def _address(self, text: str) -> str:
        """Where a chat may go on by mail; Rejected when it may not."""
        if not self.handover:
            raise transcript.not_offered()
        address = clean_address(text)
        if address == self.handover:
            raise Rejected("bad_address", "This is our own address.")
        return address
