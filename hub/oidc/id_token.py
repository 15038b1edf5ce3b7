"""Reads an ID token: whose it is, made by this provider, for us, just now. Pure.

OpenID Connect Core 1.0, 3.1.3.7. The algorithms are fixed and all of them have a public key: what
the token says of itself decides nothing, and neither "none" nor a key that we share is taken.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt

ALGORITHMS = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
)  # fmt: skip
_KINDS = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
_LEEWAY = 60
"""Seconds that a clock may be ahead or behind."""
_LONGEST = 20_000
_LONGEST_SUBJECT = 255


class NotOurs(Exception):
    """The token proves nothing to us; the text says why, for the log."""


class UnknownKey(NotOurs):
    """It was signed with a key that the provider had not shown: keys are replaced."""


@dataclass(frozen=True)
class Identity:
    """Who signed in. `address`: their mail address, empty unless the provider says that it is
    verified."""

    issuer: str
    subject: str
    address: str
    name: str = ""


def claims_of(
    token: str, keys: Sequence[Mapping[str, Any]], *, issuer: str, client_id: str, nonce: str
) -> dict[str, Any]:
    """What the provider says, checked. Raises NotOurs."""
    if len(token) > _LONGEST:
        raise NotOurs("it is too long")
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise NotOurs(f"it is signed by {algorithm!r}")
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(keys, algorithm, header.get("kid")),
            algorithms=[algorithm],
            audience=client_id,
            issuer=issuer,
            leeway=_LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise NotOurs(str(error)) from error
    _check(claims, client_id, nonce)
    return claims


def identity_of(claims: Mapping[str, Any]) -> Identity:
    """Who that is."""
    address = claims.get("email")
    verified = claims.get("email_verified")
    name = claims.get("name")
    return Identity(
        issuer=claims["iss"],
        subject=claims["sub"],
        address=address.strip().lower() if _is_true(verified) and isinstance(address, str) else "",
        name=name if isinstance(name, str) else "",
    )


def _is_true(value: object) -> bool:
    """Some providers write it as a text."""
    return value is True or value == "true"


def _check(claims: Mapping[str, Any], client_id: str, nonce: str) -> None:
    """What the library does not know of."""
    given, audience = claims.get("nonce"), claims["aud"]
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise NotOurs("it answers another sign-in")
    several = isinstance(audience, list) and len(audience) > 1
    if claims.get("azp", None if several else client_id) != client_id:
        raise NotOurs("it was made for another program")
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise NotOurs("it names nobody")


def _key(keys: Sequence[Mapping[str, Any]], algorithm: str, name: object) -> jwt.PyJWK:
    """The key of that name; without a name, the one that serves. Raises UnknownKey."""
    fitting = [
        one
        for one in keys
        if one.get("kty") == _KINDS[algorithm[:2]]
        and one.get("use", "sig") == "sig"
        and one.get("alg", algorithm) == algorithm
        and (name is None or one.get("kid") == name)
    ]
    if len(fitting) != 1:
        raise UnknownKey(f"no key of the provider is called {name!r}")
    return jwt.PyJWK(dict(fitting[0]), algorithm=algorithm)
