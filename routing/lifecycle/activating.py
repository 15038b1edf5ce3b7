"""Versions go live: now, at a planned time, or back to what was in force before.

A model that cannot be read, or that lacks signatures by then, never replaces a working one.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog
from sqlalchemy import Connection

from hub import clock
from hub.errors import Rejected
from hub.store import Database, model_actions, models
from hub.store.models import Origin, Version
from routing.lifecycle.reading import read_version
from routing.lifecycle.states import Act, require
from routing.lifecycle.versions import Versions
from routing.model import Model
from routing.model_file import BrokenModel

log = structlog.get_logger(__name__)

_DISPATCHER = "dispatcher"
_FILE = "file"


class Activating:
    """`wake` is called after what the bus must hear of. `by` is an agent id or a part of Loket."""

    def __init__(
        self, versions: Versions, database: Database, wake: Callable[[], None] = lambda: None
    ) -> None:
        self._versions = versions
        self._database = database
        self._wake = wake

    async def activate(
        self, number: int, *, by: str, at: datetime | None = None, override: str = ""
    ) -> Version:
        """Let a version go live, now or at a time to come. Raises Rejected when signatures are
        missing, unless an administrator gives a reason to do without."""
        version, model = await self._versions.read(number)
        require(Act.ACTIVATE, version)
        missing = (await self._versions.sheet(model)).missing()
        if missing is not None and not override.strip():
            raise missing
        reason = override.strip() if missing is not None else ""
        if at is None or at <= clock.now():
            return await self._go_live(version, model, by=by, reason=reason)

        def plan(connection: Connection) -> Version:
            details = {"at": at.isoformat()} | ({"override": reason} if reason else {})
            models.record(connection, number, "model.planned", by, **details)
            return models.change(
                connection,
                version,
                by=by,
                effective_from=at,
                override_reason=reason,
                problem="",
            )

        return await self._versions.change(plan)

    async def cancel(self, number: int, *, by: str) -> Version:
        """Take a planned date away."""

        def cancel(connection: Connection) -> Version:
            version = models.find(connection, number)
            require(Act.CANCEL, version)
            models.record(connection, number, "model.plan_cancelled", by)
            return models.change(connection, version, by=by, effective_from=None)

        return await self._versions.change(cancel)

    async def roll_back(self, number: int, *, by: str, reason: str = "") -> Version:
        """A new version with the text of one that was live before, live at once. It asks for no
        new signatures: it goes back to what was in force."""
        old, model = await self._versions.read(number)
        require(Act.ROLL_BACK, old)
        written = await self._versions.text(number)
        why = f"Roll back to version {number}" + (f": {reason.strip()}" if reason.strip() else "")

        def roll_back(connection: Connection) -> Version:
            made = models.add(
                connection,
                written,
                origin=Origin.ROLL_BACK,
                by=by,
                title=old.title,
                note=why,
                based_on=number,
            )
            made = models.change(connection, made, by=by, override_reason=why)
            return models.go_live(connection, made, by=by, roles=_titles(model))

        return await self._tell(await self._versions.change(roll_back))

    async def go_live_from_file(
        self, written: str, *, reason: str, only_first: bool = False
    ) -> Version | None:
        """What the file says holds from now on. None when another process was first and
        `only_first` says that the file is only for an empty store."""
        model = await asyncio.to_thread(read_version, written, 1)

        def start(connection: Connection) -> Version | None:
            models.lock(connection)
            present = models.live(connection)
            same = present is not None and present.sha256 == models.fingerprint_of(written)
            if same or (present is not None and only_first):
                return None
            made = models.add(connection, written, origin=Origin.FILE, by=_FILE, note=reason)
            made = models.change(connection, made, by=_FILE, override_reason=reason)
            return models.go_live(connection, made, by=_FILE, roles=_titles(model))

        done = await self._database.write(start)
        return await self._tell(done) if done is not None else None

    async def activate_due(self, now: datetime) -> int:
        """Let those go live whose time has come, each checked once more; gives how many did."""
        if self._versions.fixed:
            return 0
        done = 0
        for version in await self._database.read(lambda c: models.due(c, now)):
            try:
                done += await self._activate_planned(version)
            except Rejected as error:
                log.info("model.not_activated", version=version.number, reason=error.detail)
        return done

    async def _activate_planned(self, version: Version) -> bool:
        try:
            seen, model = await self._versions.read(version.number)
            missing = (await self._versions.sheet(model)).missing()
            if missing is not None and not version.override_reason:
                raise missing
            await self._go_live(seen, model, by=_DISPATCHER, reason=version.override_reason)
        except (BrokenModel, Rejected) as error:
            await self._leave(version, str(error))
            return False
        return True

    async def _leave(self, version: Version, problem: str) -> None:
        """The working model stays; who planned it reads why, on the version and as an action."""
        log.error("model.not_activated", version=version.number, reason=problem)

        def leave(connection: Connection) -> None:
            models.change(connection, version, by=_DISPATCHER, effective_from=None, problem=problem)
            models.record(
                connection, version.number, "model.not_activated", _DISPATCHER, problem=problem
            )
            model_actions.add(
                connection,
                version.number,
                f"Did not go live as planned: {problem}",
                by=_DISPATCHER,
                source=model_actions.Source.FINDING,
                reference="not_activated",
            )

        await self._versions.change(leave)

    async def _go_live(self, version: Version, model: Model, *, by: str, reason: str) -> Version:
        def go_live(connection: Connection) -> Version:
            seen = version
            if reason != version.override_reason:
                seen = models.change(connection, version, by=by, override_reason=reason)
            return models.go_live(connection, seen, by=by, roles=_titles(model))

        return await self._tell(await self._versions.change(go_live))

    async def _tell(self, version: Version) -> Version:
        self._wake()
        return version


def _titles(model: Model) -> dict[str, str]:
    return {role.id: role.title.en for role in model.roles.values()}
