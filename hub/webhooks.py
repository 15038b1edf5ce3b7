"""What webhooks of ours may be sent to, and of what they may tell."""

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from hub.errors import Rejected
from hub.events import ALL, ChatActivity, MessageSend, WorkshopChanged

TOPICS = tuple(
    event.topic for event in ALL if event not in (MessageSend, ChatActivity, WorkshopChanged)
)
"""Not what is only for our own senders, nor what nobody keeps."""
LONGEST_URL = 2000
_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("::ffff:0:0:0/96"))
"""IPv4 addresses for a translator at the border (RFC 6052) or in the host (RFC 7915)."""
_WRITTEN_IN = IPv6Network("::/96")
"""IPv4 addresses in the form that is out of use (RFC 4291, 2.5.5.1)."""
_OUR_OWN = (
    IPv6Network("64:ff9b:1::/48"),  # for translating within one network (RFC 8215)
    IPv6Network("fec0::/10"),  # site-local, out of use (RFC 3879)
)
_NUMBER = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)", re.IGNORECASE)
_SCHEMES = {"https": 443, "http": 80}


@dataclass(frozen=True)
class Rules:
    """`allow_private`: also to addresses inside, and without TLS."""

    allow_private: bool = False


def check_url(url: str, rules: Rules) -> None:
    """Raises Rejected for what is never called. Where a name leads is looked at when it is."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise _no_url("This is no address.") from error
    if parts.scheme not in _SCHEMES or not host or len(url) > LONGEST_URL or not url.isprintable():
        raise _no_url("Write an address that begins with https://.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _no_url("Leave out the user, the password and what follows a #.")
    if rules.allow_private:
        return
    if parts.scheme != "https":
        raise _no_url("Write an address that begins with https://.")
    if port == 0 or is_inside(host):
        raise _no_url("This address leads inside. Only addresses on the internet are called.")


def is_inside(host: str) -> bool:
    """Whether this is an address (not a name) that is not on the internet, or only a system would
    take it for one: 2130706433, 127.1 and 0x7f.1 are names for nobody else."""
    try:
        ip_address(_bare(host))
    except ValueError:
        name = unicodedata.normalize("NFKC", host).lower().rstrip(".")
        last = name.rpartition(".")[2]
        return last == "localhost" or _NUMBER.fullmatch(last) is not None
    return not is_public(host)


def is_public(address: str) -> bool:
    """Whether this is an address on the internet; a name is none."""
    try:
        found = ip_address(_bare(address))
    except ValueError:
        return False
    if any(found in network for network in _OUR_OWN):
        return False
    return all(one.is_global and not one.is_multicast for one in _meant(found))


def _bare(host: str) -> str:
    return host.strip("[]").partition("%")[0]


def _meant(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """The address, and an IPv4 address that is written in it."""
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if any(address in network for network in (*_TRANSLATED, _WRITTEN_IN)):
        return [IPv4Address(int(address) & 0xFFFFFFFF)]
    if address.sixtofour is not None:
        return [address, address.sixtofour]
    if address.teredo is not None:
        return [address, *address.teredo]
    return [address]


def _no_url(detail: str) -> Rejected:
    return Rejected("webhook_url", detail, status=422)
