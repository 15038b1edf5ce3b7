"""How many messages a text is when it goes by SMS (3GPP TS 23.038 and 23.040). Pure.

A text in the GSM alphabet has 160 places in one message and 153 in each of several, because a
header that joins them takes the rest; any other text has 70 and 67. Nothing is cut in two: neither
a character of the extension, which takes two places, nor one outside Unicode's first plane.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"
_PLACES = dict.fromkeys(BASIC, 1) | dict.fromkeys(EXTENSION, 2)
_FIRST_PLANE = 0xFFFF


class Encoding(StrEnum):
    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


ROOM = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}
"""Places in a message that stands alone, and in one of several."""


@dataclass(frozen=True)
class Count:
    """`left`: places that the last message still has."""

    encoding: Encoding
    segments: int
    left: int


def count(text: str) -> Count:
    """How a text goes out."""
    is_gsm = all(character in _PLACES for character in text)
    encoding = Encoding.GSM7 if is_gsm else Encoding.UCS2
    sizes = [_PLACES[c] if is_gsm else 1 + (ord(c) > _FIRST_PLANE) for c in text]
    alone, joined = ROOM[encoding]
    if sum(sizes) <= alone:
        return Count(encoding, 1 if text else 0, alone - sum(sizes))
    return Count(encoding, *_filled(sizes, joined))


def _filled(sizes: Iterable[int], room: int) -> tuple[int, int]:
    """How many messages these take, and what is left in the last."""
    segments, left = 1, room
    for size in sizes:
        if size > left:
            segments, left = segments + 1, room
        left -= size
    return segments, left
