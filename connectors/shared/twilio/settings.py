"""The Twilio account, which messaging and phone each name in their own section."""

import re
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from hub.settings import Section

_ACCOUNT_SID = re.compile(r"AC[0-9a-f]{32}")
_KEY_SID = re.compile(r"SK[0-9a-f]{32}")
CLOUD = "https://api.twilio.com"


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("write an address like https://loket.example.org")
    return value.rstrip("/")


def _account(value: str) -> str:
    if not _ACCOUNT_SID.fullmatch(value):
        raise ValueError("write the account SID: AC and 32 digits or letters a to f")
    return value


class TwilioSettings(Section):
    """The account, how its webhooks reach us, and where its API is."""

    account_sid: Annotated[str, AfterValidator(_account)] = Field(
        description="AC and 32 characters, from the first page of the Twilio Console"
    )
    auth_token: SecretStr = Field(
        min_length=1, description="signs Twilio's webhooks; calls the API where no key is given"
    )
    api_key: str = Field("", description="SK and 32 characters: calls the API by this key instead")
    api_secret: SecretStr = Field(SecretStr(""), description="of the API key")
    public_url: str = Field(
        "", description="how Twilio reaches us, if not by hub.http.public_url; as it signs it"
    )
    api_url: Annotated[str, AfterValidator(_web_address)] = Field(
        CLOUD, description="something else stands in for Twilio's cloud: tests and the sandbox"
    )
    media_hosts: tuple[str, ...] = Field(
        (
            "api.twilio.com",
            "mcs.us1.twilio.com",
            "mms.twiliocdn.com",
            "media.twiliocdn.com",
            "s3-external-1.amazonaws.com",
        ),
        description="where media and recordings are fetched from, and redirected to; nowhere else",
    )
    media_limit: int = Field(20_971_520, ge=1, description="bytes of one fetched file")
    timeout: float = Field(10, gt=0, le=60, description="seconds to wait for Twilio's API")
    webhooks_per_minute: int = Field(
        60_000, ge=1, description="webhooks of the account; more are told to come again"
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.auth_token.get_secret_value().strip():
            # With an empty token, a signature proves nothing: anybody can make it.
            raise ValueError("auth_token is empty: then anybody could sign as Twilio")
        if bool(self.api_key) != bool(self.api_secret.get_secret_value()):
            raise ValueError("give api_key and api_secret, or neither")
        if self.api_key and not _KEY_SID.fullmatch(self.api_key):
            raise ValueError("write the SID of the API key: SK and 32 digits or letters a to f")
        if self.public_url:
            _web_address(self.public_url)
        return self

    @property
    def is_stand_in(self) -> bool:
        """Whether something else than Twilio's cloud is called: then http and this machine do."""
        return self.api_url != CLOUD

    @property
    def credentials(self) -> tuple[str, str]:
        """User and password for the API."""
        if self.api_key:
            return self.api_key, self.api_secret.get_secret_value()
        return self.account_sid, self.auth_token.get_secret_value()

    def reached_at(self, public_url: str) -> str:
        """The address that Twilio calls us by, without a slash at its end."""
        return (self.public_url or public_url).rstrip("/")
