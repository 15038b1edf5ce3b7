"""What the page of channels asks of whoever knows the connectors, and the shapes of the answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from hub.connector import Finding


@dataclass(frozen=True)
class Way:
    """One way in or out: a mailbox, a number, a website, a partner. `facts`: what is set, as
    (name, value); `embed`: what a website puts on its pages."""

    name: str
    facts: tuple[tuple[str, str], ...] = ()
    embed: str = ""


@dataclass(frozen=True)
class Kind:
    """A connector. `on`: it is set up. `name` is that of its section in the settings."""

    name: str
    on: bool
    ways: tuple[Way, ...] = ()


@dataclass(frozen=True)
class Mailbox:
    """A mailbox as somebody typed it, to be tried: where mail is read and where it is sent. Empty
    hosts are not tried; `tls` is implicit, starttls or none. With a `token_url` we sign in by
    XOAUTH2; `name` stands beside the address in what we send."""

    address: str
    imap_host: str
    imap_port: str
    imap_tls: str
    smtp_host: str
    smtp_port: str
    smtp_tls: str
    user: str
    password: str
    folder: str = ""
    name: str = ""
    token_url: str = ""
    client_id: str = ""
    client_secret: str = ""
    refresh_token: str = ""
    scope: str = ""


@dataclass(frozen=True)
class Tried:
    """What came of it; `lines`: what to put in the settings, without the password."""

    findings: Sequence[Finding]
    lines: str = ""


class ChannelDesk(Protocol):
    def kinds(self) -> Sequence[Kind]: ...

    async def check(self, name: str) -> Sequence[Finding]:
        """Try what the settings name for this connector, without receiving or sending."""
        ...

    async def added(self) -> Sequence[str]:
        """The addresses of those that were added in the console."""
        ...

    async def add_mailbox(self, typed: Mailbox, *, by: str) -> Tried:
        """Try it, and keep it when all of it works. Raises Rejected where it is there already, or
        where mail is not switched on."""
        ...

    async def remove_mailbox(self, address: str, *, by: str) -> None: ...

    async def try_mailbox(self, typed: Mailbox) -> Tried:
        """Sign in to what was typed, and say what is wrong. Keeps nothing."""
        ...
