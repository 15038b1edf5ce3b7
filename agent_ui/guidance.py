"""What the interaction model says about this work, read from the router's stored decision."""

from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError


class _Stored(BaseModel):
    # The decision may say more than the console shows.
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Named(_Stored):
    name: str
    title: dict[str, str]


class Information(_Named):
    """`field`: where exactly in its source it is, such as `order.number`."""

    source: str = ""
    field: str | None = None


class _Result(_Named):
    choices: tuple[_Named, ...] = ()


class _Step(_Named):
    blocking: bool = False
    who: str | None = None
    aid: dict[str, str] | None = None


class Authority(_Stored):
    """What an agent may decide; above it the role `approver` does, `within` so many seconds."""

    en: str
    nl: str = ""
    limits: dict[str, Decimal] = Field(default_factory=dict)
    approver: str | None = None
    within: int | None = None

    @property
    def title(self) -> dict[str, str]:
        return {"en": self.en, "nl": self.nl}


class _Steps(_Stored):
    before: tuple[_Step, ...] = ()
    during: tuple[_Step, ...] = ()
    after: tuple[_Step, ...] = ()


class Recognition(_Stored):
    """How the topic was found; `confidence` is from 0 to 1."""

    how: str = "none"
    matched: tuple[str, ...] = ()
    confidence: float | None = None


class Source(_Stored):
    """A row of the model, and its line in it."""

    row: str
    line: int = 0


class Lost(Source):
    """A row that holds as well: the fields that it does not settle, by why."""

    fields: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class Guidance(_Stored):
    """Titles hold one text per language, by its code."""

    model_version: str = ""
    topic_title: dict[str, str] | None = None
    recognition: Recognition = Recognition()
    required_information: tuple[Information, ...] = ()
    steps: _Steps = _Steps()
    results: tuple[_Result, ...] = ()
    authority: tuple[Authority, ...] = ()
    rows: dict[str, Source] = Field(default_factory=dict)
    lost: tuple[Lost, ...] = ()

    @property
    def settled(self) -> dict[Source, list[str]]:
        """The fields that each row settles."""
        found: dict[Source, list[str]] = {}
        for field, source in self.rows.items():
            found.setdefault(source, []).append(field)
        return found

    @property
    def approvers(self) -> tuple[str, ...]:
        """Each role once that decides what is above the agent's authority."""
        return tuple(dict.fromkeys(one.approver for one in self.authority if one.approver))


def guidance_of(decision: dict[str, Any]) -> Guidance:
    """Empty when the decision is not one that we can read: the work must be shown all the same."""
    try:
        return Guidance.model_validate(decision)
    except ValidationError:
        return Guidance()
