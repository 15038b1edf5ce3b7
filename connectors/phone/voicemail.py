"""Messages that are left outside opening hours: what the caller hears, and the recording."""

from collections.abc import Sequence

from aiohttp import web
from sqlalchemy import Connection, select

from connectors.phone import twiml
from connectors.phone.answers import xml
from connectors.phone.parse import Caller, parse_caller, parse_recording
from connectors.phone.settings import PhoneSettings
from connectors.phone.transcripts import Transcripts, write_down
from connectors.phone.twiml import Telling
from connectors.phone.words import hours, say
from connectors.shared.twilio.inbox import Inbox
from connectors.shared.twilio.media import MediaFetcher
from connectors.shared.twilio.numbers import to_e164
from connectors.shared.twilio.webhook import Guard, Webhook
from hub import clock
from hub.asking import AskedTopic
from hub.connector import ConnectorContext
from hub.http import Route
from hub.interaction import Arrival, Channel
from hub.store import parked
from hub.store.arrivals import dedupe_key
from hub.store.tables import interactions

INBOX = "phone.voicemail"
_NEEDED = ("AccountSid", "CallSid")
_TRANSCRIPT = (*_NEEDED, "RecordingSid", "TranscriptionStatus", "To")


_LATE = "phone.transcript"
"""Kind of what is parked: a transcript that overtook its message."""
_LONGEST = 10_000


class VoicemailDoors:
    def __init__(
        self,
        settings: PhoneSettings,
        context: ConnectorContext,
        telling: Telling,
        fetcher: MediaFetcher,
        transcripts: Transcripts,
    ) -> None:
        self._transcripts = transcripts
        self._settings = settings
        self._context = context
        self._organisation = context.hub.organisation
        self._telling = telling
        self._inbox = Inbox(INBOX, context.database, fetcher, self._keep)

    def start(self) -> None:
        self._inbox.start()

    async def stop(self) -> None:
        await self._inbox.stop()

    def routes(self, guard: Guard) -> Sequence[Route]:
        """`guard` lets in Twilio alone."""
        recording = (*_NEEDED, "RecordingSid", "RecordingUrl", "RecordingStatus")
        return (
            guard.route(twiml.VOICEMAIL, self._thank, needs=(*_NEEDED, "From", "To")),
            guard.route(twiml.RECORDING, self._recording, needs=recording),
            guard.route(twiml.TRANSCRIPT, self._transcript, needs=_TRANSCRIPT),
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

    async def _transcript(self, webhook: Webhook) -> web.Response:
        """What was said, in writing: beside its message, or parked until that is here."""
        text = " ".join(webhook.get("TranscriptionText", "").split())[:_LONGEST]
        if webhook["TranscriptionStatus"] == "completed" and text:
            sid, account = webhook.needed("RecordingSid"), to_e164(webhook.needed("To"), "")

            def write(connection: Connection) -> None:
                if not _written(connection, account, sid, text):
                    parked.take(connection, _LATE, sid)
                    parked.park(connection, _LATE, sid, {"text": text})

            await self._context.database.write(write)
            self._context.wake()
        return web.Response(status=204)

    async def _keep(self, message: Arrival) -> None:
        accepted = await self._context.intake.accept(message)
        sid = message.external_id
        if message.attachments:
            await self._transcripts.put(
                sid, accepted.conversation_id, message.language, of_call=False
            )

        def write(connection: Connection) -> None:
            for one in parked.take(connection, _LATE, sid):
                _written(connection, message.account, sid, str(one.content["text"]))

        await self._context.database.write(write)
        self._context.wake()


def _written(connection: Connection, account: str, sid: str, text: str) -> bool:
    """Put it in the conversation of its message, once; False when that is not here yet."""
    key = dedupe_key(Channel.PHONE, account, sid)
    columns = interactions.c
    conversation_id = connection.execute(
        select(columns.conversation_id).where(columns.dedupe_key == key)
    ).scalar_one_or_none()
    if conversation_id is None:
        return False
    write_down(connection, conversation_id, sid, text, of_call=False)
    return True
