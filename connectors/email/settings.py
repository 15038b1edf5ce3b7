"""What an operator says about mail: accounts, how to reach their servers, the door for SMTP."""

import ipaddress
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from connectors.email.parsing.addresses import ascii_domain, canonical_address
from hub.settings import Section

MEGABYTES_25 = 26_214_400


class Tls(StrEnum):
    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    NONE = "none"


class Protocol(StrEnum):
    SMTP = "smtp"
    LMTP = "lmtp"


def _mail_address(value: str) -> str:
    address = canonical_address(value)
    if not address:
        raise ValueError("write a mail address, like support@example.org")
    return address


def _alias(value: str) -> str:
    """A mail address, or `@domain` for every address of that domain."""
    domain = ascii_domain(value.strip().removeprefix("@"))
    return f"@{domain}" if value.strip().startswith("@") and domain else _mail_address(value)


Address = Annotated[str, AfterValidator(_mail_address)]
Alias = Annotated[str, AfterValidator(_alias)]


class OAuthSettings(Section):
    """Where access tokens come from: a file that something else keeps fresh, or an endpoint."""

    token_file: Path | None = Field(None, description="holds the access token and nothing else")
    token_url: str = Field("", description="the provider's token endpoint")
    client_id: str = Field("", description="of Loket, registered with the provider")
    client_secret: SecretStr = SecretStr("")
    refresh_token: SecretStr = Field(
        SecretStr(""), description="without it the client signs in as itself (client credentials)"
    )
    scope: str = Field("", description="what the token is for, in the provider's words")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.token_file is None) == (not self.token_url):
            raise ValueError("give either token_file or token_url")
        return self


class ServerSettings(Section):
    """What signing in to a mail server takes, whether to read or to send."""

    host: str = Field(min_length=1)
    port: int = Field(ge=1, le=65535)
    tls: Tls = Field(description="implicit, starttls; none on this machine only")
    ca_file: Path | None = Field(None, description="trust these certificates, not the system's")
    user: str = Field("", description="whom to sign in as; else the account's address")
    password: SecretStr = Field(SecretStr(""), description="sending without one: no sign-in")
    password_file: Path | None = Field(None, description="holds the password and nothing else")
    oauth: OAuthSettings | None = Field(None, description="sign in by XOAUTH2, without password")
    timeout: float = Field(60, gt=0, description="seconds to wait for an answer")
    public_only: bool = Field(
        default=False, description="refuse a server whose address is not on the internet"
    )

    @model_validator(mode="after")
    def _no_secret_in_the_clear(self) -> Self:
        if self.tls is Tls.NONE and not is_loopback(self.host):
            raise ValueError(f"tls = none is for this machine only, not for {self.host}")
        return self


class ImapSettings(ServerSettings):
    port: int = Field(993, ge=1, le=65535)
    tls: Tls = Field(Tls.IMPLICIT, description="implicit, starttls; none on this machine only")
    folder: str = Field("INBOX", description="where mail for this account arrives")
    since: date | None = Field(None, description="leave mail alone that arrived before this day")
    poll: float = Field(60, gt=0, description="seconds between looks where there is no IDLE")
    # Less than the 29 minutes of RFC 2177, because routers forget quiet connections sooner.
    idle: float = Field(240, gt=0, lt=29 * 60, description="seconds after which IDLE is renewed")
    rescan: float = Field(900, gt=0, description="seconds between full comparisons")
    mark_seen: bool = Field(default=False, description="mark as read what was taken in")


class SmtpSettings(ServerSettings):
    port: int = Field(587, ge=1, le=65535)
    tls: Tls = Field(Tls.STARTTLS, description="starttls, implicit; none on this machine only")
    # RFC 5321, 4.5.3.2.6: a server may think about a whole message for ten minutes.
    data_timeout: float = Field(600, gt=0, description="seconds to wait for the final answer")


class AccountSettings(Section):
    """One address at which the organisation receives and from which it sends."""

    address: Address = Field(description="what customers write to, and are answered from")
    from_name: str = Field("", description="beside the address; else the organisation's name")
    aliases: tuple[Alias, ...] = Field(
        (), description="other recipients that end up here; @domain means all of it"
    )
    imap: ImapSettings | None = None
    smtp: SmtpSettings | None = Field(None, description="else the general one")


class ListenSettings(Section):
    """The door by which other mail servers hand mail to Loket."""

    host: str = Field("127.0.0.1", description="the address to listen on")
    port: int = Field(2525, ge=0, le=65535, description="0 takes any free port")
    protocol: Protocol = Field(Protocol.SMTP, description="smtp or lmtp")
    hostname: str = Field("", description="how Loket calls itself; else this machine's name")
    tls_certificate: Path | None = Field(None, description="PEM; with the key: offers STARTTLS")
    tls_key: Path | None = Field(None, description="PEM")
    users: dict[str, SecretStr] = Field(
        default_factory=dict, description="when there are any, clients must sign in"
    )
    max_connections: int = Field(200, ge=1, description="more are sent away for now")
    max_connections_per_client: int = Field(
        50, ge=1, description="the same, for one IPv4 address or IPv6 network (/64)"
    )
    timeout: float = Field(
        300, gt=0, description="seconds within which a command or a whole mail must be in"
    )

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("give tls_certificate and tls_key, or neither")
        if self.users and self.tls_certificate is None:
            raise ValueError("passwords are not taken in the clear: give tls_certificate")
        return self


class EmailSettings(Section):
    accounts: dict[str, AccountSettings] = Field(default_factory=dict)
    smtp: SmtpSettings | None = Field(None, description="sends for accounts without their own")
    listen: ListenSettings | None = None
    trusted_authserv_ids: tuple[str, ...] = Field(
        (), description="whose Authentication-Results headers are believed"
    )
    size_limit: int = Field(MEGABYTES_25, ge=65_536, description="bytes of a mail, both ways in")
    allow_inside: bool = Field(
        default=False,
        description="mailboxes that are added in the console may be on servers inside",
    )
    separator: str = Field("+", min_length=1, max_length=1, description="of plus-addresses")

    @model_validator(mode="after")
    def _one_owner_each(self) -> Self:
        owned = [
            a for account in self.accounts.values() for a in (account.address, *account.aliases)
        ]
        twice = sorted({address for address in owned if owned.count(address) > 1})
        if twice:
            raise ValueError(f"two accounts have the address {', '.join(twice)}")
        return self


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
