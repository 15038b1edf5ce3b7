"""A model as sheets of cells: one for each section, the moments as the main table.

A cell holds what would stand in the file: a word as it is, a list or a group of keys as YAML on one
line (`[a, b]`, `{dutch: 2}`). An empty cell is not written, `~` takes back what would be inherited.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from routing.definition import Definition, Rules
from routing.entry import Title
from routing.forms.plain import Plain, plain
from routing.forms.yaml_writer import dumped, styled
from routing.moment import FIELDS
from routing.tree import ANY

MODEL = "model"
MOMENTS = "moments"
NOTHING = "~"
"""What a cell says when a row takes back what it would inherit."""
_GUARDED = ("[", "{", NOTHING, "'", "=", "+", "-", "@", "\t", "\r", "|", "%")
"""A text that begins with one of these gets an apostrophe, which reading takes away: else it would
be taken for a list, or a spreadsheet would take it for a formula and run it."""
_WHERE = ("target_group", "channel", "direction", "topic", "order")


@dataclass(frozen=True)
class Sheet:
    """`columns` are the keys of the file, those inside others with dots: `title.en`."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def _titles(*names: str) -> tuple[str, ...]:
    return tuple(f"{name}.{part}" for name in names for part in Title.model_fields)


COLUMNS: dict[str, tuple[str, ...]] = {
    MOMENTS: (*_WHERE, *FIELDS),
    "roles": (
        "id", *_titles("title", "description"), "backup", "owner", "hours", "mode", "choice",
    ),
    "skills": ("id", *_titles("title")),
    "hours": ("id", *_titles("title"), "time_zone", "week", "holidays", "exceptions"),
    "channels": ("id", *_titles("title"), "directions", "hours", "address"),
    "target_groups": ("id", *_titles("title", "description"), "customers"),
    "topics": ("id", *_titles("title"), *(f"rules.{name}" for name in Rules.model_fields)),
    MODEL: ("key", "value"),
}  # fmt: skip
"""Every sheet, in order, with the columns that it knows."""


def to_sheets(definition: Definition) -> list[Sheet]:
    """All sheets, those without rows included, so that they can be filled in."""
    sections = plain(definition)
    return [_sheet(name, columns, sections) for name, columns in COLUMNS.items()]


def _sheet(name: str, columns: tuple[str, ...], sections: Plain) -> Sheet:
    if name == MODEL:
        plain_keys = [(key, cell_of(value)) for key, value in sections.items() if _is_scalar(value)]
        return Sheet(name, columns, tuple(plain_keys))
    entries = sections.get(name, {})
    if name == MOMENTS:
        found = [dict.fromkeys(_WHERE[:4], ANY) | entry for entry in entries]
    else:
        found = [{"id": key} | entry for key, entry in entries.items()]
    rows = tuple(tuple(_cell(entry, column) for column in columns) for entry in found)
    return Sheet(name, columns, rows)


def _cell(entry: Mapping[str, Any], column: str) -> str:
    """What stands under a key, or under a key in a key; nothing where it is not written."""
    if column in entry:
        return cell_of(entry[column])
    outer, dot, inner = column.partition(".")
    inside = entry.get(outer)
    return _cell(inside, inner) if dot and isinstance(inside, dict) else ""


def cell_of(value: Any) -> str:
    """A value of plain data as the text of one cell."""
    match value:
        case None:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case dict() | list():
            return _on_one_line(value)
        case str() if not value or value.startswith(_GUARDED):
            return f"'{value}"
        case _:
            return str(value)


def _on_one_line(value: Any) -> str:
    found = styled(value)
    _flow(found)
    return " ".join(dumped(found).split("\n")).strip()


def _flow(value: Any) -> None:
    if isinstance(value, CommentedMap | CommentedSeq):
        value.fa.set_flow_style()
        for item in value.values() if isinstance(value, CommentedMap) else value:
            _flow(item)


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, dict | list)


def by_column(columns: Sequence[str], cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The cells that say something."""
    return ((column, cell) for column, cell in zip(columns, cells, strict=False) if cell.strip())
