"""A conference: who is in it and how, whether it runs, and what is told of it."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from config.demo.twilio.message import API_VERSION, new_sid
from config.demo.twilio.refusals import Refusal

RUNS_WITH = 2
"""Participants without whom it does not begin, as documented for the state in-progress."""

Post = Callable[[str, Mapping[str, str]], Coroutine[Any, Any, object]]


@dataclass
class Participant:
    """`starts` and `ends`: whether it may begin, and ends, with them. `announce`: documents that
    are to be played to them alone."""

    call_sid: str
    starts: bool
    ends: bool
    muted: bool = False
    held: bool = False
    hold_url: str = ""
    announce: list[str] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def resource(self, conference_sid: str, account_sid: str) -> dict[str, Any]:
        return {
            "account_sid": account_sid,
            "call_sid": self.call_sid,
            "conference_sid": conference_sid,
            "muted": self.muted,
            "hold": self.held,
            "start_conference_on_enter": self.starts,
            "end_conference_on_exit": self.ends,
            "status": "connected",
        }


@dataclass
class Conference:
    """`post` tells its callback, which the first who names one sets; `spawn` does that beside."""

    name: str
    account_sid: str
    post: Post
    spawn: Callable[[Coroutine[Any, Any, Any]], None]
    sid: str = field(default_factory=lambda: new_sid("CF"))
    inside: dict[str, Participant] = field(default_factory=dict)
    began: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    callback: str = ""
    events: frozenset[str] = frozenset()
    sequence: int = 0

    def enter(self, who: Participant, callback: str, events: str) -> None:
        if callback and not self.callback:
            self.callback, self.events = callback, frozenset(events.split())
        self.inside[who.call_sid] = who
        self._tell("join", "participant-join", who)
        starts = any(each.starts for each in self.inside.values())
        if starts and len(self.inside) >= RUNS_WITH and not self.began.is_set():
            self.began.set()
            self._tell("start", "conference-start")

    def leave(self, sid: str) -> None:
        """Who goes before it began ends nothing."""
        who = self.inside.pop(sid, None)
        if who is None:
            return
        self._tell("leave", "participant-leave", who)
        if (who.ends and self.began.is_set()) or (self.began.is_set() and not self.inside):
            self.ended.set()
            self._tell("end", "conference-end")

    def update(self, who: Participant, form: Mapping[str, str]) -> None:
        """As the API asks; raises the Refusal that Twilio would answer."""
        for name in ("HoldUrl", "AnnounceUrl"):
            if form.get(name) and urlsplit(form[name]).scheme not in ("http", "https"):
                raise Refusal(20001, name)
        if "Muted" in form:
            who.muted = form["Muted"] == "true"
            self._tell("mute", "participant-mute" if who.muted else "participant-unmute", who)
        if "Hold" in form:
            who.held, who.hold_url = form["Hold"] == "true", form.get("HoldUrl", "")
            self._tell("hold", "participant-hold" if who.held else "participant-unhold", who)
        if "EndConferenceOnExit" in form:
            who.ends = form["EndConferenceOnExit"] == "true"
        if form.get("AnnounceUrl"):
            who.announce.append(form["AnnounceUrl"])
        who.changed.set()

    def _tell(self, wanted: str, event: str, who: Participant | None = None) -> None:
        self.sequence += 1
        if not self.callback or wanted not in self.events:
            return
        told = {
            "AccountSid": self.account_sid,
            "ConferenceSid": self.sid,
            "FriendlyName": self.name,
            "StatusCallbackEvent": event,
            "SequenceNumber": str(self.sequence),
            "Timestamp": format_datetime(datetime.now(UTC)),
        }
        if who is not None:
            told |= {
                "CallSid": who.call_sid,
                "Muted": _word(who.muted),
                "Hold": _word(who.held),
                "Coaching": "false",
                "EndConferenceOnExit": _word(who.ends),
                "StartConferenceOnEnter": _word(who.starts),
            }
        self.spawn(self.post(self.callback, told))

    def resource(self) -> dict[str, Any]:
        """As the API shows it."""
        state = "in-progress" if self.began.is_set() else "init"
        account = f"/{API_VERSION}/Accounts/{self.account_sid}"
        return {
            "account_sid": self.account_sid,
            "api_version": API_VERSION,
            "friendly_name": self.name,
            "sid": self.sid,
            "status": "completed" if self.ended.is_set() else state,
            "region": "us1",
            "uri": f"{account}/Conferences/{self.sid}.json",
        }


def _word(yes: bool) -> str:
    return "true" if yes else "false"
