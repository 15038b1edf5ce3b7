"""The sockets that are open in this process, and which of them to wake when something is new.

Waking never carries the news: a woken connection reads from the store what it has not sent yet.
So an event that comes twice, late or out of order does no harm, and after a gap all are woken.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from connectors.chat import transcript
from connectors.chat.visitor import Visitor
from hub.errors import Retry
from hub.events import (
    ChatActivity,
    ChatSign,
    Envelope,
    InteractionReceived,
    InteractionRecorded,
    WorkItemChanged,
)
from hub.interaction import Channel
from hub.store import Database
from hub.store.inserting import digest

TOPICS = (
    InteractionReceived.topic,
    InteractionRecorded.topic,
    WorkItemChanged.topic,
    ChatActivity.topic,
)


class Open(Protocol):
    """An open connection as `Live` sees it. `conversation_id` is empty before the first message,
    `sent` is the highest sequence that the widget was sent, `seen` the highest that was on the
    visitor's screen."""

    visitor: Visitor
    conversation_id: str
    sent: int
    seen: int

    def wake(self, *, standing: bool = False) -> None: ...

    def show(self, activity: ChatActivity) -> None: ...

    async def close(self, code: int) -> None: ...


class Live:
    """`most`: sockets that one visitor may have."""

    def __init__(self, database: Database, *, most: int) -> None:
        self._database = database
        self._most = most
        self._by_visitor: defaultdict[str, list[Open]] = defaultdict(list)
        self._by_conversation: defaultdict[str, list[Open]] = defaultdict(list)

    def add(self, connection: Open) -> Open | None:
        """Take it in; gives the visitor's oldest when that has to make room."""
        mine = self._by_visitor[connection.visitor.id]
        mine.append(connection)
        self._by_conversation[connection.conversation_id].append(connection)
        return mine[0] if len(mine) > self._most else None

    def bind(self, connection: Open, conversation_id: str) -> None:
        """The connection learned which conversation its session has become."""
        _take_out(self._by_conversation, connection.conversation_id, connection)
        connection.conversation_id = conversation_id
        self._by_conversation[conversation_id].append(connection)

    def remove(self, connection: Open) -> None:
        _take_out(self._by_visitor, connection.visitor.id, connection)
        _take_out(self._by_conversation, connection.conversation_id, connection)

    def all(self) -> list[Open]:
        return [one for mine in self._by_visitor.values() for one in mine]

    def of(self, visitor_id: str) -> list[Open]:
        return list(self._by_visitor.get(visitor_id, ()))

    def conversations(self) -> set[str]:
        """The conversations whose visitor is here."""
        return set(self._by_conversation) - {""}

    def has_visitors(self) -> bool:
        """Whether anybody is here; until somebody is, no event need be heard of."""
        return bool(self._by_visitor)

    async def on_event(self, envelope: Envelope) -> None:
        """The bus listener."""
        match envelope.event:
            case InteractionReceived() | InteractionRecorded() as event:
                if event.channel is Channel.CHAT:
                    known = self._by_conversation.get(event.conversation_id)
                    sockets = known or await self._waiting_for(event.conversation_id)
                    wake(lacking(sockets, event.sequence))
            case WorkItemChanged() as event:
                wake(self._by_conversation.get(event.conversation_id, ()), standing=True)
            case ChatActivity(by_customer=False) as event:
                self._show(event)

    def _show(self, activity: ChatActivity) -> None:
        """Typing is passed on as it is; what was seen is in the store."""
        sockets = self._by_conversation.get(activity.conversation_id, ())
        if activity.what is ChatSign.SEEN:
            wake(sockets, standing=True)
            return
        for one in list(sockets):
            one.show(activity)

    async def on_gap(self) -> None:
        wake(self.all(), standing=True)

    async def close_all(self, code: int) -> None:
        await asyncio.gather(*(one.close(code) for one in self.all()))

    async def _waiting_for(self, conversation_id: str) -> list[Open]:
        """Connections whose first message was written in another tab, through another process."""
        waiting = self._by_conversation.get("", [])
        if not waiting:
            return []
        try:
            references = await self._database.read(
                lambda connection: transcript.references_of(connection, conversation_id)
            )
        except Retry:
            return waiting
        return [one for one in waiting if digest(one.visitor.reference) in references]


def lacking(connections: Iterable[Open], sequence: int) -> list[Open]:
    """Those that were not sent this line yet, and all where its number is unknown (0)."""
    return [one for one in connections if not sequence or one.sent < sequence]


def wake(connections: Iterable[Open], *, standing: bool = False) -> None:
    """There may be a new line; with `standing`, the chat may also stand otherwise."""
    for one in list(connections):
        one.wake(standing=standing)


def _take_out(groups: defaultdict[str, list[Open]], key: str, connection: Open) -> None:
    groups[key] = [one for one in groups[key] if one is not connection]
    if not groups[key]:
        del groups[key]
