"""The calls of the account: those of handsets to our numbers, and those that the API makes."""

import asyncio
import contextlib
import re
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from config.demo.twilio.account import Account
from config.demo.twilio.call import (
    COMPLETED,
    DIALLED,
    FROM_API,
    IN_PROGRESS,
    INBOUND,
    Call,
    Recording,
    Spoken,
)
from config.demo.twilio.conference import Conference
from config.demo.twilio.files import Files
from config.demo.twilio.message import API_VERSION, E164
from config.demo.twilio.player import Dialled, Player, Stage
from config.demo.twilio.refusals import Refusal
from config.demo.twilio.sending import is_web
from config.demo.twilio.sound import tone
from config.demo.twilio.twiml import BadDocument, read
from config.demo.twilio.webhooks import Webhooks

RINGS_SECONDS = 60
"""What Twilio takes where nothing is said."""
_CLIENT = re.compile(r"client:[\w.@-]+")


class Calls:
    """`fate` says what the called do: "answer", "ring" until somebody does so, or a state in
    which a call ends; tests change it. `pick_up`: seconds until they do. `version` grows with each
    change."""

    def __init__(
        self,
        account: Account,
        api_url: str,
        files: Files,
        webhooks: Webhooks,
        *,
        pace: float = 0,
        pick_up: float = 0,
    ) -> None:
        self.by_sid: dict[str, Call] = {}
        self.version = 0
        self.fate: Callable[[Call], str] = lambda _call: "answer"
        self._account = account
        self._files = files
        self.pick_up = pick_up
        self._tasks: set[asyncio.Task[None]] = set()
        self._stage = Stage(
            account.sid,
            api_url.rstrip("/"),
            webhooks,
            files,
            pace,
            self._changed,
            self._spawn,
            self._dial,
        )

    def say_slowly(self, pace: float) -> None:
        """Whoever is called from now on hears one character in so many seconds."""
        self._stage = replace(self._stage, pace=pace)

    async def stop(self) -> None:
        tasks = [*self._tasks, *(c.task for c in self.by_sid.values() if c.task is not None)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def of(self, handset: str) -> Call | None:
        """The newest call at this phone: that it made, or that rings there."""
        mine = [c for c in self.by_sid.values() if c.handset == handset]
        return mine[-1] if mine else None

    def up(self) -> list[str]:
        """The phones that are called, or were and talk, the newest first."""
        theirs = (c for c in reversed(self.by_sid.values()) if c.direction != INBOUND)
        return list(dict.fromkeys(c.recipient for c in theirs if not c.is_over))

    def to(self, number: str) -> list[Call]:
        """The calls that were made to this number for us."""
        return [c for c in self.by_sid.values() if c.recipient == number and c.direction != INBOUND]

    # From a handset

    def pick_up_now(self, call: Call) -> None:
        """The person at this end takes a call that rings."""
        call.picked_up.set()

    def dial(self, sender: str, recipient: str) -> Call:
        """A customer calls one of our numbers."""
        call = Call(INBOUND, sender, recipient)
        number = self._account.numbers[recipient]
        call.callback = number.status_callback
        self._keep(call)
        self._begin(call, Player(call, self._stage).play(number.voice_url))
        return call

    def press(self, call: Call, key: str) -> None:
        if call.message is not None and key == "#":
            self.leave_message(call)
        else:
            call.keys.put_nowait(key)

    def speak(self, call: Call, text: str) -> None:
        """Say something where keys could be pressed."""
        call.keys.put_nowait(Spoken(text))

    def leave_message(self, call: Call, content: bytes = b"") -> None:
        """Say something after the tone, and press hash."""
        if call.message is not None and not call.message.done():
            call.message.set_result(content or tone())

    async def hang_up(self, call: Call) -> None:
        """The person at this end puts the phone down, or Twilio does by order of the API."""
        await self._put_down(call, "busy")

    async def ring_out(self, call: Call) -> None:
        """Nobody comes to this phone."""
        await self._put_down(call, "no-answer")

    async def _put_down(self, call: Call, unanswered: str) -> None:
        """`unanswered`: what becomes of a call that rings."""
        if call.is_over:
            return
        rings = call.direction != INBOUND and call.status in ("queued", "ringing")
        if call.task is not None:
            call.task.cancel()
            await asyncio.gather(call.task, return_exceptions=True)
        await self._end(call, unanswered if rings else COMPLETED)

    # From the API

    def create(
        self, to: str, sender: str, url: str, callback: str, *, timeout: float = RINGS_SECONDS
    ) -> Call:
        """Make a call, or raise the Refusal that Twilio would answer."""
        if not E164.fullmatch(to) and not _CLIENT.fullmatch(to):
            raise Refusal(21211, to)
        if sender not in self._account.numbers:
            raise Refusal(21210, sender)
        if not is_web(url):
            raise Refusal(21205, url)
        if callback and not is_web(callback):
            raise Refusal(21609, callback)
        call = Call(FROM_API, sender, to, status="queued", callback=callback)
        self._keep(call)
        self._begin(call, self._reach(call, url, timeout))
        return call

    async def update(self, call: Call, *, status: str, document: str) -> None:
        """Hang up, or go on with this document."""
        if call.is_over:
            raise Refusal(21220)
        if status == COMPLETED:
            await self.hang_up(call)
            return
        if not document:
            raise Refusal(20001)
        try:
            read(document.encode())
        except BadDocument as error:
            raise Refusal(20001) from error
        if call.task is not None:
            call.task.cancel()
            await asyncio.gather(call.task, return_exceptions=True)
        player = Player(call, self._stage)
        self._begin(call, player.carry_out(document.encode(), self._stage.api_url))

    def conference(self, sid: str) -> Conference:
        """One that is not over; raises Refusal."""
        running = (c for c in self._stage.conferences.values() if c.sid == sid)
        found = next(running, None)
        if found is None:
            raise Refusal(20404, f"Conferences/{sid}")
        return found

    def conferences(self, name: str, status: str) -> list[Conference]:
        found = [c for c in self._stage.conferences.values() if name in ("", c.name)]
        return [c for c in found if status in ("", c.resource()["status"])]

    def record(self, call: Call, callback: str) -> Recording:
        """Record this end until it hangs up, or raise the Refusal that Twilio would answer."""
        if call.status != IN_PROGRESS or call.recording is not None:
            raise Refusal(21220)
        if callback and not is_web(callback):
            raise Refusal(21609, callback)
        call.recording = Recording(callback)
        return call.recording

    async def _recorded(self, call: Call, recording: Recording) -> None:
        self._files.put(tone(), "audio/mpeg", sid=f"ME{recording.sid[2:]}")
        account = f"{API_VERSION}/Accounts/{self._account.sid}"
        url = f"{self._stage.api_url}/{account}/Recordings/{recording.sid}"
        told = {
            "AccountSid": self._account.sid,
            "CallSid": call.sid,
            "RecordingSid": recording.sid,
            "RecordingUrl": url,
            "RecordingStatus": "completed",
            "RecordingDuration": "2",
            "RecordingChannels": "2",
            "RecordingSource": "StartCallRecordingAPI",
        }
        recording.status = "completed"
        if recording.callback:
            await self._stage.webhooks.post(recording.callback, told)

    async def _reach(self, call: Call, url: str, seconds: float) -> None:
        if await self._is_taken(call, seconds):
            await Player(call, self._stage).play(url)

    async def _is_taken(self, call: Call, seconds: float) -> bool:
        """Let it ring; who does not take it has the call ended."""
        call.status = "ringing"
        self._changed()
        await asyncio.sleep(self.pick_up)
        fate = self.fate(call)
        if fate == "ring":
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await call.picked_up.wait()
            fate = "answer" if call.picked_up.is_set() else "no-answer"
        if fate != "answer":
            await self._end(call, fate)
            return False
        call.status = IN_PROGRESS
        return True

    # For who is on the line

    async def _dial(self, call: Call, dialled: Dialled) -> Call:
        """Gives the other end when both are done; who is called for nobody any more is let go."""
        other = Call(
            DIALLED,
            dialled.sender,
            dialled.to,
            status="queued",
            callback=dialled.callback,
            told_of=dialled.told_of,
            parent=call.sid,
        )
        self._keep(other)
        call.dials = other.recipient
        self._begin(other, self._meet(call, other, dialled.seconds))
        try:
            await other.ended.wait()
        finally:
            call.dials, call.bridged_to, call.talking = "", "", False
            await self._put_down(other, "canceled")
        return other

    async def _meet(self, call: Call, other: Call, seconds: float) -> None:
        if not (E164.fullmatch(other.recipient) or _CLIENT.fullmatch(other.recipient)):
            await self._end(other, "failed")
            return
        if not await self._is_taken(other, seconds):
            return
        call.dials, call.bridged_to, other.bridged_to = "", other.recipient, call.handset
        call.talking = other.talking = True
        self._changed()
        await self._tell(other, "answered")
        await asyncio.Event().wait()  # until one of both hangs up

    # What becomes of it

    def _begin(self, call: Call, work: Coroutine[Any, Any, None]) -> None:
        call.task = asyncio.create_task(self._run(call, work))

    async def _run(self, call: Call, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except BadDocument as error:
            call.problem = str(error)
            await self._end(call, "failed")
            return
        if not call.is_over:
            await self._end(call, COMPLETED)

    async def _end(self, call: Call, status: str) -> None:
        call.status, call.expects, call.talking = status, "", False
        call.ended.set()
        self._changed()
        if call.recording is not None:
            self._spawn(self._recorded(call, call.recording))
        await self._tell(call, COMPLETED)

    async def _tell(self, call: Call, event: str) -> None:
        """Its callback, if it wants to know of this."""
        call.sequence += 1
        if call.callback and event in call.told_of:
            await self._stage.webhooks.post(call.callback, call.progress(self._account.sid))

    def _keep(self, call: Call) -> None:
        self.by_sid[call.sid] = call
        self._changed()

    def _changed(self) -> None:
        self.version += 1

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
