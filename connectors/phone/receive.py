"""The doors by which Twilio asks what to do with a caller, and tells what became of them.

A contact is kept before the answer that puts its caller in the queue. What must be asked of Twilio
in turn is done after the answer, by `desk`.
"""

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from aiohttp import web
from sqlalchemy import Connection

from connectors.phone import menus, twiml
from connectors.phone.answers import known, xml
from connectors.phone.desk import Desk
from connectors.phone.menu import ELSE, choices, closed, title_of
from connectors.phone.parse import Caller, is_over, parse_call, parse_caller
from connectors.phone.progress import Consent, Progress, about, heard, next_question
from connectors.phone.settings import PhoneSettings
from connectors.phone.twiml import Telling
from connectors.phone.voicemail import VoicemailDoors
from connectors.phone.words import say
from connectors.shared.twilio.webhook import Guard, Webhook, malformed
from hub import clock
from hub.asking import AskedTopic
from hub.connector import ConnectorContext
from hub.errors import Rejected
from hub.http import Route
from hub.interaction import Channel
from hub.store import callbacks, calls, putting_through, waits
from hub.store.calls import Call
from hub.store.memberships import membership_of

_NEEDED = ("AccountSid", "CallSid")
_CALLER = (*_NEEDED, "From", "To")
_TAKEN_UP = (calls.QUEUED, calls.RINGING)


class Doors:
    def __init__(
        self,
        settings: PhoneSettings,
        context: ConnectorContext,
        telling: Telling,
        desk: Desk,
        voicemail: VoicemailDoors,
    ) -> None:
        self._settings = settings
        self._context = context
        self._database = context.database
        self._telling = telling
        self._desk = desk
        self._voicemail = voicemail

    def routes(self, guard: Guard) -> Sequence[Route]:
        """`guard` lets in Twilio alone."""
        door = guard.route
        return (
            door(twiml.CALL, self._call, needs=_CALLER),
            door(twiml.MENU, self._chosen, needs=_CALLER),
            door(twiml.ANSWER, self._answered, needs=_CALLER),
            door(twiml.CONSENT, self._consented, needs=_CALLER),
            door(twiml.WAIT, self._wait, needs=_NEEDED),
            door(twiml.LEFT, self._left, needs=(*_NEEDED, "CallStatus")),
            door(twiml.CALLBACK, self._callback, needs=_NEEDED),
            door(twiml.STATUS, self._status, needs=(*_NEEDED, "CallStatus")),
        )

    # What it is about

    async def _call(self, webhook: Webhook) -> web.Response:
        caller = parse_caller(webhook, self._settings)
        asked = await self._asked(caller)
        shut = None if caller.line.always_open else closed(asked)
        if shut is not None:
            return xml(self._voicemail.document(caller, "", shut))
        if not choices(asked, caller.line.language):
            return await self._go_on(caller, asked, Progress())
        await self._desk.menus.begins(caller)
        return self._menu(caller, asked, caller.line.greeting_of(asked[0].group))

    def _menu(
        self,
        caller: Caller,
        asked: Sequence[AskedTopic],
        greeting: str = "",
        *,
        again: bool = False,
    ) -> web.Response:
        language = caller.line.language
        document = self._telling.menu(
            language,
            choices(asked, language),
            organisation=self._context.hub.organisation,
            greeting=greeting,
            again=again,
        )
        return xml(document)

    async def _chosen(self, webhook: Webhook) -> web.Response:
        """The keys are those that were said: they stand in the address. Or they said it."""
        caller = parse_caller(webhook, self._settings)
        asked = await self._asked(caller)
        digits, speech = webhook.get("Digits", ""), webhook.get("SpeechResult", "")
        keys = [topic for topic in webhook.query.get("topics", "").split(",") if topic]
        if digits and not digits.isdecimal():
            raise malformed("Digits", "are no digits")
        topic: str | None = ""
        if speech and not digits:
            language = caller.line.language
            topic = heard(speech, choices(asked, language), asked, language)
        elif digits not in ("", ELSE):
            topic = keys[int(digits) - 1] if int(digits) <= len(keys) else None
        if topic is None and webhook.query.get("again") != "1":
            return self._menu(caller, asked, again=True)
        return await self._go_on(caller, asked, Progress(topic=topic or ""), said=speech)

    async def _answered(self, webhook: Webhook) -> web.Response:
        """To a question of ours, by keys or by voice; silence is an answer too."""
        caller, progress = parse_caller(webhook, self._settings), Progress.read(webhook.query)
        asked = await self._asked(caller)
        question = next_question(about(asked, progress.topic), progress)
        if question is not None:
            text = webhook.get("Digits", "") or webhook.get("SpeechResult", "")
            progress = progress.answered(question, text)
        return await self._go_on(caller, asked, progress)

    async def _consented(self, webhook: Webhook) -> web.Response:
        caller, progress = parse_caller(webhook, self._settings), Progress.read(webhook.query)
        asked = await self._asked(caller)
        refused = webhook.get("Digits", "") == "1"
        consent = Consent.REFUSED if refused else Consent.AGREED
        return await self._go_on(caller, asked, replace(progress, consent=consent))

    async def _go_on(
        self, caller: Caller, asked: Sequence[AskedTopic], progress: Progress, *, said: str = ""
    ) -> web.Response:
        """Ask what is still to be asked; then keep the contact and let them wait. Or take a message
        when nobody is there."""
        shut = None if caller.line.always_open else closed(asked, progress.topic)
        if shut is not None:
            await self._database.write(lambda c: menus.chosen(c, caller.sid))
            return xml(self._voicemail.document(caller, progress.topic, shut))
        of_topic, language = about(asked, progress.topic), caller.line.language
        question = next_question(of_topic, progress)
        if question is not None:
            title = question.title.get(language) or question.title.get("en", "")
            return xml(self._telling.question(language, title, progress))
        if of_topic is not None and of_topic.recorded and not progress.consent:
            return xml(self._telling.consent(language, progress))
        return xml(await self._take_in(caller, asked, progress, said))

    async def _take_in(
        self, caller: Caller, asked: Sequence[AskedTopic], progress: Progress, said: str
    ) -> str:
        language = caller.line.language
        title = title_of(asked, progress.topic, language)
        details, now = progress.details, clock.now()
        arrival = parse_call(caller, progress.topic, title, now=now, answers=details, waits=True)
        accepted = await self._context.intake.accept(arrival)

        def wait(connection: Connection) -> None:
            calls.add(
                connection,
                caller.sid,
                accepted.conversation_id,
                account=caller.line.number,
                caller=caller.number,
                language=language,
                chosen=title or said,
                consent=progress.consent,
            )
            if menus.chosen(connection, caller.sid):
                calls.end(connection, caller.sid)

        await self._database.write(wait)
        self._told()
        return self._telling.queue(caller.sid, 0, language, say("connecting", language))

    # The queue

    async def _wait(self, webhook: Webhook) -> web.Response:
        """Where they are in line, and for how long that usually is."""
        call = await known(self._context, webhook)
        place, minutes = await self._database.read(lambda c: _expectation(c, call))
        told = self._telling.waiting(
            call.sid, call.language, place, minutes=minutes, may_call_back=bool(call.caller)
        )
        return xml(told)

    async def _left(self, webhook: Webhook) -> web.Response:
        """The customer is out of the conference: by star, or because it is over."""
        call = await known(self._context, webhook)
        over = is_over(webhook)
        if not over and putting_through.goes_on(call, call.room):
            # Whoever put them through has put their own phone down before it was done.
            return xml(self._telling.queue(call.sid, call.room, call.language))
        if not over and call.on_hold and call.state == calls.TALKING:
            return await self._wait_again(call)
        if over or call.state not in _TAKEN_UP:
            await self._end(call.sid)
            return xml(self._telling.farewell(call.language))
        was_passed_on = webhook.query.get("room", "0") != str(call.room)
        if call.state == calls.RINGING or not call.caller or was_passed_on:
            return xml(self._telling.queue(call.sid, call.room, call.language))
        return xml(self._telling.callback_offer(call.sid, call.language))

    async def _wait_again(self, call: Call) -> web.Response:
        """Who was on hold is not cut off because their agent put the phone down."""
        await self._database.write(lambda c: putting_through.held_no_more(c, call))
        self._told()
        now = await self._database.read(lambda c: calls.get(c, call.sid)) or call
        if now.state in (calls.ENDING, calls.OVER):
            return xml(self._telling.farewell(call.language))
        again = say("again_soon", call.language)
        return xml(self._telling.queue(call.sid, now.room, call.language, again))

    async def _callback(self, webhook: Webhook) -> web.Response:
        call = await known(self._context, webhook)
        if call.state not in _TAKEN_UP:
            return xml(self._telling.farewell(call.language))
        if webhook.get("Digits", "") == "1" and call.caller:
            with suppress(Rejected):  # nobody's turn to keep yet, or somebody's already
                await self._database.write(lambda c: _call_back(c, call))
                self._told()
                promised = say("promised", call.language)
                return xml(self._telling.farewell(call.language, promised))
        return xml(self._telling.queue(call.sid, call.room, call.language))

    async def _status(self, webhook: Webhook) -> web.Response:
        if is_over(webhook):
            sid = webhook.needed("CallSid")
            if await self._database.write(lambda c: menus.over(c, sid)):
                self._told()
        return web.Response(status=204)

    async def _end(self, sid: str) -> None:
        if await self._database.write(lambda c: calls.end(c, sid)):
            self._told()

    # What they share

    async def _asked(self, caller: Caller) -> Sequence[AskedTopic]:
        """The topics for who calls."""
        who = await self._database.read(lambda c: membership_of(c, caller.party))
        return self._context.ask(Channel.PHONE, who, clock.now())

    def _told(self) -> None:
        self._context.wake()
        self._desk.wake()


def _expectation(connection: Connection, call: Call) -> tuple[int, int]:
    """The place in line, and the minutes that most have waited there lately; 0: not known."""
    place = calls.place_of(connection, call)
    if not place.number:
        return 0, 0
    wait = waits.expected(connection, Channel.PHONE, place.role)
    if wait.seconds is None:
        return place.number, 0
    share = place.number / max(wait.waiting, place.number)
    return place.number, max(1, math.ceil(wait.seconds * share / 60))


def _call_back(connection: Connection, call: Call) -> None:
    """Put the wish beside the work; Rejected, and nothing is changed, when that cannot be."""
    calls.end(connection, call.sid, calls.CALLBACK)
    item = calls.item_of(connection, call)
    callbacks.ask(connection, item.id if item else "", call.caller)
