"""Carries out TwiML for one end of a call, as Twilio does, until it hangs up."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from config.demo.twilio import twiml
from config.demo.twilio.call import IN_PROGRESS, Call, Heard
from config.demo.twilio.conference import Conference
from config.demo.twilio.files import Files
from config.demo.twilio.message import API_VERSION
from config.demo.twilio.sound import tone
from config.demo.twilio.twiml import BadDocument
from config.demo.twilio.webhooks import Webhooks
from routing.forms.safe_xml import Element

SILENCE = ""
"""As a key: the time in which one could be pressed has passed."""


@dataclass(frozen=True)
class Stage:
    """What players share. `pace`: seconds that one character takes to say; `changed` is called when
    somebody could see something new; `spawn` does something beside."""

    account_sid: str
    api_url: str
    webhooks: Webhooks
    files: Files
    pace: float
    changed: Callable[[], None]
    spawn: Callable[[Coroutine[Any, Any, None]], None]
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
            case "Pause":
                await asyncio.sleep(float(verb.attributes.get("length", "1")))

    def _say(self, verb: Element) -> float:
        """Gives how long that takes."""
        text = verb.text.strip()
        self._call.heard.append(Heard(text, verb.attributes.get("language", "en-US")))
        self._stage.changed()
        return len(text) * self._stage.pace

    async def _gather(self, verb: Element) -> _Next | None:
        spoken = sum(self._say(each) for each in verb.children if each.name == "Say")
        seconds = spoken + float(verb.attributes.get("timeout", "5"))
        self._expect("keys")
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                digits = await self._call.keys.get()
                if digits != SILENCE:
                    return _Next(verb.attributes.get("action", self._url), {"Digits": digits})
        self._expect("")
        return None

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
        action = verb.attributes.get("action", self._url)
        return _Next(action, {"RecordingUrl": url, "RecordingDuration": "2", "Digits": digits})

    async def _tell(self, url: str, told: Mapping[str, str]) -> None:
        await self._stage.webhooks.post(url, told)

    async def _dial(self, verb: Element) -> _Next | None:
        noun = verb.first("Conference")
        if noun is None:
            raise BadDocument("12200 <Dial> without a <Conference>")
        room = self._stage.conferences.setdefault(noun.text.strip(), Conference())
        sid, ends = self._call.sid, noun.attributes.get("endConferenceOnExit") == "true"
        begins = noun.attributes.get("startConferenceOnEnter", "true") == "true"
        room.enter(sid, begins=begins)
        by_star = verb.attributes.get("hangupOnStar") == "true"
        try:
            await self._stay(room, noun.attributes.get("waitUrl", ""), by_star=by_star)
        finally:
            self._call.waiting = self._call.talking = False
            # Who goes on in the document has left too, but a conference that never began is not
            # ended by them.
            room.leave(sid, ends=ends and room.began.is_set())
            if room.ended.is_set() or not room.inside:
                self._stage.conferences.pop(noun.text.strip(), None)
            self._stage.changed()
        action = verb.attributes.get("action", "")
        return _Next(action, {"DialCallStatus": "completed"}) if action else None

    async def _stay(self, room: Conference, wait_url: str, *, by_star: bool) -> None:
        """Be in the conference until it is over, or star leads out of it."""
        ways: list[asyncio.Task[Any]] = [asyncio.create_task(room.ended.wait())]
        if by_star:
            ways.append(asyncio.create_task(self._star()))
        waiting = asyncio.create_task(self._wait(room, wait_url))
        try:
            await asyncio.wait([*ways, waiting], return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                await waiting  # a document that cannot be carried out
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (*ways, waiting):
                task.cancel()
            await asyncio.gather(*ways, waiting, return_exceptions=True)

    async def _wait(self, room: Conference, wait_url: str) -> None:
        """Hear what there is to hear until it begins."""
        if not room.began.is_set():
            self._call.waiting = True
            self._stage.changed()
            music = asyncio.create_task(self._music(wait_url))
            began = asyncio.create_task(room.began.wait())
            try:
                await asyncio.wait([music, began], return_when=asyncio.FIRST_COMPLETED)
                if music.done():
                    await music
                    await began
            finally:
                music.cancel()
                began.cancel()
                await asyncio.gather(music, began, return_exceptions=True)
        self._call.waiting, self._call.talking = False, True
        self._stage.changed()

    async def _music(self, url: str) -> None:
        before = self._url
        try:
            while url:
                body = await self._ask(url, {})
                url = ""
                for verb in twiml.read(body, twiml.WAITING):
                    if verb.name == "Redirect":
                        url = verb.text.strip()
                        break
                    await self._sound(verb)
        finally:
            self._url = before

    async def _star(self) -> None:
        while await self._call.keys.get() != "*":
            pass

    def _expect(self, what: str) -> None:
        self._call.expects = what
        self._stage.changed()
