"""`loket agents`: who may sign in to the console, and what they do there."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy import Connection

from config import in_force
from config.command import ConfigOption, plain_errors, read_settings, run, terminal, with_store
from hub.blobs import Blobs
from hub.errors import Rejected
from hub.store import admission, agents, staff
from hub.uploads import examine

OPERATOR = "operator"
LEVELS = ("1", "2", "3", "4", "5")

app = typer.Typer(no_args_is_help=True, help="Who may sign in to the console.")


@app.command("add")
def add_agent(
    login: str,
    *,
    name: Annotated[str, typer.Option(help="As colleagues see it.")],
    role: Annotated[
        list[str] | None, typer.Option(help="A role of the interaction model; repeatable.")
    ] = None,
    administrator: Annotated[
        bool, typer.Option("--administrator", help="May change the interaction model.")
    ] = False,
    language: Annotated[str, typer.Option(help="en or nl")] = "en",
    config: ConfigOption = None,
) -> None:
    """Let a person sign in. The password is asked for, or read from LOKET_AGENT_PASSWORD."""
    settings, held = read_settings(config), role or []
    with plain_errors():
        if not held and not administrator:
            raise Rejected("no_role", "Give --role, --administrator, or both.")
    run(with_store(settings, lambda db: in_force.refuse_unknown_roles(settings, db, held)))
    password_hash = _asked_password_hash()

    add = partial(
        admission.hire,
        login=login,
        name=name,
        password_hash=password_hash,
        held=held,
        language=language,
        administrator=administrator,
        changed_by=OPERATOR,
    )
    run(with_store(settings, lambda db: db.write(add)))
    terminal.print(f"{login} can sign in.")


@app.command("list")
def list_agents(config: ConfigOption = None) -> None:
    """Show who there is, with their roles, and who is blocked."""
    table = Table("login", "name", "roles", "administrator", "may sign in")
    for person in run(with_store(read_settings(config), lambda db: db.read(admission.listed))):
        may = "blocked" if person.blocked else "yes"
        administrator = "yes" if person.administrator else ""
        table.add_row(person.login, person.name, ", ".join(person.roles), administrator, may)
    terminal.print(table if table.row_count else "Nobody can sign in yet: loket agents add.")


@app.command("set-roles")
def set_roles(
    login: str,
    role: Annotated[list[str], typer.Option(help="All roles they hold from now on; repeatable.")],
    config: ConfigOption = None,
) -> None:
    """Change which roles a person holds; it counts at once, also where they are signed in."""
    settings = read_settings(config)
    run(with_store(settings, lambda db: in_force.refuse_unknown_roles(settings, db, role)))

    def change(connection: Connection) -> None:
        agents.add_roles(connection, {name: name for name in role})
        agents.set_roles(connection, _agent_id(connection, login), role, changed_by=OPERATOR)

    run(with_store(settings, lambda db: db.write(change)))
    terminal.print(f"{login} holds: {', '.join(role)}.")


@app.command("administrator")
def set_administrator(
    login: str,
    administrator: Annotated[bool, typer.Option("--yes/--no", help="Whether they may.")] = True,
    config: ConfigOption = None,
) -> None:
    """Let a person change the interaction model, or no longer; it counts at once."""
    change = partial(agents.set_administrator, administrator=administrator, changed_by=OPERATOR)
    _change(config, login, change)
    terminal.print(f"{login} is {'an' if administrator else 'no'} administrator.")


@app.command("set-skills")
def set_skills(
    login: str,
    skill: Annotated[list[str], typer.Option(help="NAME=LEVEL, from 1 to 5; repeatable.")] = [],  # noqa: B006
    config: ConfigOption = None,
) -> None:
    """Change what a person is good at; without any skill they have none."""
    with plain_errors():
        skills = dict(_skill(text) for text in skill)

    def change(connection: Connection) -> None:
        staff.set_skills(connection, _agent_id(connection, login), skills, changed_by=OPERATOR)

    run(with_store(read_settings(config), lambda db: db.write(change)))
    told = ", ".join(f"{name} {level}" for name, level in skills.items()) or "nothing in particular"
    terminal.print(f"{login} is good at: {told}.")


def _skill(text: str) -> tuple[str, int]:
    name, _, level = text.partition("=")
    if not name or level not in LEVELS:
        raise Rejected("no_skill", f"{text!r}: write NAME=LEVEL with a level from 1 to 5.")
    return name, int(level)


@app.command("set-picture")
def set_picture(login: str, picture: Path, config: ConfigOption = None) -> None:
    """Show a person to customers in the chat: PNG, JPEG, GIF or WebP, best a square."""
    settings = read_settings(config)
    with plain_errors():
        found = examine(str(picture), picture.name) if picture.is_file() else None
        if found is None or not found.thumbnail:
            raise Rejected("no_picture", f"{picture} is no picture that can be shown.")
        sha256, _size = Blobs(settings.hub.blobs.path).put(found.thumbnail)
        change = partial(agents.set_picture, sha256=sha256, changed_by=OPERATOR)
        _change(config, login, change)
        terminal.print(f"{login} has a picture.")


@app.command("sign-out")
def sign_out(login: str, config: ConfigOption = None) -> None:
    """End all sessions of a person, on every machine."""
    _change(config, login, partial(admission.sign_out, changed_by=OPERATOR))
    terminal.print(f"{login} is signed out everywhere.")


@app.command("block")
def block(login: str, config: ConfigOption = None) -> None:
    """Keep a person out from now on, on every machine; what they held waits for colleagues."""
    _change(config, login, partial(admission.block, changed_by=OPERATOR))
    terminal.print(f"{login} is blocked.")


@app.command("unblock")
def unblock(login: str, config: ConfigOption = None) -> None:
    """Let a blocked person sign in again."""
    _change(config, login, partial(admission.unblock, changed_by=OPERATOR))
    terminal.print(f"{login} can sign in.")


@app.command("set-password")
def set_password(login: str, config: ConfigOption = None) -> None:
    """Give a person another password, asked for as in `add`, and end their sessions."""
    password_hash = _asked_password_hash()
    _change(
        config,
        login,
        partial(admission.set_password, password_hash=password_hash, changed_by=OPERATOR),
    )
    terminal.print(f"{login} has another password and is signed out everywhere.")


def _asked_password_hash() -> str:
    password = os.environ.get("LOKET_AGENT_PASSWORD") or typer.prompt(
        "Password", hide_input=True, confirmation_prompt=True
    )
    with plain_errors():
        return agents.hash_password(password)
    raise typer.Exit(1)


def _change(config: Path | None, login: str, change: Callable[[Connection, str], None]) -> None:
    run(
        with_store(
            read_settings(config),
            lambda db: db.write(lambda c: change(c, _agent_id(c, login))),
        )
    )


def _agent_id(connection: Connection, login: str) -> str:
    found = agents.id_of(connection, login)
    if found is None:
        raise Rejected("no_agent", f"Nobody signs in as {login}.")
    return found
