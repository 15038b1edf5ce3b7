"""What the console's pages of the interaction model ask, answered with what routing knows."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from agent_ui.model_desk import (
    AskedLine,
    Choices,
    Comparison,
    Filter,
    FindingLine,
    Flaw,
    LostLine,
    Outcome,
    Rows,
    Trial,
    WordingLine,
)
from config.flaws import flaws_of, unreadable
from config.model_texts import ModelTexts
from config.proof import list_errors, prove, staff_of
from hub import clock
from hub.interaction import Channel, Direction
from hub.store import Database, admission
from hub.store.agents import Agent
from hub.store.models import Origin, Version
from routing.analysis import Severity, Staff, analyse
from routing.contact import Contact
from routing.decide import decide
from routing.explain import explain
from routing.lifecycle.compare import compare
from routing.lifecycle.life import ModelLife
from routing.lifecycle.reading import name_of, read_version
from routing.lifecycle.rows import fingerprint, named_roles
from routing.lifecycle.signing import Signer
from routing.live_model import CurrentModel
from routing.model import Model
from routing.model_file import BrokenModel, read_definition
from routing.moment import Moment
from routing.tree import ANY, covers

_NO_ZONE = "UTC"


class Desk:
    """See `agent_ui.model_desk.ModelDesk`."""

    def __init__(self, life: ModelLife, live: CurrentModel, database: Database) -> None:
        self._database = database
        self._versions = life.versions
        self._signing = life.signing
        self._activating = life.activating
        self._live = live

    @property
    def fixed(self) -> bool:
        return self._versions.fixed

    def time_zone(self) -> str:
        hours = self._live().definition.hours.values()
        return next((str(one.time_zone) for one in hours), _NO_ZONE)

    async def flaws(self, written: str) -> Sequence[Flaw]:
        try:
            await asyncio.to_thread(read_version, written, 0)
        except BrokenModel as error:
            return flaws_of(error)
        return ()

    async def proof_of(
        self, written: str, language: str
    ) -> tuple[Sequence[Flaw], Sequence[FindingLine]]:
        people = await self._database.read(admission.listed)
        staff = staff_of(people, clock.now())
        return await asyncio.to_thread(_proof, written, staff, language)

    async def rows(self, number: int, only: Filter, language: str) -> Rows:
        model, texts = await self._read(number, language)
        chosen = [row for row in model.moments if _is_wanted(row, only)]
        return Rows(
            texts.choices(), tuple(texts.row(row) for row in chosen), total=len(model.moments)
        )

    async def choices(self, number: int, language: str) -> Choices:
        return (await self._read(number, language))[1].choices()

    async def attempt(self, number: int, trial: Trial, language: str) -> Outcome:
        model, texts = await self._read(number, language)
        decision = decide(_contact(trial), model)
        reasons = explain(decision, texts.language)
        lost = tuple(
            LostLine(one.row, one.line, {str(why): names for why, names in one.fields.items()})
            for one in decision.lost
        )
        return Outcome(
            texts.role(decision.role), tuple(reasons), tuple(texts.values(decision)), lost
        )

    async def decision(self, number: int, trial: Trial) -> dict[str, Any]:
        model, _ = await self._read(number, "en")
        return decide(_contact(trial), model).as_json

    async def findings(self, number: int, language: str) -> Sequence[FindingLine]:
        model, texts = await self._read(number, language)
        found = await prove(self._database, model)
        return [texts.finding(one) for one in found]

    async def compare(self, base: int, number: int, language: str) -> Comparison:
        before, _ = await self._read(base, language)
        after, texts = await self._read(number, language)
        found = await asyncio.to_thread(compare, before, after)
        older = ModelTexts(before, texts.language)
        return Comparison(
            found.combinations,
            found.moving,
            found.moving_otherwise,
            found.changing,
            tuple(texts.difference(one, older) for one in found.differences),
            tuple(
                WordingLine(one.section, what, getattr(one, what))
                for one in found.wordings
                for what in ("added", "removed", "changed")
                if getattr(one, what)
            ),
        )

    async def sheet(self, number: int, language: str) -> Sequence[AskedLine]:
        model, texts = await self._read(number, language)
        present = {fingerprint(row) for row in self._live().moments}
        rows = {row.id: row for row in model.moments}
        asked = (await self._versions.sheet(model)).asked
        return [
            texts.asked(one, rows[one.row], is_new=one.fingerprint not in present) for one in asked
        ]

    async def draft(
        self, written: str, *, title: str, note: str, based_on: int | None, by: str
    ) -> Version:
        return await self._versions.draft(
            written, by=by, origin=Origin.CONSOLE, title=title, note=note, based_on=based_on
        )

    async def save(
        self, number: int, revision: int, *, written: str, title: str, note: str, by: str
    ) -> Version:
        return await self._versions.save(
            number, revision, written=written, title=title, note=note, by=by
        )

    async def check(self, number: int, *, by: str) -> Version:
        with unreadable():
            version = await self._versions.check(number, by=by)
            model = (await self._versions.read(number))[1]
        errors = [
            one for one in await prove(self._database, model) if one.severity is Severity.ERROR
        ]
        await self._database.write(lambda c: list_errors(c, number, errors, by))
        return version

    async def sign(
        self, number: int, agent: Agent, *, accepted: bool, remark: str, rows: Sequence[str]
    ) -> int:
        signer = Signer(agent.login, agent.name, agent.id)
        with unreadable():
            return await self._signing.sign(
                number, signer, accepted=accepted, remark=remark, rows=rows
            )

    async def activate(
        self, number: int, *, by: str, at: datetime | None, override: str
    ) -> Version:
        with unreadable():
            return await self._activating.activate(number, by=by, at=at, override=override)

    async def cancel(self, number: int, *, by: str) -> Version:
        return await self._activating.cancel(number, by=by)

    async def withdraw(self, number: int, *, by: str) -> Version:
        return await self._versions.withdraw(number, by=by)

    async def roll_back(self, number: int, *, by: str, reason: str) -> Version:
        with unreadable():
            return await self._activating.roll_back(number, by=by, reason=reason)

    async def _read(self, number: int, language: str) -> tuple[Model, ModelTexts]:
        with unreadable():
            model = (await self._versions.read(number))[1]
        return model, ModelTexts.of(model, language)


def _proof(
    written: str, staff: Staff, language: str
) -> tuple[Sequence[Flaw], Sequence[FindingLine]]:
    try:
        definition = read_definition(written, name_of(0))
    except BrokenModel as error:
        return flaws_of(error), ()
    texts = ModelTexts.of(Model(definition), language)
    return (), [texts.finding(one) for one in analyse(definition, staff)]


def _is_wanted(row: Moment, only: Filter) -> bool:
    return (
        (not only.group or covers(row.target_group, only.group))
        and (not only.topic or covers(row.topic, only.topic))
        and (not only.channel or row.channel in (None, only.channel))
        and (not only.role or only.role in named_roles(row))
    )


def _contact(trial: Trial) -> Contact:
    channels, directions = set(Channel), set(Direction)
    return Contact(
        direction=Direction(trial.direction)
        if trial.direction in directions
        else Direction.INBOUND,
        channel=Channel(trial.channel) if trial.channel in channels else Channel.EMAIL,
        account=trial.account,
        target_group=trial.group or ANY,
        stated_topic=trial.topic,
        subject=trial.subject,
        text=trial.text,
        sender=trial.sender,
    )
