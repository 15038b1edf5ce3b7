"""From sheets of cells to a model, or to everything that is wrong, by sheet, row and column."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from routing.definition import Definition
from routing.forms.matrix import COLUMNS, MODEL, MOMENTS, NOTHING, Sheet, by_column
from routing.model_file.problem import BrokenModel, Place, Problem, Problems, suggestion
from routing.model_file.read import checked
from routing.model_file.yaml_text import read_yaml
from routing.said import Said, said

FIRST_ROW = 2
"""Row 1 holds the names of the columns."""


def from_sheets(sheets: Sequence[Sheet], file: str) -> Definition:
    """Raises BrokenModel with everything that is wrong, ties included. A line of a problem is the
    row of its sheet."""
    cells = _Cells(file, {})
    data: dict[str, Any] = {}
    for sheet in sheets:
        _read_sheet(sheet, data, cells)
    if cells.found:
        raise BrokenModel(cells.found)
    return checked(data, cells, with_ties=False)


_IN_CELLS = {
    "Write `key: value` lines under it.": "Write it like {{one: 1, two: 2}}.",
    "Write each item on a line that begins with `- `.": "Write it like [one, two].",
    "Add `{above}:` to {section}.": "Add a row with the id {above} to the sheet {section}.",
}
"""What to do in a cell where a file of YAML says it otherwise."""


@dataclass
class _Cells(Problems):
    """Says where a value stands by sheet, row and column; `rows` has the row of each entry."""

    rows: dict[Place, tuple[str, int]] = field(default_factory=dict)

    def add(self, place: Place, what: str, what_to_do: str) -> None:
        sheet, row = self._entry(place)
        column = self._column(sheet, place)
        where = f"{self.file}, sheet {sheet}" + (f", column {column}" if column else "")
        self.found.append(Problem(where, row, self._named(place, what), what_to_do))

    def line(self, place: Place) -> int:
        return self._entry(place)[1]

    def where(self, place: Place) -> Said:
        return said("row {row}", row=self.line(place))

    def adding(self, place: Place) -> Said:
        if len(place) == 1 and place[0] in COLUMNS:
            return said("Add a sheet with the name {sheet}.", sheet=place[0])
        if len(place) == 1:
            return said("Add a row for {key} to the sheet {sheet}.", key=place[0], sheet=MODEL)
        column = self._column(self._entry(place)[0], place)
        if column.split(".")[-1] == place[-1]:
            return said("Fill in the column {column}.", column=column)
        return said("Add `{key}:` here.", key=place[-1])

    def advice(self, text: str, /, **words: object) -> Said:
        return super().advice(_IN_CELLS.get(text, text), **words)

    def _entry(self, place: Place) -> tuple[str, int]:
        for length in (2, 1):
            if place[:length] in self.rows:
                return self.rows[place[:length]]
        return str(place[0]) if place and place[0] in COLUMNS else MODEL, 0

    def _column(self, sheet: str, place: Place) -> str:
        """The longest key of the place that is a column of the sheet."""
        keys = [str(key) for key in place[2:]]
        known = COLUMNS.get(sheet, ())
        names = (".".join(keys[:length]) for length in range(len(keys), 0, -1))
        return next((name for name in names if name in known), "")


def _read_sheet(sheet: Sheet, data: dict[str, Any], cells: _Cells) -> None:
    known = COLUMNS.get(sheet.name)
    if known is None:
        cells.add((sheet.name,), said("This sheet is not known."), suggestion(sheet.name, COLUMNS))
        return
    cells.rows[(sheet.name,)] = (sheet.name, 1)
    for column in sheet.columns:
        if column and column not in known:
            what = said("There is no column '{column}' here.", column=column[:60])
            cells.add((sheet.name,), what, suggestion(column, known))
    entries = list(_entries(sheet, cells))
    if sheet.name == MODEL:
        for number, entry in entries:
            key = str(entry.get("key", ""))
            cells.rows[(key,)] = (MODEL, number)
            data[key] = entry.get("value")
    elif sheet.name == MOMENTS:
        for place, (number, _) in enumerate(entries):
            cells.rows[MOMENTS, place] = (MOMENTS, number)
        data[MOMENTS] = [entry for _, entry in entries]
    elif entries or sheet.name in _ALWAYS:
        data[sheet.name] = dict(_named(sheet.name, entries, cells))


_ALWAYS = ("roles", "channels", "target_groups", "topics")


def _named(
    sheet: str, entries: Sequence[tuple[int, dict[str, Any]]], cells: _Cells
) -> Iterator[tuple[str, dict[str, Any]]]:
    seen: dict[str, int] = {}
    for number, entry in entries:
        name = str(entry.pop("id", ""))
        cells.rows[sheet, name] = (sheet, number)
        if not name:
            cells.add(
                (sheet, name), said("This row has no id."), said("Write one, or clear the row.")
            )
        elif name in seen:
            what = said("The id '{name}' is already on row {row}.", name=name[:60], row=seen[name])
            cells.add((sheet, name), what, said("Keep one of the two."))
        seen.setdefault(name, number)
        yield name, entry


def _entries(sheet: Sheet, cells: _Cells) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows that are not empty, with the number they have in the sheet."""
    for number, row in enumerate(sheet.rows, FIRST_ROW):
        entry: dict[str, Any] = {}
        for column, text in by_column(sheet.columns, row):
            _put(entry, column, _value(text, sheet.name, number, column, cells))
        if entry:
            yield number, entry


def _put(entry: dict[str, Any], column: str, value: Any) -> None:
    *outer, last = column.split(".")
    inside = entry
    for key in outer:
        found = inside.setdefault(key, {})
        inside = found if isinstance(found, dict) else {}
    inside[last] = value


def _value(text: str, sheet: str, row: int, column: str, cells: _Cells) -> Any:
    """A cell as what would stand in the file."""
    text = text.strip()
    if text == NOTHING:
        return None
    if text.startswith("'"):
        return text[1:]
    if not text.startswith(("[", "{")):
        return text
    where = f"{cells.file}, sheet {sheet}, column {column}"
    try:
        value, problems = read_yaml(text, where)
    except BrokenModel as error:
        cells.found += [Problem(where, row, one.what, one.what_to_do) for one in error.problems]
        return None
    cells.found += [Problem(where, row, one.what, one.what_to_do) for one in problems.found]
    return value
