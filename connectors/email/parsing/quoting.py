"""Separates what a person wrote now from what they quote and from their signature.

Knows the habits of mail programs in Dutch, English, German, French and Spanish. Time grows with
the text and no faster: each line gets a bounded look, and costly looks are counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.email.parsing.quote_marks import Mark, Marks

_SIGNATURE_LINES = 15
_LAST_LINES = 3


@dataclass(frozen=True, slots=True)
class Separated:
    """`quoted` is the signature and all that was quoted, in the order of the mail."""

    text: str
    quoted: str = ""


def separate(text: str, *, forwarded: bool = False) -> Separated:
    """`forwarded`: the subject says so; then the message inside is what the sender wants read."""
    if forwarded:
        return Separated(text)
    lines = text.split("\n")
    marks = Marks(lines)
    start, end = _new_lines(marks.all())
    end = _signature(lines, start, end)
    new = "\n".join(lines[start:end]).strip()
    if not new:
        return Separated(text)
    return Separated(new, "\n".join([*lines[:start], *lines[end:]]).strip("\n"))


def _new_lines(marks: Sequence[Mark]) -> tuple[int, int]:
    """From which line to which the sender wrote; quotes that are answered in between stay in."""
    written = [index for index, mark in enumerate(marks) if mark is Mark.TEXT]
    if not written:
        return 0, 0
    first, last = written[0], written[-1]
    # A quote above is context where answers and quotes alternate, and in the way where they do not.
    answers_in_between = Mark.QUOTE in marks[first:last]
    return (0 if answers_in_between else first), last + 1


def _signature(lines: Sequence[str], start: int, end: int) -> int:
    """Where the signature begins, or the end when there is none."""
    filled = [index for index in range(start, end) if lines[index].strip()]
    for index in reversed(filled[-_SIGNATURE_LINES:]):
        if lines[index].rstrip() == "--":
            return index
    for index in filled[-_LAST_LINES:]:
        if Marks.is_device_line(lines[index]):
            return index
    return end
