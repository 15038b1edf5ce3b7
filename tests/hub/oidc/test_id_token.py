"""What proves who somebody is, and what does not: each attack on an ID token is refused."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
import pytest
from jwt.algorithms import RSAAlgorithm

from hub.oidc.id_token import NotOurs, UnknownKey, claims_of, identity_of
from identity_provider import ANNA, CLIENT, IdentityProvider, new_key

ISSUER, NONCE = "https://sign-in.example", "n-0S6"
KEY = IdentityProvider().key
PUBLIC: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(KEY.public_key())) | {"kid": "first"}


def said(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": NONCE, **ANNA}
    return {name: value for name, value in (claims | changes).items() if value is not None}


def signed(algorithm: str = "RS256", key: Any = KEY, kid: str = "first", **changes: Any) -> str:
    return jwt.encode(said(**changes), key, algorithm=algorithm, headers={"kid": kid})


def read(token: str, keys: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    used = [PUBLIC] if keys is None else keys
    return claims_of(token, used, issuer=ISSUER, client_id=CLIENT, nonce=NONCE)


def test_a_token_of_the_provider_for_us_says_who_it_is() -> None:
    for algorithm in ("RS256", "PS256"):
        identity = identity_of(read(signed(algorithm)))
        assert (identity.issuer, identity.subject) == (ISSUER, ANNA["sub"])
        assert identity.address == ANNA["email"]
    assert read(signed(aud=[CLIENT, "other"], azp=CLIENT))["sub"] == ANNA["sub"]


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "other"},
        {"aud": [CLIENT, "other"]},
        {"azp": "other"},
        {"iss": "https://evil.example"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"nbf": 2**33},
        {"sub": None},
        {"sub": ""},
    ],
)
def test_what_is_not_for_us_or_not_now_proves_nothing(changes: dict[str, Any]) -> None:
    with pytest.raises(NotOurs):
        read(signed(**changes))


def test_what_the_provider_did_not_sign_proves_nothing() -> None:
    with pytest.raises(NotOurs):
        read(signed(key=new_key()))
    with pytest.raises(UnknownKey):
        read(signed(kid="second"))
    with pytest.raises(NotOurs):
        read(jwt.encode(said(), "", algorithm="none", headers={"kid": "first"}))
    header, _, signature = signed().split(".")
    changed = base64.urlsafe_b64encode(json.dumps(said(sub="1")).encode()).decode().rstrip("=")
    for forged in (f"{header}.{changed}.{signature}", "", "a.b.c", "x" * 30_000):
        with pytest.raises(NotOurs):
            read(forged)


def test_a_public_key_is_no_shared_secret() -> None:
    """HS256 with what everybody can read as the key (CVE-2016-10555 and its kin)."""
    head = {"alg": "HS256", "typ": "JWT", "kid": "first"}
    parts = [json.dumps(one).encode() for one in (head, said())]
    text = ".".join(base64.urlsafe_b64encode(one).decode().rstrip("=") for one in parts)
    mac = hmac.digest(json.dumps(PUBLIC).encode(), text.encode(), hashlib.sha256)
    with pytest.raises(NotOurs):
        read(f"{text}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}")


def test_a_key_for_another_use_signs_nothing() -> None:
    for other in ({"use": "enc"}, {"alg": "RS512"}, {"kty": "EC"}):
        with pytest.raises(UnknownKey):
            read(signed(), [PUBLIC | other])


@pytest.mark.parametrize("verified", [False, None, "false", 1])
def test_an_address_that_is_not_verified_is_none(verified: Any) -> None:
    assert identity_of(read(signed(email_verified=verified))).address == ""
