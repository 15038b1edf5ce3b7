"""The curve of precision and coverage as points of a drawing, made for the page's SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent_ui.learned import Point

WIDTH = 640
HEIGHT = 320
LEFT = 52
BELOW = 40
ABOVE = 12
RIGHT = 28


@dataclass(frozen=True)
class Mark:
    """A point of the curve, where it is drawn, and whether its threshold is the one in use."""

    point: Point
    x: float
    y: float
    in_use: bool


@dataclass(frozen=True)
class Drawing:
    """`steps` are the lines of the grid: place and share, of each axis."""

    marks: tuple[Mark, ...]
    across: tuple[tuple[float, float], ...]
    up: tuple[tuple[float, float], ...]

    @property
    def path(self) -> str:
        return " ".join(f"{mark.x:.1f},{mark.y:.1f}" for mark in self.marks)


def draw(points: Sequence[Point], threshold: float) -> Drawing:
    """Coverage from left to right, precision upwards; upwards from below the lowest, in tenths."""
    lowest = min((point.precision for point in points), default=0.0)
    floor = min(int(lowest * 10), 9) / 10
    used = at_threshold(points, threshold)
    marks = tuple(
        Mark(point, _x(point.coverage), _y(point.precision, floor), point is used)
        for point in points
    )
    tenths = range(round(floor * 10), 11)
    return Drawing(
        marks=marks,
        across=tuple((_x(step / 5), step / 5) for step in range(6)),
        up=tuple((_y(step / 10, floor), step / 10) for step in tenths),
    )


def at_threshold(points: Sequence[Point], threshold: float) -> Point | None:
    """The last point that asks no more than the threshold does; None where nothing reaches it."""
    if threshold >= 1:
        return None
    below = [point for point in points if point.threshold <= threshold + 1e-9]
    return below[-1] if below else None


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(share: float, floor: float) -> float:
    return ABOVE + (1 - share) / (1 - floor) * (HEIGHT - ABOVE - BELOW)
