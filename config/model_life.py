"""`loket model`: versions of the interaction model, from a draft to live and back."""

import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple, TypeVar

import typer
from rich.markup import escape
from rich.table import Table

from config import basics, model_actions
from config.command import ConfigOption, plain_errors, read_settings, run, terminal, with_store
from config.settings import Settings
from hub.errors import Rejected
from hub.store import Database, agents, models
from hub.store.models import Origin, State, Version
from routing.lifecycle.compare import Comparison, Difference, compare
from routing.lifecycle.from_file import read_file
from routing.lifecycle.life import ModelLife
from routing.lifecycle.places import Place
from routing.lifecycle.sheet import Sheet
from routing.lifecycle.shown import before_and_after
from routing.lifecycle.signing import Signer

OPERATOR = "operator"
T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="Versions of the interaction model.")
app.add_typer(model_actions.app, name="actions")

Number = Annotated[int, typer.Argument(metavar="VERSION", help="See `loket model list`.")]
As = Annotated[str, typer.Option("--as", help="The sign-in name of the owner.")]
RoleOption = Annotated[list[str] | None, typer.Option(help="Only rows of this role; repeatable.")]
RowOption = Annotated[list[str] | None, typer.Option(help="Only this row; repeatable.")]


@app.command("list")
def list_versions(config: ConfigOption = None) -> None:
    """Show every version, the newest first."""
    table = Table("version", "state", "title", "from", "made", "live since", "planned for")
    for one in run(with_store(read_settings(config), lambda db: db.read(models.listed))):
        origin = f"{one.origin} {one.based_on}" if one.based_on else str(one.origin)
        times = (_time(one.created_at), _time(one.activated_at), _time(one.effective_from))
        table.add_row(str(one.number), one.state, escape(one.title or one.note), origin, *times)
    terminal.print(table if table.row_count else "There is none yet: the first start makes one.")


@app.command("show")
def show(
    version: Annotated[int | None, typer.Argument(help="The live one without it.")] = None,
    config: ConfigOption = None,
) -> None:
    """Print a version as written: `loket model show 3 > model.yaml`."""

    async def read(life: ModelLife, database: Database) -> str:
        return await life.versions.text(version or await _live(database))

    sys.stdout.write(_with_life(config, read))


@app.command("import")
def import_file(
    file: Path,
    title: Annotated[str, typer.Option(help="What this version is about.")] = "",
    note: Annotated[str, typer.Option(help="Why it is made.")] = "",
    config: ConfigOption = None,
) -> None:
    """Make a file a new version and open it for signatures. What is live stays so."""
    with plain_errors():
        written = read_file(file)

    async def draft(life: ModelLife, database: Database) -> Version:
        made = await life.versions.draft(
            written,
            by=OPERATOR,
            origin=Origin.COMMAND,
            title=title,
            note=note or f"From {file.name}",
            based_on=await database.read(models.live_number),
        )
        return await life.versions.check(made.number, by=OPERATOR)

    made = _with_life(config, draft)
    terminal.print(f"Version {made.number} is {made.state}. See `loket model sheet {made.number}`.")


@app.command("diff")
def diff(
    version: Number,
    other: Annotated[int | None, typer.Argument(help="The live one without it.")] = None,
    config: ConfigOption = None,
) -> None:
    """Say what would be different with VERSION: what moves to whom, and which values change."""

    async def read(life: ModelLife, database: Database) -> tuple[int, Comparison]:
        base = other or await _live(database)
        (_, before), (_, after) = await life.versions.read(base), await life.versions.read(version)
        return base, compare(before, after)

    base, found = _with_life(config, read)
    _print_comparison(base, version, found)


@app.command("sheet")
def sheet(version: Number, config: ConfigOption = None) -> None:
    """Show which rows are signed by whom, and which are not."""

    async def read(life: ModelLife, _database: Database) -> Sheet:
        return await life.versions.sheet((await life.versions.read(version))[1])

    table = Table("role", "owner", "row", "line", "signed", "remark")
    for one in _with_life(config, read).asked:
        said = one.said
        word = "no" if said is None else f"{_word(said.accepted)} {_time(said.at)}"
        remark = escape(said.remark) if said else ""
        table.add_row(one.role, one.owner or "nobody", one.row, str(one.line), word, remark)
    terminal.print(table if table.row_count else "It has no rows to sign.")


@app.command("sign")
def sign(
    version: Number,
    *,
    owner: As,
    role: RoleOption = None,
    row: RowOption = None,
    remark: Annotated[str, typer.Option(help="To be kept with it.")] = "",
    config: ConfigOption = None,
) -> None:
    """Write down that an owner accepts the rows of their roles; all, or those that you name."""
    chosen = _Rows(tuple(role or ()), tuple(row or ()))
    _sign(config, version, owner, chosen, remark=remark, accepted=True)


@app.command("decline")
def decline(
    version: Number,
    *,
    owner: As,
    remark: Annotated[str, typer.Option(help="Why; it is asked for.")],
    role: RoleOption = None,
    row: RowOption = None,
    config: ConfigOption = None,
) -> None:
    """Write down that an owner does not accept rows of their roles, and why."""
    chosen = _Rows(tuple(role or ()), tuple(row or ()))
    _sign(config, version, owner, chosen, remark=remark, accepted=False)


@app.command("activate")
def activate(
    version: Number,
    at: Annotated[
        str, typer.Option(help="2027-01-01T08:00, or with a zone as …+01:00; now without it.")
    ] = "",
    override: Annotated[str, typer.Option(help="Why it goes live without all signatures.")] = "",
    cancel: Annotated[bool, typer.Option("--cancel", help="Take a planned time away.")] = False,
    config: ConfigOption = None,
) -> None:
    """Let a version go live, now or at a time to come."""
    with plain_errors():
        moment = _moment(at)

    async def change(life: ModelLife, _database: Database) -> Version:
        if cancel:
            return await life.activating.cancel(version, by=OPERATOR)
        return await life.activating.activate(version, by=OPERATOR, at=moment, override=override)

    done = _with_life(config, change)
    if done.state is State.LIVE:
        terminal.print(f"Version {done.number} is live.")
    elif done.effective_from:
        terminal.print(f"Version {done.number} goes live at {_time(done.effective_from)}.")
    else:
        terminal.print(f"Version {done.number} is no longer planned to go live.")


@app.command("rollback")
def rollback(
    version: Number,
    reason: Annotated[str, typer.Option(help="To be kept with it.")] = "",
    config: ConfigOption = None,
) -> None:
    """Let what an old version says hold again, at once, as a new version."""
    done = _with_life(
        config, lambda life, _: life.activating.roll_back(version, by=OPERATOR, reason=reason)
    )
    terminal.print(f"Version {done.number} is live, equal to version {version}.")


@app.command("withdraw")
def withdraw(version: Number, config: ConfigOption = None) -> None:
    """Say that a version will never go live. It stays to be read."""
    _with_life(config, lambda life, _: life.versions.withdraw(version, by=OPERATOR))
    terminal.print(f"Version {version} is withdrawn.")


class _Rows(NamedTuple):
    """What is signed: rows of these roles, and these rows; empty is all."""

    roles: tuple[str, ...]
    rows: tuple[str, ...]


def _sign(
    config: Path | None,
    version: int,
    owner: str,
    chosen: "_Rows",
    *,
    remark: str,
    accepted: bool,
) -> None:
    async def write(life: ModelLife, database: Database) -> tuple[int, Version]:
        found = await database.read(lambda c: agents.find_by_login(c, owner))
        if found is None:
            raise Rejected("no_agent", f"Nobody signs in as {owner}.")
        signer = Signer(found[0].login, found[0].name, OPERATOR)
        count = await life.signing.sign(
            version, signer, accepted=accepted, remark=remark, roles=chosen.roles, rows=chosen.rows
        )
        return count, await life.versions.version(version)

    count, after = _with_life(config, write)
    terminal.print(
        f"{owner} {_word(accepted)} {count} rows. Version {version} is {after.state} now."
    )


def _with_life(config: Path | None, work: Callable[[ModelLife, Database], Awaitable[T]]) -> T:
    settings: Settings = read_settings(config)
    return run(with_store(settings, lambda db: work(basics.make_model_life(settings, db), db)))


async def _live(database: Database) -> int:
    number = await database.read(models.live_number)
    if number is None:
        raise Rejected("no_model", "No version is live yet: the first start makes one.")
    return number


def _moment(written: str) -> datetime | None:
    """A time without a zone is one of this machine's."""
    if not written:
        return None
    try:
        return datetime.fromisoformat(written).astimezone()
    except ValueError as error:
        raise Rejected("bad_time", f"{written}: write a time like 2027-01-01T08:00.") from error


def _print_comparison(base: int, version: int, found: Comparison) -> None:
    if found.is_empty:
        terminal.print(f"Versions {base} and {version} decide the same about every contact.")
        return
    also = f" ({found.moving_otherwise} change otherwise too)" if found.moving_otherwise else ""
    terminal.print(
        f"From version {base} to {version}: of {found.combinations} combinations "
        f"{found.moving} move to another role{also}, {found.changing} change otherwise."
    )
    for one in found.differences:
        _print_difference(one)
    for wording in found.wordings:
        for what in ("added", "removed", "changed"):
            names = ", ".join(getattr(wording, what))
            if names:
                terminal.print(f"{wording.section} {what}: {escape(names)}")


def _print_difference(one: Difference) -> None:
    move = one.moves
    title = f"{move.before} → {move.after}" if move else "same role"
    terminal.print(f"\n[bold]{escape(title)}[/] ({one.count})")
    for change in one.changes:
        if change is not move:
            old, new = before_and_after(change, "en")
            terminal.print(f"  {change.field}: {escape(old)} → {escape(new)}")
    for place in one.places:
        terminal.print(f"  for {escape(_place(place))}")


def _place(place: Place) -> str:
    parts = (place.target_groups, place.directions, place.channels, place.topics)
    return " · ".join(", ".join(part) for part in parts)


def _word(accepted: bool) -> str:
    return "accepted" if accepted else "declined"


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z" if at else ""
