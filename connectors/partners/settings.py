"""What an operator says about partners: who they are and how they prove it."""

import base64
import binascii
import re

from pydantic import Field, SecretStr, field_validator

from connectors.partners.notices import NoticeSettings
from hub.deliveries import EventKind
from hub.settings import Section

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}")
_SHORTEST = 24
"""Bytes of a signing secret, as Standard Webhooks asks for."""


class PartnerSettings(Section):
    """One partner. It signs with a secret (Standard Webhooks), or sends an API key."""

    title: str = Field("", description="the name that customers read, if not this one")
    secret: SecretStr = Field(SecretStr(""), description="signing secret: whsec_ and base64")
    other_secret: SecretStr = Field(
        SecretStr(""), description="a second one that is good too, while one replaces the other"
    )
    api_key: SecretStr = Field(SecretStr(""), description="for who cannot sign")
    certificate: str = Field(
        "",
        description="client certificate that must come with the API key, as the proxy tells it; "
        "empty: the key alone will do",
    )
    names_orders: bool = Field(
        False,
        description="believe it which order a parcel belongs to; else only what went out with it "
        "is its: say so only of who cannot name an order that it was never given",
    )
    in_time_share: float | None = Field(
        None, gt=0, le=1, description="share of parcels that was agreed to come in time, as 0.95"
    )
    per_minute: int = Field(600, ge=1, description="requests")
    status_codes: dict[str, EventKind] = Field(
        default_factory=dict, description="what this carrier's own codes mean (IFTSTA)"
    )

    @field_validator("secret", "other_secret")
    @classmethod
    def _is_a_secret(cls, secret: SecretStr) -> SecretStr:
        text = secret.get_secret_value()
        if text and len(_decoded(text)) < _SHORTEST:
            raise ValueError(
                f"write whsec_ and {_SHORTEST} bytes or more in base64: openssl rand -base64 32"
            )
        return secret

    @field_validator("api_key")
    @classmethod
    def _is_long(cls, key: SecretStr) -> SecretStr:
        if 0 < len(key.get_secret_value()) < _SHORTEST:
            raise ValueError(f"write {_SHORTEST} characters or more: openssl rand -hex 32")
        return key

    @property
    def secrets(self) -> list[str]:
        both = self.secret.get_secret_value(), self.other_secret.get_secret_value()
        return [secret for secret in both if secret]


class PartnersSettings(Section):
    """Who may post, and how much."""

    partners: dict[str, PartnerSettings] = Field(
        default_factory=dict, description="by name: letters, digits and hyphens; agents read it"
    )
    certificate_header: str = Field(
        "X-Client-Certificate",
        description="in which a trusted proxy (hub.http.trusted_proxies) tells the certificate",
    )
    body_limit: int = Field(1_048_576, ge=1024, description="bytes of one post")
    most_events: int = Field(1000, ge=1, le=10_000, description="events in one post")
    notices: NoticeSettings = NoticeSettings()

    @field_validator("partners")
    @classmethod
    def _have_plain_names(cls, partners: dict[str, PartnerSettings]) -> dict[str, PartnerSettings]:
        for name in partners:
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no name; use letters, digits, hyphens")
        return partners


def _decoded(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return b""
