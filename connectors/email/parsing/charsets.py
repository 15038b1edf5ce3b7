"""Bytes to text, whatever charset the mail claims. Never fails; says when it had to guess."""

import codecs
import re
from functools import lru_cache

_NAME = re.compile(r"[a-z0-9_.:+-]{1,40}")
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}["']?([a-zA-Z0-9_.:+-]{1,40})""")
_META_BYTES = 2048

# What senders mean when they name the smaller or older set. https://encoding.spec.whatwg.org
_MEANT = {
    "iso8859-1": "cp1252",
    "ascii": "utf-8",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
}
# Of these two, bytes below 128 are ASCII, and no state is carried over a cut.
_OF_MOST_MAILS = ("utf-8", "cp1252")
_ALIASES = {"iso-8859-8-i": "iso-8859-8", "unicode-1-1-utf-7": "utf-7", "ks_c_5601-1987": "cp949"}
# Python offers these as text encodings; no mail was ever written in them.
_NOT_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"}


def decode(data: bytes, charset: str, *, cut: bool = False) -> tuple[str, bool]:
    """(text, whether there is doubt). `cut`: the bytes may end inside a character."""
    codec = _codec(charset)
    if codec is None:
        return _guess(data), bool(charset) and not data.isascii()
    if codec in _OF_MOST_MAILS and data.isascii():
        return data.decode("ascii"), False
    if codec == "utf-8":
        return _utf8(data, cut=cut)
    try:
        return codecs.getincrementaldecoder(codec)().decode(data, not cut), False
    except UnicodeError:
        return _guess(data), True


def meta_charset(html: bytes) -> str:
    """The charset that an HTML document names for itself."""
    found = _META.search(html[:_META_BYTES].lower())
    return found[1].decode() if found else ""


@lru_cache(maxsize=256)
def _codec(charset: str) -> str | None:
    """Python's name for it, or None for what is no charset."""
    name = charset.strip(" \t'\"").lower()
    if not _NAME.fullmatch(name):
        return None
    try:
        codec = codecs.lookup(_ALIASES.get(name, name)).name
        # Only decoding tells text encodings from compressions and other conversions.
        b" ".decode(codec, "ignore")
    except (LookupError, UnicodeError):
        return None
    return None if codec in _NOT_CHARSETS else _MEANT.get(codec, codec)


def _utf8(data: bytes, *, cut: bool) -> tuple[str, bool]:
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(data, not cut)
    wrong = text.count("\ufffd")
    if not wrong or data.count(b"\xef\xbf\xbd") == wrong:
        return text, False
    # A few broken bytes are best shown as such; when most are, it is some western charset.
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    return (text if wrong * 2 < foreign else _western(data)), True


def _guess(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _western(data)


def _western(data: bytes) -> str:
    return data.decode("cp1252", "replace")
