"""Fields that an organisation adds to its customers: what each is, and how a value of it is read.

In the store a value is text in one form, whoever wrote it and in whatever language: a day is
`2026-11-30`, a number `1234.5`, an amount `1234.50`, several choices `gold,silver`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from hub.branches import is_within
from hub.errors import Rejected
from hub.imports import fields as cells
from hub.imports.fields import Reading
from hub.imports.refusal import Refused
from hub.money import decimals

LONGEST = 500
LONGEST_TEXT = 2_000
POINTS = {"en": ".", "nl": ","}
"""What stands before the decimals, by language."""
YES, NO = "yes", "no"
_YES_NO = {
    **dict.fromkeys(("yes", "ja", "true", "1", "y", "j"), YES),
    **dict.fromkeys(("no", "nee", "false", "0", "n"), NO),
}


class FieldKind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    AMOUNT = "amount"
    DATE = "date"
    YES_NO = "yes_no"
    ONE_OF = "one_of"
    SEVERAL_OF = "several_of"
    WEB = "web"
    EMAIL = "email"
    PHONE = "phone"


CHOOSING = (FieldKind.ONE_OF, FieldKind.SEVERAL_OF)


class Who(StrEnum):
    """Supervisors are agents too; administrators see and change all."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"


class Whose(StrEnum):
    """Of a person, also one of whom only a chat is known, or of an organisation."""

    PERSON = "person"
    ORGANISATION = "organisation"


@dataclass(frozen=True)
class Choice:
    """`archived`: nobody chooses it any more; who has it keeps it."""

    name: str
    titles: Mapping[str, str]
    archived: bool = False

    def title(self, language: str) -> str:
        return in_language(self.titles, language)


@dataclass(frozen=True)
class Field:
    """`titles`, by language, one at least. `currency`: of an amount. `required`: asked for until it
    is known, and not emptied by hand. `topics`: work about one of these shows it first.
    `searchable`: customers are found by it."""

    id: str
    key: str
    kind: FieldKind
    titles: Mapping[str, str]
    whose: Sequence[Whose] = (Whose.PERSON, Whose.ORGANISATION)
    choices: Sequence[Choice] = ()
    currency: str = ""
    required: bool = False
    topics: Sequence[str] = ()
    seen_by: Who = Who.AGENT
    changed_by: Who = Who.AGENT
    searchable: bool = False
    archived: bool = False

    def title(self, language: str) -> str:
        return in_language(self.titles, language)

    def is_of(self, customer_kind: str) -> bool:
        return whose(customer_kind) in self.whose

    def may_see(self, *, oversees: bool) -> bool:
        return oversees or self.seen_by is Who.AGENT

    def may_change(self, *, oversees: bool) -> bool:
        return oversees or Who.SUPERVISOR not in (self.seen_by, self.changed_by)

    def is_about(self, topic: str) -> bool:
        return any(is_within(topic, one) for one in self.topics)

    def offered(self, value: str) -> list[Choice]:
        """The choices that there are for who has this value: what was archived stays theirs."""
        mine = {one.name for one in self.chosen(value)}
        return [one for one in self.choices if not one.archived or one.name in mine]

    def chosen(self, value: str) -> list[Choice]:
        """The choices that a stored value names; one that is not known is called as it is named."""
        known = {one.name: one for one in self.choices}
        names = value.split(",") if self.kind is FieldKind.SEVERAL_OF else [value]
        return [known.get(name) or Choice(name, {"en": name}) for name in names if name]


class FieldRefused(Rejected):
    """A value is none for its field. `said`: why, in each language."""

    def __init__(self, of: Field, refused: Refused) -> None:
        self.field = of
        self.refused = refused
        super().__init__("bad_field", self.said("en"), status=422)

    def said(self, language: str) -> str:
        return f"{self.field.title(language)}: {' '.join(self.refused.said(language))}"


def in_language(titles: Mapping[str, str], language: str) -> str:
    return titles.get(language) or next((text for text in titles.values() if text), "")


def whose(customer_kind: str) -> Whose:
    return Whose.ORGANISATION if customer_kind == Whose.ORGANISATION else Whose.PERSON


@dataclass(frozen=True)
class Typed:
    """How what somebody wrote is to be read: `language` says what stands before the decimals, ""
    that nobody knows; `reading` is for days and phone numbers."""

    language: str = ""
    reading: Reading = field(default_factory=Reading)


def read(of: Field, text: str, typed: Typed) -> str:
    """The value as the store keeps it; "" for nothing. Raises FieldRefused."""
    plain = _plain(text, lines=of.kind is FieldKind.LONG_TEXT)
    try:
        if plain:
            return _READ[of.kind](of, plain, typed)
    except Refused as error:
        raise FieldRefused(of, error) from error
    return ""


def _plain(text: str, *, lines: bool) -> str:
    if lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return "".join(c for c in text if c.isprintable() or c == "\n").strip()
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _text(of: Field, text: str, _: Typed) -> str:
    return cells.text(text, of.key, LONGEST)


def _long_text(of: Field, text: str, _: Typed) -> str:
    return cells.text(text, of.key, LONGEST_TEXT)


def _number(of: Field, text: str, typed: Typed) -> str:
    return cells.decimal(text, of.key, POINTS.get(typed.language, ""))


def _amount(of: Field, text: str, _: Typed) -> str:
    places = decimals(of.currency)
    whole, rest = divmod(abs(amount := cells.amount(text, of.key, of.currency)), 10**places)
    sign = "-" if amount < 0 else ""
    return f"{sign}{whole}" + (f".{rest:0{places}}" if places else "")


def _date(of: Field, text: str, typed: Typed) -> str:
    on = cells.day(text, of.key, typed.reading)
    return on.isoformat() if on else ""


def _yes_no(of: Field, text: str, _: Typed) -> str:
    return cells.choice(text, of.key, _YES_NO)


def _one_of(of: Field, text: str, _: Typed) -> str:
    plain = text.casefold()
    open_ones = [one for one in of.choices if not one.archived]
    for one in (*open_ones, *of.choices):
        if plain in (one.name.casefold(), *(title.casefold() for title in one.titles.values())):
            return one.name
    known = ", ".join(one.name for one in open_ones)
    raise Refused("choice", of.key, value=text, choices=known)


def _several_of(of: Field, text: str, typed: Typed) -> str:
    parts = [part.strip() for part in text.replace(";", ",").split(",")]
    names = {_one_of(of, part, typed) for part in parts if part}
    return ",".join(one.name for one in of.choices if one.name in names)


def _web(of: Field, text: str, _: Typed) -> str:
    cells.text(text, of.key, LONGEST)
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        host = None
    right = parts.scheme in ("https", "http") if host else False
    if not right or any(c.isspace() or c in '"<>\\' for c in text):
        raise Refused("web", of.key, value=text)
    return text


def _email(of: Field, text: str, _: Typed) -> str:
    return cells.mail(text, of.key)


def _phone(of: Field, text: str, typed: Typed) -> str:
    return cells.phone(text, of.key, typed.reading)


_READ: Mapping[FieldKind, Callable[[Field, str, Typed], str]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG_TEXT: _long_text,
    FieldKind.NUMBER: _number,
    FieldKind.AMOUNT: _amount,
    FieldKind.DATE: _date,
    FieldKind.YES_NO: _yes_no,
    FieldKind.ONE_OF: _one_of,
    FieldKind.SEVERAL_OF: _several_of,
    FieldKind.WEB: _web,
    FieldKind.EMAIL: _email,
    FieldKind.PHONE: _phone,
}
