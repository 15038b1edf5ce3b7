"""Makes so at Twilio what the agent of a call wants: hold, mute, keys, a colleague, passing on.

Each step compares what is wanted with what is so, does it, and writes that it is. So a step that
was done and not written is done again, which does no harm; only keys are sounded once or never.
"""

from collections.abc import Callable

import structlog
from sqlalchemy import Connection

from connectors.phone import twiml
from connectors.phone.lines import Lines
from connectors.phone.recordings import Recordings
from connectors.phone.settings import PhoneSettings
from connectors.phone.twiml import Telling
from connectors.phone.words import say
from hub.connector import ConnectorContext
from hub.errors import Rejected, Retry, Unavailable, Uncertain
from hub.store import agents as people
from hub.store import call_wishes, calls, putting_through
from hub.store.call_wishes import ASKED, LEAVING, RINGING, TAKING_OVER
from hub.store.calls import Call

log = structlog.get_logger(__name__)

_NOT_IN_IT = "twilio_20404"
"""What Twilio says of a participant of a conference that it does not have."""


class Talking:
    """`wake` has the desk look again."""

    def __init__(
        self,
        settings: PhoneSettings,
        context: ConnectorContext,
        lines: Lines,
        *,
        telling: Telling,
        recordings: Recordings,
        wake: Callable[[], None],
    ) -> None:
        self._recordings = recordings
        self._settings = settings
        self._context = context
        self._database = context.database
        self._lines = lines
        self._telling = telling
        self._wake = wake

    async def carry_out(self, call: Call) -> None:
        """One step at a time, the rest when the desk looks again."""
        try:
            await self._step(call)
        except (Retry, Unavailable) as error:
            log.warning("phone.not_carried_out", call=call.sid, why=str(error))

    async def _step(self, call: Call) -> None:
        if call.put_through and self._recordings.is_due(call):
            await self._recordings.carry_out(call)
        elif call.put_through:
            await self._put_through(call)
        elif call.other_state == TAKING_OVER:
            await self._hand_on(call)
        elif call.other_state == LEAVING:
            await self._lines.hang_up(call.other_sid)
            await self._write(lambda c: call_wishes.other_is(c, call, "", was=LEAVING))
        elif call.wants_hold != call.on_hold:
            await self._hold(call)
        elif self._recordings.is_due(call):
            await self._recordings.carry_out(call)
        elif call.other_state == ASKED:
            await self._call_other(call)
        elif call.wants_mute != call.muted:
            await self._mute(call)
        elif call.keys:
            await self._press(call)

    async def _press(self, call: Call) -> None:
        keys = await self._database.write(lambda c: call_wishes.take_keys(c, call))
        self._context.wake()
        if not keys:
            return
        try:
            await self._lines.press(call, keys)
        except Rejected as error:
            log.warning("phone.not_pressed", call=call.sid, why=error.detail)

    async def move(self, call: Call) -> None:
        """The customer was passed on: they wait in a conference of their own again."""
        said = say("passed_on", call.language)
        document = self._telling.queue(call.sid, call.room, call.language, said)
        try:
            await self._lines.redirect(call.customer_end, document)
        except Rejected:
            await self._write(lambda c: calls.end(c, call.sid))
            return
        except (Retry, Unavailable) as error:
            log.warning("phone.not_moved", call=call.sid, why=str(error))
            return
        await self._lines.hang_up(call.agent_sid)
        await self._write(lambda c: call_wishes.settle(c, call, seated=call.room, agent_sid=""))

    async def _hold(self, call: Call) -> None:
        wanted = call.wants_hold
        try:
            await self._lines.hold(call, held=wanted)
        except Rejected as error:  # they are not there (any more): it stays as it is
            log.warning("phone.not_held", call=call.sid, why=error.detail)
            await self._write(lambda c: call_wishes.settle(c, call, wants_hold=call.on_hold))
            return
        await self._write(lambda c: call_wishes.settle(c, call, on_hold=wanted))

    async def _mute(self, call: Call) -> None:
        wanted = call.wants_mute
        try:
            await self._lines.mute(call, muted=wanted)
        except Rejected as error:
            log.warning("phone.not_muted", call=call.sid, why=error.detail)
            await self._write(lambda c: call_wishes.settle(c, call, wants_mute=call.muted))
            return
        await self._write(lambda c: call_wishes.settle(c, call, muted=wanted))

    async def _call_other(self, call: Call) -> None:
        """Somebody is consulted: call them into the conference."""
        number = await self._number_of_other(call)
        first = await self._write(lambda c: call_wishes.other_is(c, call, RINGING, was=ASKED))
        if not first:
            return
        if not number:
            await self._other_not_reached(call, "no_number")
            return
        query = {"call": call.sid}
        try:
            sid = await self._lines.dial(
                number,
                sender=call.account or self._settings.first_number,
                url=self._lines.address(twiml.OTHER, **query),
                status=self._lines.address(twiml.OTHER_STATUS, **query),
                seconds=self._settings.ring_seconds,
            )
        except Uncertain as error:
            log.warning("phone.consulting_unsure", call=call.sid, why=str(error))
            return
        except (Rejected, Retry, Unavailable) as error:
            await self._other_not_reached(call, str(error))
            return
        await self._write(lambda c: call_wishes.other_sid(c, call, sid))

    async def _number_of_other(self, call: Call) -> str:
        if not call.other_agent_id:
            return call.other_to
        agent_id = call.other_agent_id
        login, phone = await self._database.read(lambda c: people.phone_of(c, agent_id))
        return self._settings.phone_of(login, phone, agent_id)

    async def other_hung_up(self, call: Call, sid: str, status: str) -> None:
        """Who was consulted is gone: the agent has the customer again."""
        if call.other_sid not in ("", sid) or call.state != calls.TALKING:
            return
        if call.other_state == RINGING:
            await self._other_not_reached(call, status)
        elif call.other_state:
            await self._write(lambda c: call_wishes.other_is(c, call, "", was=call.other_state))

    async def _other_not_reached(self, call: Call, why: str) -> None:
        def gone(connection: Connection) -> None:
            if call_wishes.other_is(connection, call, "", was=RINGING):
                calls.note(
                    connection, call, calls.UNREACHED, why=why, who="other", name=call.other_name
                )

        await self._write(gone)

    async def _hand_on(self, call: Call) -> None:
        """The agent goes, and who was consulted stays with the customer."""
        try:
            await self._lines.stays_without(call, call.agent_sid, call.other_sid)
            if call.on_hold:
                await self._lines.hold(call, held=False)
        except Rejected as error:
            if error.code == _NOT_IN_IT:
                # Who was consulted is still being told of it: their coming has the desk look again.
                raise Retry(error.detail) from error
            log.warning("phone.not_handed_on", call=call.sid, why=error.detail)
            await self._write(lambda c: call_wishes.other_is(c, call, "", was=TAKING_OVER))
            return

        def handed_on(connection: Connection) -> None:
            call_wishes.settle(connection, call, on_hold=False, wants_hold=False)
            if not call_wishes.handed_on(connection, call):
                calls.end(connection, call.sid, calls.PUT_THROUGH)

        await self._write(handed_on)
        await self._lines.hang_up(call.agent_sid)

    async def _put_through(self, call: Call) -> None:
        ours = call.account or self._settings.first_number
        document = self._telling.put_through(call, ours)
        try:
            await self._lines.redirect(call.customer_end, document)
        except Rejected as error:
            log.warning("phone.not_put_through", call=call.sid, why=error.detail)
            await self._write(lambda c: call_wishes.settle(c, call, put_through=""))
            return
        await self._write(lambda c: putting_through.rings(c, call))

    async def _write(self, work: Callable[[Connection], object]) -> object:
        result = await self._database.write(work)
        self._context.wake()
        self._wake()
        return result
