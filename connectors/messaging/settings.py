"""What an operator says about SMS and WhatsApp."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from connectors.shared.twilio.numbers import is_region, to_e164
from connectors.shared.twilio.settings import TwilioSettings
from hub.interaction import Channel
from hub.settings import Section

_SERVICE_SID = re.compile(r"MG[0-9a-f]{32}")
_CONTENT_SID = re.compile(r"HX[0-9a-f]{32}")
_PLACE = re.compile(r"\{\{(\d{1,2})\}\}")


def _own_number(value: str) -> str:
    number = to_e164(value, "")
    if not number:
        raise ValueError("write the number with its country, like +31203080000")
    return number


def _region(value: str) -> str:
    if not is_region(value.upper()):
        raise ValueError("write a country in two letters, like NL")
    return value.upper()


def _service(value: str) -> str:
    if value and not _SERVICE_SID.fullmatch(value):
        raise ValueError("write the SID of the service: MG and 32 digits or letters a to f")
    return value


class NumberSettings(Section):
    """One of our numbers."""

    number: Annotated[str, AfterValidator(_own_number)] = Field(
        description="with its country, like +31203080000"
    )
    sms: bool = Field(True, description="it sends and receives SMS")
    whatsapp: bool = Field(False, description="it is a WhatsApp sender of the account")
    messaging_service: Annotated[str, AfterValidator(_service)] = Field(
        "",
        description="MG and 32 characters: SMS goes out by this Messaging Service, of whose pool"
        " this number is one; Twilio chooses, so list here every number of the pool",
    )
    per_second: float = Field(
        1, gt=0, le=1000, description="segments a second that it may send; more wait their turn"
    )

    def carries(self, channel: Channel) -> bool:
        return self.whatsapp if channel is Channel.WHATSAPP else self.sms


class TemplateSettings(Section):
    """A text that WhatsApp approved: what may be sent when the customer wrote a day ago or more."""

    content_sid: str = Field(
        description="HX and 32 characters, from Twilio's Content Template list"
    )
    title: str = Field(min_length=1, description="what agents choose it by")
    title_nl: str = Field("", description="the same in Dutch")
    text: str = Field(
        min_length=1, description="as it was approved, with {{1}}, {{2}} for what agents fill in"
    )
    variables: tuple[str, ...] = Field((), description="what {{1}}, {{2}} are, in order")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not _CONTENT_SID.fullmatch(self.content_sid):
            raise ValueError("content_sid: write HX and 32 digits or letters a to f")
        places = {int(place) for place in _PLACE.findall(self.text)}
        if places != set(range(1, len(self.variables) + 1)):
            raise ValueError("variables: name each of {{1}}, {{2}}, ... that stands in the text")
        return self

    def filled(self, values: tuple[str, ...]) -> str:
        return _PLACE.sub(lambda place: values[int(place[1]) - 1], self.text)


class KeywordSettings(Section):
    """What is answered to STOP, START and HELP, and to AFMELDEN, AANMELDEN and HULP."""

    twilio_answers: bool = Field(
        True,
        description="Twilio answers the English words on SMS itself, as it does unless that was"
        " turned off; then Loket only notes what they mean",
    )
    stop: str = "{organisation}: you get no more messages here. Send START to get them again."
    start: str = "{organisation}: you get messages here again. Send STOP to end them."
    help: str = "This is {organisation}. Write what you need and we answer here. Send STOP to end."
    stop_nl: str = (
        "{organisation}: u krijgt hier geen berichten meer. Stuur AANMELDEN om ze weer te krijgen."
    )
    start_nl: str = "{organisation}: u krijgt hier weer berichten. Stuur STOP om te stoppen."
    help_nl: str = (
        "Dit is {organisation}. Schrijf wat u nodig hebt; wij antwoorden hier. Stuur STOP om te"
        " stoppen."
    )


class MessagingSettings(Section):
    twilio: TwilioSettings
    numbers: dict[str, NumberSettings] = Field(
        min_length=1, description="by a name of your own; the first one is written from first"
    )
    region: Annotated[str, AfterValidator(_region)] = Field(
        "NL", description="country of numbers that name none"
    )
    templates: dict[str, TemplateSettings] = Field(
        default_factory=dict, description="WhatsApp templates, by a name of your own"
    )
    keywords: KeywordSettings = KeywordSettings()
    same_matter_hours: float = Field(
        72, gt=0, description="hours after the last message until a new one is another matter"
    )
    reconcile_minutes: float = Field(
        5,
        ge=0,
        description="minutes between looks for what Twilio could not bring; 0: never",
    )
    price_per_segment: float = Field(
        0, ge=0, description="what an SMS segment costs, shown to agents; 0: no cost is shown"
    )
    currency: str = Field("EUR", pattern="^[A-Z]{3}$", description="of that price")
    link_hours: float = Field(
        24, gt=0, le=168, description="hours in which Twilio may fetch a file that we send"
    )

    @model_validator(mode="after")
    def _one_owner_each(self) -> Self:
        owned = [each.number for each in self.numbers.values()]
        twice = sorted({number for number in owned if owned.count(number) > 1})
        if twice:
            raise ValueError(f"two entries have the number {', '.join(twice)}")
        idle = [name for name, each in self.numbers.items() if not (each.sms or each.whatsapp)]
        if idle:
            raise ValueError(f"numbers.{idle[0]}: neither sms nor whatsapp")
        return self

    def number(self, account: str) -> NumberSettings | None:
        return next((each for each in self.numbers.values() if each.number == account), None)

    def first(self, channel: Channel) -> str:
        """The number that a channel is written from first; empty when none carries it."""
        return next((n.number for n in self.numbers.values() if n.carries(channel)), "")
