"""Replayed contacts as a file for a spreadsheet, one line each."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from hub.tables_out import csv_line
from routing.replay import Placed, Replayed

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
