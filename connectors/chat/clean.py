"""Makes what a widget says fit to keep: texts without controls, pages without secrets. Pure."""

import re
from urllib.parse import urlsplit

from hub.errors import Rejected

TEXT_BYTES = 8192
LANGUAGES = ("en", "nl")

_TOPIC_CHARACTERS = 200
_PAGE_CHARACTERS = 500
_LINE_CHARACTERS = 100
_ADDRESS_CHARACTERS = 254
_LOCAL_CHARACTERS = 64
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
_TOPIC = re.compile(r"[a-z0-9]+(?:[_/-][a-z0-9]+)*")
_ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"
)


def clean_text(text: str) -> str:
    """Rejected when there is too much of it; empty when there is none."""
    clean = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(clean.encode()) > TEXT_BYTES:
        raise Rejected("too_long", f"A message has {TEXT_BYTES} bytes at most.")
    return clean


def clean_line(text: str, characters: int = _LINE_CHARACTERS) -> str:
    """One line: a name, a title, an answer."""
    return " ".join(_CONTROLS.sub(" ", text).split())[:characters]


def clean_language(tag: str) -> str:
    primary = tag.lower().partition("-")[0]
    return primary if primary in LANGUAGES else ""


def clean_topic(topic: str) -> str:
    return topic if len(topic) <= _TOPIC_CHARACTERS and _TOPIC.fullmatch(topic) else ""


def clean_page(url: str) -> str:
    """Where the visitor is, without the query and fragment, which may hold secrets."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    return _CONTROLS.sub("", f"{parts.scheme}://{host}{port}{parts.path}")[:_PAGE_CHARACTERS]


def clean_address(text: str) -> str:
    """The address in its canonical form; Rejected when no mail could go there."""
    address = text.strip().lower()
    local = address.partition("@")[0]
    if (
        len(address) > _ADDRESS_CHARACTERS
        or len(local) > _LOCAL_CHARACTERS
        or not _ADDRESS.fullmatch(address)
    ):
        raise Rejected("bad_address", "This is not a mail address.")
    return address
