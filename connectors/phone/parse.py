"""Webhooks about calls as values. Pure; Rejected, naming the field, for what cannot be one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from connectors.phone.settings import LineSettings, PhoneSettings
from connectors.phone.words import say
from connectors.shared.twilio.media import Media
from connectors.shared.twilio.numbers import to_e164
from connectors.shared.twilio.webhook import Webhook, malformed
from hub.interaction import NOBODY_WAITS, Arrival, Channel, Party, PointKind, Thread

_WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8566696687", "+86282452253"})
"""ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE on a keypad, as Twilio writes them."""
_GOING = frozenset({"queued", "initiated", "ringing", "in-progress"})
_GONE = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
_SOUND = "audio/x-wav"


@dataclass(frozen=True)
class Caller:
    """`number` is empty when it is withheld."""

    sid: str
    number: str
    line: LineSettings

    @property
    def party(self) -> Party:
        """Two who withhold their number are not one customer."""
        return Party(kind=PointKind.PHONE, value=self.number or f"withheld-{self.sid}")


def parse_caller(webhook: Webhook, settings: PhoneSettings) -> Caller:
    line = settings.line(to_e164(webhook.needed("To"), ""))
    if line is None:
        raise malformed("To", "is none of our numbers")
    return Caller(webhook.needed("CallSid"), _number(webhook.get("From", "")), line)


def parse_call(
    caller: Caller,
    topic: str,
    title: str,
    *,
    now: datetime,
    answers: Mapping[str, str] | None = None,
    waits: bool = False,
) -> Arrival:
    """The contact, when its caller waits, or is gone. A number that is shown proves nothing."""
    language = caller.line.language
    text = say("called_about", language, title=title) if title else say("called", language)
    return Arrival(
        channel=Channel.PHONE,
        account=caller.line.number,
        external_id=caller.sid,
        sender=caller.party,
        subject=title,
        text=text,
        language=language,
        topic=topic,
        occurred_at=now,
        thread=Thread(matter=topic),
        details=dict(answers or {}) if waits else {NOBODY_WAITS: "1"},
    )


def is_over(webhook: Webhook, field: str = "CallStatus") -> bool:
    """Whether this end of a call has hung up."""
    status = webhook.needed(field)
    if status not in _GOING | _GONE:
        raise malformed(field, "is no state of a call")
    return status in _GONE


def parse_recording(
    webhook: Webhook, settings: PhoneSettings, *, now: datetime
) -> tuple[Arrival, Media] | None:
    """A message that was left; what it was called with stands in the address. None for none."""
    status, seconds = webhook.needed("RecordingStatus"), webhook.needed("RecordingDuration")
    if not seconds.lstrip("-").isdecimal():
        raise malformed("RecordingDuration", "is no number")
    if status != "completed" or int(seconds) < 1:
        return None
    line = settings.line(webhook.query.get("line", ""))
    if line is None:
        raise malformed("line", "is none of our numbers")
    caller = Caller(webhook.needed("CallSid"), webhook.query.get("caller", ""), line)
    arrival = Arrival(
        channel=Channel.PHONE,
        account=line.number,
        external_id=webhook.needed("RecordingSid"),
        sender=caller.party,
        subject=say("voicemail", line.language),
        language=line.language,
        topic=webhook.query.get("topic", ""),
        occurred_at=now,
        thread=Thread(matter=webhook.query.get("topic", "")),
        details={"seconds": seconds, NOBODY_WAITS: "1"},
    )
    return arrival, Media(webhook.needed("RecordingUrl"), _SOUND)


def _number(address: str) -> str:
    """Empty for one that is withheld, or that no phone has."""
    return "" if address in _WITHHELD else to_e164(address, "")
