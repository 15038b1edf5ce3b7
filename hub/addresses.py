"""Internet addresses of those who connect to us."""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Network = IPv4Network | IPv6Network

_HOME = 64  # bits that a provider gives one IPv6 customer, who then has any number of addresses


def one_client(address: str) -> str:
    """What limits count a client by: its address, or the network that an IPv6 client has."""
    parsed = _parsed(address)
    if not isinstance(parsed, IPv6Address):
        return str(parsed or address)
    return str(ip_network((IPv6Address(int(parsed)), _HOME), strict=False))


def behind(proxies: Sequence[Network], peer: str, forwarded: str) -> str:
    """Whom `peer` connects for, by the X-Forwarded-For that came along.

    Each proxy adds the address that it sees on the right; what is left of an address that is none
    of our proxies is anybody's claim.
    """
    client = peer
    for hop in reversed(forwarded.split(",")):
        if not is_one_of(proxies, client) or _parsed(hop.strip()) is None:
            break
        client = hop.strip()
    return client


def is_one_of(networks: Sequence[Network], address: str) -> bool:
    """Whether the address lies in one of these; what is no address lies in none."""
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in networks)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return mapped or parsed
