"""Whose word on the sender counts, and what it has to say."""

import pytest

from connectors.email.parsing.fields import Fields
from connectors.email.parsing.verify import verify_sender
from hub.interaction import Verification

VERIFIED, UNVERIFIED, FAILED = (
    Verification.VERIFIED,
    Verification.UNVERIFIED,
    Verification.FAILED,
)


def verdict(
    *results: str, address: str = "jan@klant.example", trusted: str = "mx.us"
) -> Verification:
    pairs = [("authentication-results", result.encode()) for result in results]
    return verify_sender(Fields([("from", address.encode()), *pairs]), address, [trusted])


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("mx.us; dmarc=pass header.from=klant.example", VERIFIED),
        ("mx.us 1; dmarc=pass", VERIFIED),
        ("MX.US;\r\n\tDMARC=Pass (p=none dis=none) header.from=Klant.Example", VERIFIED),
        ("mx.us; dmarc=pass header.from=other.example", UNVERIFIED),
        ("mx.us; dmarc=fail header.from=klant.example", FAILED),
        ("mx.us; dkim=pass header.d=klant.example; dmarc=fail header.from=klant.example", FAILED),
        ("mx.us; dkim=pass header.d=klant.example", VERIFIED),
        ("mx.us; dkim=pass header.i=@klant.example", VERIFIED),
        ("mx.us; dkim=pass header.d=evil.example; dkim=pass header.d=klant.example", VERIFIED),
        ("mx.us; dkim=pass header.d=evil.example", UNVERIFIED),
        ("mx.us; dkim=fail header.d=klant.example", UNVERIFIED),
        ("mx.us; spf=pass smtp.mailfrom=bounce@klant.example", VERIFIED),
        ("mx.us; spf=pass smtp.mailfrom=klant.example", VERIFIED),
        ("mx.us; spf=pass smtp.mailfrom=evil.example", UNVERIFIED),
        ("mx.us; spf=softfail smtp.mailfrom=klant.example", UNVERIFIED),
        ("mx.us; spf=pass smtp.helo=klant.example", UNVERIFIED),
        ("mx.us; dkim=pass header.d=example", UNVERIFIED),
        ("mx.us; none", UNVERIFIED),
        ("mx.us", UNVERIFIED),
        ("", UNVERIFIED),
        ("evil.example; dmarc=pass header.from=klant.example", UNVERIFIED),
        ("mx.us.evil.example; dmarc=pass header.from=klant.example", UNVERIFIED),
        ('mx.us; spf=fail (of "a) ; dmarc=pass (b"@evil.example)', UNVERIFIED),
        ('mx.us; spf=fail smtp.mailfrom="a; dmarc=pass"@evil.example', UNVERIFIED),
        ("mx.us; spf=fail (dmarc=pass; dmarc=pass) smtp.mailfrom=evil.example", UNVERIFIED),
        ("mx.us; spf=none (((((; dmarc=pass", UNVERIFIED),
        ('mx.us; dkim=pass header.d=klant.example header.b="a+/b"', VERIFIED),
    ],
)
def test_one_verdict(result: str, expected: Verification) -> None:
    assert verdict(result) is expected


def test_a_domain_vouches_for_what_is_below_it_and_not_the_other_way_round() -> None:
    below = "jan@mail.klant.example"
    assert verdict("mx.us; dkim=pass header.d=klant.example", address=below) is VERIFIED
    assert verdict("mx.us; dkim=pass header.d=mail.klant.example") is UNVERIFIED
    assert verdict("mx.us; dkim=pass header.d=ant.example") is UNVERIFIED


def test_only_the_topmost_verdict_of_our_server_counts() -> None:
    real, forged = "mx.us; dmarc=fail", "mx.us; dmarc=pass"
    assert verdict(real, forged) is FAILED
    assert verdict("evil.example; dmarc=pass", real) is FAILED


def test_a_server_without_a_name_counts_when_that_is_what_is_trusted() -> None:
    exchange = "spf=pass smtp.mailfrom=klant.example; dmarc=pass header.from=klant.example"
    assert verdict(exchange, trusted="") is VERIFIED
    assert verdict(exchange) is UNVERIFIED


def test_two_senders_are_verified_by_nothing() -> None:
    pairs = [("from", b"a@b.example"), ("from", b"c@d.example")]
    pairs.append(("authentication-results", b"mx.us; dmarc=pass header.from=b.example"))
    assert verify_sender(Fields(pairs), "a@b.example", ["mx.us"]) is UNVERIFIED
