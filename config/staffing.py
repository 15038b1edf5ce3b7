"""`loket staffing`: how many people each role needs in each half hour of a typical week."""

import csv
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from config.command import (
    ConfigOption,
    StoreOption,
    plain_errors,
    read_settings,
    run,
    terminal,
    with_store,
)
from config.in_force import in_force
from config.settings import Settings
from hub import clock
from hub.errors import Rejected
from hub.interaction import Channel
from hub.store import arriving
from hub.store.arriving import Arrived
from routing.model import Model
from routing.staffing.plan import Need, Rules, people_needed
from routing.staffing.week import HANDLING, typical_week, week_of

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def staffing(
    *,
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
    with plain_errors():
        model = run(with_store(settings, lambda db: in_force(settings, db)))
        place = _zone(zone, model)
        rules = _rules(shrinkage)
        seconds = _handling(handling or [])
    now = clock.now()
    contacts = run(_arrived(settings, now - timedelta(days=max(days, 0)), now))
    with plain_errors():
        needs = _needs(
            contacts,
            days=days,
            model=model,
            rules=rules,
            zone=place,
            handling=seconds,
            now=now,
        )
    if as_csv:
        _write(needs, place)
    elif needs:
        for role in sorted({need.role for need in needs}):
            terminal.print(_table(role, [n for n in needs if n.role == role], place))
    else:
        terminal.print(f"Nothing arrived in the last {days} days.")


async def _arrived(settings: Settings, since: datetime, until: datetime) -> list[Arrived]:
    return await with_store(
        settings, lambda db: db.read(lambda c: list(arriving.arrived(c, since, until)))
    )


def _needs(
    contacts: Sequence[Arrived],
    *,
    days: int,
    model: Model,
    rules: Rules,
    zone: ZoneInfo,
    handling: dict[Channel, float],
    now: datetime,
) -> list[Need]:
    monday = week_of(now.astimezone(zone).date())
    try:
        traffic = typical_week(contacts, days, model, monday=monday, zone=zone, handling=handling)
    except ValueError as error:
        raise Rejected("staffing", f"{error}: use --days 28.") from error
    return people_needed(traffic, rules, lambda role, at: model.calendar(role).is_open(at))


def _zone(written: str, model: Model) -> ZoneInfo:
    """The one asked for, else that of the first business hours of the model."""
    hours = next(iter(model.definition.hours.values()), None)
    name = written or (hours.time_zone if hours else "UTC")
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise Rejected("zone", f"No time zone is called {name}: use Europe/Amsterdam.") from error


def _rules(shrinkage: float) -> Rules:
    if not 0 <= shrinkage < 1:
        raise Rejected("shrinkage", "The shrinkage is at least 0 and below 1: use 0.3 for 30 %.")
    return Rules(shrinkage=shrinkage)


def _handling(written: Sequence[str]) -> dict[Channel, float]:
    found = dict(HANDLING)
    for one in written:
        channel, _, seconds = one.partition("=")
        if channel not in set(Channel) or not seconds.isdecimal() or int(seconds) == 0:
            known = ", ".join(Channel)
            raise Rejected("handling", f"Write it like email=420, not {one}. Channels: {known}.")
        found[Channel(channel)] = int(seconds)
    return found


def _table(role: str, needs: Sequence[Need], zone: ZoneInfo) -> Table:
    """Half hours down, days across; the people to plan."""
    by_place: dict[tuple[str, int], int] = {}
    for need in needs:
        local = need.start.astimezone(zone)
        by_place[f"{local:%H:%M}", local.weekday()] = need.rostered
    table = Table("", *_DAYS, title=f"{role}: people to plan")
    for half_hour in sorted({time for (time, _), people in by_place.items() if people}):
        cells = (by_place.get((half_hour, day), 0) for day in range(len(_DAYS)))
        table.add_row(half_hour, *(str(people or "") for people in cells))
    return table


def _write(needs: Sequence[Need], zone: ZoneInfo) -> None:
    out = csv.writer(sys.stdout)
    out.writerow(("role", "day", "half_hour", "people", "planned", "by_channel"))
    for need in needs:
        local = need.start.astimezone(zone)
        parts = " ".join(f"{channel}={people:.2f}" for channel, people in need.by_channel.items())
        day = _DAYS[local.weekday()]
        out.writerow((need.role, day, f"{local:%H:%M}", f"{need.people:.2f}", need.rostered, parts))
