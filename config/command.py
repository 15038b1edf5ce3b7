"""What every `loket` command stands on: its settings, the store, and errors in plain lines."""

import asyncio
import contextlib
import errno
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console as Terminal

from config import basics
from config.settings import Settings, SettingsError, load
from hub.errors import LoketError, Rejected
from hub.store import Database
from routing.model_file import BrokenModel

T = TypeVar("T")

# A file or a pipe has no width of its own: what goes there is not cut to 80 columns.
terminal = Terminal(width=None if sys.stdout.isatty() else 240)

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", envvar="LOKET_CONFIG", help="The settings file (TOML)."),
]
StoreOption = Annotated[str | None, typer.Option(help="Instead of hub.store.url.")]
BusOption = Annotated[str | None, typer.Option(help="Instead of hub.bus.url.")]


def read_settings(config: Path | None, **flags: Any) -> Settings:
    hub: dict[str, Any] = {}
    if flags.get("store"):
        hub["store"] = {"url": flags["store"]}
    if flags.get("bus"):
        hub["bus"] = {"url": flags["bus"]}
    if flags.get("port") is not None:
        hub["http"] = {"port": flags["port"]}
    with plain_errors():
        return load(config, {"hub": hub} if hub else None)


async def with_store(
    settings: Settings,
    work: Callable[[Database], Awaitable[T]],
    open_store: Callable[[Settings], Database] = basics.open_store,
) -> T:
    database = open_store(settings)
    try:
        return await work(database)
    finally:
        await database.close()


def run(work: Coroutine[Any, Any, T], language: str = "en") -> T:
    with plain_errors(language):
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
def plain_errors(language: str = "en") -> Any:
    """What a person can mend is said in plain lines, without a traceback."""
    try:
        yield
    except SettingsError as error:
        lines = [str(problem) for problem in error.problems]
    except BrokenModel as error:
        lines = [problem.told(language) for problem in error.problems]
    except Rejected as error:
        lines = [error.detail]
    except LoketError as error:
        lines = [str(error)]
    except OSError as error:
        lines = [f"{error.strerror or error}"]
        if error.errno == errno.EADDRINUSE:
            lines.append("End what listens there, or choose another port: see --help.")
    else:
        return
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(1)
