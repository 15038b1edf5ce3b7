"""Replayed contacts as a file for a spreadsheet, one line each."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from routing.replay import Placed, Replayed

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SIDE = ("role", "topic", "target_group", "row", "allowed", "nobody", "first_response")
HEAD = (
    "interaction_id",
    "conversation_id",
    "received_at",
    "channel",
    "direction",
    "subject",
    *(f"{name}_{side}" for name in (*_SIDE, "resolution") for side in ("before", "after")),
)


def write(path: Path, replayed: Iterable[Replayed]) -> None:
    """Raises OSError when the file cannot be written."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(csv_line(HEAD))
        file.writelines(csv_line(cells(one, one.subject)) for one in replayed)


def csv_line(written: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([guarded(cell) for cell in written])
    return line.getvalue()


def guarded(cell: str) -> str:
    """What a spreadsheet would take for a formula gets an apostrophe: customers write subjects."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def cells(one: Replayed, subject: str) -> Iterator[str]:
    yield one.interaction_id
    yield one.conversation_id
    yield f"{one.at:%Y-%m-%dT%H:%M:%SZ}"
    yield one.channel
    yield one.direction
    yield subject
    for before, after in zip(_side(one.before), _side(one.after), strict=True):
        yield before
        yield after


def _side(placed: Placed) -> tuple[str, ...]:
    side = placed.side
    return (
        side.role,
        side.topic,
        side.target_group,
        side.row,
        "yes" if side.allowed else "no",
        side.nobody or "",
        placed.first_response,
        placed.resolution,
    )
