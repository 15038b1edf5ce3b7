"""What an operator says about an identity provider."""

from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from hub.settings import Section

_OWN_MACHINE = ("127.0.0.1", "localhost", "::1")


class OidcSettings(Section):
    """Without this section nobody signs in there."""

    issuer: str = Field(
        description="the provider's address, as its discovery document writes it; https://"
    )
    client_id: str = Field(min_length=1, description="what the provider calls Loket")
    client_secret: SecretStr = Field(
        SecretStr(""), description="what proves it; empty for a public client"
    )
    doors_inside: bool = Field(
        default=False,
        description="the provider may name doors inside, on other hosts than the issuer's",
    )
    title: str = Field(
        "", max_length=60, description="what people call the provider, on the button"
    )

    @field_validator("issuer")
    @classmethod
    def _secure(cls, issuer: str) -> str:
        if not is_safe(issuer) or "?" in issuer or "#" in issuer:
            raise ValueError("write an address that begins with https://, without ? and #")
        return issuer

    @property
    def name(self) -> str:
        """What the button calls it."""
        return self.title or (urlsplit(self.issuer).hostname or "")


def is_safe(address: str) -> bool:
    """Whether what is said there stays between us: encrypted, or on this machine."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if "\\" in address or not address.isprintable() or not host or parts.username is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in _OWN_MACHINE)
