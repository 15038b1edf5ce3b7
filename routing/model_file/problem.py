"""What is wrong with a model file, where, and what to do about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from hub.errors import LoketError
from routing.model_file.called import Called
from routing.said import Said, about, both, dutch, said

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
    """Collects what is wrong with one file; `lines` says where each value stands.

    `called` knows what to call its entries, once they are read.
    """

    file: str
    lines: Mapping[Place, int]
    found: list[Problem] = field(default_factory=list)
    called: Called | None = None

    def add(self, place: Place, what: str, what_to_do: str) -> None:
        self.found.append(
            Problem(self.file, self.line(place), self._named(place, what), what_to_do)
        )

    def _named(self, place: Place, what: str) -> str:
        """With what it is about in front: a row, a role, a topic, and the key in it."""
        entry = self.called.entry(*place[:2]) if self.called and len(place) > 1 else None
        if entry is None:
            return what
        key = ".".join(step for step in place[2:] if isinstance(step, str))
        return about(both(f"{entry}, {key}", f"{entry.nl}, {key}") if key else entry, what)

    def where(self, place: Place) -> Said:
        """The line of an entry, in words."""
        return said("line {line}", line=self.line(place))

    def adding(self, place: Place) -> Said:
        """What to do where nothing stands at a place."""
        return said("Add `{key}:` here.", key=place[-1])

    def advice(self, text: str, /, **words: object) -> Said:
        """What to do, in the words of this form of a model."""
        return said(text, **words)

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
