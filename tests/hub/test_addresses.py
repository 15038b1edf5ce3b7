"""Who a client is, and what counts as one."""

from ipaddress import ip_network

import pytest

from hub.addresses import behind, one_client

PROXIES = [ip_network("10.0.0.0/8"), ip_network("2001:db8:9::1")]


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("not an address", "not an address"),
    ],
)
def test_one_client_is_an_address_or_an_ipv6_network(address: str, client: str) -> None:
    assert one_client(address) == client


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("::ffff:10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "192.0.2.7, 10.2.2.2", "192.0.2.7"),
        ("2001:db8:9::1", "2001:db8::5,10.2.2.2", "2001:db8::5"),
        ("10.0.0.1", "198.51.100.1, 192.0.2.7", "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "10.2.2.2", "10.2.2.2"),
        ("", "192.0.2.7", ""),
    ],
    ids=[
        "one proxy",
        "mapped",
        "two",
        "ipv6",
        "a client that claims",
        "no proxy",
        "silent",
        "unknown",
        "itself",
        "gone",
    ],
)
def test_only_our_proxies_say_whom_they_connect_for(peer: str, forwarded: str, client: str) -> None:
    assert behind(PROXIES, peer, forwarded) == client
