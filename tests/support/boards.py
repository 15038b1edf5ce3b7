"""Boards of five-step sessions: as people fill them, and as chance does."""

from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

from hub.workshop import Board, Kind, Where, Write, row_id
from hub.workshop.vocabulary import ANY, FIELDS, MEETING, Form

KEYS = ("1", "2", "3")
_TEXTS = st.one_of(
    st.sampled_from(
        (
            "",
            "~",
            "Delivery",
            "any",
            "4h",
            "2 uur",
            "soon",
            "5",
            "Ünïcode & co",
            "mon-fri 9:00-17:00",
        )
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
)
_CARDS = [
    f"{kind}.{key}"
    for kind in Kind
    for key in (("email", "phone") if kind is Kind.CHANNEL else KEYS)
    if kind not in (Kind.MEETING, Kind.ROW)
]
_ROWS = [
    row_id(Where(group, direction, channel, topic))
    for group in (ANY, "1", "2")
    for direction in (ANY, "inbound")
    for channel in (ANY, "email", "phone")
    for topic in (ANY, "1", "3")
]
_WORDS = {
    "allowed": ("yes", "no"),
    "clock": ("business", "calendar"),
    "sticky": ("yes", "no"),
    "when": ("before", "during", "after"),
    "source": ("ask", "order", "customer"),
    "mode": ("offered", "both", "self-service"),
    "time_zone": ("Europe/Amsterdam", "Nowhere"),
    "week": ("mon-fri 08:30-17:30", "ma-vr 9:00-17:00, za dicht", "always"),
}
_NAMES = {"under", "of", "backup", "role", "who", "approver", "hours", "triage"}


def board_of(writes: Iterable[Write]) -> Board:
    cards: dict[str, dict[str, Any]] = {}
    for one in writes:
        if one.value is not None:
            cards.setdefault(one.card, {})[one.field] = one.value
    return Board(cards)


def board(cards: Mapping[str, Mapping[str, Any]]) -> Board:
    return Board(cards)


_TITLED = {
    f"{kind}.{key}": {"title_en": f"{kind} {key}"}
    for kind in (Kind.GROUP, Kind.TOPIC, Kind.ROLE, Kind.HOURS, Kind.SKILL)
    for key in KEYS
} | {f"{Kind.CHANNEL}.email": {"inbound": True, "outbound": True}}


def boards() -> st.SearchStrategy[Board]:
    """Some cards that have titles, and on them whatever people may write, sensible or not."""
    return st.lists(_WRITE, max_size=30).map(_written)


def _written(writes: list[tuple[tuple[str, str], Any]]) -> Board:
    cards = {card: dict(fields) for card, fields in _TITLED.items()}
    for (card, field), value in writes:
        if value not in (None, "", [], False):
            cards.setdefault(card, {})[field] = value
    return Board(cards)


def _value(name: str, form: Form) -> st.SearchStrategy[Any]:
    if name in _NAMES:
        return st.sampled_from((None, *_CARDS, *_ROWS[:4], "~"))
    if name in _WORDS:
        return st.one_of(st.sampled_from(_WORDS[name]), _TEXTS)
    return _BY_FORM[form]


_BY_FORM = {
    Form.FLAG: st.booleans(),
    Form.NUMBER: st.integers(0, 9),
    Form.LIST: st.lists(st.sampled_from(("email", "phone", "chat", "fax")), max_size=2),
    Form.TEXT: _TEXTS,
}
_WRITE = st.one_of(
    [
        st.tuples(
            st.tuples(
                st.sampled_from(
                    [one for one in (*_CARDS, *_ROWS, MEETING) if one.startswith(f"{kind}.")]
                ),
                st.just(name),
            ),
            _value(name, form),
        )
        for kind, fields in FIELDS.items()
        for name, form in fields.items()
        if form is not Form.HELD
    ]
)
