"""Draws resident memory as a picture, by hand: one line for each stack."""

from collections.abc import Mapping, Sequence
from typing import Any

WIDTH, HEIGHT = 640, 260
LEFT, BOTTOM, TOP = 60, 40, 20
COLOURS = ("#0b6e99", "#b4581a")


def draw(rows: Sequence[Mapping[str, Any]], titles: Mapping[str, str], every: int) -> str:
    totals = [_total(row) for row in rows]
    top = max(max(total) for total in totals) * 1.15
    samples = max(len(total) for total in totals)
    parts = [_axes(top, samples * every)]
    for number, (row, total) in enumerate(zip(rows, totals, strict=True)):
        points = " ".join(
            f"{_x(index + 1, samples):.0f},{_y(value, top):.0f}"
            for index, value in enumerate(total)
        )
        colour = COLOURS[number % len(COLOURS)]
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        y = _y(total[-1], top) - 8
        parts.append(
            f'<text x="{WIDTH - 10}" y="{y:.0f}" fill="{colour}" text-anchor="end">'
            f"{titles[row['stack']]}</text>"
        )
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="sans-serif" font-size="12" role="img">\n'
        f"<title>Resident memory in MB over interactions</title>\n"
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _total(row: Mapping[str, Any]) -> list[float]:
    return [own + workers for own, workers in zip(row["own"], row["workers"], strict=True)]


def _axes(top: float, interactions: int) -> str:
    base = HEIGHT - BOTTOM
    place = f'x="{WIDTH - 10}" y="{base + 30}" text-anchor="end"'
    lines = [
        f'<path d="M{LEFT} {TOP}V{base}H{WIDTH - 10}" fill="none" stroke="#666"/>',
        f"<text {place}>{interactions:,} interactions</text>",
    ]
    for quarter in range(5):
        value = top * quarter / 4
        y = _y(value, top)
        lines.append(
            f'<text x="{LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{value:.0f} MB</text>'
        )
    return "\n".join(lines)


def _x(sample: int, samples: int) -> float:
    return LEFT + (WIDTH - 10 - LEFT) * sample / samples


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top
