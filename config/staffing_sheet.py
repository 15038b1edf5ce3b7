"""Staffing by two versions as a file for a spreadsheet that people read: a line for each role and
half hour in which somebody works, in their words. For programs there is `staffing_csv`."""

from collections.abc import Callable, Iterator

from agent_ui.model_words import OF_VERSION, STAFFING_FILE, STAFFING_SIDE
from agent_ui.staffing import SLOTS_A_DAY, clock_of
from agent_ui.texts import Texts
from agent_ui.words import CHANNELS
from config.staffing_csv import side_by_side
from hub import locales
from hub.store.model_replays import Run
from hub.tables_out import Cell, csv_line
from routing.staffing.staffed import Slot, Staffing


def staffing_sheet(
    found: Staffing, texts: Texts, run: Run, title: Callable[[str], str]
) -> list[str]:
    """`title`: what a role is called."""
    sides = (texts(OF_VERSION, name=texts(name), n=n)
             for n in (run.base, run.version) for name in STAFFING_SIDE)  # fmt: skip
    head = [*(texts(text, zone=found.zone) for text in STAFFING_FILE), *sides]
    lines = [csv_line(line, texts.language) for line in _lines(found, texts, title)]
    return [csv_line(head, texts.language), *lines]


def _lines(found: Staffing, texts: Texts, title: Callable[[str], str]) -> Iterator[list[Cell]]:
    for role, place, before, after in side_by_side(found):
        day, slot = divmod(place, SLOTS_A_DAY)
        sides = (cell for side in (before, after) for cell in _cells(side, texts))
        yield [title(role), locales.weekdays(texts.language)[day], clock_of(slot), *sides]


def _cells(slot: Slot, texts: Texts) -> tuple[Cell, ...]:
    parts = (
        f"{texts(CHANNELS[one])} {locales.number(people, texts.language, 2)}"
        for one, people in slot.by_channel.items()
    )
    return round(slot.people, 2), slot.planned, " · ".join(parts)
