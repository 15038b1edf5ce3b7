"""Rules of topics that a model refuses, found with what the file form is checked with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from routing.definition import Topic
from routing.entry import ID
from routing.model_file.problem import Place, Problems
from routing.model_file.rules import check_rules


@dataclass(frozen=True, order=True)
class Fault:
    """The one at `number` in a list of a topic's rules."""

    topic: str
    kind: str
    number: int
    what_to_do: str


def faults(topics: Mapping[str, Any]) -> list[Fault]:
    """The last of a list first, so that they can be taken out one by one."""
    places = _Places("session", {})
    check_rules([Topic.model_validate(one | {ID: name}) for name, one in topics.items()], places)
    first = {(one.topic, one.kind, one.number): one for one in reversed(places.faults)}
    return sorted(first.values(), reverse=True)


class _Places(Problems):
    """Remembers the places, where others want lines."""

    def __init__(self, file: str, lines: Mapping[Place, int]) -> None:
        super().__init__(file, lines)
        self.faults: list[Fault] = []

    def add(self, place: Place, what: str, what_to_do: str) -> None:  # noqa: ARG002
        _, topic, _, kind, number = place
        self.faults.append(Fault(str(topic), str(kind), int(number), what_to_do))
