"""Content-Transfer-Encoding undone piece by piece, so that a large body is never held whole."""

import binascii
import re
from typing import Protocol

_NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
)
_OPEN_ESCAPE = re.compile(rb"=[0-9A-Fa-f]?\Z")
_QUAD = 4


class Decoder(Protocol):
    def feed(self, data: bytes) -> bytes: ...

    def finish(self) -> bytes: ...


def decoder_for(encoding: str) -> Decoder:
    """The decoder by the field's value; an unknown encoding leaves the bytes as they are."""
    name = encoding.partition(";")[0].strip().lower()
    if name == "base64":
        return Base64()
    return QuotedPrintable() if name == "quoted-printable" else AsItIs()


class AsItIs:
    def feed(self, data: bytes) -> bytes:
        return data

    def finish(self) -> bytes:
        return b""


class Base64:
    """Ignores what is not of its alphabet and ends at the padding, as mail programs do."""

    def __init__(self) -> None:
        self._rest = b""
        self._ended = False

    def feed(self, data: bytes) -> bytes:
        if self._ended:
            return b""
        data, padding, _ = (self._rest + data.translate(None, _NOT_BASE64)).partition(b"=")
        self._ended = bool(padding)
        whole = len(data) - len(data) % _QUAD
        self._rest = data[whole:]
        decoded = binascii.a2b_base64(data[:whole])
        return decoded + self.finish() if padding else decoded

    def finish(self) -> bytes:
        rest, self._rest = self._rest, b""
        # One letter alone holds six bits: not yet a byte.
        return binascii.a2b_base64(rest + b"==") if len(rest) > 1 else b""


class QuotedPrintable:
    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        data = self._rest + data
        # A piece of an over-long line may end inside an escape.
        open_escape = _OPEN_ESCAPE.search(data, max(0, len(data) - 2))
        end = open_escape.start() if open_escape else len(data)
        self._rest = data[end:]
        return binascii.a2b_qp(data[:end])

    def finish(self) -> bytes:
        rest, self._rest = self._rest, b""
        return b"" if rest == b"=" else rest
