"""Phone calls as the hub sees them: doors, start and stop, and the check."""

from collections.abc import Sequence

from connectors.phone.called import CalledDoors
from connectors.phone.check import check
from connectors.phone.desk import Desk
from connectors.phone.lines import Lines
from connectors.phone.outside import OutsideDoors
from connectors.phone.receive import Doors
from connectors.phone.recordings import Recordings
from connectors.phone.settings import PhoneSettings
from connectors.phone.transcripts import Transcripts
from connectors.phone.twiml import Telling
from connectors.phone.voicemail import VoicemailDoors
from connectors.shared.twilio.client import TwilioApi
from connectors.shared.twilio.media import MediaFetcher
from connectors.shared.twilio.webhook import Guard
from hub.connector import ConnectorContext, Finding
from hub.errors import Rejected
from hub.http import Route
from hub.interaction import Channel
from hub.outgoing import Committing, OutgoingMessage, SendResult


class PhoneConnector:
    name = "phone"
    sends: Sequence[Channel] = ()

    def __init__(self, settings: PhoneSettings, context: ConnectorContext) -> None:
        self._settings = settings
        public_url = context.hub.http.public_url
        self._guard = Guard(settings.twilio, public_url, context.metrics, channel="phone")
        self._api = TwilioApi(settings.twilio)
        self._fetcher = MediaFetcher(settings.twilio, context.blobs)
        telling = Telling(settings, self._guard.address)
        lines = Lines(self._api, self._guard.address)
        self._transcripts = Transcripts(settings, context, lines)
        self._recordings = Recordings(context, lines, self._fetcher, self._transcripts)
        self._desk = Desk(settings, context, lines, telling, self._recordings)
        self._voicemail = VoicemailDoors(
            settings, context, telling, self._fetcher, self._transcripts
        )
        self._doors = Doors(settings, context, telling, self._desk, self._voicemail)
        self._called = CalledDoors(context, telling, self._desk)
        self._outside = OutsideDoors(context, telling, self._desk)

    @property
    def problem(self) -> str:
        return self._desk.problem

    def routes(self) -> Sequence[Route]:
        doors = (
            self._doors,
            self._called,
            self._outside,
            self._voicemail,
            self._recordings,
        )
        return [route for each in doors for route in each.routes(self._guard)]

    async def start(self) -> None:
        self._transcripts.start()
        self._voicemail.start()
        self._recordings.start()
        self._desk.start()

    async def stop(self) -> None:
        await self._desk.stop()
        await self._recordings.stop()
        await self._voicemail.stop()
        await self._transcripts.stop()
        await self._fetcher.stop()
        await self._api.stop()

    async def send(
        self,
        message: OutgoingMessage,  # noqa: ARG002 (the contract has them)
        committing: Committing,  # noqa: ARG002
    ) -> SendResult:
        raise Rejected("not_offered", "Nothing is sent by phone: call the customer.")

    async def check(self) -> Sequence[Finding]:
        try:
            return await check(self._settings, self._api, self._guard)
        finally:
            await self._api.stop()
