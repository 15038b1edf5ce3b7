"""Changes of single cells of a model in its text: what is written for exactly one combination."""

import re
from collections.abc import Mapping
from typing import Any

from routing.definition import Definition
from routing.forms.yaml_edit import YamlText
from routing.inherit import Cell
from routing.model_file.problem import Place
from routing.model_file.yaml_text import read_yaml
from routing.moment import FIELDS, Moment
from routing.tree import ANY

_NO_ROWS = re.compile(r"^moments:(\s*(?:#.*)?)$")

Fields = Mapping[str, Any]
"""By field as rows call it (`role`, `sla.first_response`): what to write, as a file has it; None to
write nothing, so that it is inherited again."""


def with_cells(text: str, definition: Definition, changes: Mapping[Cell, Fields]) -> str:
    """The text with these changes; all else stays as it was written. `definition` is what the text
    says. A row that settles nothing any more is taken out."""
    written = YamlText(text)
    rows = {Cell.of(row): place for place, row in enumerate(definition.moments)}
    found = (_new(cell, fields) for cell, fields in changes.items() if cell not in rows)
    added = [row for row in found if row]
    emptied = [
        rows[cell]
        for cell, fields in changes.items()
        if cell in rows and not _changed(written, definition.moments, rows[cell], fields)
    ]
    if added and not definition.moments:
        written.put(("moments",), added)
    else:
        for row in added:
            written.add(("moments",), row)
    count = len(definition.moments) + len(added)
    return _without(written.text(), set(emptied), count) if emptied else written.text()


def _without(text: str, places: set[int], count: int) -> str:
    """The text without these of its rows. Comments stay: what stands above the next row is about
    that one, and the writer would take it away with the row before."""
    lines = text.splitlines(keepends=True)
    known = read_yaml(text, "")[1]
    starts = [known.line(("moments", place)) - 1 for place in range(count)]
    if any(not lines[start].lstrip().startswith("-") for start in starts):
        return _without_listed(text, places)
    for place in sorted(places, reverse=True):
        first = starts[place]
        last = starts[place + 1] if place + 1 < count else _end(lines, first)
        while not _says(lines[last - 1]):
            last -= 1
        del lines[first:last]
    if len(places) == count:
        lines = [_NO_ROWS.sub(r"moments: []\1", line) for line in lines]
    return "".join(lines)


def _without_listed(text: str, places: set[int]) -> str:
    """Rows between brackets, several on a line."""
    written = YamlText(text)
    for place in sorted(places, reverse=True):
        written.remove(("moments", place))
    return written.text()


def _end(lines: list[str], first: int) -> int:
    """Where the list ends of which the last row begins there."""
    depth = len(lines[first]) - len(lines[first].lstrip())
    for number in range(first + 1, len(lines)):
        line = lines[number]
        if _says(line) and len(line) - len(line.lstrip()) <= depth:
            return number
    return len(lines)


def _says(line: str) -> bool:
    return line.strip() != "" and not line.lstrip().startswith("#")


def _new(cell: Cell, fields: Fields) -> dict[str, Any] | None:
    """A row for the cell; None when nothing would be in it."""
    settled = _nested({field: value for field, value in fields.items() if value is not None})
    if not settled:
        return None
    where = {
        "target_group": None if cell.target_group == ANY else cell.target_group,
        "direction": cell.direction and cell.direction.value,
        "channel": cell.channel and cell.channel.value,
        "topic": None if cell.topic == ANY else cell.topic,
    }
    return {**{name: value for name, value in where.items() if value}, **settled}


def _nested(fields: Fields) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field, value in fields.items():
        *above, last = FIELDS[field]
        inner = found
        for key in above:
            inner = inner.setdefault(key, {})
        inner[last] = value
    return found


def _changed(written: YamlText, moments: tuple[Moment, ...], number: int, fields: Fields) -> bool:
    """Whether the row still settles something when its fields are changed."""
    row: Place = ("moments", number)
    settled = set(moments[number].settled)
    for field, value in fields.items():
        path = FIELDS[field]
        if value is None:
            if field in settled:
                settled.discard(field)
                _take_out(written, row, path, settled)
        elif any(FIELDS[one][:-1] == path[:-1] for one in settled):
            written.put((*row, *path), value)
        else:
            written.put((*row, path[0]), _nested({field: value})[path[0]])
        if value is not None:
            settled.add(field)
    return bool(settled)


def _take_out(written: YamlText, row: Place, path: tuple[str, ...], settled: set[str]) -> None:
    """With the group of keys around it when nothing else is in that."""
    alone = not any(FIELDS[one][: len(path) - 1] == path[:-1] for one in settled)
    written.remove((*row, path[0]) if len(path) > 1 and alone else (*row, *path))
