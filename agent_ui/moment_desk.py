"""What the console asks of the moments of the interaction model; wiring hands it in."""

from collections.abc import Mapping, Sequence
from typing import Protocol

EURO = "_eur"
"""How the limits end that are amounts of money."""


class MomentDesk(Protocol):
    """`language` is "en" or "nl"."""

    def results(self, language: str) -> Mapping[str, str]:
        """What each result is called that is to be recorded anywhere; `result|choice` for each of
        its choices."""
        ...

    def information(self, language: str) -> Mapping[str, str]:
        """What each thing is called that must be known for anything."""
        ...

    def limits(self) -> Sequence[str]:
        """The names of the limits that are amounts of money."""
        ...
