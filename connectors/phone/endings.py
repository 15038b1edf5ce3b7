"""How calls end: the work was resolved, somebody hung up, or Twilio says that nobody is there."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from connectors.phone.lines import Lines
from connectors.phone.settings import PhoneSettings
from connectors.phone.twiml import Telling
from connectors.phone.words import say
from hub import clock
from hub.connector import ConnectorContext
from hub.errors import Rejected, Retry, Unavailable
from hub.store import callbacks, calls, hanging_up, work_items
from hub.store.calls import Call, Item

log = structlog.get_logger(__name__)

LOST = timedelta(minutes=1)
"""After so long without a word about it, Twilio is asked whether a call is still going."""
_ROUTED_WITHIN = timedelta(minutes=2)


class Endings:
    """`wake` has the desk look again."""

    def __init__(
        self,
        settings: PhoneSettings,
        context: ConnectorContext,
        lines: Lines,
        telling: Telling,
        wake: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._context = context
        self._database = context.database
        self._lines = lines
        self._telling = telling
        self._wake = wake
        self._asked: dict[str, float] = {}

    def forget_others(self, open_calls: set[str]) -> None:
        self._asked = {sid: at for sid, at in self._asked.items() if sid in open_calls}

    async def dismiss(self, call: Call, words: str, outcome: str) -> None:
        """Nobody will come to the phone: say so, and end it."""
        told = self._telling.farewell(call.language, say(words, call.language))
        try:
            await self._lines.redirect(call.customer_end, told)
        except Rejected:
            log.info("phone.gone_already", call=call.sid)
        except (Retry, Unavailable) as error:
            log.warning("phone.not_dismissed", call=call.sid, why=str(error))
            return
        await self.end(call, outcome)

    async def end(self, call: Call, outcome: str = "") -> None:
        if await self._database.write(lambda c: calls.end(c, call.sid, outcome)):
            self._context.wake()
            self._wake()

    async def put_back(self) -> None:
        """Work that still stands first, whatever became of the call that it came with."""
        for item_id in await self._database.read(hanging_up.left_over):
            # Each by itself: who holds one conversation and waits for another may be in the way.
            if await self._database.write(partial(_put_back, item_id=item_id)):
                self._context.wake()
                log.info("phone.put_back", item=item_id)

    async def conclude(self, call: Call, item: Item | None) -> None:
        """Free every phone that is still up, and propose to call back who waited for nothing."""
        missed = call.outcome == calls.MISSED
        if missed and item is None and clock.now() - call.created_at < _ROUTED_WITHIN:
            return
        await self._lines.hang_up(call.agent_sid)
        if call.outcome != calls.PUT_THROUGH:
            await self._lines.hang_up(call.other_sid)
            # Who waited for an agent hears out what they are told at the end.
            if call.reaches_out or call.outcome == calls.TALKED:
                await self._lines.hang_up(call.customer_end)

        def conclude(connection: Connection) -> None:
            if not calls.finish(connection, call) or item is None:
                return
            # Who asked to be called back was promised that they keep their place.
            if call.outcome != calls.CALLBACK:
                hanging_up.hung_up(connection, item.id)
            if missed and call.caller and not item.callback_to:
                _propose(connection, item.id, call.caller)

        await self._database.write(conclude)
        self._context.wake()

    async def is_lost(self, call: Call) -> bool:
        """Whether it ended without our being told."""
        if not call.customer_end:
            return False
        now = asyncio.get_running_loop().time()
        last = self._asked.setdefault(call.sid, now)
        if now - last < LOST.total_seconds():
            return False
        self._asked[call.sid] = now
        return await self._lines.is_over(call.customer_end)


def _put_back(connection: Connection, item_id: str) -> bool:
    """Whose call was over before it was routed is called back as all who gave up waiting."""
    if not hanging_up.put_back(connection, item_id):
        return False
    [item] = work_items.by_ids(connection, [item_id])
    call = calls.of_conversation(connection, item.conversation_id)
    if call is not None and call.outcome == calls.MISSED and call.caller:
        _propose(connection, item_id, call.caller)
    return True


def _propose(connection: Connection, item_id: str, number: str) -> None:
    """Unless an agent has it by now: they see in the conversation that the call was missed."""
    try:
        callbacks.ask(connection, item_id, number)
    except Rejected as error:
        log.info("phone.no_callback", item=item_id, why=error.code)
