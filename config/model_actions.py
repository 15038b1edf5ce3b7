"""`loket model actions`: what is still open about the interaction model."""

from datetime import date
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from config.command import ConfigOption, plain_errors, read_settings, run, terminal, with_store
from hub.errors import Rejected
from hub.store import model_actions

OPERATOR = "operator"

app = typer.Typer(no_args_is_help=True, help="Open points, until they are done.")


@app.command("list")
def list_actions(
    version: Annotated[int | None, typer.Option(help="Only of this version.")] = None,
    config: ConfigOption = None,
) -> None:
    """Show the points, those that are open first."""
    table = Table("id", "version", "what", "who", "due", "done")
    found = run(
        with_store(
            read_settings(config), lambda db: db.read(lambda c: model_actions.listed(c, version))
        )
    )
    for one in found:
        due = one.due_on.isoformat() if one.due_on else ""
        done = f"{one.done_at:%Y-%m-%d}" if one.done_at else ""
        table.add_row(one.id, str(one.version), escape(one.what), escape(one.owner), due, done)
    terminal.print(table if table.row_count else "Nothing is open.")


@app.command("add")
def add_action(
    version: int,
    what: str,
    owner: Annotated[str, typer.Option(help="Who does it.")] = "",
    due: Annotated[str, typer.Option(help="By when: 2027-01-31.")] = "",
    config: ConfigOption = None,
) -> None:
    """Add a point to the list of a version."""
    with plain_errors():
        due_on = _day(due)
    added = run(
        with_store(
            read_settings(config),
            lambda db: db.write(
                lambda c: model_actions.add(
                    c, version, what, by=OPERATOR, owner=owner, due_on=due_on
                )
            ),
        )
    )
    terminal.print(f"{added} is on the list.")


@app.command("done")
def done(
    action: str,
    again: Annotated[bool, typer.Option("--open", help="Open it again instead.")] = False,
    config: ConfigOption = None,
) -> None:
    """Tick a point off."""
    run(
        with_store(
            read_settings(config),
            lambda db: db.write(
                lambda c: model_actions.set_done(c, action, by=OPERATOR, done=not again)
            ),
        )
    )
    terminal.print("It is open again." if again else "It is done.")


def _day(written: str) -> date | None:
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise Rejected("bad_day", f"{written}: write a day like 2027-01-31.") from error
