"""`loket model session`: the five-step sessions in which people make a model."""

import sys
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from config import basics
from config.command import ConfigOption, read_settings, run, terminal, with_store
from hub.errors import Rejected
from hub.store import Database, boards, workshops
from hub.store.models import Version
from hub.store.workshops import Workshop
from hub.workshop import Board
from routing.workshop.draft import draft_text
from routing.workshop.to_model import to_model

OPERATOR = "operator"
Session = Annotated[str, typer.Argument(metavar="SESSION", help="Its code, or its id.")]

app = typer.Typer(no_args_is_help=True, help="Sessions in which people make a model.")


@app.command("list")
def list_sessions(config: ConfigOption = None) -> None:
    """Show every session, the newest first."""
    table = Table("code", "title", "started", "changes", "draft", "state")
    for one in run(with_store(read_settings(config), lambda db: db.read(workshops.listed))):
        draft = f"version {one.draft}" if one.draft else ""
        state = "open" if one.is_open else "closed"
        started = f"{one.created_at:%Y-%m-%d %H:%M}Z"
        table.add_row(one.code, escape(one.title), started, str(one.number), draft, state)
    terminal.print(table if table.row_count else "There is none yet.")


@app.command("show")
def show(session: Session, config: ConfigOption = None) -> None:
    """Print the model that a session makes as it stands, with what was left out on stderr."""
    settings = read_settings(config)

    async def read(database: Database) -> Board:
        return (await _found(database, session))[1]

    board = run(with_store(settings, read))
    made = to_model(board, settings.hub.organisation)
    for one in made.remarks:
        typer.echo(f"{one.card} {one.field}: {one.text.en}", err=True)
    sys.stdout.write(draft_text(board, made))


@app.command("draft")
def draft(session: Session, config: ConfigOption = None) -> None:
    """Make a version of what a session says; it can be edited and waits to be checked."""
    settings = read_settings(config)

    async def make(database: Database) -> Version:
        workshop, board = await _found(database, session)
        desk = basics.make_workshop_desk(settings, database)
        return await desk.draft(workshop, board, by=OPERATOR)

    made = run(with_store(settings, make))
    terminal.print(f"Version {made.number} is a draft. Check it on its page in the console.")


async def _found(database: Database, session: str) -> tuple[Workshop, Board]:
    """A session by its code or id, and its board."""
    listed = await database.read(workshops.listed)
    plain = session.replace("-", "").casefold()
    found = [one for one in listed if session == one.id or plain == one.code]
    if not found:
        raise Rejected("no_workshop", f"There is no session {session}: see model session list.")
    fields = await database.read(lambda c: boards.fields_of(c, found[0].id))
    return found[0], Board(boards.cards_in(fields))
