"""What the entries of a file are called in the sentences about them: by their titles, as far as the
file can be understood."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.interaction import Channel, Direction
from routing.analysis.finding import Named, Text
from routing.analysis.names import Names
from routing.inherit import Cell
from routing.said import Said, both, said
from routing.tree import ANY

_MOMENTS = "moments"
_LONGEST = 80
_READ = 4 * _LONGEST
"""Characters of a path; naming all that a longer one lies under would take seconds."""
_NOUNS = {
    "roles": "The role “{name}”",
    "skills": "The skill “{name}”",
    "hours": "The hours “{name}”",
    "channels": "The channel “{name}”",
    "target_groups": "The target group “{name}”",
    "topics": "The topic “{name}”",
}


@dataclass(frozen=True)
class _Titled:
    title: Text


@dataclass(frozen=True)
class _Titles:
    """The titles in a file of which anything may be wrong."""

    roles: Mapping[Any, _Titled] = field(default_factory=dict)
    skills: Mapping[Any, _Titled] = field(default_factory=dict)
    hours: Mapping[Any, _Titled] = field(default_factory=dict)
    channels: Mapping[Any, _Titled] = field(default_factory=dict)
    target_groups: Mapping[Any, _Titled] = field(default_factory=dict)
    topics: Mapping[Any, _Titled] = field(default_factory=dict)


class Called:
    """`data`: the plain values of the file."""

    def __init__(self, data: Any) -> None:
        self._data = data if isinstance(data, dict) else {}
        titles = {section: _titles(self._data.get(section)) for section in _NOUNS}
        self._names = Names(_Titles(**titles))

    def entry(self, section: object, key: object) -> Said | None:
        """A row by what it holds for, another entry by what it is; None for anything else."""
        if section == _MOMENTS and isinstance(key, int):
            return self._row(key)
        if section in _NOUNS and isinstance(key, str) and key:
            return said(_NOUNS[str(section)], name=self._title(str(section), key))
        return None

    def cell(self, cell: Cell) -> Said:
        return _said(self._names.cell(cell))

    def _title(self, section: str, key: str) -> Said:
        if section == "target_groups":
            return _said(self._names.plain_group(key[:_READ]))
        if section == "topics":
            return _said(self._names.plain_topic(key[:_READ]))
        found = _titles(self._data.get(section)).get(key)
        return _said(Named(en=found.title.en, nl=found.title.nl, raw=key)) if found else _cut(key)

    def _row(self, place: int) -> Said | None:
        rows = self._data.get(_MOMENTS)
        row = rows[place] if isinstance(rows, list) and place < len(rows) else None
        if not isinstance(row, dict):
            return None
        cell = Cell(
            _text(row.get("target_group")),
            _one_of(Direction, row.get("direction")),
            _one_of(Channel, row.get("channel")),
            _text(row.get("topic")),
        )
        return said("The row for “{row}”", row=self.cell(cell))


def _titles(section: Any) -> dict[Any, _Titled]:
    found = {}
    for key, entry in section.items() if isinstance(section, dict) else ():
        title = entry.get("title") if isinstance(entry, dict) else None
        words = (
            [title.get(language) for language in ("en", "nl")] if isinstance(title, dict) else []
        )
        if words and all(isinstance(word, str) and word for word in words):
            found[key] = _Titled(Text(en=words[0], nl=words[1]))
    return found


def _text(value: Any) -> str:
    return value[:_READ] if isinstance(value, str) and value else ANY


def _one_of(kind: Any, value: Any) -> Any:
    """None where it is left out, or is none of them: that is said itself."""
    return kind(value) if value in [one.value for one in kind] else None


def _said(name: Named) -> Said:
    return both(_cut(name.en), _cut(name.nl))


def _cut(text: str) -> Said:
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return both(short, short)
