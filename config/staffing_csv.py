"""Staffing as lines for programs: one for each role and half hour in which somebody works. In words
for people: `staffing_sheet`."""

from collections.abc import Iterator

from agent_ui.staffing import SLOTS_A_DAY, clock_of
from hub.tables_out import csv_line
from routing.staffing.staffed import Slot, Staffing

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NOBODY = Slot(0, 0.0, 0, {})
_ONE = ("people", "planned", "by_channel")


def staffing_csv(found: Staffing, *, both: bool = True) -> list[str]:
    """`both`: the second model beside the first."""
    head = ("role", "day", "half_hour", *_ONE, *(f"{name}_after" for name in _ONE if both))
    return [csv_line(head), *(csv_line(line) for line in _lines(found, both=both))]


def side_by_side(found: Staffing) -> Iterator[tuple[str, int, Slot, Slot]]:
    """Role, half hour of the week, and what both models say of it."""
    for role in dict.fromkeys((*found.before, *found.after)):
        before, after = ({one.place: one for one in side.get(role, ())}
                         for side in (found.before, found.after))  # fmt: skip
        for place in sorted({*before, *after}):
            yield role, place, before.get(place, _NOBODY), after.get(place, _NOBODY)


def _lines(found: Staffing, *, both: bool) -> Iterator[list[str]]:
    for role, place, before, after in side_by_side(found):
        day, slot = divmod(place, SLOTS_A_DAY)
        line = [role, DAYS[day], clock_of(slot), *_cells(before)]
        yield [*line, *_cells(after)] if both else line


def _cells(slot: Slot) -> tuple[str, str, str]:
    parts = " ".join(f"{channel}={people:.2f}" for channel, people in slot.by_channel.items())
    return f"{slot.people:.2f}", str(slot.planned), parts
