"""`loket tokens`: what programs sign in to the API with."""

from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import Connection

from agent_ui.api.scopes import SCOPES
from config.command import ConfigOption, plain_errors, read_settings, run, terminal, with_store
from config.people import OPERATOR
from hub import clock
from hub.errors import Rejected
from hub.store import agents, api_tokens
from hub.store.api_tokens import Token

app = typer.Typer(no_args_is_help=True, help="What programs sign in to the API with.")


@app.command("make")
def make_token(
    agent: Annotated[str, typer.Argument(help="The login of the agent for whom it acts.")],
    *,
    name: Annotated[str, typer.Option(help="What it is for.")],
    scope: Annotated[list[str], typer.Option(help="What it may do; repeatable; or `all`.")],
    days: Annotated[int | None, typer.Option(min=1, help="How long it works.")] = None,
    config: ConfigOption = None,
) -> None:
    """Make a token and show it, once. It sees what the agent sees, and does what it may."""
    with plain_errors():
        scopes = chosen(scope)

    def work(connection: Connection) -> str:
        found = agents.find_by_login(connection, agent)
        if found is None:
            raise Rejected("no_agent", f"Nobody signs in as {agent}: see agents list.")
        lifetime = timedelta(days=days) if days else None
        return api_tokens.make(
            connection, name=name, scopes=scopes, by=OPERATOR, agent_id=found[0].id,
            lifetime=lifetime,
        )[1]  # fmt: skip

    secret = run(with_store(read_settings(config), lambda db: db.write(work)))
    terminal.print("Keep it safe: it is not shown again.")
    typer.echo(secret)


@app.command("list")
def list_tokens(config: ConfigOption = None) -> None:
    """Show the tokens: for whom, what they may do, and when they were last used."""
    table = Table("id", "name", "acts for", "scopes", "last used", "state")
    for token in run(with_store(read_settings(config), lambda db: db.read(api_tokens.of_agents))):
        used = f"{token.used_at:%Y-%m-%d %H:%M}Z" if token.used_at else "never"
        scopes = ", ".join(sorted(token.scopes))
        table.add_row(token.id, token.name, token.owner, scopes, used, _state(token))
    terminal.print(table if table.row_count else "No tokens yet: loket tokens make.")


@app.command("revoke")
def revoke_token(token: str, config: ConfigOption = None) -> None:
    """End a token at once. Give its id: see `loket tokens list`."""

    def work(connection: Connection) -> None:
        api_tokens.revoke(connection, token, by=OPERATOR)

    run(with_store(read_settings(config), lambda db: db.write(work)))
    terminal.print("It works no longer.")


def chosen(scopes: list[str]) -> list[str]:
    """`all` is every scope. Raises Rejected for what is none."""
    if "all" in scopes:
        return list(SCOPES)
    unknown = [one for one in scopes if one not in SCOPES]
    if unknown:
        known = ", ".join(SCOPES)
        raise Rejected("no_scope", f"{', '.join(unknown)} is no scope. These are: {known}.")
    return scopes


def _state(token: Token) -> str:
    if token.revoked_at is not None:
        return "revoked"
    return "works" if token.works(clock.now()) else "expired"
