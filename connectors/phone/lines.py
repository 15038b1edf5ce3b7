"""What we ask of Twilio about calls and conferences, one function each."""

from collections.abc import Callable
from itertools import groupby
from urllib.parse import urlencode

import structlog

from connectors.phone import twiml
from connectors.shared.twilio.client import TwilioApi
from hub.errors import Rejected, Retry, Unavailable, Uncertain
from hub.store.calls import Call

log = structlog.get_logger(__name__)

TROUBLES = (Rejected, Retry, Unavailable, Uncertain)
_UNWRITTEN = ("failed", "canceled", "error")
_MOST_SENTENCES = 2000
_OVER = ("completed", "busy", "failed", "no-answer", "canceled")


class Lines:
    """`address`: how Twilio reaches a path of ours. What is asked raises the errors of TwilioApi,
    unless it says otherwise."""

    def __init__(self, api: TwilioApi, address: Callable[[str], str]) -> None:
        self._api = api
        self._address = address

    def address(self, path: str, **query: object) -> str:
        return self._address(path + (f"?{urlencode(query)}" if query else ""))

    async def dial(self, to: str, *, sender: str, url: str, status: str, seconds: int) -> str:
        """Call somebody, who then hears what `url` says; gives the id of that end."""
        request = self._api.client.calls.create_async(
            to=to,
            from_=sender,
            url=url,
            status_callback=status,
            status_callback_event=["completed"],
            timeout=seconds,
        )
        return str((await self._api.do(request)).sid)

    async def redirect(self, sid: str, document: str) -> None:
        """Let an end go on with this instead of what it does."""
        await self._api.ask(self._api.client.calls(sid).update_async(twiml=document))

    async def hang_up(self, sid: str) -> None:
        """Never fails: an end that is not known, or gone already, is no matter."""
        if not sid:
            return
        try:
            await self._api.ask(self._api.client.calls(sid).update_async(status="completed"))
        except TROUBLES as error:
            log.info("phone.not_hung_up", call=sid, why=str(error))

    async def is_over(self, sid: str) -> bool:
        """Whether an end is gone, as far as Twilio can be asked."""
        try:
            found = await self._api.ask(self._api.client.calls(sid).fetch_async())
        except Rejected:
            return True
        except (Retry, Unavailable):
            return False
        return str(found.status) in _OVER

    async def hold(self, call: Call, *, held: bool) -> None:
        """The customer hears music, or is in the conversation again."""
        url = self.address(twiml.HOLD, call=call.sid)
        await self._update(call, call.customer_end, hold=held, hold_url=url, hold_method="POST")

    async def mute(self, call: Call, *, muted: bool) -> None:
        await self._update(call, call.agent_sid, muted=muted)

    async def press(self, call: Call, keys: str) -> None:
        """Sound keys to the customer's end: a menu that they, or we, are in."""
        url = self.address(twiml.KEYS, digits=keys)
        await self._update(call, call.customer_end, announce_url=url, announce_method="POST")

    async def stays_without(self, call: Call, leaving: str, staying: str) -> None:
        """One end may leave the conference without ending it; the other one ends it from now on."""
        await self._update(call, staying, end_conference_on_exit=True)
        await self._update(call, leaving, end_conference_on_exit=False)

    async def record(self, call: Call) -> None:
        """Record what is said at the customer's end, both ways."""
        request = self._api.client.calls(call.customer_end).recordings.create_async(
            recording_status_callback=self.address(twiml.RECORDED, call=call.sid),
            recording_status_callback_event=["completed"],
            recording_channels="dual",
        )
        await self._api.ask(request)

    async def pause_recording(self, call: Call, *, paused: bool) -> None:
        recording = self._api.client.calls(call.customer_end).recordings("Twilio.CURRENT")
        status = "paused" if paused else "in-progress"
        await self._api.ask(recording.update_async(status=status))

    async def forget_recording(self, sid: str) -> None:
        """Never fails: what stays there is removed by the account's own rules."""
        try:
            await self._api.ask(self._api.client.recordings(sid).delete_async())
        except TROUBLES as error:
            log.warning("phone.recording_stays", recording=sid, why=str(error))

    async def written_out(self, recording: str, service: str) -> str | None:
        """What was said in a recording, a line for each turn; None while Twilio is at it, which is
        asked to begin where it has not. "" when it cannot be."""
        known = self._api.client.intelligence.v2.transcripts
        found = await self._api.ask(known.list_async(source_sid=recording, limit=1))
        if not found:
            media = {"media_properties": {"source_sid": recording}}
            await self._api.ask(known.create_async(service_sid=service, channel=media))
            return None
        transcript = self._api.client.intelligence.v2.transcripts(found[0].sid)
        status = str((await self._api.ask(transcript.fetch_async())).status)
        if status in _UNWRITTEN:
            return ""
        if status != "completed":
            return None
        sentences = await self._api.ask(transcript.sentences.list_async(limit=_MOST_SENTENCES))
        said = [(one.media_channel, str(one.transcript or "").strip()) for one in sentences]
        return _turns([(channel, text) for channel, text in said if text])

    async def forget_transcript(self, recording: str) -> None:
        """Never fails, as `forget_recording`."""
        known = self._api.client.intelligence.v2.transcripts
        try:
            for one in await self._api.ask(known.list_async(source_sid=recording, limit=5)):
                await self._api.ask(known(one.sid).delete_async())
        except TROUBLES as error:
            log.warning("phone.transcript_stays", recording=recording, why=str(error))

    async def _update(self, call: Call, end: str, **values: object) -> None:
        conference = call.conference_sid or await self._conference(call)
        participant = self._api.client.conferences(conference).participants(end)
        await self._api.ask(participant.update_async(**values))

    async def _conference(self, call: Call) -> str:
        """Its id, where no webhook has told it yet."""
        name = twiml.conference_of(call.sid, call.room)
        listing = self._api.client.conferences.list_async(
            friendly_name=name, status="in-progress", limit=1
        )
        found = await self._api.ask(listing)
        if not found:
            raise Rejected("no_conference", f"Twilio has no conference {name}.")
        return str(found[0].sid)


def _turns(said: list[tuple[object, str]]) -> str:
    """One who speaks alone needs no marks."""
    turns = [
        " ".join(text for _, text in turn) for _, turn in groupby(said, key=lambda one: one[0])
    ]
    return turns[0] if len(turns) == 1 else "\n".join(f"- {turn}" for turn in turns)
