"""What an operator says about phone calls."""

import re
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from connectors.phone.browser import identity_of, token_for
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
CLIENT = "client:"
"""Before the identity of who is called in a browser."""
_CLIENT = re.compile(CLIENT + r"[A-Za-z0-9_.@-]{1,120}")


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


_APP_SID = re.compile(r"AP[0-9a-f]{32}")
_SERVICE_SID = re.compile(r"GA[0-9a-f]{32}")


def _script(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1"):
        raise ValueError("write an https address, like https://static.example.org/twilio.min.js")
    if not parts.path.strip("/") or set(value) & set(" ;,'\""):
        raise ValueError("write the address of the script, without spaces, quotes, ; and ,")
    return value


def _application(value: str) -> str:
    if value and not _APP_SID.fullmatch(value):
        raise ValueError("write the SID of the TwiML app: AP and 32 digits or letters a to f")
    return value


def _service(value: str) -> str:
    if not _SERVICE_SID.fullmatch(value):
        raise ValueError("write the SID of the service: GA and 32 digits or letters a to f")
    return value


_Host = Annotated[str, StringConstraints(pattern=r"^(https|wss)://[A-Za-z0-9.*:-]+$")]


class BrowserSettings(Section):
    """Agents are called in the browser, by Twilio's Voice SDK."""

    sdk_url: Annotated[str, AfterValidator(_script)] = Field(
        description="where you serve the script of Twilio's Voice SDK (twilio.min.js, version 2)"
    )
    twiml_app: Annotated[str, AfterValidator(_application)] = Field(
        "", description="AP and 32 characters: lets the SDK call by itself; Loket needs none"
    )
    hosts: tuple[_Host, ...] = Field(
        (
            "https://eventgw.twilio.com",
            "https://media.twiliocdn.com",
            "https://sdk.twilio.com",
            "wss://voice-js.roaming.twilio.com",
            "wss://chunderw-vpc-gll.twilio.com",
        ),
        description="what the SDK connects to, as the page of your version of it says",
    )


class PhoneSettings(Section):
    twilio: TwilioSettings
    numbers: dict[str, LineSettings] = Field(min_length=1, description="by a name of your own")
    agents: dict[str, Phone] = Field(
        default_factory=dict,
        description="the phone of each agent, by the login: it rings when they accept a call, "
        "unless they gave another one in the console; a number, or client: and an identity",
    )
    browser: BrowserSettings | None = Field(
        None, description="agents without a phone are called in the browser"
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
        description="messages in English, of two minutes at most, are written out by Twilio, where"
        " no service of intelligence does so; it has a price",
    )
    intelligence: dict[Language, Annotated[str, AfterValidator(_service)]] = Field(
        default_factory=dict,
        description="calls that are recorded, and messages, are written out in their language: the"
        " SID of a service of Twilio's Conversational Intelligence for nl, for en, or both; it has"
        " a price",
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
        if self.browser is not None and not self.twilio.api_key:
            raise ValueError("browser needs twilio.api_key and api_secret: they sign its tokens")
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

    def phone_of(self, login: str, own: str, agent_id: str) -> str:
        """Where an agent is called: at the phone they gave themselves, or by these settings, or in
        the browser."""
        here = self.in_browser(agent_id) if self.browser is not None else ""
        return own or self.agents.get(login, "") or here

    def in_browser(self, agent_id: str) -> str:
        return f"{CLIENT}{identity_of(agent_id)}"

    def browser_token(self, agent_id: str) -> str:
        """For the browser of an agent; only where `browser` is set."""
        return token_for(self.twilio, self.browser.twiml_app if self.browser else "", agent_id)
