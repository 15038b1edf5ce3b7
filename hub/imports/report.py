"""The report of an import: one line for each row, as CSV that a spreadsheet opens safely."""

import csv
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.imports.kind import Outcome

HEADS = {
    "en": ("row", "key", "result", "column", "what is wrong", "what to do"),
    "nl": ("rij", "sleutel", "uitkomst", "kolom", "wat er mis is", "wat u kunt doen"),
}
_RESULTS = {
    "en": {"accepted": "accepted", "unchanged": "unchanged", "refused": "refused"},
    "nl": {"accepted": "overgenomen", "unchanged": "ongewijzigd", "refused": "geweigerd"},
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Line:
    row: int
    key: str
    outcome: Outcome


class Report:
    """Written as it comes, so that what is committed is in it whatever happens afterwards."""

    def __init__(self, path: Path, language: str = "en", *, rows_done: int = 0) -> None:
        """`rows_done`: it goes on after so many rows of the file; what it says of later ones is
        from a batch that was not committed, and goes."""
        self.path = path
        self._language = "nl" if language == "nl" else "en"
        if rows_done and path.exists():
            self._cut(rows_done)
            self._file: Any = path.open("a", encoding="utf-8", newline="")
        else:
            self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        if not rows_done or self._file.tell() == 0:
            self._writer.writerow(HEADS[self._language])

    def write(self, lines: Sequence[Line]) -> int:
        """Gives where to cut if the batch is not committed after all."""
        self._file.flush()
        place = os.fstat(self._file.fileno()).st_size
        self._writer.writerows(self._cells(line) for line in lines)
        self._file.flush()
        return place

    def cut(self, place: int) -> None:
        self._file.flush()
        os.truncate(self._file.fileno(), place)

    def close(self) -> None:
        self._file.close()

    def _cells(self, line: Line) -> list[str]:
        outcome = line.outcome
        result = _RESULTS[self._language][outcome.became]
        refusal = outcome.refusal
        if refusal is None:
            return [str(line.row), safe(line.key), result, "", "", ""]
        what, advice = refusal.said(self._language)
        return [
            str(line.row),
            safe(line.key),
            result,
            safe(refusal.column),
            safe(what),
            safe(advice),
        ]

    def _cut(self, rows_done: int) -> None:
        """Keep what it says of the first rows of the file."""
        kept = []
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            head = next(reader, list(HEADS[self._language]))
            for cells in reader:
                if not cells or not cells[0].isdigit() or int(cells[0]) > rows_done:
                    break
                kept.append(cells)
        with self.path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([head, *kept])


def safe(text: str) -> str:
    """What a spreadsheet would run begins with an apostrophe, which makes it text."""
    return f"'{text}" if text.startswith(_FORMULA) else text
