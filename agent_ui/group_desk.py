"""What the console asks of the interaction model about target groups; wiring hands it in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from hub.store.customers import Customer


@dataclass(frozen=True)
class GroupShown:
    """The target group of a customer: its name (empty for none), what it is called, and where that
    comes from: `said` of them, `organisation`, or `rule` of the model, `because` of what."""

    group: str
    title: str
    source: str
    because: str = ""


class GroupDesk(Protocol):
    """`language` is "en" or "nl"."""

    def titles(self, language: str) -> Mapping[str, str]:
        """What each group of the model is called, with what it lies under."""
        ...

    def of(self, customer: Customer, language: str) -> GroupShown: ...
