"""Versions of the model as people make them: drafted, edited, checked, withdrawn.

A text is read in a thread, outside of any transaction; the step that rests on it is refused when
the version was changed meanwhile. Each step happens whole or not at all, and is in the audit log.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from hub.errors import Rejected
from hub.store import Database, models, signatures
from hub.store.models import Origin, State, Version
from routing.lifecycle.reading import read_version
from routing.lifecycle.sheet import Sheet, owners, sheet_of
from routing.lifecycle.states import Act, require
from routing.model import Model

T = TypeVar("T")

_REMEMBERED = 6
"""Models that were read last: people look at one or two versions at a time."""
_FROM_FILE = (
    "The model follows its file here (routing.model_source). Change the file and start again."
)


class Versions:
    """`fixed`: the file alone says what holds, so every change here is refused. `by` is an agent
    id or a part of Loket."""

    def __init__(self, database: Database, *, fixed: bool = False) -> None:
        self._database = database
        self._models: OrderedDict[tuple[int, str], Model] = OrderedDict()
        self.fixed = fixed

    async def version(self, number: int) -> Version:
        """Raises Rejected when there is none."""
        return await self._database.read(lambda c: models.find(c, number))

    async def text(self, number: int) -> str:
        """The YAML as written."""
        return (await self._kept(number))[1]

    async def read(self, number: int) -> tuple[Version, Model]:
        """A version as it is now, and its model. Raises BrokenModel with every problem in it."""
        version, written = await self._kept(number)
        key = (number, version.sha256)
        model = self._models.get(key)
        if model is None:
            model = await asyncio.to_thread(read_version, written, number)
            self._models[key] = model
        self._models.move_to_end(key)
        if len(self._models) > _REMEMBERED:
            self._models.popitem(last=False)
        return version, model

    async def sheet(self, model: Model) -> Sheet:
        """What must be signed in this model, and what was."""
        asked = owners(model)
        given = await self._database.read(lambda c: signatures.by_logins(c, asked))
        return await asyncio.to_thread(sheet_of, model, given)

    async def change(self, work: Callable[[Connection], T]) -> T:
        """One step, unless the file alone says what holds."""
        self.refuse_when_fixed()
        return await self._database.write(work)

    def refuse_when_fixed(self) -> None:
        if self.fixed:
            raise Rejected("model_from_file", _FROM_FILE, status=409)

    async def draft(
        self,
        written: str,
        *,
        by: str,
        origin: Origin,
        title: str = "",
        note: str = "",
        based_on: int | None = None,
    ) -> Version:
        """Keep a text as a new draft, also one that is not right yet."""
        return await self.change(
            lambda c: models.add(
                c, written, origin=origin, by=by, title=title, note=note, based_on=based_on
            )
        )

    async def save(
        self, number: int, revision: int, *, written: str, title: str, note: str, by: str
    ) -> Version:
        """Give a version another text; it is a draft again. Raises Rejected (`model_changed`) when
        somebody else saved it after this revision."""

        def save(connection: Connection) -> Version:
            version = models.seen(connection, number, revision)
            require(Act.EDIT, version)
            return models.rewrite(
                connection, version, by=by, written=written, title=title, note=note
            )

        return await self.change(save)

    async def check(self, number: int, *, by: str) -> Version:
        """Open a version for signatures; it is signed at once when every row was signed before.

        Raises BrokenModel with every problem.
        """
        self.refuse_when_fixed()
        require(Act.CHECK, await self.version(number))
        version, model = await self.read(number)
        state = State.SIGNED if (await self.sheet(model)).is_complete else State.CHECKED

        def check(connection: Connection) -> Version:
            models.record(connection, number, "model.checked", by, state=state)
            return models.change(connection, version, by=by, state=state)

        return await self.change(check)

    async def withdraw(self, number: int, *, by: str) -> Version:
        """It will never go live; it stays to be read."""

        def withdraw(connection: Connection) -> Version:
            version = models.find(connection, number)
            require(Act.WITHDRAW, version)
            models.record(connection, number, "model.withdrawn", by)
            return models.change(connection, version, by=by, state=State.WITHDRAWN)

        return await self.change(withdraw)

    async def _kept(self, number: int) -> tuple[Version, str]:
        def read(connection: Connection) -> tuple[Version, str]:
            return models.find(connection, number), models.text_of(connection, number)

        return await self._database.read(read)
