"""Records calls whose callers agreed, and puts the sound in the conversation.

Once it is here it is removed at Twilio: how long it stays is then ours to say.
"""

from aiohttp import web

from connectors.phone import twiml
from connectors.phone.answers import known
from connectors.phone.lines import Lines
from connectors.phone.progress import Consent
from connectors.phone.transcripts import Transcripts
from connectors.shared.twilio.inbox import Inbox
from connectors.shared.twilio.media import Media, MediaFetcher
from connectors.shared.twilio.webhook import Guard, Webhook, malformed
from hub import clock
from hub.connector import ConnectorContext
from hub.errors import Rejected
from hub.http import Route
from hub.interaction import Arrival, Channel, Party, PointKind
from hub.store import calls, recordings
from hub.store.calls import Call

INBOX = "phone.recording"
_NEEDED = ("AccountSid", "CallSid", "RecordingSid", "RecordingUrl", "RecordingStatus")
_CALL, _SECONDS = "call", "seconds"


class Recordings:
    def __init__(
        self,
        context: ConnectorContext,
        lines: Lines,
        fetcher: MediaFetcher,
        transcripts: Transcripts,
    ) -> None:
        self._transcripts = transcripts
        self._context = context
        self._database = context.database
        self._lines = lines
        self._inbox = Inbox(INBOX, context.database, fetcher, self._keep)

    def routes(self, guard: Guard) -> list[Route]:
        """`guard` lets in Twilio alone."""
        return [guard.route(twiml.RECORDED, self._recorded, needs=_NEEDED)]

    def start(self) -> None:
        self._inbox.start()

    async def stop(self) -> None:
        await self._inbox.stop()

    def is_due(self, call: Call) -> bool:
        """Whether something is to be done: begin, or stand still while the agent does not talk with
        the customer, or go on."""
        begins = call.consent == Consent.AGREED and not call.recording and not call.put_through
        pauses = call.recording == recordings.ON and _is_apart(call)
        return begins or pauses or (call.recording == recordings.PAUSED and not _is_apart(call))

    async def carry_out(self, call: Call) -> None:
        """What is said on hold is nobody's business, and nobody outside was asked."""
        apart = _is_apart(call)
        state = recordings.PAUSED if apart else recordings.ON
        try:
            if not call.recording:
                await self._lines.record(call)
                state = recordings.ON
            else:
                await self._lines.pause_recording(call, paused=apart)
        except Rejected:
            state = recordings.FAILED
        await self._database.write(lambda c: recordings.is_now(c, call, state))
        self._context.wake()

    async def _recorded(self, webhook: Webhook) -> web.Response:
        call, seconds = await known(self._context, webhook), webhook.get("RecordingDuration", "0")
        if not seconds.lstrip("-").isdecimal():
            raise malformed("RecordingDuration", "is no number")
        if webhook["RecordingStatus"] == "completed" and int(seconds) > 0:
            party = Party(kind=PointKind.PHONE, value=call.caller or f"withheld-{call.sid}")
            sound = Arrival(
                channel=Channel.PHONE,
                account=call.account,
                external_id=webhook.needed("RecordingSid"),
                sender=party,
                occurred_at=clock.now(),
                details={_CALL: call.sid, _SECONDS: seconds},
            )
            address = f"{webhook.needed('RecordingUrl')}.mp3"
            await self._inbox.put(sound, [Media(address, "audio/mpeg")])
        return web.Response(status=204)

    async def _keep(self, sound: Arrival) -> None:
        file = sound.attachments[0] if sound.attachments else None
        call_id, seconds = sound.details[_CALL], sound.details[_SECONDS]
        await self._database.write(lambda c: recordings.keep(c, call_id, file, seconds))
        self._context.wake()
        if file is None:
            return
        call = await self._database.read(lambda c: calls.get(c, call_id))
        sid = sound.external_id
        written = call is not None and await self._transcripts.put(
            sid, call.conversation_id, call.language, of_call=True
        )
        if not written:
            await self._lines.forget_recording(sid)


def _is_apart(call: Call) -> bool:
    """Whether the customer is on hold, or leaves us for a number outside."""
    return call.on_hold or bool(call.put_through)
