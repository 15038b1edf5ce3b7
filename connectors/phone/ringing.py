"""Rings the agent who took a call, and the customer of a call that we make."""

from collections.abc import Callable
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from connectors.phone import twiml
from connectors.phone.endings import LOST
from connectors.phone.lines import Lines
from connectors.phone.settings import PhoneSettings
from hub import clock
from hub.connector import ConnectorContext
from hub.errors import Rejected, Retry, Unavailable, Uncertain
from hub.store import calls, working
from hub.store.calls import Call, Item
from hub.store.work_items import ASSIGNED

log = structlog.get_logger(__name__)

CUSTOMER_SECONDS = 40
"""How long the phone of a customer whom we call rings."""
NO_NUMBER = "no_number"


class Ringing:
    """`problem`: why nobody can be rung just now. `wake` has the desk look again."""

    def __init__(
        self,
        settings: PhoneSettings,
        context: ConnectorContext,
        lines: Lines,
        wake: Callable[[], None],
    ) -> None:
        self.problem = ""
        self._settings = settings
        self._context = context
        self._database = context.database
        self._lines = lines
        self._wake = wake

    async def agent_hung_up(self, call: Call, turn: int, status: str) -> None:
        """The agent's phone is down again; if they never talked, the caller waits for another."""
        if call.turn != turn:
            return
        if call.state == calls.RINGING:
            await self.not_reached(call, status)
        elif call.state == calls.CALLING:
            await self._give_up(call)

    async def ring(self, call: Call, item: Item) -> None:
        """An agent took it: their phone rings, and brings them together with the customer."""
        agent_id = item.agent_id or ""
        if not await self._database.write(lambda c: calls.ring(c, call, agent_id)):
            return
        rung = await self._again(call)
        number = self._settings.phone_of(item.agent_login, item.agent_phone, agent_id)
        if not number:
            await self.not_reached(rung, NO_NUMBER)
            return
        query = {"call": call.sid, "turn": rung.turn}
        try:
            sid = await self._lines.dial(
                number,
                sender=call.account or self._settings.first_number,
                url=self._lines.address(twiml.AGENT, **query),
                status=self._lines.address(twiml.AGENT_STATUS, **query),
                seconds=self._settings.ring_seconds,
            )
        except Uncertain as error:
            log.warning("phone.ringing_unsure", call=call.sid, why=str(error))
            return  # the webhooks of the agent's end tell
        except Retry as error:
            log.warning("phone.not_rung", call=call.sid, why=error.detail)
            await self._database.write(lambda c: calls.wait_again(c, rung))
            return
        except (Rejected, Unavailable) as error:
            self.problem = str(error) if isinstance(error, Unavailable) else ""
            await self.not_reached(rung, str(error))
            return
        self.problem = ""
        await self._database.write(lambda c: calls.rings(c, rung, sid))
        now = await self._again(call)
        if now.turn != rung.turn or now.state in (calls.QUEUED, calls.ENDING, calls.OVER):
            await self._lines.hang_up(sid)

    async def while_ringing(self, call: Call, item: Item | None) -> None:
        if item is None or item.state != ASSIGNED or item.agent_id != call.agent_id:
            # First in the store: what the agent's phone then tells is no news.
            await self._database.write(lambda c: calls.wait_again(c, call))
            await self._lines.hang_up(call.agent_sid)
            self._wake()
        elif self._rang_for_long(call, self._settings.ring_seconds):
            await self.not_reached(call, "no-answer")
            await self._lines.hang_up(call.agent_sid)

    async def not_reached(self, call: Call, why: str) -> None:
        """The agent gives the work back, so that a colleague can have it; or, in a call that we
        make, keeps it and is told."""

        def give_back(connection: Connection) -> None:
            item = calls.item_of(connection, call)
            if call.reaches_out:
                if calls.end(connection, call.sid, calls.ENDED) and item is not None:
                    calls.note(
                        connection,
                        call,
                        calls.UNREACHED,
                        why=why,
                        direction=call.direction,
                        agent_name=item.agent_name,
                    )
                return
            if not calls.wait_again(connection, call) or item is None:
                return
            calls.note(connection, call, calls.UNREACHED, why=why, agent_name=item.agent_name)
            if item.state == ASSIGNED and item.agent_id == call.agent_id:
                working.release(connection, item.id, item.agent)

        await self._database.write(give_back)
        self._context.wake()
        self._wake()

    async def reach(self, call: Call) -> None:
        """The agent of a call that we make is there: call the customer, once."""
        if call.customer_sid:
            if self._rang_for_long(call, CUSTOMER_SECONDS):
                await self._give_up(call)
            return
        mark = f"asked-{call.turn}"
        if not await self._database.write(lambda c: calls.reaches(c, call, mark, was="")):
            return
        query = {"call": call.sid}
        try:
            sid = await self._lines.dial(
                call.caller,
                sender=call.account or self._settings.first_number,
                url=self._lines.address(twiml.OUT, **query),
                status=self._lines.address(twiml.OUT_STATUS, **query),
                seconds=CUSTOMER_SECONDS,
            )
        except Uncertain as error:
            log.warning("phone.calling_unsure", call=call.sid, why=str(error))
            return  # its webhooks tell
        except Retry as error:
            log.warning("phone.not_called", call=call.sid, why=error.detail)
            await self._database.write(lambda c: calls.reaches(c, call, "", was=mark))
            return
        except (Rejected, Unavailable) as error:
            self.problem = str(error) if isinstance(error, Unavailable) else ""
            log.warning("phone.not_called", call=call.sid, why=str(error))
            await self._give_up(call, str(error))
            return
        await self._database.write(lambda c: calls.reaches(c, call, sid, was=mark))

    async def _give_up(self, call: Call, why: str = "") -> None:
        def give_up(connection: Connection) -> None:
            calls.end(connection, call.sid, calls.NO_ANSWER, why=why)

        await self._database.write(give_up)
        self._context.wake()
        self._wake()

    def _rang_for_long(self, call: Call, seconds: int) -> bool:
        return clock.now() - call.changed_at > LOST + timedelta(seconds=seconds)

    async def _again(self, call: Call) -> Call:
        return await self._database.read(lambda c: calls.get(c, call.sid)) or call
