"""Makes foreign text storable: no NUL, no other control, no lone surrogate, no endless length."""

import re

CUT = " […]"
CUT_TEXT = "\n\n[cut here: the rest is in the original mail]"

_NEWLINE = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Marks that reorder what stands beside them; a name or subject must not rearrange its line.
_BIDI = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]+")
_SPACE = re.compile(r"\s+")


def clean_text(text: str, limit: int) -> str:
    """Text of several lines, ended by a plain newline each; what is over the limit is cut."""
    cut = len(text) > limit
    text = text[:limit].replace("\r\n", "\n")
    if text.replace("\n", "").isprintable():
        return text + CUT_TEXT if cut else text
    text = _NEWLINE.sub("\n", text)
    text = _SURROGATE.sub("\ufffd", _CONTROL.sub("", text))
    return text + CUT_TEXT if cut else text


def clean_line(text: str, limit: int) -> str:
    """Text of one line."""
    cut = len(text) > limit
    if not cut and text.isprintable() and "  " not in text:
        return text.strip()
    text = _SPACE.sub(" ", _NEWLINE.sub(" ", text[:limit]))
    text = _SURROGATE.sub("\ufffd", _BIDI.sub("", _CONTROL.sub("", text))).strip()
    return text + CUT if cut else text
