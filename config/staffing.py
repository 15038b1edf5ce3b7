"""`loket staffing`: how many people each role needs in each half hour of a typical week."""

import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from agent_ui.staffing import SLOTS_A_DAY, clock_of
from config.command import (
    ConfigOption,
    StoreOption,
    plain_errors,
    read_settings,
    run,
    terminal,
    with_store,
)
from config.in_force import in_force, named
from config.replay_running import Task, replayed
from config.settings import Settings
from config.staffing_csv import DAYS, staffing_csv
from hub import clock
from hub.errors import Rejected
from hub.interaction import Channel
from hub.store import Database
from routing.analysis import Staff
from routing.learned.current import learned_now
from routing.model import Model
from routing.staffing.arrivals import zone_of
from routing.staffing.measured import Source
from routing.staffing.plan import Rules
from routing.staffing.staffed import Slot, Staffing, Used, Week, staffed
from routing.tree import ANY

_MINUTE = 60


class _Models(NamedTuple):
    before: Model
    after: Model


def staffing(
    *,
    draft: Annotated[
        str, typer.Option(help="A version's number, to be shown beside the live one.")
    ] = "",
    model: Annotated[str, typer.Option(help="The same with a model file.")] = "",
    days: Annotated[int, typer.Option(help="So many days until now are looked at.")] = 28,
    handling: Annotated[
        list[str] | None, typer.Option(help="Seconds of work per contact: email=420. Repeatable.")
    ] = None,
    shrinkage: Annotated[
        float, typer.Option(help="The part of those planned who are away, from 0 to below 1.")
    ] = 0.3,
    zone: Annotated[str, typer.Option(help="In whose time the week is shown.")] = "",
    as_csv: Annotated[
        bool, typer.Option("--csv", help="One line per role and half hour, for a spreadsheet.")
    ] = False,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Show how many people to plan for each role, from what arrived until now."""
    settings = read_settings(config, store=store)
    other = draft or model
    with plain_errors():
        models = run(with_store(settings, lambda db: _models(settings, db, other)))
        now = clock.now()
        span = (now - timedelta(days=max(days, 0)), now)
        week = Week(span, _zone(zone, models.before), _rules(shrinkage), _handling(handling or []))
        found = run(with_store(settings, lambda db: _staffed(db, models, week)))
    both = bool(other)
    if as_csv:
        sys.stdout.writelines(staffing_csv(found, both=both))
    elif found.before or found.after:
        for role in sorted({*found.before, *found.after}):
            terminal.print(_table(role, found, both=both))
        for line in _times(found.times):
            terminal.print(line)
    else:
        terminal.print(f"Nothing arrived in the last {days} days.")


async def _models(settings: Settings, database: Database, other: str) -> _Models:
    before = await in_force(settings, database)
    return _Models(before, await named(database, other) if other else before)


async def _staffed(database: Database, models: _Models, week: Week) -> Staffing:
    """Both sides decide anew about what came in, so that they differ by the models alone."""
    task = Task(
        models.before.definition,
        models.after.definition,
        Staff(at=week.span[1]),
        *week.span,
        await learned_now(database),
        week.zone,
    )
    result = await replayed(database, task, lambda _done, _total: None)
    try:
        return staffed(result.arrived, models.before, models.after, week)
    except ValueError as error:
        raise Rejected("staffing", f"{error}: use --days 28.") from error


def _zone(written: str, model: Model) -> ZoneInfo:
    """The one asked for, else that of the first business hours of the model."""
    if not written:
        return zone_of(model)
    try:
        return ZoneInfo(written)
    except (KeyError, ValueError, OSError) as error:
        raise Rejected(
            "zone", f"No time zone is called {written}: use Europe/Amsterdam."
        ) from error


def _rules(shrinkage: float) -> Rules:
    if not 0 <= shrinkage < 1:
        raise Rejected("shrinkage", "The shrinkage is at least 0 and below 1: use 0.3 for 30 %.")
    return Rules(shrinkage=shrinkage)


def _handling(written: Sequence[str]) -> dict[Channel, float]:
    found: dict[Channel, float] = {}
    for one in written:
        channel, _, seconds = one.partition("=")
        if channel not in set(Channel) or not seconds.isdecimal() or int(seconds) == 0:
            known = ", ".join(Channel)
            raise Rejected("handling", f"Write it like email=420, not {one}. Channels: {known}.")
        found[Channel(channel)] = int(seconds)
    return found


def _table(role: str, found: Staffing, *, both: bool) -> Table:
    """Half hours down, days across; the people to plan, and by the other model where it differs."""
    before, after = (_planned(side.get(role, ())) for side in (found.before, found.after))
    title = f"{role}: people to plan" + (", live → draft" if both else "")
    table = Table("", *DAYS, title=title)
    for slot in sorted({place % SLOTS_A_DAY for place in (*before, *after)}):
        places = range(slot, len(DAYS) * SLOTS_A_DAY, SLOTS_A_DAY)
        cells = ((before.get(place, 0), after.get(place, 0)) for place in places)
        table.add_row(clock_of(slot), *(_cell(*pair) for pair in cells))
    return table


def _planned(slots: Sequence[Slot]) -> dict[int, int]:
    return {one.place: one.planned for one in slots}


def _cell(before: int, after: int) -> str:
    return str(before or "") if before == after else f"{before} → {after}"


def _times(used: Sequence[Used]) -> list[str]:
    """How long a contact was taken to last, and why."""
    return ["Minutes of work in a contact:", *(f"  {_time(one)}" for one in used)]


def _time(one: Used) -> str:
    about = " ".join(part for part in (one.topic, one.group) if part != ANY)
    name = f"{one.channel} {about}".rstrip()
    why = {
        Source.USUAL: "a common value, too few were handled",
        Source.GIVEN: "as given",
    }.get(one.source, f"median of {one.contacts}")
    return f"{name}: {one.seconds / _MINUTE:.1f} ({why})"
