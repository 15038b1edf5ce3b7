"""How good what was learned is: measured on examples that it was not trained with."""

from collections.abc import Sequence

from hub.interaction import Frozen

GOOD_PRECISION = 0.9
"""What the threshold that is proposed aims at: of ten suggestions nine are right."""

NOTHING = 1.0
"""The threshold with which nothing is suggested."""

LEAST_SURE = 0.3
"""It is never lower: what is about no known topic is not in the measure."""


class Point(Frozen):
    """With this threshold, so much of what is suggested is right (`precision`), and so much of all
    contacts gets a suggestion (`coverage`); both from 0 to 1."""

    threshold: float
    precision: float
    coverage: float


class TopicReport(Frozen):
    """`precision`: how many of the suggestions of this topic are right; `found`: how many of the
    contacts about it get it. `taken_for`: what it is mistaken for most."""

    topic: str
    examples: int
    precision: float
    found: float
    taken_for: str = ""


class Proposal(Frozen):
    """A word that tells contacts of a topic from all others, and stands in no rule of it yet.

    `fits` contacts of the topic have it and `misses` others; `corrected` of them were corrected.
    `former` is the topic that most of these were taken for.
    """

    topic: str
    words: str
    fits: int
    misses: int
    corrected: int
    former: str


class Report(Frozen):
    """`left_out`: topics with too few examples, and how many they have. `always`: how often the
    most frequent topic is right. `calibration_error`: by how much confidence is off, on average."""

    examples: int
    topics: tuple[TopicReport, ...]
    left_out: dict[str, int]
    accuracy: float
    always: float
    calibration_error: float
    curve: tuple[Point, ...]
    proposed_threshold: float
    proposals: tuple[Proposal, ...] = ()


def proposed(curve: Sequence[Point]) -> float:
    """The lowest threshold that is good enough; where none is, one that nothing reaches."""
    good = (
        point.threshold
        for point in curve
        if point.precision >= GOOD_PRECISION and point.threshold >= LEAST_SURE
    )
    return next(good, NOTHING)
