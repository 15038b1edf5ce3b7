"""Tells the customer of our own accord what happened to a parcel: once, on the channel that they
prefer, not at night, and not when they asked us not to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from sqlalchemy import Connection, select

from hub import clock, locales, reaching_out
from hub.deliveries import Delivery, EventKind
from hub.interaction import Channel, Party, PointKind
from hub.reaching_out import Permit, Wish
from hub.replies import Reply, add_reply
from hub.settings import Section
from hub.store import consents, deliveries
from hub.store.inserting import digest
from hub.store.processed import first_seen
from hub.store.tables import contact_points, conversations, customers

_CONSUMER = "partner.notices"
_KEY_LENGTH = 36
_MOST_A_DAY = 4
"""About one parcel."""
_KIND_OF = {
    Channel.EMAIL: PointKind.EMAIL,
    Channel.SMS: PointKind.PHONE,
}
"""Not WhatsApp: there one may only begin with a template that was approved."""

TEXTS: dict[str, dict[EventKind, str]] = {
    "en": {
        EventKind.EXCEPTION: "{carrier} reports a problem with your parcel {tracking}{order}. "
        "We are looking into it, and you hear from us.",
        EventKind.ATTEMPTED: "{carrier} tried to deliver your parcel {tracking}{order} and "
        "did not find you.{expected}",
        EventKind.DAMAGED: "Your parcel {tracking}{order} was damaged on its way. "
        "We are looking into it, and you hear from us.",
        EventKind.LOST: "{carrier} cannot find your parcel {tracking}{order}. "
        "We are looking into it, and you hear from us.",
        EventKind.RETURNED: "Your parcel {tracking}{order} is on its way back to us.",
    },
    "nl": {
        EventKind.EXCEPTION: "{carrier} meldt een probleem met uw pakket {tracking}{order}. "
        "Wij zoeken het uit, en u hoort van ons.",
        EventKind.ATTEMPTED: "{carrier} heeft uw pakket {tracking}{order} aangeboden en "
        "trof u niet thuis.{expected}",
        EventKind.DAMAGED: "Uw pakket {tracking}{order} is onderweg beschadigd. "
        "Wij zoeken het uit, en u hoort van ons.",
        EventKind.LOST: "{carrier} kan uw pakket {tracking}{order} niet vinden. "
        "Wij zoeken het uit, en u hoort van ons.",
        EventKind.RETURNED: "Uw pakket {tracking}{order} is op weg terug naar ons.",
    },
}
_DELAYED = {
    "en": "Your parcel {tracking}{order} is delayed.{expected}",
    "nl": "Uw pakket {tracking}{order} is vertraagd.{expected}",
}
"""A problem with a new time."""
_SUBJECT = {"en": "Your parcel {tracking}", "nl": "Uw pakket {tracking}"}
_ORDER = {"en": " (order {number})", "nl": " (bestelling {number})"}
_ANSWERABLE = {
    "en": "\n\nYou can answer this mail.",
    "nl": "\n\nU kunt deze mail beantwoorden.",
}
"""Of many mails that nobody wrote that is not so; a text message shows it by itself."""
_EXPECTED = {
    "en": " It is now expected on {day}.",
    "nl": " Wij verwachten het nu op {day}.",
}


class NoticeSettings(Section):
    """What customers are told of our own accord."""

    kinds: tuple[EventKind, ...] = Field(
        (), description="of what: exception, attempted, damaged, lost, returned; empty: of nothing"
    )
    language: str = Field("en", pattern="^(en|nl)$", description="where the customer's is unknown")
    time_zone: str = Field("Europe/Amsterdam", description="in which it is night")
    from_hour: int = Field(8, ge=0, le=23, description="not before")
    until_hour: int = Field(21, ge=1, le=24, description="not from then on")

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (OSError, ValueError) as error:
            raise ValueError(f"{name!r} is no time zone, as Europe/Amsterdam is") from error
        return name

    @field_validator("kinds")
    @classmethod
    def _have_texts(cls, kinds: tuple[EventKind, ...]) -> tuple[EventKind, ...]:
        for kind in kinds:
            if kind not in TEXTS["en"]:
                raise ValueError(f"there is no text for {kind.value}")
        return kinds

    def allowed_from(self, now: datetime) -> datetime | None:
        """When it may be sent: None at once, else the next morning."""
        zone = ZoneInfo(self.time_zone)
        local = now.astimezone(zone)
        if self.from_hour <= local.hour < self.until_hour:
            return None
        day = local.date() + timedelta(days=1 if local.hour >= self.until_hour else 0)
        return datetime.combine(day, time(self.from_hour), zone)


@dataclass(frozen=True)
class News:
    """What happened to a parcel, and the conversation in which the customer is told. `expected`:
    when it will come now, if the carrier said so of this."""

    delivery_id: str
    kind: EventKind
    conversation_id: str
    carrier: str
    expected: datetime | None


def tell(
    connection: Connection,
    settings: NoticeSettings,
    accounts: Mapping[Channel, str],
    news: News,
) -> str | None:
    """Write to the customer, unless that was done or is not wanted; gives the interaction's id.

    `accounts`: the channels that we can write on, and from where.
    """
    if news.kind not in settings.kinds:
        return None
    [parcel] = deliveries.by_ids(connection, [news.delivery_id])
    customer = connection.execute(
        select(customers)
        .join(conversations, conversations.c.customer_id == customers.c.id)
        .where(conversations.c.id == news.conversation_id)
    ).one()
    ways = _ways(connection, customer, accounts)
    if not ways or not first_seen(connection, _CONSUMER, [_key(parcel, news.kind)]):
        return None
    if not any(first_seen(connection, _CONSUMER, [key]) for key in _keys_of_today(parcel)):
        return None
    wish = Wish("parcel", news.conversation_id, customer.id, list(ways))
    permit = reaching_out.permit(connection, wish, clock.now())
    if permit is None:
        return None
    channel, language = _chosen(permit, customer), _spoken(customer.language, settings)
    party = ways[channel]
    interaction_id = add_reply(
        connection,
        Reply(
            conversation_id=news.conversation_id,
            channel=channel,
            account=accounts[channel],
            to=(party,),
            subject=_SUBJECT[language].format(tracking=parcel.tracking),
            text=_text(parcel, news, customer.language, settings)
            + (_ANSWERABLE[language] if channel is Channel.EMAIL else ""),
            automatic=True,
            not_before=_not_before(settings, permit, clock.now()),
        ),
    )
    reaching_out.sent(connection, wish, channel)
    return interaction_id


def _key(parcel: Delivery, kind: EventKind) -> str:
    """The same news is told once: a new day on which it comes is other news."""
    day = parcel.expected_until.date().isoformat() if parcel.expected_until else ""
    return digest(parcel.id, kind.value, day)[:_KEY_LENGTH]


def _keys_of_today(parcel: Delivery) -> list[str]:
    """One for each time that they may be told: no carrier writes to anybody all day long."""
    day = clock.now().date().isoformat()
    return [digest(parcel.id, day, str(time))[:_KEY_LENGTH] for time in range(_MOST_A_DAY)]


def _ways(
    connection: Connection, customer: Any, accounts: Mapping[Channel, str]
) -> dict[Channel, Party]:
    """The first address on each channel that may be written to."""
    found: dict[Channel, Party] = {}
    for channel in (one for one in accounts if one in _KIND_OF):
        for value in _verified(connection, customer.id, _KIND_OF[channel]):
            party = Party(kind=_KIND_OF[channel], value=value, name=customer.name)
            if consents.allows(connection, channel, party.key):
                found.setdefault(channel, party)
    return found


def _chosen(permit: Permit, customer: Any) -> Channel:
    """What the customer prefers goes before what we prefer, where we use it at all."""
    preferred = customer.attributes.get("preferred_channel")
    return min(permit.channels, key=lambda channel: channel != preferred)


def _not_before(settings: NoticeSettings, permit: Permit, now: datetime) -> datetime | None:
    """When it is neither night nor one of the target group's quiet hours; None at once."""
    at = permit.allowed_from(settings.allowed_from(now) or now)
    at = settings.allowed_from(at) or at
    return at if at > now else None


def _verified(connection: Connection, customer_id: str, kind: PointKind) -> list[str]:
    """Only what we know to be theirs: where they are and what they ordered is nobody else's."""
    columns = contact_points.c
    return list(
        connection.execute(
            select(columns.value)
            .where(columns.customer_id == customer_id, columns.kind == kind.value, columns.verified)
            .order_by(columns.created_at)
        ).scalars()
    )


def _text(parcel: Delivery, news: News, language: str, settings: NoticeSettings) -> str:
    language = _spoken(language, settings)
    is_late = news.kind is EventKind.EXCEPTION and news.expected
    return (_DELAYED[language] if is_late else TEXTS[language][news.kind]).format(
        tracking=parcel.tracking,
        carrier=news.carrier,
        order=_ORDER[language].format(number=parcel.order_number) if parcel.order_number else "",
        expected=_EXPECTED[language].format(day=_day(news.expected, language, settings))
        if news.expected
        else "",
    )


def _spoken(language: str, settings: NoticeSettings) -> str:
    return language if language in TEXTS else settings.language


def _day(at: datetime, language: str, settings: NoticeSettings) -> str:
    local = at.astimezone(ZoneInfo(settings.time_zone))
    return locales.day(local.date(), language, year=False)
