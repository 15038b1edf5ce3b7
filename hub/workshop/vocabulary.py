"""Which cards there are in a session, and what can be written on them.

A card is called `kind.key`; what stands on it are fields, each kept by itself. A row of the model
is a card that is named by what it holds for, so that two people who begin the same row write on the
same card. What a text means (a time, a week) is not looked at here: whatever people write is kept.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Any, NamedTuple

from hub.errors import Rejected
from hub.store.inserting import digest

ANY = "any"
MEETING = "meeting.this"
TAKEN_BACK = "~"
"""Written where something must not be inherited."""
VOTE = "vote."
"""A field for each voter: `vote.PERSON`."""
LONGEST = 4_000
LONGEST_NAME = 100
MOST_NAMES = 20
HIGHEST = 1e9
"""No rank is infinite, or no number at all."""
MOST_WRITES = 20_000
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_VOTE = re.compile(r"vote\.[0-9a-f-]{1,36}")


class Kind(StrEnum):
    """`meeting` is the session itself; `info`, `result`, `step` and `authority` lie `of` a row,
    a `choice` lies `of` a result."""

    MEETING = "meeting"
    GROUP = "group"
    CHANNEL = "channel"
    TOPIC = "topic"
    ROLE = "role"
    HOURS = "hours"
    SKILL = "skill"
    ROW = "row"
    INFO = "info"
    RESULT = "result"
    CHOICE = "choice"
    STEP = "step"
    AUTHORITY = "authority"
    ACTION = "action"


class Form(StrEnum):
    """What kind of value a field has. `held`: anything, not for people to write."""

    TEXT = "text"
    FLAG = "flag"
    NUMBER = "number"
    LIST = "list"
    HELD = "held"


class Write(NamedTuple):
    """One field of one card gets a value; None takes it away. `base`: the number of the board on
    which it was last seen, None where that does not matter."""

    card: str
    field: str
    value: Any
    base: int | None = None


class Where(NamedTuple):
    """What a row holds for: the keys of a group and a topic, names of a direction and channel."""

    group: str = ANY
    direction: str = ANY
    channel: str = ANY
    topic: str = ANY


def _fields(form: Form, names: str) -> dict[str, Form]:
    return dict.fromkeys(names.split(), form)


_PLACED = _fields(Form.NUMBER, "rank") | _fields(Form.FLAG, "gone")
_KEPT = _fields(Form.TEXT, "author name") | _fields(Form.HELD, "rest")
_TITLED = _fields(Form.TEXT, "title_en title_nl") | _PLACED | _KEPT
_ABOUT = _fields(Form.TEXT, "about_en about_nl")

FIELDS: dict[Kind, dict[str, Form]] = {
    Kind.MEETING: _fields(Form.TEXT, "triage organisation version") | _fields(Form.HELD, "rest"),
    Kind.GROUP: _TITLED | _ABOUT | _fields(Form.TEXT, "under"),
    Kind.CHANNEL: _TITLED
    | _fields(Form.FLAG, "inbound outbound")
    | _fields(Form.TEXT, "hours address"),
    Kind.TOPIC: _TITLED
    | _fields(Form.TEXT, "under words senders accounts patterns attachments events"),
    Kind.ROLE: _TITLED | _ABOUT | _fields(Form.TEXT, "backup owner hours mode choice"),
    Kind.HOURS: _TITLED | _fields(Form.TEXT, "time_zone week holidays exceptions"),
    Kind.SKILL: _TITLED,
    Kind.ROW: _fields(
        Form.TEXT,
        "role backup allowed first next resolution clock priority sticky capacity order skills",
    )
    | _fields(Form.LIST, "instead")
    | _fields(Form.FLAG, "no_info no_results no_before no_during no_after no_authority")
    | _PLACED
    | _KEPT,
    Kind.INFO: _TITLED | _fields(Form.TEXT, "of source field"),
    Kind.RESULT: _TITLED | _fields(Form.TEXT, "of"),
    Kind.CHOICE: _TITLED | _fields(Form.TEXT, "of"),
    Kind.STEP: _TITLED
    | _fields(Form.TEXT, "of when who aid_en aid_nl")
    | _fields(Form.FLAG, "blocking"),
    Kind.AUTHORITY: _TITLED | _fields(Form.TEXT, "of limits approver within"),
    Kind.ACTION: _PLACED | _fields(Form.TEXT, "what owner due author") | _fields(Form.FLAG, "done"),
}
PARTS = (Kind.INFO, Kind.RESULT, Kind.CHOICE, Kind.STEP, Kind.AUTHORITY)
"""What lies on other cards."""
VOTED = frozenset({Kind.GROUP, Kind.TOPIC})


def kind_of(card: str) -> Kind:
    """Raises Rejected for what is no card."""
    name, _, key = card.partition(".")
    parts = key.split(".")
    fits = len(parts) == (len(Where._fields) if name == Kind.ROW else 1)
    if name not in set(Kind) or not fits or not all(map(_KEY.fullmatch, parts)):
        raise Rejected("bad_card", f"There is no card {card[:80]!r}.")
    return Kind(name)


def is_row(card: str) -> bool:
    """Whether this is the name of a row."""
    try:
        return kind_of(card) is Kind.ROW
    except Rejected:
        return False


def key_of(card: str) -> str:
    return card.partition(".")[2]


def row_id(where: Where) -> str:
    return ".".join((Kind.ROW, *where))


def where_of(row: str) -> Where:
    return Where(*row.split(".")[1:])


def new_card(kind: Kind, operation: str, number: int = 0) -> str:
    """The same for the same operation: one that is sent twice makes one card."""
    return f"{kind}.{digest(operation, str(number))[:12]}"


def check(writes: Iterable[Write], *, held: bool = False) -> list[Write]:
    """The writes, if they are what a session can keep; raises Rejected. Fields that people do not
    write themselves are refused unless `held`."""
    checked = list(writes)
    if len(checked) > MOST_WRITES:
        raise Rejected("too_much_at_once", "That is too much at once.")
    for one in checked:
        form = _form(one)
        if form is None or (form is Form.HELD and not held):
            raise Rejected("bad_card", f"{one.card} has no field {one.field[:80]!r}.")
        if one.value is not None and not _fits(form, one.value):
            raise Rejected("bad_value", f"{one.field} cannot be that.")
    return checked


def _form(one: Write) -> Form | None:
    kind = kind_of(one.card)
    if kind in VOTED and _VOTE.fullmatch(one.field):
        return Form.FLAG
    return FIELDS[kind].get(one.field)


def _fits(form: Form, value: Any) -> bool:
    match form:
        case Form.TEXT:
            return isinstance(value, str) and 0 < len(value) <= LONGEST
        case Form.FLAG:
            return value is True
        case Form.NUMBER:
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            return is_number and abs(value) < HIGHEST
        case Form.LIST:
            return (
                isinstance(value, list)
                and 0 < len(value) <= MOST_NAMES
                and all(map(_is_name, value))
            )
        case Form.HELD:
            return True


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME
