"""Folders of scans as the hub sees them: each is looked into, again and again."""

import asyncio
import os
from collections.abc import Sequence

import structlog

from connectors.manual.folder import Folder
from connectors.manual.settings import ManualSettings
from hub.by_hand import ByHand
from hub.connector import Committing, ConnectorContext, Finding, OutgoingMessage, SendResult
from hub.errors import Retry, Unavailable
from hub.http import Route
from hub.interaction import Channel
from hub.supervise import Supervised
from hub.texts import Said

log = structlog.get_logger(__name__)


class ManualConnector:
    name = "manual"
    sends: Sequence[Channel] = ()

    def __init__(self, settings: ManualSettings, context: ConnectorContext) -> None:
        by_hand = ByHand(context.intake, context.database, context.tokens)
        self._folders = [
            Folder(name, one, by_hand, context.blobs, context.workers)
            for name, one in settings.folders.items()
        ]
        self._tasks = [
            Supervised(f"folder {one.name}", lambda one=one: self._watch(one))  # type: ignore[misc]
            for one in self._folders
        ]
        self._problems: dict[str, str] = {}

    @property
    def problem(self) -> str:
        return "; ".join(f"{name}: {why}" for name, why in self._problems.items())

    def routes(self) -> Sequence[Route]:
        return ()

    async def start(self) -> None:
        for task in self._tasks:
            task.start()

    async def stop(self) -> None:
        for task in self._tasks:
            await task.stop()

    async def send(
        self,
        message: OutgoingMessage,  # noqa: ARG002 (the contract has them)
        committing: Committing,  # noqa: ARG002
    ) -> SendResult:
        raise Unavailable("manual", "Nothing is sent by letter; print it, and write a note.")

    async def check(self) -> Sequence[Finding]:
        if not self._folders:
            hint = Said("Add [connectors.manual.folders.NAME] with a path.")
            return [Finding(_PART, ok=False, what=Said("no folder is watched"), hint=hint)]
        return [await asyncio.to_thread(_finding, one) for one in self._folders]

    async def _watch(self, folder: Folder) -> None:
        while True:
            try:
                await folder.look()
                self._problems.pop(folder.name, None)
            except Retry as error:
                log.info("folder.waiting", folder=folder.name, reason=error.detail)
            except OSError as error:
                why = error.strerror or str(error)
                if folder.name not in self._problems:
                    log.warning("folder.failed", folder=folder.name, reason=why)
                self._problems[folder.name] = why
            await asyncio.sleep(folder.settings.seconds)


def _finding(folder: Folder) -> Finding:
    name, path = folder.name, folder.settings.path
    if not path.is_dir():
        hint = Said(
            "Make {path}, or name another in [connectors.manual.folders.{name}].",
            path=path,
            name=name,
        )
        what = Said("{name}: there is no folder", name=name)
        return Finding(_PART, ok=False, what=what, hint=hint)
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        hint = Said("Let the user that runs Loket read and write {path}.", path=path)
        return Finding(_PART, ok=False, what=Said("{name}: no access", name=name), hint=hint)
    what = Said("{name}: {path} is watched", name=name, path=path)
    return Finding(_PART, ok=True, what=what)


_PART = Said("manual")
