"""What the interaction model says about this work, read from the router's stored decision."""

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


class _Steps(_Stored):
    before: tuple[_Step, ...] = ()
    during: tuple[_Step, ...] = ()
    after: tuple[_Step, ...] = ()


class Recognition(_Stored):
    """How the topic was found; `confidence` is from 0 to 1."""

    how: str = "none"
    matched: tuple[str, ...] = ()
    confidence: float | None = None


class Guidance(_Stored):
    """Titles and authority hold one text per language, by its code."""

    model_version: str = ""
    topic_title: dict[str, str] | None = None
    recognition: Recognition = Recognition()
    required_information: tuple[Information, ...] = ()
    steps: _Steps = _Steps()
    results: tuple[_Result, ...] = ()
    authority: tuple[dict[str, Any], ...] = Field(default=())


def guidance_of(decision: dict[str, Any]) -> Guidance:
    """Empty when the decision is not one that we can read: the work must be shown all the same."""
    try:
        return Guidance.model_validate(decision)
    except ValidationError:
        return Guidance()
