"""Carries out TwiML for one end of a call, as Twilio does, until it hangs up."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from config.demo.twilio import twiml
from config.demo.twilio.call import COMPLETED, IN_PROGRESS, Call, Heard, Spoken
from config.demo.twilio.conference import Conference, Participant
from config.demo.twilio.files import Files
from config.demo.twilio.message import API_VERSION
from config.demo.twilio.sound import tone
from config.demo.twilio.twiml import BadDocument
from config.demo.twilio.webhooks import Webhooks
from routing.forms.safe_xml import Element

TRANSCRIPT = "This is what was said after the tone."
SILENCE = ""
"""As a key: the time in which one could be pressed has passed."""


_HURRIED = 0.2
"""Seconds that any silence lasts where saying something takes no time."""


DIAL_SECONDS = 30
"""How long <Dial> lets a phone ring where nothing is said."""


@dataclass(frozen=True)
class Dialled:
    """Whom <Dial> calls, in whose name, for how long, and who is told what of it."""

    to: str
    sender: str
    seconds: float
    callback: str = ""
    told_of: frozenset[str] = frozenset({COMPLETED})


@dataclass(frozen=True)
class Stage:
    """What players share. `pace`: seconds that one character takes to say; `changed` is called when
    somebody could see something new; `spawn` does something beside; `dial` calls somebody for who
    is on the line, and gives that call when it is over."""

    account_sid: str
    api_url: str
    webhooks: Webhooks
    files: Files
    pace: float
    changed: Callable[[], None]
    spawn: Callable[[Coroutine[Any, Any, None]], None]
    dial: Callable[[Call, Dialled], Coroutine[Any, Any, Call]]
    conferences: dict[str, Conference] = field(default_factory=dict)


@dataclass(frozen=True)
class _Next:
    """Where the call goes on: its document, with what is told there."""

    url: str
    more: Mapping[str, str] = field(default_factory=dict)


class Player:
    def __init__(self, call: Call, stage: Stage) -> None:
        self._call = call
        self._stage = stage
        self._url = ""

    async def play(self, url: str) -> None:
        """Ask what to do, and do it, until nothing is left to do."""
        await self._follow(_Next(url))

    async def carry_out(self, document: bytes, base: str) -> None:
        """Do what this says instead of what was being done."""
        self._url = base
        await self._follow(await self._verbs(twiml.read(document)))

    async def _follow(self, step: _Next | None) -> None:
        while step is not None:
            body = await self._ask(step.url, step.more)
            self._call.status = IN_PROGRESS
            step = await self._verbs(twiml.read(body))

    async def _ask(self, url: str, more: Mapping[str, str]) -> bytes:
        self._url = urljoin(self._url, url)
        told = self._call.parameters(self._stage.account_sid) | dict(more)
        answer = await self._stage.webhooks.post(self._url, told)
        if not answer.ok or "xml" not in answer.content_type:
            raise BadDocument(f"11200 {self._url}: {answer.status} {answer.body[:200]!r}")
        return answer.body

    async def _verbs(self, verbs: list[Element]) -> _Next | None:
        """None when the document is at its end, or says to hang up."""
        for verb in verbs:
            match verb.name:
                case "Hangup":
                    return None
                case "Redirect":
                    return _Next(verb.text.strip())
                case "Gather":
                    step = await self._gather(verb)
                case "Record":
                    step = await self._record(verb)
                case "Dial":
                    step = await self._dial(verb)
                case _:
                    await self._sound(verb)
                    continue
            if step is not None:
                return step
        return None

    async def _sound(self, verb: Element) -> None:
        match verb.name:
            case "Say":
                await asyncio.sleep(self._say(verb))
            case "Play" if verb.attributes.get("digits"):
                self._call.tones += verb.attributes["digits"]
                self._stage.changed()
            case "Pause":
                length = float(verb.attributes.get("length", "1"))
                await asyncio.sleep(length if self._stage.pace else min(length, _HURRIED))

    def _say(self, verb: Element) -> float:
        """Gives how long that takes."""
        text = verb.text.strip()
        self._call.heard.append(Heard(text, verb.attributes.get("language", "en-US")))
        self._stage.changed()
        return len(text) * self._stage.pace

    async def _gather(self, verb: Element) -> _Next | None:
        """Keys, as many as are wanted or until the last one; or what somebody says."""
        spoken = sum(self._say(each) for each in verb.children if each.name == "Say")
        seconds = spoken + float(verb.attributes.get("timeout", "5"))
        inputs = verb.attributes.get("input", "dtmf").split()
        action = verb.attributes.get("action", self._url)
        self._call.hears = "speech" in inputs
        self._expect("keys")
        try:
            given = await self._given(verb, inputs, seconds)
        finally:
            self._call.hears = False
            self._expect("")
        return _Next(action, given) if given else None

    async def _given(
        self, verb: Element, inputs: Sequence[str], seconds: float
    ) -> Mapping[str, str]:
        most = int(verb.attributes.get("numDigits", "0"))
        last, digits = verb.attributes.get("finishOnKey", "#"), ""
        with contextlib.suppress(TimeoutError):
            while True:
                async with asyncio.timeout(seconds):
                    key = await self._call.keys.get()
                if isinstance(key, Spoken):
                    if "speech" in inputs:
                        return {"SpeechResult": key.text, "Confidence": "0.9"}
                    continue
                if key in (SILENCE, last):
                    break
                digits += key
                if len(digits) == most:
                    break
        return {"Digits": digits} if digits else {}

    async def _record(self, verb: Element) -> _Next | None:
        self._call.message = asyncio.get_running_loop().create_future()
        self._expect("message")
        try:
            content = await self._call.message
            return self._recorded(verb, content, "#")
        except asyncio.CancelledError:  # who hangs up has left a message too
            self._recorded(verb, tone(), "hangup")
            raise
        finally:
            self._call.message = None
            self._expect("")

    def _recorded(self, verb: Element, content: bytes, digits: str) -> _Next | None:
        file = self._stage.files.put(content, "audio/x-wav")
        sid = f"RE{file.sid[2:]}"
        account = f"{API_VERSION}/Accounts/{self._stage.account_sid}"
        url = f"{self._stage.api_url}/{account}/Recordings/{sid}"
        told = {
            "AccountSid": self._stage.account_sid,
            "CallSid": self._call.sid,
            "RecordingSid": sid,
            "RecordingUrl": url,
            "RecordingStatus": "completed",
            "RecordingDuration": "2",
            "RecordingChannels": "1",
            "RecordingSource": "RecordVerb",
        }
        callback = verb.attributes.get("recordingStatusCallback", "")
        if callback:
            self._stage.spawn(self._tell(urljoin(self._url, callback), told))
        transcribed = verb.attributes.get("transcribeCallback", "")
        if transcribed and verb.attributes.get("transcribe") == "true":
            written = self._call.parameters(self._stage.account_sid) | {
                "RecordingSid": sid,
                "TranscriptionSid": f"TR{file.sid[2:]}",
                "TranscriptionStatus": "completed",
                "TranscriptionText": TRANSCRIPT,
            }
            self._stage.spawn(self._tell(urljoin(self._url, transcribed), written))
        action = verb.attributes.get("action", self._url)
        return _Next(action, {"RecordingUrl": url, "RecordingDuration": "2", "Digits": digits})

    async def _tell(self, url: str, told: Mapping[str, str]) -> None:
        await self._stage.webhooks.post(url, told)

    async def _dial(self, verb: Element) -> _Next | None:
        noun = verb.first("Conference")
        told: Mapping[str, str] = {"DialCallStatus": COMPLETED}
        if noun is not None:
            await self._confer(noun, by_star=verb.attributes.get("hangupOnStar") == "true")
        else:
            told = await self._call_for_them(verb)
        action = verb.attributes.get("action", "")
        return _Next(action, told) if action else None

    async def _call_for_them(self, verb: Element) -> Mapping[str, str]:
        """Somebody outside is called, and talks with them until one of both hangs up."""
        client = verb.first("Client")
        noun = client or verb.first("Number") or verb
        to, caller_id = noun.text.strip(), verb.attributes.get("callerId", "")
        if not to:
            raise BadDocument("12200 <Dial> without somebody to dial")
        if not caller_id:
            raise BadDocument("13214 <Dial>: invalid callerId")
        given = noun.attributes
        callback = given.get("statusCallback", "")
        dialled = Dialled(
            f"client:{to}" if client is not None else to,
            caller_id,
            float(verb.attributes.get("timeout", DIAL_SECONDS)),
            urljoin(self._url, callback) if callback else "",
            frozenset(given.get("statusCallbackEvent", COMPLETED).split()),
        )
        child = await self._stage.dial(self._call, dialled)
        return {
            "DialCallSid": child.sid,
            "DialCallStatus": child.status,
            "DialBridged": "true" if child.status == COMPLETED else "false",
        }

    async def _confer(self, noun: Element, *, by_star: bool) -> None:
        name, given = noun.text.strip(), noun.attributes
        stage = self._stage
        room = stage.conferences.get(name)
        if room is None:
            room = Conference(name, stage.account_sid, stage.webhooks.post, stage.spawn)
            stage.conferences[name] = room
        me = Participant(
            self._call.sid,
            starts=given.get("startConferenceOnEnter", "true") == "true",
            ends=given.get("endConferenceOnExit") == "true",
            muted=given.get("muted") == "true",
        )
        callback = given.get("statusCallback", "")
        told_at = urljoin(self._url, callback) if callback else ""
        room.enter(me, told_at, given.get("statusCallbackEvent", ""))
        try:
            await self._stay(room, me, given.get("waitUrl", ""), by_star=by_star)
        finally:
            self._call.waiting = self._call.talking = False
            self._call.held = self._call.muted = False
            room.leave(me.call_sid)
            is_over = room.ended.is_set() or not room.inside
            if is_over and stage.conferences.get(name) is room:
                del stage.conferences[name]
            stage.changed()

    async def _stay(
        self, room: Conference, me: Participant, wait_url: str, *, by_star: bool
    ) -> None:
        """Be in the conference until it is over, or star leads out of it."""
        ways: list[asyncio.Task[Any]] = [asyncio.create_task(room.ended.wait())]
        if by_star:
            ways.append(asyncio.create_task(self._star()))
        inside = asyncio.create_task(self._be_in(room, me, wait_url))
        try:
            await asyncio.wait([*ways, inside], return_when=asyncio.FIRST_COMPLETED)
            if inside.done():
                await inside  # a document that cannot be carried out
        finally:
            for task in (*ways, inside):
                task.cancel()
            await asyncio.gather(*ways, inside, return_exceptions=True)

    async def _be_in(self, room: Conference, me: Participant, wait_url: str) -> None:
        """Hear music until it begins; then talk, or be on hold."""
        if not room.began.is_set():
            self._call.waiting = True
            self._stage.changed()
            await self._until(room.began, wait_url)
        self._call.waiting = False
        while True:
            me.changed.clear()
            while me.announce:
                await self._hear(me.announce.pop(0), twiml.WAITING)
            self._call.talking, self._call.held = not me.held, me.held
            self._call.muted = me.muted
            self._stage.changed()
            await self._until(me.changed, me.hold_url if me.held else "")

    async def _until(self, event: asyncio.Event, url: str) -> None:
        """Play what this says until the event."""
        music = asyncio.create_task(self._music(url))
        happened = asyncio.create_task(event.wait())
        try:
            await asyncio.wait([music, happened], return_when=asyncio.FIRST_COMPLETED)
            if music.done():
                await music
                await happened
        finally:
            music.cancel()
            happened.cancel()
            await asyncio.gather(music, happened, return_exceptions=True)

    async def _hear(self, url: str, verbs: Mapping[str, frozenset[str]]) -> str:
        """Play a document once; gives where it leads to."""
        body = await self._ask(url, {})
        for verb in twiml.read(body, verbs):
            if verb.name == "Redirect":
                return verb.text.strip()
            await self._sound(verb)
        return ""

    async def _music(self, url: str) -> None:
        before = self._url
        try:
            while url:
                url = await self._hear(url, twiml.WAITING)
                await asyncio.sleep(0)
        finally:
            self._url = before

    async def _star(self) -> None:
        while await self._call.keys.get() != "*":
            pass

    def _expect(self, what: str) -> None:
        self._call.expects = what
        self._stage.changed()
