"""What came of a rule in figures, and the work behind each of them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.store import rule_report
from hub.store.rule_report import After, Line, State

SHOWN, SETTLED, CAME_BACK, RATED = "shown", "settled", "came_back", "rated"
FIGURES = (SHOWN, *State, SETTLED, CAME_BACK, RATED)
_REASONS = 5


@dataclass(frozen=True)
class Figures:
    """`counts`: by figure. `done`, `other`: how customers fared where it was done, and where it was
    not. `reasons`: why it was put aside, the commonest first."""

    counts: Mapping[str, int]
    done: After
    other: After
    reasons: Sequence[tuple[str, int]]

    @classmethod
    def of(cls, lines: Sequence[Line]) -> "Figures":
        said = [one.reason for one in lines if one.state is State.ASIDE]
        often = sorted({reason: said.count(reason) for reason in said}.items(), key=lambda p: -p[1])
        return cls(
            counts={name: len(behind(lines, name)) for name in FIGURES},
            done=rule_report.after([one for one in lines if one.state is State.DONE]),
            other=rule_report.after([one for one in lines if one.state is not State.DONE]),
            reasons=often[:_REASONS],
        )


def behind(lines: Sequence[Line], figure: str, group: str = "") -> list[Line]:
    """What a figure counts; of a `group`, "done" or "other", only that."""
    if group:
        lines = [one for one in lines if (one.state is State.DONE) == (group == "done")]
    match figure:
        case "shown":
            return list(lines)
        case "settled":
            return [one for one in lines if one.finished and not one.came_back]
        case "came_back":
            return [one for one in lines if one.came_back]
        case "rated":
            return [one for one in lines if one.rating is not None]
        case _:
            return [one for one in lines if one.state == figure]
