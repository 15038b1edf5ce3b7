"""Which interaction model holds for this deployment, for commands: the live one, else the file."""

import asyncio
import contextlib
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from sqlalchemy import Connection

from config.settings import Settings
from hub.connector import Finding
from hub.errors import Rejected, Retry
from hub.store import Database, migrate, models
from routing.definition import Definition
from routing.lifecycle.from_file import ADVICE, ModelSource, read_file
from routing.lifecycle.reading import name_of, read_version
from routing.model import Model
from routing.model_file import BrokenModel, load_definition, load_model, read_definition

PART = "interaction model"


async def in_force(settings: Settings, database: Database) -> Model:
    """Raises BrokenModel when neither the store has a live one nor the file can be read."""
    live = await database.read(_live)
    if live is None:
        return await asyncio.to_thread(load_model, settings.routing.model)
    return await asyncio.to_thread(read_version, live[1], live[0])


async def named(database: Database, name: str) -> Model:
    """A version of the store by its number, or a file."""
    if not name.isdecimal():
        return await asyncio.to_thread(load_model, Path(name))
    number = (await database.read(lambda c: models.find(c, int(name)))).number
    text = await database.read(lambda c: models.text_of(c, number))
    return await asyncio.to_thread(read_version, text, number)


async def named_definition(settings: Settings, database: Database) -> tuple[str, Definition]:
    """The live version, or the file where the store has none or cannot be asked; its ties may be
    found later."""
    with contextlib.suppress(Retry):
        if not migrate.is_behind(await migrate.current(database)):
            live = await database.read(_live)
            if live is not None:
                return name_of(live[0]), read_definition(live[1], name_of(live[0]))
    path = settings.routing.model
    return path.name, await asyncio.to_thread(load_definition, path)


async def refuse_unknown_roles(
    settings: Settings, database: Database, roles: Sequence[str]
) -> None:
    """Raise Rejected when a role is not in the interaction model; BrokenModel when that is bad."""
    known = (await in_force(settings, database)).roles
    for role in roles:
        if role not in known:
            close = get_close_matches(role, known, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"There are: {', '.join(known)}."
            raise Rejected(
                "unknown_role", f"{role}: the interaction model has no such role. {hint}"
            )


async def check(
    settings: Settings, database: Database | None
) -> tuple[Model | None, list[Finding]]:
    """The model that holds, and what there is to say about it and its file. Without a database,
    because it is not ready, that is the file."""
    live = await database.read(_live) if database is not None else None
    try:
        if live is None:
            model = await asyncio.to_thread(load_model, settings.routing.model)
            name = f"{settings.routing.model.name} version {model.version}"
        else:
            model = await asyncio.to_thread(read_version, live[1], live[0])
            name = f"version {live[0]} is live"
    except BrokenModel as error:
        return None, [Finding(PART, False, str(problem)) for problem in error.problems]
    findings = [Finding(PART, True, f"{name}: {len(model.moments)} moments")]
    if database is not None and live is not None:
        findings += await _file(settings, database, live[1])
    return model, findings


async def _file(settings: Settings, database: Database, live: str) -> list[Finding]:
    """What the file would do, or why it does nothing."""
    path, decides = settings.routing.model, settings.routing.model_source is ModelSource.FILE
    try:
        written = await asyncio.to_thread(read_file, path)
    except BrokenModel as error:
        if decides:
            return [Finding(PART, False, str(problem)) for problem in error.problems]
        return [Finding(PART, True, f"{path.name} is not in use and cannot be read")]
    if written == live:
        return []
    if decides:
        return [Finding(PART, True, f"{path.name} differs: it goes live at the next start")]
    if await database.read(lambda c: models.with_text(c, written)) is not None:
        return []
    return [Finding(PART, True, f"{path.name} differs from the live version", ADVICE)]


def _live(connection: Connection) -> tuple[int, str] | None:
    number = models.live_number(connection)
    return None if number is None else (number, models.text_of(connection, number))
