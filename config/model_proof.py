"""`loket model check`: proves a model, with who holds which role now."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from config import in_force
from config.command import ConfigOption, plain_errors, read_settings, run, terminal, with_store
from config.proof import staff_of
from hub import clock
from hub.connector import Finding as Checked
from hub.errors import LoketError
from hub.store import Database, admission, migrate
from routing.analysis import Finding, Kind, Names, Severity, Staff, analyse
from routing.definition import Definition
from routing.model_file import load_definition

_MARKS = {
    Severity.ERROR: "[red]error[/]  ",
    Severity.WARNING: "[yellow]warning[/]",
    Severity.NOTE: "note   ",
}


class Language(StrEnum):
    EN = "en"
    NL = "nl"


_OF_PEOPLE = {Kind.NO_MEMBERS, Kind.MISSING_SKILL}
_LINES = 8
_EXAMPLE = {Language.EN: "for instance:", Language.NL: "bijvoorbeeld:"}


def check(
    file: Annotated[
        Path | None, typer.Argument(help="A model file; without it, what is live.")
    ] = None,
    language: Annotated[Language, typer.Option(help="Of the findings.")] = Language.EN,
    notes: Annotated[bool, typer.Option("--notes", help="Show what is only good to know.")] = False,
    config: ConfigOption = None,
) -> None:
    """Prove a model: gaps, ties, rows that never win, roles nobody holds, impossible targets."""
    settings = read_settings(config)
    with plain_errors(language):
        given = (file.name, load_definition(file)) if file else None
    name, definition = given or run(
        with_store(settings, lambda db: in_force.named_definition(settings, db))
    )
    findings = analyse(definition, run(with_store(settings, staff_now)))
    names = Names(definition)
    shown = [one for one in findings if notes or one.severity is not Severity.NOTE]
    for finding in shown:
        _print(finding, names, language)
    terminal.print(f"{name}: {counted(findings)}.")
    if len(shown) < len(findings):
        terminal.print("The notes are shown with --notes.")
    if any(one.severity is Severity.ERROR for one in findings):
        raise typer.Exit(1)


async def staff_now(database: Database) -> Staff:
    """Who holds which role; not known where the store cannot be read."""
    now = clock.now()
    try:
        behind = migrate.is_behind(await migrate.current(database))
        people = [] if behind else await database.read(admission.listed)
    except LoketError as error:
        terminal.print(f"Who holds which role is not looked at: {escape(str(error))}.")
        return Staff(at=now)
    if behind:
        terminal.print("Who holds which role is not looked at before `loket migrate`.")
        return Staff(at=now)
    return staff_of(people, now)


async def summary(database: Database, definition: Definition) -> Checked:
    """One line for `loket check`. That people are missing does not fail: they may yet come."""
    findings = analyse(definition, await staff_now(database))
    errors = {one.kind for one in findings if one.severity is Severity.ERROR}
    hint = "`loket model check` shows them, with examples and repairs." if findings else ""
    ok = errors <= _OF_PEOPLE
    return Checked("model proof", ok, counted(findings), hint, warns=ok and bool(errors))


def counted(findings: Sequence[Finding]) -> str:
    """`1 error, 3 warnings, 5 notes`."""
    counts = Counter(finding.severity for finding in findings)
    said = [
        f"{counts[one]} {one}{'s' if counts[one] > 1 else ''}" for one in Severity if counts[one]
    ]
    return ", ".join(said) or "nothing to say"


def _print(finding: Finding, names: Names, language: Language) -> None:
    lines = ", ".join(str(row.line) for row in finding.rows[:_LINES])
    more = ", …" if len(finding.rows) > _LINES else ""
    where = f" (line {lines}{more})" if lines else ""
    mark = _MARKS[finding.severity]
    terminal.print(f"{mark} {escape(getattr(finding.text, language))}{where}", soft_wrap=True)
    if finding.example:
        one = finding.example
        at = f" at {one.at:%Y-%m-%d %H:%M}Z" if one.at else ""
        contact = getattr(names.cell(one.cell), language)
        terminal.print(f"        {_EXAMPLE[language]} {escape(contact)}{at}", soft_wrap=True)
    if finding.repair:
        repair = getattr(finding.repair.text, language)
        terminal.print(f"        {escape(repair)}", soft_wrap=True)
        for line in finding.repair.yaml.splitlines():
            terminal.print(f"          {escape(line)}", soft_wrap=True)


def add_to(app: typer.Typer) -> None:
    app.command("check")(check)
