"""What was learned about topics, as the store keeps it, for the page about recognition."""

from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError


class _Stored(BaseModel):
    # A report may say more than the page shows.
    model_config = ConfigDict(frozen=True, extra="ignore")


class Point(_Stored):
    """Shares from 0 to 1."""

    threshold: float
    precision: float
    coverage: float


class TopicQuality(_Stored):
    topic: str
    examples: int
    precision: float
    found: float
    taken_for: str = ""


class Proposal(_Stored):
    topic: str
    words: str
    fits: int
    misses: int
    corrected: int
    former: str


class Learned(_Stored):
    examples: int = 0
    accuracy: float = 0
    calibration_error: float = 0
    topics: tuple[TopicQuality, ...] = ()
    left_out: dict[str, int] = {}
    curve: tuple[Point, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    proposed_threshold: float = 1


def learned_of(report: dict[str, Any]) -> Learned:
    """Empty when the report is not one that we can read."""
    try:
        return Learned.model_validate(report)
    except ValidationError:
        return Learned()
