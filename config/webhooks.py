"""`loket webhooks`: which other systems are told of events."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.table import Table
from sqlalchemy import Connection

from config.command import ConfigOption, read_settings, run, terminal, with_store
from config.people import OPERATOR
from config.sections import webhook_rules
from config.settings import Settings
from hub.errors import Rejected
from hub.store import webhooks
from hub.webhooks import Rules

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="Which other systems are told of events.")


@app.command("add")
def add_webhook(
    url: str,
    *,
    topic: Annotated[
        list[str] | None, typer.Option(help="An event, as order.changed; repeatable; none: all.")
    ] = None,
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
    config: ConfigOption = None,
) -> None:
    """Tell an address of events, and show the secret that signs them, once."""
    settings = read_settings(config)

    def work(connection: Connection) -> str:
        return webhooks.add(
            connection, url=url, topics=topic or [], description=description,
            rules=_rules(settings), by=OPERATOR,
        )[1]  # fmt: skip

    secret = _write(settings, work)
    terminal.print("It is told from now on. Keep the secret safe: it is not shown again.")
    typer.echo(secret)


@app.command("list")
def list_webhooks(config: ConfigOption = None) -> None:
    """Show who is told of what, and what went wrong."""
    table = Table("id", "address", "events", "state", "problem")
    for one in run(with_store(read_settings(config), lambda db: db.read(webhooks.listed))):
        state = "failing" if one.failing_since and one.state == webhooks.ACTIVE else one.state
        table.add_row(one.id, one.url, ", ".join(one.topics) or "all", state, one.problem)
    terminal.print(table if table.row_count else "Nobody is told yet: loket webhooks add.")


@app.command("pause")
def pause_webhook(webhook: str, config: ConfigOption = None) -> None:
    """Send nothing for now; what happens is sent when it goes on."""
    _set_state(config, webhook, webhooks.PAUSED)
    terminal.print("Paused.")


@app.command("resume")
def resume_webhook(webhook: str, config: ConfigOption = None) -> None:
    """Go on, also after it was disabled: what waits is sent at once."""
    _set_state(config, webhook, webhooks.ACTIVE)
    terminal.print("It goes on.")


@app.command("rotate")
def rotate_secret(webhook: str, config: ConfigOption = None) -> None:
    """Another secret; what is sent is signed with both for a day."""
    secret = _write(read_settings(config), partial(_rotate, webhook))
    terminal.print("Keep the secret safe: it is not shown again.")
    typer.echo(secret)


@app.command("remove")
def remove_webhook(webhook: str, config: ConfigOption = None) -> None:
    """Tell it nothing any more."""
    _write(read_settings(config), lambda c: webhooks.remove(c, webhook, by=OPERATOR))
    terminal.print("It is told nothing any more.")


def _rotate(webhook: str, connection: Connection) -> str:
    return webhooks.rotate(connection, webhook, by=OPERATOR)


def _set_state(config: Path | None, webhook: str, state: str) -> None:
    settings = read_settings(config)
    values = {"state": state}
    _write(
        settings,
        lambda c: webhooks.change(c, webhook, values, rules=_rules(settings), by=OPERATOR),
    )


def _rules(settings: Settings) -> Rules:
    """Raises Rejected."""
    rules = webhook_rules(settings)
    if rules is None:
        detail = "Nobody is told of events here: add [connectors.webhooks] to the settings."
        raise Rejected("webhooks_off", detail)
    return rules


def _write(settings: Settings, work: Callable[[Connection], T]) -> T:
    return run(with_store(settings, lambda db: db.write(work)))
