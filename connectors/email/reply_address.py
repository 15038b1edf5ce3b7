"""The address that brings an answer back: our own with the conversation's token after a plus.

Left of the @ there is room for 64 characters (RFC 5321, 4.5.3.1.1), so the token travels packed:
the conversation's id in base32, then the signature.
"""

import base64
import binascii
import uuid

LONGEST_LOCAL_PART = 64
_MARK = "c-"
_ID_CHARACTERS = 26


def reply_address(account: str, token: str, separator: str) -> str:
    """Empty when it would be too long; the mail's ids then have to do."""
    local, _, domain = account.rpartition("@")
    local = f"{local}{separator}{_MARK}{_pack(token)}"
    return f"{local}@{domain}" if len(local) <= LONGEST_LOCAL_PART else ""


def unpack(packed: str) -> str:
    """The token as the hub signed it. What is not packed is given back as it is."""
    code, signature = packed[:_ID_CHARACTERS], packed[_ID_CHARACTERS:]
    try:
        payload = uuid.UUID(bytes=base64.b32decode(f"{code.upper()}======"))
    except (binascii.Error, ValueError):
        return packed
    return f"{payload}.{signature}"


def _pack(token: str) -> str:
    payload, _, signature = token.rpartition(".")
    code = base64.b32encode(uuid.UUID(payload).bytes).decode().rstrip("=").lower()
    return code + signature
