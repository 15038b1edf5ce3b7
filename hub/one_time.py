"""One-time codes of an authenticator app (RFC 6238: HMAC-SHA-1, six digits, 30 seconds), and codes
to come in without it. Pure."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote

STEP_SECONDS = 30
DIGITS = 6
DRIFT = 1
"""So many steps the clock of a phone may be ahead or behind."""
RECOVERY_CODES = 8
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""None that looks like another."""


def step_at(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS


def code(secret: bytes, step: int) -> str:
    """The code of a step (RFC 4226, 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def fits(secret: bytes, given: str, at: datetime, *, after: int) -> int | None:
    """The step that this is the code of, if it is one of now and later than `after`: each code
    serves once."""
    now, plain = step_at(at), "".join(given.split())
    if len(plain) != DIGITS or not (plain.isascii() and plain.isdecimal()):
        return None
    for step in range(now - DRIFT, now + DRIFT + 1):
        if step > after and hmac.compare_digest(code(secret, step), plain):
            return step
    return None


def written(secret: bytes) -> str:
    """The secret as people type it into an app."""
    return base64.b32encode(secret).decode().rstrip("=")


def address(secret: bytes, login: str, organisation: str) -> str:
    """What an app reads from a link: `otpauth://totp/…`."""
    label = quote(f"{organisation}:{login}", safe="")
    issuer = quote(organisation, safe="")
    return (
        f"otpauth://totp/{label}?secret={written(secret)}&issuer={issuer}"
        f"&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}"
    )


def new_recovery_codes() -> list[str]:
    """Each opens once, for who has lost the app."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    ]


def canonical_recovery(given: str) -> str:
    return "".join(c for c in given.casefold() if c in _LETTERS)
