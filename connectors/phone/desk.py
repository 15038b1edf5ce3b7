"""Keeps each call and its work item together: rings agents, and lets nobody wait for nothing.

It looks at what stands in the store, whenever something changed and from time to time besides. So
an event that is lost, comes twice or too late does no harm, and neither does a restart.
"""

import asyncio

import structlog

from connectors.phone.endings import Endings
from connectors.phone.lines import Lines
from connectors.phone.menus import Menus
from connectors.phone.recordings import Recordings
from connectors.phone.ringing import Ringing
from connectors.phone.settings import PhoneSettings
from connectors.phone.talking import Talking
from connectors.phone.twiml import Telling
from hub.connector import ConnectorContext
from hub.errors import Retry
from hub.events import CallChanged, Envelope, WorkItemChanged
from hub.store import calls
from hub.store.calls import Call, Item
from hub.store.work_items import ASSIGNED, DONE, SNOOZED
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

LOOK_EVERY = 5.0
"""Seconds; what this process learns is looked at once."""


class Desk:
    def __init__(
        self,
        settings: PhoneSettings,
        context: ConnectorContext,
        lines: Lines,
        telling: Telling,
        recordings: Recordings,
    ) -> None:
        self._database = context.database
        self._changed = asyncio.Event()
        self._task = Supervised("phone calls", self._run)
        self._busy: dict[str, asyncio.Task[None]] = {}
        self.endings = Endings(settings, context, lines, telling, self.wake)
        self.menus = Menus(settings, context, lines)
        self.ringing = Ringing(settings, context, lines, self.wake)
        self.talking = Talking(
            settings, context, lines, telling=telling, recordings=recordings, wake=self.wake
        )
        context.bus.listen(
            [WorkItemChanged.topic, CallChanged.topic], self._heard, self._missed_some
        )

    @property
    def problem(self) -> str:
        return self.ringing.problem

    def start(self) -> None:
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()
        for task in self._busy.values():
            task.cancel()
        await asyncio.gather(*self._busy.values(), return_exceptions=True)

    def wake(self) -> None:
        self._changed.set()

    async def _heard(self, _envelope: Envelope) -> None:
        self.wake()

    async def _missed_some(self) -> None:
        self.wake()

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            try:
                await self._look()
            except Retry as error:
                log.info("phone.waiting", reason=error.detail)
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def _look(self) -> None:
        """Each call by itself: one for which Twilio answers slowly keeps no other waiting."""
        await self.menus.look()
        await self.endings.put_back()
        open_calls = await self._database.read(calls.unfinished)
        self.endings.forget_others({call.sid for call in open_calls})
        for call in open_calls:
            if call.sid not in self._busy:
                self._begin(call)

    def _begin(self, call: Call) -> None:
        task = asyncio.create_task(self._settle_one(call))
        self._busy[call.sid] = task
        task.add_done_callback(lambda _task: self._busy.pop(call.sid, None))

    async def _settle_one(self, call: Call) -> None:
        try:
            await self._settle(call)
            if await self._went_on(call):
                self.wake()
        except Retry as error:
            log.info("phone.waiting", call=call.sid, reason=error.detail)
        except Exception:  # the other calls go on, and this one is looked at again
            log.exception("phone.not_settled", call=call.sid)

    async def _went_on(self, call: Call) -> bool:
        """Whether it changed while it was being settled, so that it must be looked at again."""
        now = await self._database.read(lambda c: calls.get(c, call.sid))
        return now is not None and now.state != calls.OVER and now != call

    async def _settle(self, call: Call) -> None:
        item = await self._database.read(lambda c: calls.item_of(c, call))
        if call.state == calls.ENDING:
            await self.endings.conclude(call, item)
        elif await self.endings.is_lost(call):
            await self.endings.end(call)
        elif call.reaches_out:
            await self._settle_outbound(call, item)
        else:
            await self._settle_inbound(call, item)

    async def _settle_inbound(self, call: Call, item: Item | None) -> None:
        match call.state:
            case calls.RINGING:
                await self.ringing.while_ringing(call, item)
            case calls.TALKING:
                await self.talking.carry_out(call)
            case calls.QUEUED if item is not None and item.state == DONE:
                await self.endings.dismiss(call, "handled", calls.HANDLED)
            case calls.QUEUED if item is not None and item.state == SNOOZED:
                await self.endings.dismiss(call, "promised", calls.MISSED)
            case calls.QUEUED if call.room != call.seated:
                await self.talking.move(call)
            case calls.QUEUED if item is not None and item.state == ASSIGNED:
                await self.ringing.ring(call, item)

    async def _settle_outbound(self, call: Call, item: Item | None) -> None:
        is_theirs = item is not None and item.agent_id == call.agent_id
        match call.state:
            case _ if item is None or not is_theirs or item.state != ASSIGNED:
                await self.endings.end(call, calls.ENDED)
            case calls.QUEUED:
                await self.ringing.ring(call, item)
            case calls.RINGING:
                await self.ringing.while_ringing(call, item)
            case calls.CALLING:
                await self.ringing.reach(call)
