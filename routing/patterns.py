"""Patterns of numbers, such as `INV-######`, found in a text in time linear in it.

    #            a digit
    @            a letter
    ?            a letter or a digit
    #{6} #{4,8}  so many of the sign before it, at most 40; of a range, as many as there are
    anything else stands for itself, capitals or not; a blank is one or more blanks

A pattern fits only between characters that are neither letters nor digits, so `######` is not
found in a longer number. What comes after a range cannot be a sign that the range may take as
well: then there is one way to read every text, and nothing is ever tried twice.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from hub.references import Reference
from routing.definition import Pattern
from routing.said import said

LONGEST = 60
MOST = 40
_SIGN = re.compile(r"(?P<sign>.)(?:\{(?P<least>\d{1,3})(?:,(?P<most>\d{1,3}))?\})?", re.DOTALL)
_CLASSES = {"#": "[0-9]", "@": r"[^\W\d_]", "?": r"[^\W_]"}
_PLACEHOLDERS = "".join(_CLASSES)
_DIGIT = re.compile(r"\d")
_START = re.compile(r"(?<![^\W_])[^\W_]")


class BadPattern(ValueError):
    """`what` is wrong and `what_to_do`, as sentences."""

    def __init__(self, what: str, what_to_do: str) -> None:
        super().__init__(what)
        self.what = what
        self.what_to_do = what_to_do


@dataclass(frozen=True, slots=True)
class _Part:
    sign: str
    least: int
    most: int

    @property
    def is_range(self) -> bool:
        return self.least != self.most

    @property
    def takes_words(self) -> bool:
        """Whether it stands for a letter or a digit."""
        return self.sign in _PLACEHOLDERS or self.sign.isalnum()

    @property
    def expression(self) -> str:
        if self.sign.isspace():
            return r"\s{1,3}+"
        single = _CLASSES.get(self.sign) or re.escape(self.sign)
        return f"{single}{{{self.least},{self.most}}}+"

    def overlaps(self, other: "_Part") -> bool:
        """Whether both can take the same character."""
        return any(
            _takes(self.sign, one) and _takes(other.sign, one) for one in _probes(self, other)
        )


def _takes(sign: str, character: str) -> bool:
    match sign:
        case "#":
            return character.isdigit()
        case "@":
            return character.isalpha()
        case "?":
            return character.isalnum()
        case _:
            return sign.casefold() == character.casefold()


def _probes(*parts: _Part) -> str:
    return "0a" + "".join(part.sign for part in parts if part.sign not in _PLACEHOLDERS)


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern as an expression that never backtracks. Raises BadPattern."""
    parts = _parts(" ".join(pattern.split()))
    _check(pattern, parts)
    body = "".join(part.expression for part in parts)
    return re.compile(rf"{body}(?![^\W_])", re.IGNORECASE)


def _parts(pattern: str) -> list[_Part]:
    parts = []
    for match in _SIGN.finditer(pattern):
        least = int(match["least"] or 1)
        parts.append(_Part(match["sign"], least, int(match["most"] or least)))
    return parts


def _check(pattern: str, parts: list[_Part]) -> None:
    if len(pattern) > LONGEST:
        raise BadPattern(
            said("This pattern is too long."),
            said("Use at most {max_length} characters.", max_length=LONGEST),
        )
    if any(not 1 <= part.least <= part.most <= MOST for part in parts):
        raise BadPattern(
            said("A count is not right."),
            said("Write {{4}} or {{4,8}}, from 1 to {most}.", most=MOST),
        )
    if not (parts and parts[0].takes_words and parts[-1].takes_words):
        what = said("A pattern begins and ends with a letter, a digit, #, @ or ?.")
        raise BadPattern(what, said("Leave out what is around it."))
    if sum(part.least for part in parts if part.takes_words) < 3:  # noqa: PLR2004
        raise BadPattern(
            said("This fits almost everything."),
            said("Write three signs or more."),
        )
    if not any(part.sign in "#?" or part.sign.isdigit() for part in parts):
        raise BadPattern(
            said("There is no digit in this."),
            said("Write it under `words`, or add # or ?."),
        )
    for part, following in pairwise(parts):
        if part.is_range and part.overlaps(following):
            what = said(
                "After the range of {sign} comes a sign that it may take as well.", sign=part.sign
            )
            raise BadPattern(what, said("Write one count, or something else between the two."))


def _has_digit(text: str) -> bool:
    if text.isascii():  # then looking for each of the ten takes a tenth of the time
        return any(digit in text for digit in "0123456789")
    return _DIGIT.search(text) is not None


@dataclass(frozen=True, slots=True)
class Hit:
    """What a pattern of a topic found, as it stands in the text, in capitals."""

    topic: str
    pattern: str
    value: str
    reference: Reference | None


@dataclass(frozen=True, slots=True)
class _Known:
    topic: str
    pattern: Pattern
    expression: re.Pattern[str]


@dataclass(slots=True)
class Patterns:
    """The patterns of all topics, by the character that they begin with."""

    refer: bool = False
    """Whether any of them finds something to look up."""
    _by_letter: dict[str, list[_Known]] = field(default_factory=dict)
    _by_digit: list[_Known] = field(default_factory=list)
    _by_any_letter: list[_Known] = field(default_factory=list)
    _beginnings: re.Pattern[str] | None = None
    _need_digits: bool = True

    def __bool__(self) -> bool:
        return bool(self._by_letter or self._by_digit or self._by_any_letter)

    def add(self, topic: str, patterns: Iterable[Pattern]) -> None:
        for pattern in patterns:
            known = _Known(topic, pattern, compiled(pattern.pattern))
            self.refer = self.refer or pattern.reference is not None
            self._beginnings = None
            self._need_digits &= any(
                part.sign == "#" or part.sign.isdigit() for part in _parts(pattern.pattern)
            )
            first = pattern.pattern[0]
            if first in "#?":
                self._by_digit.append(known)
            if first in "@?":
                self._by_any_letter.append(known)
            if first not in _PLACEHOLDERS:
                self._by_letter.setdefault(first.casefold(), []).append(known)

    def _starts(self) -> re.Pattern[str]:
        """Where a pattern can begin: most words begin with a letter that none begins with."""
        if self._by_any_letter:
            return _START
        if self._beginnings is None:
            digits = r"\d" if self._by_digit else ""
            characters = digits + "".join(map(re.escape, self._by_letter))
            self._beginnings = re.compile(rf"(?<![^\W_])[{characters}]", re.IGNORECASE)
        return self._beginnings

    def hits(self, text: str) -> Iterator[Hit]:
        """Each pattern at each place where a word begins, in the order of the text."""
        if self._need_digits and not _has_digit(text):
            return
        for start in self._starts().finditer(text):
            character = start[0].casefold()
            others = self._by_digit if character.isdigit() else self._by_any_letter
            for known in (*self._by_letter.get(character, ()), *others):
                found = known.expression.match(text, start.start())
                if found:
                    value = " ".join(found[0].split()).upper()
                    yield Hit(known.topic, known.pattern.pattern, value, known.pattern.reference)
