"""Takes CSV apart: lines into the cells of each row.

As spreadsheets write it: a cell in quotation marks holds separators, lines and, written twice,
quotation marks. Blanks around such a cell are no part of it, as people and programs put them there.
Anything else behind the mark that closes is refused: what looks closed may not be, and the rows up
to the next mark would go into one cell.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hub.imports.refusal import Refused

LONGEST_CELL = 100_000
_BEHIND_SHOWN = 20


class Broken(Exception):
    """From here on nothing can be read. `index`: of the cell in its row."""

    def __init__(self, index: int, code: str, **values: object) -> None:
        super().__init__(code)
        self.index = index
        self.code = code
        self.values = values

    def under(self, column: str) -> Refused:
        return Refused(self.code, column, **self.values)


def records(lines: Iterable[str], separator: str) -> Iterator[list[str]]:
    """The rows, as lists of cells. Raises Broken."""
    rest = iter(lines)
    blanks = "[ \t]*" if separator != "\t" else " *"
    opening, after = re.compile(f'{blanks}"'), re.compile(f"{blanks}(?:[{separator}]|[\r\n]*$)")
    for line in rest:
        if '"' in line:
            yield _Row(line, rest, separator, opening, after).cells()
        else:
            yield _plain(line, separator)


def _plain(line: str, separator: str) -> list[str]:
    """Most rows have no quotation marks."""
    cells = line.rstrip("\r\n").split(separator)
    if len(line) > LONGEST_CELL:
        for index, cell in enumerate(cells):
            _refuse_long(cell, index)
    return cells


def _refuse_long(cell: str, index: int) -> None:
    if len(cell) > LONGEST_CELL:
        raise Broken(index, "too_long", most=LONGEST_CELL)


@dataclass
class _Row:
    """A row with quotation marks in it. `at`: how far its present line is read."""

    line: str
    rest: Iterator[str]
    separator: str
    opening: re.Pattern[str]
    after: re.Pattern[str]
    at: int = 0

    def cells(self) -> list[str]:
        found: list[str] = []
        while True:
            opened = self.opening.match(self.line, self.at)
            cell = self._bare() if opened is None else self._quoted(opened.end(), len(found))
            _refuse_long(cell, len(found))
            found.append(cell)
            if self.at > len(self.line):
                return found

    def _bare(self) -> str:
        """A quotation mark that does not stand first is text."""
        begins = self.at
        ends = self.line.find(self.separator, begins)
        if ends < 0:
            self.at = len(self.line) + 1
            return self.line[begins:].rstrip("\r\n")
        self.at = ends + 1
        return self.line[begins:ends]

    def _quoted(self, begins: int, index: int) -> str:
        pieces: list[str] = []
        length = 0
        while True:
            ends = _closing(self.line, begins)
            pieces.append(self.line[begins:] if ends < 0 else self.line[begins:ends])
            length += len(pieces[-1])
            if ends >= 0:
                break
            following = next(self.rest, None)
            if following is None or length > LONGEST_CELL:
                raise Broken(index, "quote_open", most=LONGEST_CELL)
            self.line, begins = following, 0
        self._close(ends + 1, index)
        return "".join(pieces).replace('""', '"')

    def _close(self, at: int, index: int) -> None:
        closed = self.after.match(self.line, at)
        if closed is None:
            behind = self.line[at:].strip(" \t\r\n")[:_BEHIND_SHOWN]
            raise Broken(index, "quote_behind", value=behind)
        ends_row = not closed[0].endswith(self.separator)
        self.at = len(self.line) + 1 if ends_row else closed.end()


def _closing(line: str, at: int) -> int:
    """Where the quotation mark stands that closes a cell; -1 for none: two of them are text."""
    while (at := line.find('"', at)) >= 0 and line.startswith('""', at):
        at += 2
    return at
