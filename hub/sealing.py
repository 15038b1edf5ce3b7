"""Secrets that are kept in the store, sealed with a key that follows from the one of this
installation (AES-256-GCM): who has a copy of the database alone has none of them."""

import base64
import os
from binascii import Error as NotBase64

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.errors import Unavailable
from hub.tokens import Tokens

_NONCE_BYTES = 12


class Sealing:
    """For one purpose. What was sealed for a name opens for that name only."""

    def __init__(self, tokens: Tokens, purpose: str) -> None:
        self._cipher = AESGCM(tokens.key(purpose))

    def seal(self, name: str, secret: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, secret.encode(), name.encode())
        return base64.b64encode(nonce + sealed).decode()

    def open(self, name: str, sealed: str) -> str:
        """Raises Unavailable when it was sealed with another key."""
        try:
            content = base64.b64decode(sealed, validate=True)
            nonce, kept = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
            return self._cipher.decrypt(nonce, kept, name.encode()).decode()
        except (NotBase64, InvalidTag, ValueError) as error:
            what = f"the secret of {name}"
            raise Unavailable(what, "hub.secret was changed since: give it again") from error
