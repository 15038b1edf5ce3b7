"""What the page of hours asks of whoever knows the interaction model, and the shapes of the
answers. Hours of a day are as typed: `08:30-12:00, 13:00-17:30`, empty for closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from hub.store.models import Version


@dataclass(frozen=True)
class HoursForm:
    """Hours as they stand in a form. `week`: each day from Monday; `exceptions`: hours by day, as
    typed; `roles`: who keeps to them."""

    title_en: str = ""
    title_nl: str = ""
    time_zone: str = ""
    week: tuple[str, ...] = ("",) * 7
    holidays: str = ""
    exceptions: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class DayAhead:
    """A day that differs from its week. `holiday`: its name by language, none for a plain day."""

    day: date
    opened: str
    holiday: Mapping[str, str]
    is_exception: bool


@dataclass(frozen=True)
class HoursLine:
    """One entry of hours. `ahead`: the days of the coming year that differ; `used`: something in
    the model names it."""

    id: str
    line: int
    form: HoursForm
    ahead: tuple[DayAhead, ...]
    used: bool


@dataclass(frozen=True)
class HoursPage:
    """`roles`: titles by name, in the language asked for; `places`: countries of which the holidays
    are known, by code."""

    hours: tuple[HoursLine, ...]
    roles: Mapping[str, str]
    time_zones: Sequence[str]
    places: Mapping[str, str]


class BadHours(Exception):
    """What was typed cannot be read. `field`: which field; `said`: what is wrong, by language."""

    def __init__(self, field: str, said: Mapping[str, str]) -> None:
        super().__init__(f"{field}: {said['en']}")
        self.field = field
        self.said = said


class HoursDesk(Protocol):
    """Raises Unreadable for a version that cannot be read and for what would make it so, BadHours
    for what was typed, and Rejected (`model_changed`) when somebody else was faster. An empty name
    is for new hours."""

    async def page(self, number: int, language: str) -> HoursPage: ...

    async def written(self, number: int, name: str, form: HoursForm) -> str:
        """The text of the model with this in it; nothing is kept."""

    async def keep(
        self, number: int, revision: int, name: str, form: HoursForm, *, by: str
    ) -> Version: ...

    async def remove(self, number: int, revision: int, name: str, *, by: str) -> Version: ...

    async def set_day(
        self, number: int, revision: int, names: Sequence[str], day: str, opened: str, *, by: str
    ) -> Version:
        """Let one day differ: other hours, or closed."""

    async def draft_of_day(
        self, number: int, names: Sequence[str], day: str, opened: str, *, by: str
    ) -> Version:
        """The same in a new draft of this version."""
