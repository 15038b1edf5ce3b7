"""How the model's file and the versions in the store live together, settled at each start.

The file is the first version. After that, by choice: the store says what holds, and another file is
only noticed; or the file does, and another file is the next version, live at once.
"""

import asyncio
from enum import StrEnum
from pathlib import Path

import structlog

from hub.store import Database, models
from hub.store.models import Version
from routing.lifecycle.activating import Activating
from routing.model_file import BrokenModel, Problem, load_model
from routing.said import said

log = structlog.get_logger(__name__)

ADVICE = "`loket model import FILE` makes a draft of it."


class ModelSource(StrEnum):
    """What says which model holds, once there is one in the store."""

    STORE = "store"
    FILE = "file"


async def settle(
    database: Database, activating: Activating, path: Path, source: ModelSource
) -> Version | None:
    """Give the version that the file became, if it became one. Raises BrokenModel for a broken file
    in an empty store; later on such a file is named in the log and changes nothing."""
    present = await database.read(models.live)
    try:
        written = await asyncio.to_thread(read_file, path)
        if present is None:
            return await activating.go_live_from_file(
                written, reason=f"First start: {path.name}", only_first=True
            )
        if source is ModelSource.FILE:
            return await activating.go_live_from_file(written, reason=f"From {path.name}")
    except BrokenModel as error:
        if present is None:
            raise
        if source is ModelSource.FILE:
            log.exception("model.file_broken", file=str(path), still=present.number)
        else:
            log.info("model.file_unread", file=str(path), reason=str(error))
        return None
    if await database.read(lambda c: models.with_text(c, written)) is None:
        log.warning("model.file_differs", file=str(path), live=present.number, advice=ADVICE)
    return None


def read_file(path: Path) -> str:
    """The text of a file that holds a model. Raises BrokenModel with every problem found."""
    load_model(path)
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeError) as error:
        raise BrokenModel(
            [Problem(str(path), 0, said("It cannot be read: {reason}.", reason=str(error)), "")]
        ) from error
