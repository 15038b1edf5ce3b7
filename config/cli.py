"""The `loket` command."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import structlog
import typer
from rich.console import Console as Terminal
from rich.table import Table
from sqlalchemy import Connection

from config import checks, reference, wiring
from config.settings import Settings, SettingsError, load
from config.signals import stop_on_signals
from config.wiring import Role
from hub import logs
from hub.asyncapi import document
from hub.errors import LoketError, Rejected
from hub.settings import LogSettings
from hub.store import Database, agents, dead_letters, migrate, sessions
from routing.model_file import BrokenModel

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, add_completion=False, help="One contact point.")
letters = typer.Typer(no_args_is_help=True, help="Messages that could not be handled.")
people = typer.Typer(no_args_is_help=True, help="Who may sign in to the console.")
app.add_typer(letters, name="dead-letters")
app.add_typer(people, name="agents")
# A file or a pipe has no width of its own: what goes there is not cut to 80 columns.
terminal = Terminal(width=None if sys.stdout.isatty() else 240)
log = structlog.get_logger(__name__)

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", envvar="LOKET_CONFIG", help="The settings file (TOML)."),
]
StoreOption = Annotated[str | None, typer.Option(help="Instead of hub.store.url.")]
BusOption = Annotated[str | None, typer.Option(help="Instead of hub.bus.url.")]


@app.command()
def serve(
    config: ConfigOption = None,
    role: Annotated[Role, typer.Option(help="What this process does.")] = Role.ALL,
    store: StoreOption = None,
    bus: BusOption = None,
    port: Annotated[int | None, typer.Option(help="Instead of hub.http.port.")] = None,
) -> None:
    """Run Loket, or one of its roles."""
    settings = _settings(config, store=store, bus=bus, port=port)
    logs.configure(settings.hub.log)
    _run(_serve(settings, role))


@app.command("migrate")
def migrate_command(config: ConfigOption = None, store: StoreOption = None) -> None:
    """Bring the store to the schema of this release."""
    settings = _settings(config, store=store)
    schema = _run(_with_store(settings, migrate.upgrade, wiring.open_store_to_migrate))
    terminal.print(f"The store has schema {schema}.")


@app.command()
def check(config: ConfigOption = None, store: StoreOption = None, bus: BusOption = None) -> None:
    """Try everything that the settings name and say what is wrong and what to do."""
    findings = _run(checks.run(_settings(config, store=store, bus=bus)))
    for finding in findings:
        mark = "[green]ok[/]  " if finding.ok else "[red]FAIL[/]"
        terminal.print(f"{mark} {finding.part}: {finding.what}")
        if finding.hint:
            terminal.print(f"       {finding.hint}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Where the pages are.")] = 8080,
    smtp_port: Annotated[int, typer.Option(help="Where Loket takes mail.")] = 2525,
    sink_port: Annotated[int, typer.Option(help="Where the sandbox takes Loket's mail.")] = 2526,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its data.")] = Path("var"),
) -> None:
    """Run everything in one process with an example organisation. Nothing leaves the machine."""
    from config.demo.running import run_demo  # noqa: PLC0415 (not needed to serve)

    logs.configure(LogSettings(level="WARNING", format="console"))
    _run(run_demo(port=port, smtp_port=smtp_port, sink_port=sink_port, folder=folder))


@app.command()
def asyncapi() -> None:
    """Print the AsyncAPI document of the events on the bus."""
    sys.stdout.write(document())


@app.command("settings")
def settings_command() -> None:
    """Print the reference of all settings."""
    sys.stdout.write(reference.document())


@letters.command("list")
def list_letters(config: ConfigOption = None) -> None:
    """Show what could not be handled, and why."""
    rows = _run(_with_store(_settings(config), lambda db: db.read(dead_letters.listed)))
    table = Table("id", "died", "queue", "topic", "tries", "reason")
    for row in rows:
        died = f"{row.died_at:%Y-%m-%d %H:%M:%S}Z"
        table.add_row(row.id, died, row.queue, row.topic, str(row.attempts), row.reason)
    terminal.print(table if rows else "No dead letters.")


@letters.command("retry")
def retry_letter(letter: str, config: ConfigOption = None) -> None:
    """Hand one (or `all`) to its queue again."""
    count = _run(_change_letters(_settings(config), letter, dead_letters.retry))
    terminal.print(f"{count} handed to the bus again.")


@letters.command("drop")
def drop_letter(letter: str, config: ConfigOption = None) -> None:
    """Throw one (or `all`) away. The audit log keeps that it was there."""
    count = _run(_change_letters(_settings(config), letter, dead_letters.drop))
    terminal.print(f"{count} dropped.")


@people.command("add")
def add_agent(
    login: str,
    name: Annotated[str, typer.Option(help="As colleagues see it.")],
    role: Annotated[list[str], typer.Option(help="A role of the interaction model; repeatable.")],
    language: Annotated[str, typer.Option(help="en or nl")] = "en",
    config: ConfigOption = None,
) -> None:
    """Let a person sign in. The password is asked for, or read from LOKET_AGENT_PASSWORD."""
    settings = _settings(config)
    with _plain_errors():
        checks.refuse_unknown_roles(settings, role)
    password = os.environ.get("LOKET_AGENT_PASSWORD") or typer.prompt(
        "Password", hide_input=True, confirmation_prompt=True
    )

    def add(connection: Connection) -> None:
        if agents.find_by_login(connection, login) is not None:
            raise Rejected("login_taken", f"Somebody signs in as {login} already.")
        agents.add_roles(connection, {name: name for name in role})
        agents.add(
            connection,
            login=login,
            name=name,
            password_hash=agents.hash_password(password),
            held=role,
            language=language,
        )

    _run(_with_store(settings, lambda db: db.write(add)))
    terminal.print(f"{login} can sign in.")


@people.command("set-roles")
def set_roles(
    login: str,
    role: Annotated[list[str], typer.Option(help="All roles they hold from now on; repeatable.")],
    config: ConfigOption = None,
) -> None:
    """Change which roles a person holds; it counts at once, also where they are signed in."""
    settings = _settings(config)
    with _plain_errors():
        checks.refuse_unknown_roles(settings, role)

    def change(connection: Connection) -> None:
        agents.add_roles(connection, {name: name for name in role})
        agents.set_roles(connection, _agent_id(connection, login), role, changed_by="operator")

    _run(_with_store(settings, lambda db: db.write(change)))
    terminal.print(f"{login} holds: {', '.join(role)}.")


@people.command("sign-out")
def sign_out(login: str, config: ConfigOption = None) -> None:
    """End all sessions of a person, on every machine."""
    _run(
        _with_store(
            _settings(config),
            lambda db: db.write(lambda c: sessions.end_all(c, _agent_id(c, login))),
        )
    )
    terminal.print(f"{login} is signed out everywhere.")


def _agent_id(connection: Connection, login: str) -> str:
    found = agents.find_by_login(connection, login)
    if found is None:
        raise Rejected("no_agent", f"Nobody signs in as {login}.")
    return found[0].id


def _settings(config: Path | None, **flags: Any) -> Settings:
    hub: dict[str, Any] = {}
    if flags.get("store"):
        hub["store"] = {"url": flags["store"]}
    if flags.get("bus"):
        hub["bus"] = {"url": flags["bus"]}
    if flags.get("port") is not None:
        hub["http"] = {"port": flags["port"]}
    with _plain_errors():
        return load(config, {"hub": hub} if hub else None)


async def _serve(settings: Settings, role: Role) -> None:
    stopped = stop_on_signals()
    process = wiring.build(settings, role)
    await process.start()
    log.info("process.ready", role=role.value, port=process.server.port)
    try:
        await stopped.wait()
    finally:
        await process.stop()


async def _with_store(
    settings: Settings,
    work: Callable[[Database], Awaitable[T]],
    open_store: Callable[[Settings], Database] = wiring.open_store,
) -> T:
    database = open_store(settings)
    try:
        return await work(database)
    finally:
        await database.close()


async def _change_letters(settings: Settings, letter: str, change: Callable[..., int]) -> int:
    chosen = None if letter == "all" else letter
    count: int = await _with_store(
        settings, lambda db: db.write(lambda c: change(c, chosen, "operator"))
    )
    if chosen is not None and not count:
        raise Rejected("no_letter", f"No dead letter has the id {letter}: see dead-letters list.")
    return count


def _run(work: Coroutine[Any, Any, T]) -> T:
    with _plain_errors():
        result: T = _runner()(work)
        return result
    raise typer.Exit(1)


def _runner() -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """asyncio, on uvloop where that runs."""
    with contextlib.suppress(ImportError):
        import uvloop  # noqa: PLC0415 (optional)

        return uvloop.run
    return asyncio.run


@contextlib.contextmanager
def _plain_errors() -> Any:
    """What a person can mend is said in plain lines, without a traceback."""
    try:
        yield
    except (SettingsError, BrokenModel) as error:
        lines = [str(problem) for problem in error.problems]
    except Rejected as error:
        lines = [error.detail]
    except LoketError as error:
        lines = [str(error)]
    except OSError as error:
        lines = [f"{error.strerror or error}"]
    else:
        return
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
