"""What an operator says about phone calls."""

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


class LineSettings(Section):
    """One of our numbers."""

    number: Number = Field(description="with its country, like +31203080000")
    language: Language = Field("nl", description="in which callers are spoken to: nl or en")
    always_open: bool = Field(
        False, description="callers wait for an agent outside the model's opening hours too"
    )


class PhoneSettings(Section):
    twilio: TwilioSettings
    numbers: dict[str, LineSettings] = Field(min_length=1, description="by a name of your own")
    agents: dict[str, Number] = Field(
        default_factory=dict,
        description="the phone of each agent, by the login: it rings when they accept a call",
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
