"""What an operator says about the web chat."""

import re
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from hub.settings import Section
from hub.tokens import SHORTEST_SECRET

ANY_ORIGIN = "*"
_SITE_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


class ChatSite(Section):
    """One website that shows the chat."""

    origins: tuple[str, ...] = Field(
        (),
        description="pages that may show the chat, as https://www.example.org; * is any page; "
        "Loket's own pages always may",
    )

    identity_secret: SecretStr = Field(
        SecretStr(""),
        description="shared with the site's server, which proves with it who is signed in there: "
        "HMAC-SHA256 of the user's id; empty: the site does not say who visitors are",
    )

    @field_validator("identity_secret")
    @classmethod
    def _is_long_enough(cls, secret: SecretStr) -> SecretStr:
        if 0 < len(secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"it must have {SHORTEST_SECRET} characters or more")
        return secret

    @field_validator("origins")
    @classmethod
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if origin != ANY_ORIGIN and not _is_origin(origin):
                raise ValueError(f"{origin!r} is not an origin; write https://www.example.org")
        return origins

    def allows(self, origin: str) -> bool:
        return ANY_ORIGIN in self.origins or origin in self.origins


class ChatSettings(Section):
    """The sites, the hand-over to mail, and the limits."""

    sites: dict[str, ChatSite] = Field(
        default_factory=dict, description="by site key: lower-case letters, digits and hyphens"
    )
    email_account: str = Field(
        "", description="mail account that a chat goes on from; empty: it does not go on by mail"
    )
    handover_after: float = Field(
        120, ge=1, description="seconds a visitor must be away before unseen answers are mailed"
    )
    handover_pause: float = Field(
        900, ge=0, description="seconds between two such mails in one conversation"
    )
    token_days: int = Field(30, ge=1, description="days a visitor who stays away is remembered")
    session_hours: float = Field(
        24, gt=0, le=24 * 28, description="hours after resolving until a new chat begins"
    )
    sessions_per_minute: int = Field(60, ge=1, description="new visitors from one address")
    sockets_per_minute: int = Field(240, ge=1, description="sockets opened from one address")
    sockets_per_visitor: int = Field(5, ge=1, description="sockets open at once: tabs and devices")
    messages_per_minute: int = Field(40, ge=1, description="messages of one visitor")
    file_bytes: int = Field(
        10_000_000, ge=1_000, le=100_000_000, description="the most that a visitor's file may have"
    )
    files_per_minute: int = Field(
        10, ge=1, description="files of one visitor; four times as many of one address"
    )

    @field_validator("sites")
    @classmethod
    def _have_plain_keys(cls, sites: dict[str, ChatSite]) -> dict[str, ChatSite]:
        for key in sites:
            if not _SITE_KEY.fullmatch(key):
                raise ValueError(f"{key!r} is no site key; use lower-case letters, digits, hyphens")
        return sites


def _is_origin(text: str) -> bool:
    parts = urlsplit(text)
    return (
        parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and text == f"{parts.scheme}://{parts.netloc}".lower()
    )
