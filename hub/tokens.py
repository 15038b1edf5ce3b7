"""Signed references that we hand out and recognise again: reply addresses, body markers, visitors.

A token is `PAYLOAD.MAC`: nobody without the secret can make one, so guessing a conversation's
number gives no way in.
"""

import base64
import hashlib
import hmac

# 80 bits: each guess is a mail or a request. Longer, a token would not fit the 64 characters that
# RFC 5321 allows left of the @ beside a name such as `klantenservice`.
_MAC_BYTES = 10
SHORTEST_SECRET = 32


class Tokens:
    """Signs and checks with one secret; a token made for one purpose is none for another."""

    def __init__(self, secret: str) -> None:
        if len(secret) < SHORTEST_SECRET:
            raise ValueError(f"the secret must have {SHORTEST_SECRET} characters or more")
        self._secret = secret.encode()

    def sign(self, purpose: str, payload: str) -> str:
        return f"{payload}.{self._mac(purpose, payload)}"

    def verify(self, purpose: str, token: str) -> str | None:
        """The payload, or None when the token is not one of ours."""
        payload, _, mac = token.rpartition(".")
        if not payload or not mac.isascii():
            return None
        return payload if hmac.compare_digest(self._mac(purpose, payload), mac) else None

    def derive(self, purpose: str, salt: str) -> bytes:
        """A secret of 160 bits that follows from ours and the salt."""
        return hmac.digest(self._secret, f"derive\0{purpose}\0{salt}".encode(), hashlib.sha256)[:20]

    def key(self, purpose: str) -> bytes:
        """A key of 256 bits that follows from our secret."""
        return hmac.digest(self._secret, f"key\0{purpose}".encode(), hashlib.sha256)

    def _mac(self, purpose: str, payload: str) -> str:
        message = f"{purpose}\0{payload}".encode()
        digest = hmac.digest(self._secret, message, hashlib.sha256)[:_MAC_BYTES]
        # Mail systems may change the case of an address: base32 survives that.
        return base64.b32encode(digest).decode().lower()
