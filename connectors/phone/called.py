"""The doors by which Twilio tells of the ends that we call, and of the conferences they meet in:
the agent's phone, the customer whom we call, who is consulted.
"""

from collections.abc import Sequence
from contextlib import suppress

from aiohttp import web
from sqlalchemy import Connection

from connectors.phone import twiml
from connectors.phone.answers import count, known, xml
from connectors.phone.desk import Desk
from connectors.phone.parse import is_over
from connectors.phone.progress import Consent
from connectors.phone.twiml import Telling
from connectors.phone.words import say
from connectors.shared.twilio.webhook import Guard, Webhook, malformed
from hub.connector import ConnectorContext
from hub.errors import Rejected
from hub.http import Route
from hub.membership import Membership
from hub.store import agents, call_wishes, callbacks, calls, recordings, working
from hub.store.calls import Call
from hub.store.memberships import membership_of_customer

_NEEDED = ("AccountSid", "CallSid")
_STATUS = (*_NEEDED, "CallStatus")
_EVENT = ("AccountSid", "ConferenceSid", "StatusCallbackEvent", "SequenceNumber")


class CalledDoors:
    def __init__(self, context: ConnectorContext, telling: Telling, desk: Desk) -> None:
        self._context = context
        self._database = context.database
        self._telling = telling
        self._desk = desk

    def routes(self, guard: Guard) -> Sequence[Route]:
        """`guard` lets in Twilio alone."""
        door = guard.route
        return (
            door(twiml.AGENT, self._agent, needs=_NEEDED),
            door(twiml.AGENT_STATUS, self._agent_status, needs=_STATUS),
            door(twiml.OUT, self._customer, needs=_NEEDED),
            door(twiml.OUT_STATUS, self._customer_status, needs=_STATUS),
            door(twiml.OTHER, self._other, needs=_NEEDED),
            door(twiml.OTHER_STATUS, self._other_status, needs=_STATUS),
            door(twiml.CONFERENCE, self._conference, needs=_EVENT),
            door(twiml.HOLD, self._hold),
            door(twiml.KEYS, self._keys),
        )

    async def _agent(self, webhook: Webhook) -> web.Response:
        call, turn = await known(self._context, webhook), count(webhook, "turn")
        end = webhook.needed("CallSid")
        there = await self._database.write(lambda c: _pick_up(c, call, turn, end))
        if not there:
            return xml(self._telling.farewell(call.language, say("gone", call.language)))
        self._told()
        said = [say("ringing", call.language, number=call.caller)] if call.reaches_out else []
        return xml(self._telling.join(call.sid, call.room, call.language, *said))

    async def _agent_status(self, webhook: Webhook) -> web.Response:
        call, turn = await known(self._context, webhook), count(webhook, "turn")
        if is_over(webhook):
            await self._desk.ringing.agent_hung_up(call, turn, webhook["CallStatus"])
        return web.Response(status=204)

    async def _customer(self, webhook: Webhook) -> web.Response:
        """The customer whom we call has answered; or has heard that the call is recorded."""
        call, end = await known(self._context, webhook), webhook.needed("CallSid")
        organisation = self._context.hub.organisation
        said = [say("calls", call.language, organisation=organisation)]
        if webhook.query.get("asked") == "1":
            said.clear()
            consent = Consent.REFUSED if webhook.get("Digits") == "1" else Consent.AGREED
            await self._database.write(lambda c: recordings.consents(c, call, consent))
        elif await self._is_to_be_asked(call):
            return xml(self._telling.consent_of_called(call.sid, call.language, *said))
        there = await self._database.write(lambda c: _taken_up(c, call, end))
        if not there:
            return xml(self._telling.farewell(call.language))
        self._told()
        joined = self._telling.join(call.sid, call.room, call.language, *said, is_customer=True)
        return xml(joined)

    async def _is_to_be_asked(self, call: Call) -> bool:
        """Whether the model has this call recorded, and the customer is still to hear so."""
        if call.state != calls.CALLING or call.consent:
            return False

        def read(connection: Connection) -> tuple[Membership, str] | None:
            item = calls.item_of(connection, call)
            if item is None:
                return None
            return membership_of_customer(connection, item.customer_id), item.topic

        found = await self._database.read(read)
        return found is not None and self._context.is_recorded(*found)

    async def _customer_status(self, webhook: Webhook) -> web.Response:
        call, status = await known(self._context, webhook), webhook["CallStatus"]
        if is_over(webhook) and call.customer_sid.startswith((webhook["CallSid"], "asked-")):
            await self._database.write(lambda c: calls.end(c, call.sid, why=status))
            self._told()
        return web.Response(status=204)

    async def _other(self, webhook: Webhook) -> web.Response:
        """Who is consulted has answered, and is told by whom."""
        call, end = await known(self._context, webhook), webhook.needed("CallSid")
        there, name = await self._database.write(lambda c: _other_answered(c, call, end))
        if not there:
            return xml(self._telling.farewell(call.language))
        self._told()
        said = say("consulted", call.language, name=name or self._context.hub.organisation)
        return xml(self._telling.join(call.sid, call.room, call.language, said, ends=False))

    async def _other_status(self, webhook: Webhook) -> web.Response:
        call = await known(self._context, webhook)
        if is_over(webhook):
            await self._desk.talking.other_hung_up(call, webhook["CallSid"], webhook["CallStatus"])
        return web.Response(status=204)

    async def _conference(self, webhook: Webhook) -> web.Response:
        """Which conference it is, in the order that its events say; what comes late is no news."""
        call, room = await known(self._context, webhook), count(webhook, "room")
        sid, sequence = webhook.needed("ConferenceSid"), webhook.needed("SequenceNumber")
        if not sequence.isdecimal():
            raise malformed("SequenceNumber", "is no number")
        number = int(sequence)
        await self._database.write(lambda c: call_wishes.heard(c, call, room, sid, number))
        self._told()
        return web.Response(status=204)

    async def _hold(self, webhook: Webhook) -> web.Response:
        call = await known(self._context, webhook)
        quiet = webhook.query.get("quiet") == "1"
        return xml(self._telling.held(call.sid, call.language, quiet=quiet))

    async def _keys(self, webhook: Webhook) -> web.Response:
        digits = webhook.query.get("digits", "")
        if not digits or digits.strip("0123456789*#"):
            raise malformed("digits", "are no keys of a phone")
        return xml(self._telling.keys(digits))

    def _told(self) -> None:
        self._context.wake()
        self._desk.wake()


def _pick_up(connection: Connection, call: Call, turn: int, end: str) -> bool:
    """The agent answers the customer, if they are still there: that is what was promised."""
    answered = calls.answered(connection, call.sid, turn)
    item = calls.item_of(connection, call)
    if answered is None:
        return False
    calls.rings(connection, answered, end)  # the answer that told us may be lost
    is_theirs = item is not None and item.agent_id == answered.agent_id
    if item is not None and is_theirs and answered.state == calls.TALKING:
        with suppress(Rejected):
            working.answered(connection, item.id, item.agent)
    return True


def _taken_up(connection: Connection, call: Call, end: str) -> bool:
    calls.reaches(connection, call, end, was=call.customer_sid)
    taken_up = calls.taken_up(connection, call.sid)
    item = calls.item_of(connection, call)
    if taken_up is None:
        return False
    if item is not None and item.agent_id == taken_up.agent_id:
        callbacks.done(connection, item.id)
        with suppress(Rejected):
            working.answered(connection, item.id, item.agent)
    return True


def _other_answered(connection: Connection, call: Call, end: str) -> tuple[bool, str]:
    """Whether they are still wanted, and who wants them."""
    there = call_wishes.other_is(
        connection, call, call_wishes.THERE, was=call_wishes.RINGING, sid=end
    )
    name = agents.names(connection, [call.agent_id]).get(call.agent_id) if call.agent_id else ""
    now = calls.get(connection, call.sid)
    again = now is not None and (now.other_state, now.other_sid) == (call_wishes.THERE, end)
    return there or again, name or ""
