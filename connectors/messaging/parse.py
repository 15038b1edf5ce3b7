"""Webhooks about messages as the hub's values. Pure.

What we do not understand is kept and shown: a new kind of message must not be lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote_plus, urlencode

from connectors.messaging.keywords import Keyword, keyword_of
from connectors.shared.twilio.errors import in_words
from connectors.shared.twilio.numbers import WHATSAPP, to_e164
from connectors.shared.twilio.webhook import Webhook, malformed
from hub.interaction import (
    Arrival,
    Automatic,
    Channel,
    DeliveryState,
    Party,
    PointKind,
    Thread,
    Verification,
)
from hub.store.reports import Report

MOST_FILES = 10
LONGEST_NAME = 200
_KNOWN_TYPES = frozenset(
    {
        "",
        "text",
        "image",
        "audio",
        "video",
        "document",
        "sticker",
        "location",
        "button",
        "interactive",
    }
)
_KEPT = {
    "ButtonPayload": "button",
    "ListId": "list",
    "OriginalRepliedMessageSid": "answers",
    "Forwarded": "forwarded",
    "NumSegments": "segments",
    "ReferralSourceUrl": "came_from",
}
STATES: Mapping[str, DeliveryState] = {
    "accepted": DeliveryState.SENT,
    "scheduled": DeliveryState.SENT,
    "queued": DeliveryState.SENT,
    "sending": DeliveryState.SENT,
    "sent": DeliveryState.SENT,
    "delivered": DeliveryState.DELIVERED,
    "read": DeliveryState.READ,
    "undelivered": DeliveryState.FAILED,
    "failed": DeliveryState.FAILED,
    "canceled": DeliveryState.FAILED,
}


@dataclass(frozen=True)
class Media:
    url: str
    content_type: str


@dataclass(frozen=True)
class Incoming:
    """What a customer sent; its files are still with Twilio."""

    arrival: Arrival
    media: tuple[Media, ...]
    keyword: Keyword | None


def parse_message(webhook: Webhook, *, region: str, now: datetime, within: timedelta) -> Incoming:
    """A message of a customer; Rejected, naming the field, when it cannot be one."""
    channel = _channel(webhook.needed("From"))
    sender = _party(webhook.needed("From"), region, webhook.get("ProfileName", ""))
    media, text = _media(webhook), _text(webhook)
    keyword = None if media else keyword_of(webhook.get("Body", ""), channel)
    arrival = Arrival(
        channel=channel,
        account=_number(webhook.needed("To"), region) or webhook["To"],
        external_id=webhook.needed("MessageSid"),
        sender=sender,
        text=text,
        language=keyword.language if keyword else "",
        occurred_at=now,
        automatic=Automatic.COMMAND if keyword else Automatic.NO,
        verification=Verification.VERIFIED,
        problem=_problem(webhook, text, media),
        original=_original(webhook) if _problem(webhook, text, media) else b"",
        thread=Thread(within=within),
        details={ours: webhook[theirs] for theirs, ours in _KEPT.items() if webhook.get(theirs)},
    )
    return Incoming(arrival, media, keyword)


def parse_status(webhook: Webhook) -> Report | None:
    """What became of a message of ours; None for a state that tells nothing."""
    state = STATES.get(webhook.needed("MessageStatus"))
    if state is None:
        return None
    code = webhook.get("ErrorCode", "")
    failed = state is DeliveryState.FAILED
    return Report(
        channel=_channel(webhook.get("From", "")),
        provider_id=webhook.needed("MessageSid"),
        state=state,
        error=in_words(int(code) if code.isdecimal() else 0) if failed else "",
        interaction_id=webhook.query.get("interaction", ""),
    )


def _channel(address: str) -> Channel:
    return Channel.WHATSAPP if address.startswith(WHATSAPP) else Channel.SMS


def _number(address: str, region: str) -> str:
    return to_e164(address.removeprefix(WHATSAPP), region)


def _party(address: str, region: str, name: str) -> Party:
    """Short codes and senders with a name are no numbers; they stay as they are."""
    value = _number(address, region) or address.removeprefix(WHATSAPP).strip()
    if not value or len(value) > LONGEST_NAME:
        raise malformed("From", "is no address")
    return Party(kind=PointKind.PHONE, value=value, name=name.strip()[:LONGEST_NAME])


def _media(webhook: Webhook) -> tuple[Media, ...]:
    count = webhook.get("NumMedia", "0") or "0"
    if not count.isdecimal() or int(count) > MOST_FILES:
        raise malformed("NumMedia", f"is no number up to {MOST_FILES}")
    return tuple(
        Media(webhook.needed(f"MediaUrl{place}"), webhook.get(f"MediaContentType{place}", ""))
        for place in range(int(count))
    )


def _text(webhook: Webhook) -> str:
    body = webhook.get("Body", "").replace("\0", "")
    chosen = webhook.get("ButtonText", "") or webhook.get("ListTitle", "")
    return "\n".join(part for part in (body or chosen, _place(webhook)) if part)


def _place(webhook: Webhook) -> str:
    """A place that the customer shared, with a link that opens it on a map."""
    latitude, longitude = webhook.get("Latitude", ""), webhook.get("Longitude", "")
    if not latitude or not longitude:
        return ""
    names = [webhook.get(name, "") for name in ("Label", "Address")]
    link = (
        f"https://www.openstreetmap.org/?mlat={quote_plus(latitude)}&mlon={quote_plus(longitude)}"
    )
    return "\n".join([*filter(None, names), f"{latitude}, {longitude}", link])


def _problem(webhook: Webhook, text: str, media: tuple[Media, ...]) -> str:
    kind = webhook.get("MessageType", "").casefold()
    if kind not in _KNOWN_TYPES:
        return f"it is of a kind that Loket does not know ({kind[:40]})"
    return "" if text or media else "it has neither text nor files"


def _original(webhook: Webhook) -> bytes:
    return urlencode(dict(webhook)).encode()
