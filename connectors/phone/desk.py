"""Keeps each call and its work item together: rings agents, and lets nobody wait for nothing.

It looks at what stands in the store, whenever something changed and from time to time besides. So
an event that is lost, comes twice or too late does no harm, and neither does a restart.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import structlog
from sqlalchemy import Connection

from connectors.phone import twiml
from connectors.phone.settings import PhoneSettings
from connectors.phone.twiml import Telling
from connectors.phone.words import say
from connectors.shared.twilio.client import TwilioApi
from hub import clock
from hub.connector import ConnectorContext
from hub.errors import Rejected, Retry, Unavailable, Uncertain
from hub.events import Envelope, WorkItemChanged
from hub.store import callbacks, calls, work_items
from hub.store.calls import Call, Item
from hub.store.work_items import ASSIGNED, DONE
from hub.supervise import Supervised

log = structlog.get_logger(__name__)

LOOK_EVERY = 5.0
"""Seconds; what this process learns is looked at once."""
_LOST = timedelta(minutes=1)
"""After so long without a word about it, Twilio is asked whether a call is still going."""
_ROUTED_WITHIN = timedelta(minutes=2)
_TROUBLES = (Rejected, Retry, Unavailable, Uncertain)


class Desk:
    """`address`: how Twilio reaches a path of ours."""

    def __init__(
        self,
        settings: PhoneSettings,
        context: ConnectorContext,
        api: TwilioApi,
        telling: Telling,
        address: Callable[[str], str],
    ) -> None:
        self.problem = ""
        self._settings = settings
        self._context = context
        self._database = context.database
        self._api = api
        self._telling = telling
        self._address = address
        self._changed = asyncio.Event()
        self._task = Supervised("phone calls", self._run)
        self._asked: dict[str, float] = {}
        context.bus.listen([WorkItemChanged.topic], self._heard, self._missed_some)

    def start(self) -> None:
        self._task.start()

    async def stop(self) -> None:
        await self._task.stop()

    def wake(self) -> None:
        self._changed.set()

    async def agent_hung_up(self, call: Call, turn: int, status: str) -> None:
        """The agent's phone is down again; if they never talked, the caller waits for another."""
        if call.turn == turn and call.state == calls.RINGING:
            await self._not_reached(call, status)

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
        open_calls = await self._database.read(calls.unfinished)
        self._asked = {c.sid: self._asked[c.sid] for c in open_calls if c.sid in self._asked}
        await asyncio.gather(*(self._settle(call) for call in open_calls))

    async def _settle(self, call: Call) -> None:
        item = await self._database.read(lambda c: calls.item_of(c, call))
        if call.state == calls.ENDING:
            await self._conclude(call, item)
            return
        if await self._is_lost(call):
            await self._end(call)
        elif call.state == calls.RINGING:
            await self._while_ringing(call, item)
        elif call.state == calls.QUEUED and item is not None:
            if item.state == DONE:
                await self._dismiss(call)
            elif item.state == ASSIGNED:
                await self._ring(call, item)

    # An agent took it

    async def _ring(self, call: Call, item: Item) -> None:
        agent_id = item.agent_id or ""
        if not await self._database.write(lambda c: calls.ring(c, call, agent_id)):
            return
        rung = await self._again(call)
        number = self._settings.agents.get(item.agent_login, "")
        if not number:
            await self._not_reached(rung, "no_number")
            return
        query = urlencode({"call": call.sid, "turn": rung.turn})
        request = self._api.client.calls.create_async(
            to=number,
            from_=call.account,
            url=self._address(f"{twiml.AGENT}?{query}"),
            status_callback=self._address(f"{twiml.AGENT_STATUS}?{query}"),
            status_callback_event=["completed"],
            timeout=self._settings.ring_seconds,
        )
        try:
            created = await self._api.do(request)
        except Uncertain as error:
            log.warning("phone.ringing_unsure", call=call.sid, why=str(error))
            return  # the webhooks of the agent's end tell
        except Retry as error:
            log.warning("phone.not_rung", call=call.sid, why=error.detail)
            await self._database.write(lambda c: calls.wait_again(c, rung))
            return
        except (Rejected, Unavailable) as error:
            self.problem = str(error) if isinstance(error, Unavailable) else ""
            await self._not_reached(rung, str(error))
            return
        self.problem = ""
        await self._database.write(lambda c: calls.rings(c, rung, str(created.sid)))
        now = await self._again(call)
        if now.turn != rung.turn or now.state not in (calls.RINGING, calls.TALKING):
            await self._hang_up(str(created.sid))

    async def _while_ringing(self, call: Call, item: Item | None) -> None:
        if item is None or item.state != ASSIGNED or item.agent_id != call.agent_id:
            # First in the store: what the agent's phone then tells is no news.
            await self._database.write(lambda c: calls.wait_again(c, call))
            await self._hang_up(call.agent_sid)
            self.wake()
        elif clock.now() - call.changed_at > _LOST + timedelta(seconds=self._settings.ring_seconds):
            await self._not_reached(call, "no-answer")
            await self._hang_up(call.agent_sid)

    async def _not_reached(self, call: Call, why: str) -> None:
        """The agent gives the work back, so that a colleague can have it."""

        def give_back(connection: Connection) -> None:
            item = calls.item_of(connection, call)
            if not calls.wait_again(connection, call) or item is None:
                return
            calls.note(connection, call, calls.UNREACHED, why=why, agent_name=item.agent_name)
            if item.state == ASSIGNED and item.agent_id == call.agent_id:
                work_items.release(connection, item.id, item.agent)

        await self._database.write(give_back)
        self._context.wake()
        self.wake()

    # The caller is gone, or is to go

    async def _dismiss(self, call: Call) -> None:
        """The work was resolved: nobody will come to the phone."""
        told = self._telling.farewell(call.language, say("handled", call.language))
        try:
            await self._api.ask(self._api.client.calls(call.sid).update_async(twiml=told))
        except Rejected:
            log.info("phone.gone_already", call=call.sid)
        except (Retry, Unavailable) as error:
            log.warning("phone.not_dismissed", call=call.sid, why=str(error))
            return
        await self._end(call, calls.HANDLED)

    async def _end(self, call: Call, outcome: str = "") -> None:
        if await self._database.write(lambda c: calls.end(c, call.sid, outcome)):
            self._context.wake()
            self.wake()

    async def _conclude(self, call: Call, item: Item | None) -> None:
        """Free the agent's phone, and propose to call back who waited for nothing."""
        missed = call.outcome == calls.MISSED and bool(call.caller)
        if missed and item is None and clock.now() - call.created_at < _ROUTED_WITHIN:
            return
        await self._hang_up(call.agent_sid)

        def conclude(connection: Connection) -> None:
            finished = calls.finish(connection, call)
            if finished and missed and item is not None and not item.callback_to:
                _propose(connection, item, call.caller)

        await self._database.write(conclude)
        self._context.wake()

    async def _hang_up(self, sid: str) -> None:
        if not sid:
            return
        try:
            await self._api.ask(self._api.client.calls(sid).update_async(status="completed"))
        except _TROUBLES as error:
            log.info("phone.not_hung_up", call=sid, why=str(error))

    async def _is_lost(self, call: Call) -> bool:
        """Whether it ended without our being told."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        last = self._asked.setdefault(call.sid, now)
        if now - last < _LOST.total_seconds():
            return False
        self._asked[call.sid] = now
        try:
            found = await self._api.ask(self._api.client.calls(call.sid).fetch_async())
        except Rejected:
            return True
        except (Retry, Unavailable):
            return False
        return str(found.status) in ("completed", "busy", "failed", "no-answer", "canceled")

    async def _again(self, call: Call) -> Call:
        return await self._database.read(lambda c: calls.get(c, call.sid)) or call


def _propose(connection: Connection, item: Item, number: str) -> None:
    """Unless an agent has it by now: they see in the conversation that the call was missed."""
    try:
        callbacks.ask(connection, item.id, number)
    except Rejected as error:
        log.info("phone.no_callback", item=item.id, why=error.code)
