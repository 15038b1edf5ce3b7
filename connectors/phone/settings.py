"""What an operator says about phone calls."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from connectors.shared.twilio.numbers import to_e164
from connectors.shared.twilio.settings import TwilioSettings
from hub.settings import Section

Language = Literal["nl", "en"]


def _number(value: str) -> str:
    number = to_e164(value, "")
    if not number:
        raise ValueError("write the number with its country, like +31203080000")
    return number


Number = Annotated[str, AfterValidator(_number)]
_CLIENT = re.compile(r"client:[A-Za-z0-9_.@-]{1,120}")


def _phone(value: str) -> str:
    return value if _CLIENT.fullmatch(value) else _number(value)


Phone = Annotated[str, AfterValidator(_phone)]
"""A number, or `client:` and the identity under which a Voice SDK signed in."""


class LineSettings(Section):
    """One of our numbers."""

    number: Number = Field(description="with its country, like +31203080000")
    language: Language = Field("nl", description="in which callers are spoken to: nl or en")
    greetings: dict[str, str] = Field(
        default_factory=dict,
        description="said to callers whose number we know, by their target group in the model; "
        "that of a group holds for the groups under it",
    )
    always_open: bool = Field(
        False, description="callers wait for an agent outside the model's opening hours too"
    )

    def greeting_of(self, group: str) -> str:
        """What is said to a caller of this group; "" for nothing."""
        while group and group not in self.greetings:
            group = group.rpartition("/")[0]
        return self.greetings.get(group, "")


class PhoneSettings(Section):
    twilio: TwilioSettings
    numbers: dict[str, LineSettings] = Field(min_length=1, description="by a name of your own")
    agents: dict[str, Phone] = Field(
        default_factory=dict,
        description="the phone of each agent, by the login: it rings when they accept a call, "
        "unless they gave another one in the console; a number, or client: and an identity",
    )
    ring_seconds: int = Field(
        20,
        ge=5,
        le=120,
        description="how long an agent's phone rings; keep it under what their voicemail waits",
    )
    voicemail_seconds: int = Field(
        120, ge=10, le=600, description="how long a message outside opening hours may be"
    )
    transcribe: bool = Field(
        False,
        description="messages in English are written out by Twilio, which knows no Dutch; it has a"
        " price",
    )
    music_url: str = Field(
        "", description="sound that is played to who waits, an address that Twilio can fetch"
    )

    @model_validator(mode="after")
    def _one_owner_each(self) -> Self:
        owned = [each.number for each in self.numbers.values()]
        twice = sorted({number for number in owned if owned.count(number) > 1})
        if twice:
            raise ValueError(f"two entries have the number {', '.join(twice)}")
        return self

    def line(self, number: str) -> LineSettings | None:
        return next((each for each in self.numbers.values() if each.number == number), None)

    def typed(self, value: str) -> str:
        """A number as somebody here types it: one without a country is of our first number's.
        "" for what is none. A Voice SDK's identity is a phone as well."""
        import phonenumbers  # noqa: PLC0415 (slow to load)

        if _CLIENT.fullmatch(value):
            return value
        ours = phonenumbers.parse(self.first_number)
        return to_e164(value, phonenumbers.region_code_for_number(ours) or "")

    @property
    def first_number(self) -> str:
        """From which we call who did not call us."""
        return next(iter(self.numbers.values())).number

    def phone_of(self, login: str, own: str) -> str:
        """Where an agent is called: at the phone they gave themselves, or by these settings."""
        return own or self.agents.get(login, "")
