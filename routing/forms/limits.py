"""What a file that somebody hands in may hold, so that reading it cannot exhaust the machine."""

from pathlib import Path

from routing.model_file.problem import BrokenModel, Problem
from routing.said import said

MOST_BYTES = 8 * 1024 * 1024
MOST_UNPACKED = 64 * 1024 * 1024
MOST_PARTS = 500
MOST_ROWS = 50_000
MOST_COLUMNS = 100


def content_of(path: Path) -> bytes:
    """Raises BrokenModel for a file that cannot be read or is too large."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        what = said("The file cannot be read: {reason}.", reason=error.strerror)
        raise broken(str(path), 0, what, said("Check the path and its rights.")) from error
    if len(content) > MOST_BYTES:
        what = said("The file is larger than {size} MiB.", size=MOST_BYTES // 1024**2)
        raise broken(str(path), 0, what, said("Use wider rows: narrower ones inherit."))
    return content


def broken(file: str, line: int, what: str, what_to_do: str) -> BrokenModel:
    return BrokenModel([Problem(file, line, what, what_to_do)])


def too_many_rows(file: str) -> BrokenModel:
    what = said(
        "There are more than {rows} rows or {columns} columns.",
        rows=MOST_ROWS,
        columns=MOST_COLUMNS,
    )
    return broken(file, 0, what, said("Take out what is not part of the model."))
