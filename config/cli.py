"""The `loket` command."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.markup import escape
from rich.table import Table

from config import (
    basics,
    checks,
    documents,
    importing,
    model_forms,
    model_life,
    model_proof,
    model_replay,
    model_sessions,
    people,
    reference,
    staffing,
    tokens,
    topics,
    webhooks,
    wiring,
)
from config.command import (
    BusOption,
    ConfigOption,
    StoreOption,
    read_settings,
    run,
    terminal,
    with_store,
)
from config.settings import Settings
from config.signals import stop_on_signals
from config.wiring import Role
from hub import logs
from hub.collecting import collect_seldom
from hub.errors import Rejected
from hub.settings import LogSettings
from hub.store import dead_letters, migrate
from hub.turns import take_short_turns

app = typer.Typer(no_args_is_help=True, add_completion=False, help="One contact point.")
letters = typer.Typer(no_args_is_help=True, help="Messages that could not be handled.")
app.add_typer(letters, name="dead-letters")
app.add_typer(people.app, name="agents")
app.command("staffing")(staffing.staffing)
app.command("import")(importing.import_file)
app.command("export")(importing.export_file)
model_proof.add_to(model_life.app)
model_forms.add_to(model_life.app)
model_replay.add_to(model_life.app)
model_life.app.add_typer(model_sessions.app, name="session")
app.add_typer(model_life.app, name="model")
app.add_typer(topics.app, name="topics")
app.add_typer(tokens.app, name="tokens")
app.add_typer(webhooks.app, name="webhooks")
log = structlog.get_logger(__name__)


@app.command()
def serve(
    config: ConfigOption = None,
    role: Annotated[Role, typer.Option(help="What this process does.")] = Role.ALL,
    store: StoreOption = None,
    bus: BusOption = None,
    port: Annotated[int | None, typer.Option(help="Instead of hub.http.port.")] = None,
) -> None:
    """Run Loket, or one of its roles."""
    settings = read_settings(config, store=store, bus=bus, port=port)
    logs.configure(settings.hub.log)
    run(_serve(settings, role))


@app.command("migrate")
def migrate_command(config: ConfigOption = None, store: StoreOption = None) -> None:
    """Bring the store to the schema of this release."""
    settings = read_settings(config, store=store)
    schema = run(with_store(settings, migrate.upgrade, basics.open_store_to_migrate))
    terminal.print(f"The store has schema {schema}.")


@app.command()
def check(config: ConfigOption = None, store: StoreOption = None, bus: BusOption = None) -> None:
    """Try everything that the settings name and say what is wrong and what to do."""
    settings = read_settings(config, store=store, bus=bus)
    # What is wrong is told below, once, and not also as events of a log.
    logs.configure(LogSettings(level="CRITICAL", format="console"))
    findings = run(checks.run(settings))
    for finding in findings:
        fine = "[yellow]warn[/]" if finding.warns else "[green]ok[/]  "
        mark = fine if finding.ok else "[red]FAIL[/]"
        terminal.print(f"{mark} {escape(f'{finding.part}: {finding.what}')}")
        if finding.hint:
            terminal.print(f"       {escape(finding.hint)}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="Where the pages are.")] = 8080,
    smtp_port: Annotated[int, typer.Option(help="Where Loket takes mail.")] = 2525,
    sink_port: Annotated[int, typer.Option(help="Where the sandbox takes Loket's mail.")] = 2526,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its data.")] = Path("var"),
    quiet: Annotated[
        bool, typer.Option("--quiet", help="Without the past month and the first post.")
    ] = False,
) -> None:
    """Run everything in one process with an example organisation. Nothing leaves the machine."""
    from config.demo.running import run_demo  # noqa: PLC0415 (not needed to serve)

    logs.configure(LogSettings(level="WARNING", format="console"))
    run(run_demo(port=port, smtp_port=smtp_port, sink_port=sink_port, folder=folder, quiet=quiet))


@app.command()
def asyncapi() -> None:
    """Print the AsyncAPI document of the events on the bus."""
    from hub.asyncapi import document  # noqa: PLC0415 (loads RabbitMQ's client)

    sys.stdout.write(document())


@app.command()
def openapi(
    customers: Annotated[
        bool, typer.Option("--customers", help="Of the API for customers, /api/portal/v1.")
    ] = False,
) -> None:
    """Print the OpenAPI document of the API, /api/v1."""
    sys.stdout.write(documents.customer_api() if customers else documents.api())


@app.command("settings")
def settings_command() -> None:
    """Print the reference of all settings."""
    sys.stdout.write(reference.document())


@letters.command("list")
def list_letters(config: ConfigOption = None) -> None:
    """Show what could not be handled, and why."""
    rows = run(with_store(read_settings(config), lambda db: db.read(dead_letters.listed)))
    table = Table("id", "died", "queue", "topic", "tries", "reason")
    for row in rows:
        died = f"{row.died_at:%Y-%m-%d %H:%M:%S}Z"
        table.add_row(row.id, died, row.queue, row.topic, str(row.attempts), row.reason)
    terminal.print(table if rows else "No dead letters.")


@letters.command("retry")
def retry_letter(letter: str, config: ConfigOption = None) -> None:
    """Hand one (or `all`) to its queue again."""
    count = run(_change_letters(read_settings(config), letter, dead_letters.retry))
    terminal.print(f"{count} handed to the bus again.")


@letters.command("drop")
def drop_letter(letter: str, config: ConfigOption = None) -> None:
    """Throw one (or `all`) away. The audit log keeps that it was there."""
    count = run(_change_letters(read_settings(config), letter, dead_letters.drop))
    terminal.print(f"{count} dropped.")


async def _serve(settings: Settings, role: Role) -> None:
    stopped = stop_on_signals()
    process = wiring.build(settings, role)
    await process.start()
    collect_seldom()
    take_short_turns()
    log.info("process.ready", role=role.value, port=process.server.port)
    try:
        await stopped.wait()
    finally:
        await process.stop()


async def _change_letters(settings: Settings, letter: str, change: Callable[..., int]) -> int:
    chosen = None if letter == "all" else letter
    count: int = await with_store(
        settings, lambda db: db.write(lambda c: change(c, chosen, "operator"))
    )
    if chosen is not None and not count:
        raise Rejected("no_letter", f"No dead letter has the id {letter}: see dead-letters list.")
    return count


if __name__ == "__main__":
    app()
