"""A model as a folder of CSV files, one for each sheet."""

import csv
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

from routing.definition import Definition
from routing.forms.from_sheets import from_sheets
from routing.forms.limits import MOST_COLUMNS, MOST_ROWS, broken, content_of, too_many_rows
from routing.forms.matrix import COLUMNS, Sheet, to_sheets
from routing.said import said

_SEPARATORS = (",", ";", "\t")


def to_csv(definition: Definition) -> dict[str, bytes]:
    """The content of each file by its name: UTF-8 with the mark that spreadsheets look for."""
    return {f"{sheet.name}.csv": _written(sheet) for sheet in to_sheets(definition)}


def _written(sheet: Sheet) -> bytes:
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([sheet.columns, *sheet.rows])
    return out.getvalue().encode("utf-8-sig")


def from_csv(folder: Path) -> Definition:
    """Raises BrokenModel. The files may be separated by commas, semicolons or tabs."""
    if not folder.is_dir():
        advice = said("Give the folder that `loket model export --format csv` makes.")
        raise broken(str(folder), 0, said("This is not a folder."), advice)
    paths = [folder / f"{name}.csv" for name in COLUMNS]
    return from_sheets([_read(path) for path in paths if path.exists()], str(folder))


def _read(path: Path) -> Sheet:
    content = content_of(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        advice = said("Save it as CSV UTF-8.")
        raise broken(str(path), line, said("This is not UTF-8 text."), advice) from error
    first = text.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        rows = _limited(reader, str(path))
    except csv.Error as error:
        advice = said("Look at the quotation marks here and just above.")
        raise broken(
            str(path),
            reader.line_num,
            said("This is not CSV: {reason}.", reason=str(error)),
            advice,
        ) from error
    head = tuple(name.strip() for name in rows[0]) if rows else ()
    return Sheet(path.stem, head, tuple(rows[1:]))


def _limited(reader: Iterable[list[str]], file: str) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for row in reader:
        if len(rows) > MOST_ROWS or len(row) > MOST_COLUMNS:
            raise too_many_rows(file)
        rows.append(tuple(row))
    return rows
