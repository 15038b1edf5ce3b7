"""What a visitor's socket asks of the hub: keep this, show what is new, tell what was shown."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from connectors.chat import transcript
from connectors.chat.parse import Email, Hello, Message, parse_address, parse_message
from connectors.chat.transcript import Chat, Page
from connectors.chat.visitor import Visitor
from connectors.shared.limits import Buckets
from hub import clock
from hub.errors import Rejected, Retry
from hub.intake import Intake
from hub.interaction import DeliveryState
from hub.store import Database

_PAGE = 100


@dataclass(frozen=True)
class Desk:
    """One for all sockets of this process. `messages`: how often each visitor may ask;
    `handover`: the account from which chats go on by mail; empty when they do not."""

    database: Database
    intake: Intake
    report: Callable[[str, DeliveryState], Awaitable[None]]
    messages: Buckets
    handover: str

    async def find_chat(self, visitor: Visitor) -> Chat | None:
        return await self.database.read(
            lambda connection: transcript.find_chat(connection, visitor)
        )

    async def lines_after(self, chat: Chat, visitor: Visitor, sequence: int) -> Page:
        return await self.database.read(
            lambda connection: transcript.lines_after(connection, chat, visitor, sequence, _PAGE)
        )

    async def keep(self, visitor: Visitor, hello: Hello, message: Message, address: str) -> int:
        """Keep a message; gives its sequence, or 0 when an earlier chat has it already."""
        self._take_turn(visitor)
        arrival = parse_message(visitor, hello, message, at=clock.now(), address=address)
        accepted = await self.intake.accept(arrival)
        if not accepted.duplicate:
            return accepted.sequence
        chat = await self.find_chat(visitor)
        in_this_chat = chat is not None and chat.conversation_id == accepted.conversation_id
        return accepted.sequence if in_this_chat else 0

    async def keep_address(self, visitor: Visitor, email: Email) -> str:
        """Remember where this chat goes on by mail; gives the address."""
        if not self.handover:
            raise Rejected("not_offered", "This chat does not go on by mail.")
        self._take_turn(visitor)
        address = parse_address(email.address)
        if address == self.handover:
            raise Rejected("bad_address", "This is our own address.")
        kept = await self.database.write(
            lambda connection: transcript.set_address(connection, visitor, address)
        )
        if not kept:
            raise Rejected("no_message", "Write a message first.")
        return address

    async def report_shown(self, conversation_id: str, upto: int) -> None:
        """Our messages up to this sequence were on the visitor's screen."""
        shown = await self.database.read(
            lambda connection: transcript.not_shown(connection, conversation_id, upto)
        )
        for interaction_id in shown:
            await self.report(interaction_id, DeliveryState.DELIVERED)

    def _take_turn(self, visitor: Visitor) -> None:
        wait = self.messages.take(visitor.id, asyncio.get_running_loop().time())
        if wait:
            raise Retry("too many messages", after=wait)
