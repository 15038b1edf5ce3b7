"""`loket import` takes in what other systems know, from CSV and XLSX; `loket export` writes
customers."""

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

from config.command import ConfigOption, StoreOption, read_settings, run, terminal, with_store
from hub.errors import Rejected
from hub.imports import customers_out, running
from hub.imports.fields import Reading
from hub.imports.kinds import KINDS, kind_of
from hub.imports.sheet import open_sheet
from hub.store import Database
from hub.store.imports import Import

OPERATOR = "operator"


def import_file(
    kind: Annotated[str, typer.Argument(help=f"{', '.join(KINDS)}.")],
    file: Annotated[Path, typer.Argument(help="CSV or XLSX; the first row names the columns.")],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of each row, and keep nothing.")
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help="Where every row is reported. [default: FILE.report.csv]")
    ] = None,
    zone: Annotated[str, typer.Option(help="Time zone of times that name none.")] = "UTC",
    region: Annotated[str, typer.Option(help="Country of phone numbers that name none.")] = "NL",
    month_first: Annotated[
        bool, typer.Option("--month-first", help="Read 11/30/2026 as 30 November.")
    ] = False,
    language: Annotated[str, typer.Option(help="Of the report: en or nl.")] = "en",
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Take in a file, row by row. What was interrupted goes on where it was; the same file again
    changes nothing."""
    settings = read_settings(config, store=store)
    written = report or file.with_name(f"{file.name}.report.csv")

    async def work(database: Database) -> tuple[Import, tuple[str, ...]]:
        taken = running.Run(
            kind=kind_of(kind),
            path=file,
            report=written,
            by=OPERATOR,
            dry_run=dry_run,
            reading=Reading(month_first, _zone(zone), region.upper()),
            language=language,
        )
        done = await _with_bar(database, taken)
        return done, await running.unread(database, file, taken.kind)

    done, unread = run(with_store(settings, work))
    if unread:
        terminal.print(f"These columns are not read: {', '.join(unread)}.")
    verb = "would be accepted" if dry_run else "accepted"
    terminal.print(
        f"{done.accepted} {verb}, {done.unchanged} unchanged, {done.refused} refused: {written}"
    )
    if done.refused:
        raise typer.Exit(1)


def export_file(
    kind: Annotated[str, typer.Argument(help="persons or organisations.")],
    file: Annotated[Path, typer.Argument(help="The CSV file to write.")],
    *,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Write customers to a CSV file that `loket import` takes back."""
    settings = read_settings(config, store=store)

    async def work(database: Database) -> None:
        pieces = customers_out.rows_of(database, kind, by=OPERATOR)
        first = await anext(pieces)  # a kind that does not go out leaves the file alone
        with file.open("w", encoding="utf-8", newline="") as out:
            out.write(first)
            async for piece in pieces:
                out.write(piece)

    run(with_store(settings, work))


async def _with_bar(database: Database, taken: running.Run) -> Import:
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=terminal, transient=True) as bar:
        task = bar.add_task("", total=_rows_of(taken.path))

        def show(one: Import) -> None:
            bar.update(task, completed=one.done)

        return await running.run(database, taken.shown_by(show))


def _rows_of(path: Path) -> int | None:
    """None for a file that is not to be read to its end: taking it in says so."""
    try:
        with open_sheet(path) as sheet:
            return sum(1 for _ in sheet.rows)
    except Rejected:
        return None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        detail = f"There is no time zone {name}: write one such as Europe/Amsterdam."
        raise Rejected("no_zone", detail) from error
