"""Whether the sender is who the mail says, by the verdict of a mail server that we trust.

Anyone can write an Authentication-Results field (RFC 8601); only the topmost with the id of our own
server was written by it.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from connectors.email.parsing.addresses import ascii_domain, domain_of
from connectors.email.parsing.fields import Fields
from hub.interaction import Verification

_LONGEST_FIELD = 16 * 1024
_METHOD = re.compile(r"([a-z0-9-]{1,40})(?:/\d+)?\s{0,5}=\s{0,5}([a-z]{1,40})")
_PROPERTY = re.compile(r"([a-z-]{1,40}\.[a-z0-9_-]{1,40})\s{0,5}=\s{0,5}([^\s;]{1,320})")
_PLAIN_QUOTES = re.compile(r'"([^"()\\;]{0,200})"')
_BRACKET = re.compile(r"([()])")


@dataclass(frozen=True, slots=True)
class _Result:
    """One method's verdict, with what it was about."""

    method: str
    verdict: str
    properties: dict[str, str]

    def domain(self, *names: str) -> str:
        """The domain of the first of these properties that is there."""
        value = next((self.properties[name] for name in names if name in self.properties), "")
        return ascii_domain(domain_of(value) or value)


def verify_sender(fields: Fields, address: str, trusted: Collection[str]) -> Verification:
    """`trusted` holds authserv-ids; an empty one stands for a field that names no server."""
    from_domain = domain_of(address)
    results = _trusted_results(fields.all("authentication-results"), trusted)
    if not from_domain or len(list(fields.all("from"))) != 1:
        return Verification.UNVERIFIED
    dmarc = [result for result in results if result.method == "dmarc"]
    if any(result.verdict == "fail" for result in dmarc):
        return Verification.FAILED
    if any(result.verdict == "pass" and _about(result, from_domain) for result in dmarc):
        return Verification.VERIFIED
    if any(result.verdict == "pass" and _aligned(result, from_domain) for result in results):
        return Verification.VERIFIED
    return Verification.UNVERIFIED


def _about(dmarc: _Result, from_domain: str) -> bool:
    """Whether the server read the same From as we do."""
    return dmarc.domain("header.from") in ("", from_domain)


def _aligned(result: _Result, from_domain: str) -> bool:
    """A domain vouches for itself and for what is below it. The other way round takes DMARC."""
    if result.method == "dkim":
        domain = result.domain("header.d", "header.i")
    elif result.method == "spf":
        domain = result.domain("smtp.mailfrom")
    else:
        return False
    return "." in domain and (from_domain == domain or from_domain.endswith(f".{domain}"))


def _trusted_results(values: Iterable[str], trusted: Collection[str]) -> list[_Result]:
    known = {name.lower() for name in trusted}
    for value in values:
        text = _readable(value[:_LONGEST_FIELD].lower())
        first, *rest = text.split(";")
        # Exchange Online begins with the first result and names no server.
        server = "" if "=" in first else first.strip().partition(" ")[0]
        if server in known:
            parts = [first, *rest] if "=" in first else rest
            return [result for part in parts if (result := _result(part))]
    return []


def _result(part: str) -> _Result | None:
    method = _METHOD.match(part.strip())
    if method is None:
        return None
    properties: dict[str, str] = {}
    for name, value in _PROPERTY.findall(part):
        properties.setdefault(name, value)
    return _Result(method[1], method[2], properties)


def _readable(field: str) -> str:
    """The field without comments and quotes; empty when somebody may have played with them.

    Servers copy the sender's own address into this field, and an address may hold quotes, brackets
    and semicolons: by them a sender could write a verdict of their own.
    """
    field = _PLAIN_QUOTES.sub(r"\1", field)
    return "" if '"' in field or "\\" in field else _without_comments(field)


def _without_comments(text: str) -> str:
    kept: list[str] = []
    depth = 0
    for piece in _BRACKET.split(text):
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(piece)
    return "".join(kept)
