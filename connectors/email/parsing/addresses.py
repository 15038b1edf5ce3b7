"""Mailboxes in header fields (RFC 5322, 3.4), in one pass however malformed the field is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.email.parsing.clean import clean_line
from connectors.email.parsing.limits import ADDRESS_FIELD_CHARS, NAME_CHARS, RECIPIENTS
from connectors.email.parsing.words import WORD, decode_words

# A quoted name has a bounded number of pieces: looking for its end from each of many quotation
# marks that have none would take time in the square of the length.
_TOKEN = re.compile(
    rf'(?P<word>{WORD})|"(?P<quoted>(?:[^"\\]++|\\.){{0,100}}+)"|<(?P<angle>[^<>]*)>'
    r'|(?P<mark>[(),;:])|(?P<plain>[^"()<>,;:=]++|.)',
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_LONGEST_ADDRESS = 254
_ADDRESS = re.compile(r'([^\s@<>()\[\],;:\\"]{1,64})@([^\s@<>()\[\],;:\\"]{1,253})')
_BARE_ADDRESS = re.compile(rf"(?<!\S){_ADDRESS.pattern}(?!\S)")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


@dataclass(frozen=True)
class Mailbox:
    """An address in canonical form (lower case, domain in ASCII) and the name beside it."""

    address: str
    name: str = ""


def parse_mailboxes(field: str) -> tuple[Mailbox, ...]:
    """Those of the field that have a usable address, at most RECIPIENTS."""
    found: dict[str, Mailbox] = {}
    for mailbox in _mailboxes(field[:ADDRESS_FIELD_CHARS]):
        if mailbox.address:
            found.setdefault(mailbox.address, mailbox)
        if len(found) == RECIPIENTS:
            break
    return tuple(found.values())


def canonical_address(text: str) -> str:
    """The address in lower case with its domain in ASCII, or empty when it is none."""
    found = _ADDRESS.fullmatch(text.strip().strip("'"))
    if found is None or not found[1].isprintable():
        return ""
    domain = ascii_domain(found[2])
    address = f"{found[1].lower()}@{domain}"
    return address if domain and len(address) <= _LONGEST_ADDRESS else ""


def ascii_domain(domain: str) -> str:
    """The domain as DNS writes it, or empty when it is none."""
    domain = domain.rstrip(".").lower()
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        return ""
    return domain if _DOMAIN.fullmatch(domain) else ""


def domain_of(address: str) -> str:
    return address.rpartition("@")[2]


def _mailboxes(field: str) -> Iterator[Mailbox]:
    """One for each comma-separated entry; groups are opened up, comments stand in for names."""
    entry = _Entry()
    depth = 0
    for token in _TOKEN.finditer(field):
        mark = token["mark"]
        if mark == "(":
            depth += 1
        elif mark == ")":
            depth = max(0, depth - 1)
        elif depth:
            entry.comment.append(token[0])
        elif mark in (",", ";"):
            yield entry.mailbox()
            entry = _Entry()
        elif mark == ":":
            entry = _Entry()
        else:
            entry.take(token)
    yield entry.mailbox()


class _Entry:
    """What has been read of one mailbox."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.comment: list[str] = []
        self.angle: str | None = None
        self.quoted = False

    def take(self, token: re.Match[str]) -> None:
        if token["angle"] is not None:
            self.angle = token["angle"] if self.angle is None else self.angle
        elif token["quoted"] is not None:
            self.quoted = True
            self.words.append(_ESCAPE.sub(r"\1", token["quoted"]))
        else:
            self.words.append(token[0])

    def mailbox(self) -> Mailbox:
        written = "".join(self.words).strip()
        if self.angle is not None:
            address = canonical_address(self.angle.rpartition(":")[2])
            return Mailbox(address, _name(written))
        address = canonical_address(written)
        if not address and not self.quoted:
            # No brackets around the address: "Jan de Vries jan@example.nl".
            bare = _BARE_ADDRESS.search(written)
            address = canonical_address(bare[0]) if bare else ""
            self.comment = [written[: bare.start()]] if bare else []
        return Mailbox(address, _name("".join(self.comment)))


def _name(written: str) -> str:
    return clean_line(decode_words(written[: NAME_CHARS * 12]), NAME_CHARS).strip(" '\"")
