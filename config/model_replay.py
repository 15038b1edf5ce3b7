"""`loket model replay`: what would have happened with a draft, by what was recorded."""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console as Terminal
from rich.markup import escape
from rich.progress import Progress

from config import replay_csv
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
from config.model_proof import Language, staff_now
from config.replay_report import report, side_by_side
from config.replay_running import Task, replayed
from config.replay_words import WORDS
from config.settings import Settings
from hub import clock
from hub.errors import Rejected
from hub.store import Database, recorded
from routing.entry import Duration
from routing.learned.current import learned_now
from routing.model import Model
from routing.replay import Opened, Replay, What, opened

_DURATION: TypeAdapter[int] = TypeAdapter(Duration)


class _Models(NamedTuple):
    before: Model
    after: Model


def replay(
    draft: Annotated[str, typer.Argument(help="The model file to try, or a version's number.")],
    *,
    against: Annotated[
        str, typer.Option(help="The other side, the same; without it, the model in use.")
    ] = "",
    since: Annotated[str, typer.Option(help="30d, 12h, or a day: 2026-10-01.")] = "30d",
    csv: Annotated[Path | None, typer.Option(help="Write one line per moved contact here.")] = None,
    what: Annotated[What, typer.Option(help="Which contacts --csv writes.")] = What.MOVED,
    show: Annotated[
        str, typer.Option(metavar="INTERACTION_ID", help="Both decisions of one, side by side.")
    ] = "",
    language: Annotated[Language, typer.Option(help="Of what is printed.")] = Language.EN,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Replay recorded contacts by a draft: what moves, comes too late, or nobody would handle."""
    settings = read_settings(config, store=store)
    with plain_errors(language):
        models = run(
            with_store(settings, lambda db: _models(settings, db, against, draft)), language
        )
        now = clock.now()
        begin = _begin(since, models.before, now, language)
    if show:
        found = run(with_store(settings, lambda db: _open(db, models, show, now, language)))
        terminal.print(side_by_side(found, language.value))
        return
    result = run(with_store(settings, lambda db: _replayed(db, models, begin, now, language)))
    words = WORDS[language]
    if result.total == 0:
        terminal.print(words["nothing"].format(since=f"{begin:%Y-%m-%d %H:%M}Z"))
    else:
        for part in report(result, language.value):
            terminal.print(part)
    if csv:
        chosen = result.only(what)
        with plain_errors():
            replay_csv.write(csv, chosen)
        terminal.print(escape(words["written"].format(count=len(chosen), file=csv)))


async def _models(settings: Settings, database: Database, against: str, draft: str) -> _Models:
    before = await named(database, against) if against else await in_force(settings, database)
    return _Models(before, await named(database, draft))


async def _replayed(
    database: Database, models: _Models, since: datetime, until: datetime, language: Language
) -> Replay:
    before, after = (model.definition for model in models)
    learned = await learned_now(database)
    task = Task(before, after, await staff_now(database), since, until, learned)
    with Progress(console=_BAR, transient=True, disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task(WORDS[language]["reading"], total=None)
        return await replayed(
            database,
            task,
            lambda done, total: progress.update(bar, completed=done, total=total),
        )


_BAR = Terminal(stderr=True)
"""Apart from what is printed, which may go into a file."""


async def _open(
    database: Database, models: _Models, interaction_id: str, now: datetime, language: Language
) -> Opened:
    work = await database.read(lambda c: recorded.one(c, interaction_id))
    if work is None:
        said = WORDS[language]["unknown"].format(id=interaction_id)
        raise Rejected("no_work", said)
    staff, learned = await staff_now(database), await learned_now(database)
    return opened(work, *models, staff, now, learned=learned)


def _begin(written: str, model: Model, now: datetime, language: Language) -> datetime:
    """A time ago, or the beginning of a day where the first business hours of the model are."""
    try:
        begin = _instant(written, model, now)
    except ValueError as error:
        raise Rejected("since", WORDS[language]["since"].format(given=written)) from error
    if begin > now:
        raise Rejected("since", WORDS[language]["since"].format(given=written))
    return begin


def _instant(written: str, model: Model, now: datetime) -> datetime:
    try:
        return now - timedelta(seconds=_DURATION.validate_python(written))
    except ValidationError:
        hours = next(iter(model.definition.hours.values()), None)
        zone = ZoneInfo(hours.time_zone if hours else "UTC")
        day = datetime.fromisoformat(written)
        return (day if day.tzinfo else day.replace(tzinfo=zone)).astimezone(now.tzinfo)


def add_to(app: typer.Typer) -> None:
    app.command("replay")(replay)
