"""Internet addresses of those who connect to us."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_HOME = 64  # bits that a provider gives one IPv6 customer, who then has any number of addresses


def one_client(address: str) -> str:
    """What limits count a client by: its address, or the network that an IPv6 client has."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((IPv6Address(int(parsed)), _HOME), strict=False))
