"""Messages that are left outside opening hours: what the caller hears, and the recording."""

from collections.abc import Sequence

from aiohttp import web

from connectors.phone import twiml
from connectors.phone.answers import xml
from connectors.phone.parse import Caller, parse_caller, parse_recording
from connectors.phone.settings import PhoneSettings
from connectors.phone.twiml import Telling
from connectors.phone.words import hours, say
from connectors.shared.twilio.inbox import Inbox
from connectors.shared.twilio.webhook import Guard, Webhook
from hub import clock
from hub.asking import AskedTopic
from hub.connector import ConnectorContext
from hub.http import Route

_NEEDED = ("AccountSid", "CallSid")


class VoicemailDoors:
    """`inbox` fetches the recordings and has them kept."""

    def __init__(
        self, settings: PhoneSettings, context: ConnectorContext, telling: Telling, inbox: Inbox
    ) -> None:
        self._settings = settings
        self._organisation = context.hub.organisation
        self._telling = telling
        self._inbox = inbox

    def routes(self, guard: Guard) -> Sequence[Route]:
        """`guard` lets in Twilio alone."""
        recording = (*_NEEDED, "RecordingSid", "RecordingUrl", "RecordingStatus")
        return (
            guard.route(twiml.VOICEMAIL, self._thank, needs=(*_NEEDED, "From", "To")),
            guard.route(twiml.RECORDING, self._recording, needs=recording),
        )

    def document(self, caller: Caller, topic: str, shut: AskedTopic) -> str:
        """We are closed: say when we are open, and take a message."""
        language = caller.line.language
        when = hours(shut.openings, language) if shut.openings else []
        greeting = say("greeting", language, organisation=self._organisation)
        said = (greeting, say("closed", language), *when)
        query = {"line": caller.line.number, "caller": caller.number}
        return self._telling.voicemail(language, topic, said, **query)

    async def _thank(self, webhook: Webhook) -> web.Response:
        language = parse_caller(webhook, self._settings).line.language
        return xml(self._telling.farewell(language, say("thanks", language)))

    async def _recording(self, webhook: Webhook) -> web.Response:
        found = parse_recording(webhook, self._settings, now=clock.now())
        if found is not None:
            arrival, sound = found
            await self._inbox.put(arrival, [sound])
        return web.Response(status=204)
