"""YAML text as plain values and the line of each, read safely.

Every scalar stays text (`no` is not False, `1.10` not 1.1): what it must be is for the entry to say
that it belongs to. Anchors, aliases and tags are refused, so a small file cannot grow in memory
and nothing is constructed but mappings, lists and text.
"""

from dataclasses import dataclass
from typing import Any, NoReturn

import yaml

from routing.model_file.problem import BrokenModel, Place, Problem, Problems, shown
from routing.said import said
from routing.said_in_dutch import DUTCH

MAX_BYTES = 8 * 1024 * 1024
MAX_VALUES = 500_000
MAX_DEPTH = 20

_NOTHING = ("", "~", "null", "Null", "NULL")


def read_yaml(text: str, file: str) -> tuple[Any, Problems]:
    """The value of the only document in the text, with what is wrong but did not stop the reading;
    raises BrokenModel where nothing can be read on."""
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _not_yaml(file, mark.line + 1 if mark else 1, error.problem) from error
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        raise _not_yaml(file, line, error.reason) from error
    return builder.document, builder.problems


def _not_yaml(file: str, line: int, reason: str | None) -> BrokenModel:
    why = reason or "it cannot be read"
    what = said("This is not YAML: {why}.", why=said(why) if why in DUTCH else why)
    advice = said(
        "Look at the indentation, the colons and the quotation marks here and just above."
    )
    return BrokenModel([Problem(file, line, what, advice)])


@dataclass
class _Open:
    """A mapping or a list that is being read; `key` is the one that awaits its value."""

    value: dict[str, Any] | list[Any]
    place: Place
    key: str | None = None

    @property
    def wants_key(self) -> bool:
        return isinstance(self.value, dict) and self.key is None

    def put(self, value: Any) -> None:
        if isinstance(self.value, list):
            self.value.append(value)
        elif self.key is not None:
            self.value[self.key] = value
            self.key = None

    def next_place(self) -> Place:
        last = len(self.value) if isinstance(self.value, list) else self.key
        return (*self.place, last if last is not None else "")


class _Builder:
    """Takes the events of the parser one by one; with its own stack, depth costs no recursion."""

    def __init__(self, file: str) -> None:
        self.document: Any = None
        self.lines: dict[Place, int] = {(): 1}
        self.problems = Problems(file, self.lines)
        self._stack: list[_Open] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        self._refuse_foreign(event, line)
        match event:
            case yaml.ScalarEvent() if self._stack and self._stack[-1].wants_key:
                self._key(event.value, line)
            case yaml.ScalarEvent():
                nothing = event.implicit[0] and event.value in _NOTHING
                self._put(None if nothing else event.value, line)
            case yaml.MappingStartEvent():
                self._begin({}, line)
            case yaml.SequenceStartEvent():
                self._begin([], line)
            case yaml.CollectionEndEvent():
                self._stack.pop()

    def _refuse_foreign(self, event: yaml.Event, line: int) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._stop(
                    line,
                    said("A second document begins here."),
                    said("Keep one model in one file."),
                )
        elif isinstance(event, yaml.NodeEvent):
            if event.anchor is not None:
                advice = said("Write the value itself; rows already inherit from wider rows.")
                what = said("Anchors (&) and aliases (*) are not used here.")
                self._stop(line, what, advice)
            tag = getattr(event, "tag", None)
            if tag is not None:
                what = said("The tag {tag} is not used here.", tag=shown(tag))
                self._stop(line, what, said("Leave it out."))

    def _key(self, key: str, line: int) -> None:
        top = self._stack[-1]
        place = (*top.place, key)
        first = self.lines.get(place)
        self.lines[place] = line
        top.key = key
        if key in top.value:
            what = said("The key {key} is already on line {line}.", key=shown(key), line=first)
            self.problems.add(place, what, said("Keep one of the two."))

    def _put(self, value: Any, line: int) -> None:
        if len(self.lines) >= MAX_VALUES:
            what = said("There are more than {most} values.", most=MAX_VALUES)
            self._stop(line, what, said("Use wider rows."))
        if not self._stack:
            self.document = value
            return
        top = self._stack[-1]
        self.lines.setdefault(top.next_place(), line)
        top.put(value)

    def _begin(self, value: dict[str, Any] | list[Any], line: int) -> None:
        if self._stack and self._stack[-1].wants_key:
            what = said("A key must be a word here.")
            self._stop(line, what, said("Write `key: value`."))
        if len(self._stack) >= MAX_DEPTH:
            what = said("This is more than {most} levels deep.", most=MAX_DEPTH)
            self._stop(line, what, said("Write it flatter."))
        place = self._stack[-1].next_place() if self._stack else ()
        self._put(value, line)
        self._stack.append(_Open(value, place))

    def _stop(self, line: int, what: str, what_to_do: str) -> NoReturn:
        raise BrokenModel(
            [*self.problems.found, Problem(self.problems.file, line, what, what_to_do)]
        )
