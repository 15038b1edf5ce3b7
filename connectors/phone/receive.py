"""The doors by which Twilio asks what to do with a call, and tells what became of it.

A contact is kept before the answer that puts its caller in the queue. What must be asked of Twilio
in turn is done after the answer, by `desk`.
"""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from aiohttp import web
from sqlalchemy import Connection, select

from connectors.phone import twiml
from connectors.phone.called import known, xml
from connectors.phone.desk import Desk
from connectors.phone.menu import ELSE, choices, closed, title_of
from connectors.phone.parse import Caller, is_over, parse_call, parse_caller, parse_recording
from connectors.phone.settings import PhoneSettings
from connectors.phone.twiml import Telling
from connectors.phone.words import hours, say
from connectors.shared.twilio.inbox import Inbox
from connectors.shared.twilio.webhook import Guard, Webhook, malformed
from hub import clock
from hub.asking import AskedTopic
from hub.connector import ConnectorContext
from hub.errors import Rejected
from hub.http import Route
from hub.interaction import Channel
from hub.store import callbacks, calls
from hub.store.calls import Call
from hub.store.tables import contact_points, customers

_NEEDED = ("AccountSid", "CallSid")
_CALLER = (*_NEEDED, "From", "To")
_TAKEN_UP = (calls.QUEUED, calls.RINGING)


class Doors:
    def __init__(
        self,
        settings: PhoneSettings,
        context: ConnectorContext,
        telling: Telling,
        inbox: Inbox,
        desk: Desk,
    ) -> None:
        self._settings = settings
        self._context = context
        self._telling = telling
        self._inbox = inbox
        self._desk = desk

    def routes(self, guard: Guard) -> Sequence[Route]:
        """`guard` lets in Twilio alone."""
        door = guard.route
        recording = (*_NEEDED, "RecordingSid", "RecordingUrl", "RecordingStatus")
        return (
            door(twiml.CALL, self._call, needs=_CALLER),
            door(twiml.MENU, self._chosen, needs=_CALLER),
            door(twiml.WAIT, self._wait, needs=_NEEDED),
            door(twiml.LEFT, self._left, needs=(*_NEEDED, "CallStatus")),
            door(twiml.CALLBACK, self._callback, needs=_NEEDED),
            door(twiml.STATUS, self._status, needs=(*_NEEDED, "CallStatus")),
            door(twiml.VOICEMAIL, self._thank, needs=_CALLER),
            door(twiml.RECORDING, self._recording, needs=recording),
        )

    # The caller

    async def _call(self, webhook: Webhook) -> web.Response:
        caller = parse_caller(webhook, self._settings)
        language, asked = caller.line.language, await self._asked(caller)
        shut = None if caller.line.always_open else closed(asked)
        if shut is not None:
            return xml(self._voicemail(caller, "", shut))
        menu = choices(asked, language)
        if not menu:
            return xml(await self._take_in(caller, asked, ""))
        organisation = self._context.hub.organisation
        return xml(self._telling.menu(language, menu, organisation=organisation))

    async def _chosen(self, webhook: Webhook) -> web.Response:
        """The keys are those that were said: they stand in the address."""
        caller = parse_caller(webhook, self._settings)
        asked, digits = await self._asked(caller), webhook.get("Digits", "")
        said = [topic for topic in webhook.query.get("topics", "").split(",") if topic]
        if digits in ("", ELSE):
            return xml(await self._take_in(caller, asked, ""))
        if not digits.isdecimal():
            raise malformed("Digits", "are no digits")
        if int(digits) <= len(said):
            return xml(await self._take_in(caller, asked, said[int(digits) - 1]))
        if webhook.query.get("again") == "1":
            return xml(await self._take_in(caller, asked, ""))
        language = caller.line.language
        menu = choices(asked, language)
        organisation = self._context.hub.organisation
        return xml(self._telling.menu(language, menu, organisation=organisation, again=True))

    async def _take_in(self, caller: Caller, asked: Sequence[AskedTopic], topic: str) -> str:
        """Keep the contact, then let the caller wait; or take a message when nobody is there."""
        shut = None if caller.line.always_open else closed(asked, topic)
        if shut is not None:
            return self._voicemail(caller, topic, shut)
        language = caller.line.language
        title = title_of(asked, topic, language)
        arrival = parse_call(caller, topic, title, now=clock.now())
        accepted = await self._context.intake.accept(arrival)
        add = partial(
            calls.add,
            sid=caller.sid,
            conversation_id=accepted.conversation_id,
            account=caller.line.number,
            caller=caller.number,
            language=language,
            chosen=title,
        )
        await self._context.database.write(add)
        self._desk.wake()
        return self._telling.queue(caller.sid, 0, language, say("connecting", language))

    def _voicemail(self, caller: Caller, topic: str, shut: AskedTopic) -> str:
        language = caller.line.language
        when = hours(shut.openings, language) if shut.openings else []
        greeting = say("greeting", language, organisation=self._context.hub.organisation)
        said = (greeting, say("closed", language), *when)
        query = {"line": caller.line.number, "caller": caller.number}
        return self._telling.voicemail(language, topic, said, **query)

    async def _wait(self, webhook: Webhook) -> web.Response:
        call = await self._known(webhook)
        place = await self._context.database.read(lambda c: calls.place_of(c, call))
        told = self._telling.waiting(
            call.sid, call.language, place, may_call_back=bool(call.caller)
        )
        return xml(told)

    async def _left(self, webhook: Webhook) -> web.Response:
        """The caller is out of the conference: by star, or because it is over."""
        call = await self._known(webhook, webhook.needed("CallSid"))
        if is_over(webhook) or call.state not in _TAKEN_UP:
            await self._end(call.sid)
            return xml(self._telling.farewell(call.language))
        was_passed_on = webhook.query.get("room", "0") != str(call.room)
        if call.state == calls.RINGING or not call.caller or was_passed_on:
            return xml(self._telling.queue(call.sid, call.room, call.language))
        return xml(self._telling.callback_offer(call.language))

    async def _callback(self, webhook: Webhook) -> web.Response:
        call = await self._known(webhook, webhook.needed("CallSid"))
        if call.state not in _TAKEN_UP:
            return xml(self._telling.farewell(call.language))
        if webhook.get("Digits", "") == "1" and call.caller:
            with suppress(Rejected):  # nobody's turn to keep yet, or somebody's already
                await self._context.database.write(lambda c: _call_back(c, call))
                self._told()
                promised = say("promised", call.language)
                return xml(self._telling.farewell(call.language, promised))
        return xml(self._telling.queue(call.sid, call.room, call.language))

    async def _status(self, webhook: Webhook) -> web.Response:
        if is_over(webhook):
            await self._end(webhook.needed("CallSid"))
        return web.Response(status=204)

    async def _end(self, sid: str) -> None:
        if await self._context.database.write(lambda c: calls.end(c, sid)):
            self._told()

    # A message outside opening hours

    async def _thank(self, webhook: Webhook) -> web.Response:
        language = parse_caller(webhook, self._settings).line.language
        return xml(self._telling.farewell(language, say("thanks", language)))

    async def _recording(self, webhook: Webhook) -> web.Response:
        found = parse_recording(webhook, self._settings, now=clock.now())
        if found is not None:
            arrival, sound = found
            await self._inbox.put(arrival, [sound])
        return web.Response(status=204)

    # What they share

    async def _known(self, webhook: Webhook, sid: str = "") -> Call:
        return await known(self._context, webhook, sid)

    async def _asked(self, caller: Caller) -> Sequence[AskedTopic]:
        group = await self._context.database.read(lambda c: _group_of(c, caller.party.key))
        return self._context.ask(Channel.PHONE, group, clock.now())

    def _told(self) -> None:
        self._context.wake()
        self._desk.wake()


def _call_back(connection: Connection, call: Call) -> None:
    """Put the wish beside the work; Rejected, and nothing is changed, when that cannot be."""
    calls.end(connection, call.sid, calls.CALLBACK)
    item = calls.item_of(connection, call)
    callbacks.ask(connection, item.id if item else "", call.caller)


def _group_of(connection: Connection, key: str) -> str:
    found = (
        select(customers.c.target_group)
        .join(contact_points, contact_points.c.customer_id == customers.c.id)
        .where(contact_points.c.key == key)
    )
    return connection.execute(found).scalar_one_or_none() or ""
