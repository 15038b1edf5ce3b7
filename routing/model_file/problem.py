"""What is wrong with a model file, where, and what to do about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from hub.errors import LoketError
from routing.said import Said, dutch, said

Place = tuple[str | int, ...]
"""The keys and indexes that lead to a value: `("moments", 3, "topic")`."""

_SHOWN = 60
_LISTED = 8


@dataclass(frozen=True, slots=True)
class Problem:
    """`line` counts from 1; 0 is the file as a whole."""

    file: str
    line: int
    what: str
    what_to_do: str

    def __str__(self) -> str:
        return self.told("en")

    def told(self, language: str) -> str:
        """In one line, in English or (`nl`) Dutch."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        what, advice = self.sentences(language)
        return f"{where}: {what} {advice}"

    def sentences(self, language: str) -> tuple[str, str]:
        """What is wrong and what to do about it."""
        if language == "nl":
            return dutch(self.what), dutch(self.what_to_do)
        return self.what, self.what_to_do


class BrokenModel(LoketError):
    """A model that cannot be used, with everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(map(str, self.problems)))


@dataclass
class Problems:
    """Collects what is wrong with one file; `lines` says where each value stands."""

    file: str
    lines: Mapping[Place, int]
    found: list[Problem] = field(default_factory=list)

    def add(self, place: Place, what: str, what_to_do: str) -> None:
        self.found.append(Problem(self.file, self.line(place), what, what_to_do))

    def line(self, place: Place) -> int:
        """Where the value stands, or what it should have been in."""
        while place not in self.lines and place:
            place = place[:-1]
        return self.lines.get(place, 1)


def shown(value: object) -> str:
    """A value from the file in quotation marks, cut when it is long."""
    text = str(value)
    return f"'{text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}'"


def suggestion(word: object, known: Iterable[str]) -> Said:
    """What to write instead: the nearest known word, else the known words."""
    choices = list(known)
    near = get_close_matches(str(word)[:_SHOWN], choices, n=1)
    if near:
        return said("Did you mean '{near}'?", near=near[0])
    if not choices:
        return said("Leave it out, or add it where it belongs.")
    more = ", …" if len(choices) > _LISTED else ""
    known = ", ".join(choices[:_LISTED]) + more
    return said("Known here: {known}.", known=known)
