"""Sends by mail what a visitor did not see in the chat, when they left an address and went away.

Decided from the store alone, so that it survives restarts and works with several processes: a
message of ours that waits is touched as long as its visitor has a socket somewhere, and one that
was not touched for a while is handed over.
"""

import asyncio
from datetime import timedelta

import structlog

from connectors.chat.live import Live
from connectors.chat.settings import ChatSettings
from connectors.chat.unseen import Plan, hand_over, touch, waiting_chats
from hub import clock
from hub.connector import ConnectorContext
from hub.errors import Retry
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

_OFTENEST, _SELDOMEST = 1.0, 30.0


class Handover:
    """Looks several times within `handover_after`."""

    def __init__(self, settings: ChatSettings, context: ConnectorContext, live: Live) -> None:
        self._plan = Plan(
            account=settings.email_account,
            organisation=context.hub.organisation,
            away=timedelta(seconds=settings.handover_after),
            pause=timedelta(seconds=settings.handover_pause),
        )
        self._every = min(max(settings.handover_after / 4, _OFTENEST), _SELDOMEST)
        self._context = context
        self._live = live
        self._task = Supervised("chat-handover", self._run)

    def start(self) -> None:
        if self._plan.account:
            self._task.start()

    async def stop(self) -> None:
        await self._task.stop()

    async def round(self) -> None:
        """Look once."""
        database = self._context.database
        waiting = await database.read(waiting_chats)
        here = self._live.conversations() & waiting.keys()
        if here:
            await database.write(lambda connection: touch(connection, here))
        before = clock.now() - self._plan.away
        for conversation_id, since in waiting.items():
            if conversation_id not in here and since <= before:
                await self._try(conversation_id)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._every)
            try:
                await self.round()
            except Retry as error:
                log.warning("chat.handover_waits", reason=error.detail)

    async def _try(self, conversation_id: str) -> None:
        try:
            await self._hand_over(conversation_id)
        except Retry:
            raise
        except Exception:
            # One chat that cannot be handed over must not keep the others.
            log.exception("chat.handover_failed", conversation_id=conversation_id)

    async def _hand_over(self, conversation_id: str) -> None:
        mailed = await self._context.database.write(
            lambda connection: hand_over(connection, conversation_id, self._plan)
        )
        if mailed:
            self._context.wake()
            log.info("chat.handed_over", conversation_id=conversation_id, interaction_id=mailed)
