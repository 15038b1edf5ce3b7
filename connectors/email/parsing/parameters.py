"""Fields with parameters, such as Content-Type (RFC 2045), with continuations (RFC 2231)."""

import re
from urllib.parse import unquote_to_bytes

from connectors.email.parsing.charsets import decode
from connectors.email.parsing.limits import PARAMETER_FIELD_CHARS
from connectors.email.parsing.words import decode_words

_PARAMETER = re.compile(r';\s*([^\s=;"]{1,60})\s*=\s*(?:"((?:[^"\\]++|\\.)*+)"|([^;]*))', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_CHARSET_MARKS = 2


def parse_parameters(field: str) -> tuple[str, dict[str, str]]:
    """(the value, its parameters by lower-case name). Of several with one name the first counts."""
    field = field[:PARAMETER_FIELD_CHARS]
    value, _, _ = field.partition(";")
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for found in _PARAMETER.finditer(field):
        content = _ESCAPE.sub(r"\1", found[2]) if found[2] is not None else found[3].strip(" \t\"'")
        name = _SECTION.fullmatch(found[1].lower())
        if name is None:
            continue
        if name[2] is None and name[3] is None:
            plain.setdefault(name[1], decode_words(content))
        else:
            numbered = sections.setdefault(name[1], {})
            numbered.setdefault(int(name[2] or 0), (content, name[3] is not None))
    return value.strip().lower(), plain | {name: _joined(parts) for name, parts in sections.items()}


def _joined(sections: dict[int, tuple[str, bool]]) -> str:
    """The whole value; its first section may start with `charset'language'`."""
    charset = "utf-8"
    data = b""
    for number, (content, extended) in sorted(sections.items()):
        text = content
        if number == 0 and extended and text.count("'") >= _CHARSET_MARKS:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if extended else text.encode("utf-8", "replace")
    return decode(data, charset)[0]
