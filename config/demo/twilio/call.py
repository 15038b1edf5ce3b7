"""A call in the cloud: one end of it, what is heard there, and its form in the API."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from config.demo.twilio.message import API_VERSION, new_sid

INBOUND = "inbound"
FROM_API = "outbound-api"
DIALLED = "outbound-dial"
"""By <Dial>, for somebody who is on the line."""

RINGING = "ringing"
IN_PROGRESS = "in-progress"
COMPLETED = "completed"
GONE = frozenset({COMPLETED, "busy", "no-answer", "failed", "canceled"})


@dataclass(frozen=True)
class Heard:
    """Something that was said; `language` as the document names it."""

    text: str
    language: str


@dataclass(frozen=True)
class Spoken:
    """What the person at the phone said, where keys could be pressed as well."""

    text: str


@dataclass
class Recording:
    """Of a call, as the API was asked for it. `callback` is told when it is complete."""

    callback: str
    sid: str = field(default_factory=lambda: new_sid("RE"))
    status: str = "in-progress"

    def resource(self, call_sid: str, account_sid: str) -> dict[str, Any]:
        return {
            "account_sid": account_sid,
            "api_version": API_VERSION,
            "call_sid": call_sid,
            "channels": 2,
            "sid": self.sid,
            "source": "StartCallRecordingAPI",
            "status": self.status,
        }


@dataclass
class Call:
    """`expects`: what the person at the phone can do now: "keys", "speech" (or
    keys), "message" or nothing.
    `talking`: whether they are together with somebody; `held` and `muted`: how they are in a
    conference. `tones`: the keys that were sounded to them. `dials`: the number outside that rings
    for them, `bridged_to`: the one that they talk with. `parent`: the call for which this one is
    dialled. `told_of`: the events that its callback is told. `picked_up`: somebody took a call that
    rings. `problem`: what Twilio would not take."""

    direction: str
    sender: str
    recipient: str
    status: str = RINGING
    callback: str = ""
    told_of: frozenset[str] = frozenset({COMPLETED})
    parent: str = ""
    sid: str = field(default_factory=lambda: new_sid("CA"))
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    heard: list[Heard] = field(default_factory=list)
    expects: str = ""
    hears: bool = False
    waiting: bool = False
    talking: bool = False
    held: bool = False
    muted: bool = False
    tones: str = ""
    dials: str = ""
    bridged_to: str = ""
    picked_up: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    problem: str = ""
    sequence: int = 0
    keys: asyncio.Queue[str | Spoken] = field(default_factory=asyncio.Queue)
    message: asyncio.Future[bytes] | None = None
    task: asyncio.Task[None] | None = None
    recording: Recording | None = None

    @property
    def handset(self) -> str:
        """The number of the phone in somebody's hands."""
        return self.sender if self.direction == INBOUND else self.recipient

    @property
    def rings(self) -> bool:
        """Whether somebody here is being called."""
        return self.direction != INBOUND and self.status == RINGING

    @property
    def is_over(self) -> bool:
        return self.status in GONE

    def parameters(self, account_sid: str) -> dict[str, str]:
        """Of every webhook about it."""
        dialled = {"ParentCallSid": self.parent} if self.parent else {}
        return dialled | {
            "AccountSid": account_sid,
            "ApiVersion": API_VERSION,
            "CallSid": self.sid,
            "CallStatus": self.status,
            "Called": self.recipient,
            "Caller": self.sender,
            "Direction": self.direction,
            "From": self.sender,
            "FromCountry": "NL",
            "To": self.recipient,
            "ToCountry": "NL",
        }

    def progress(self, account_sid: str) -> dict[str, str]:
        """Of a webhook about its state."""
        seconds = round((datetime.now(UTC) - self.at).total_seconds())
        told = self.parameters(account_sid) | {
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(self.sequence),
            "Timestamp": format_datetime(datetime.now(UTC)),
        }
        return told | ({"CallDuration": str(seconds), "Duration": "1"} if self.is_over else {})

    def resource(self, account_sid: str) -> dict[str, Any]:
        """As the API shows it."""
        return {
            "account_sid": account_sid,
            "api_version": API_VERSION,
            "date_created": format_datetime(self.at),
            "date_updated": format_datetime(self.at),
            "direction": self.direction,
            "from": self.sender,
            "sid": self.sid,
            "status": self.status,
            "to": self.recipient,
            "uri": f"/{API_VERSION}/Accounts/{account_sid}/Calls/{self.sid}.json",
        }
