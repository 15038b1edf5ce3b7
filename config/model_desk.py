"""What the console's pages of the interaction model ask, answered with what routing knows."""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from agent_ui.model_desk import (
    AskedLine,
    ChangeLine,
    Choices,
    Comparison,
    DifferenceLine,
    Filter,
    Flaw,
    Outcome,
    PlaceLine,
    RowLine,
    Rows,
    Spot,
    Trial,
    Unreadable,
    Value,
    WordingLine,
)
from hub.interaction import Channel, Direction
from hub.store.agents import Agent
from hub.store.models import Origin, Version
from routing.contact import Contact
from routing.decide import decide
from routing.decision import Decision, Handling
from routing.explain import Language, explain
from routing.lifecycle.compare import Change, Difference, compare
from routing.lifecycle.life import ModelLife
from routing.lifecycle.places import BELOW, ROOT
from routing.lifecycle.reading import read_version
from routing.lifecycle.rows import fingerprint, named_roles
from routing.lifecycle.sheet import Asked
from routing.lifecycle.shown import NOTHING, before_and_after, shown
from routing.lifecycle.signing import Signer
from routing.live_model import CurrentModel
from routing.model import Model
from routing.model_file import BrokenModel
from routing.moment import FIELDS, Moment
from routing.tree import ANY, ancestors, covers

_NO_ZONE = "UTC"
_ABOUT = frozenset(
    {"model_version", "target_group", "topic", "topic_title", "role_title", "triage", "rows"}
)


class Desk:
    """See `agent_ui.model_desk.ModelDesk`."""

    def __init__(self, life: ModelLife, live: CurrentModel) -> None:
        self._versions = life.versions
        self._signing = life.signing
        self._activating = life.activating
        self._live = live

    @property
    def fixed(self) -> bool:
        return self._versions.fixed

    def time_zone(self) -> str:
        hours: Mapping[str, Any] = getattr(self._live().definition, "hours", {})
        return next((str(one.time_zone) for one in hours.values()), _NO_ZONE)

    async def flaws(self, written: str) -> Sequence[Flaw]:
        try:
            await asyncio.to_thread(read_version, written, 0)
        except BrokenModel as error:
            return _flaws(error)
        return ()

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
        return Outcome(texts.role(decision.role), tuple(reasons), tuple(texts.values(decision)))

    async def compare(self, base: int, number: int, language: str) -> Comparison:
        before, _ = await self._read(base, language)
        after, texts = await self._read(number, language)
        found = await asyncio.to_thread(compare, before, after)
        older = _Texts(before, texts.language)
        return Comparison(
            found.combinations,
            found.moving,
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
        with _unreadable():
            return await self._versions.check(number, by=by)

    async def sign(
        self, number: int, agent: Agent, *, accepted: bool, remark: str, rows: Sequence[str]
    ) -> int:
        signer = Signer(agent.login, agent.name, agent.id)
        with _unreadable():
            return await self._signing.sign(
                number, signer, accepted=accepted, remark=remark, rows=rows
            )

    async def activate(
        self, number: int, *, by: str, at: datetime | None, override: str
    ) -> Version:
        with _unreadable():
            return await self._activating.activate(number, by=by, at=at, override=override)

    async def cancel(self, number: int, *, by: str) -> Version:
        return await self._activating.cancel(number, by=by)

    async def withdraw(self, number: int, *, by: str) -> Version:
        return await self._versions.withdraw(number, by=by)

    async def roll_back(self, number: int, *, by: str, reason: str) -> Version:
        with _unreadable():
            return await self._activating.roll_back(number, by=by, reason=reason)

    async def _read(self, number: int, language: str) -> tuple[Model, "_Texts"]:
        with _unreadable():
            model = (await self._versions.read(number))[1]
        return model, _Texts(model, "nl" if language == "nl" else "en")


class _Texts:
    """One model in the words of one language."""

    def __init__(self, model: Model, language: Language) -> None:
        self._model = model
        self.language = language

    def choices(self) -> Choices:
        model = self._model
        return Choices(
            {name: self._group(name) for name in model.target_groups},
            [str(channel) for channel in model.channels],
            {name: self._topic(name) for name in model.topics},
            {name: self.role(name) for name in model.roles},
        )

    def role(self, name: str) -> str:
        entry = self._model.roles.get(name)
        return getattr(entry.title, self.language) if entry else name

    def row(self, row: Moment) -> RowLine:
        stored = row.model_dump(mode="json")
        values = (
            Value(field, self._value(field, _at(stored, field)))
            for field in FIELDS
            if row.settles(field)
        )
        return RowLine(
            row.id,
            row.line,
            self._spot(row.target_group, "group"),
            str(row.direction or ANY),
            str(row.channel or ANY),
            self._spot(row.topic, "topic"),
            tuple(values),
        )

    def values(self, decision: Decision | Handling) -> Iterator[Value]:
        """Everything that holds, each with the row that it came from."""
        sources = {_short(field): source for field, source in decision.rows.items()}
        stored = decision.as_json
        for name in Handling.model_fields:
            if name in _ABOUT:
                continue
            if name == "steps":
                for part in ("before", "during", "after"):
                    source = decision.rows.get(f"steps.{part}")
                    text = self._value(part, stored["steps"][part])
                    if text != NOTHING:
                        yield Value(f"steps.{part}", text, *_of(source))
                continue
            text = self._value(name, stored[name])
            if name in sources or text != NOTHING:
                yield Value(name, text, *_of(sources.get(name)))

    def difference(self, one: Difference, older: "_Texts") -> DifferenceLine:
        move = one.moves
        return DifferenceLine(
            older.role(move.before) if move else "",
            self.role(move.after) if move else "",
            one.count,
            tuple(
                self._change(part, older)
                for change in one.changes
                if change is not move
                for part in _parts(change)
            ),
            tuple(
                PlaceLine(
                    tuple(self._place(part, "group", older) for part in place.target_groups),
                    place.directions,
                    place.channels,
                    tuple(self._place(part, "topic", older) for part in place.topics),
                )
                for place in one.places
            ),
        )

    def asked(self, one: Asked, row: Moment, *, is_new: bool) -> AskedLine:
        return AskedLine(
            one.role,
            self.role(one.role),
            one.owner,
            one.fingerprint,
            self.row(row),
            one.said,
            is_new,
        )

    def _change(self, change: Change, older: "_Texts") -> ChangeLine:
        if change.field in ("role", "backup_role"):
            before = older.role(change.before) if change.before else NOTHING
            after = self.role(change.after) if change.after else NOTHING
            return ChangeLine(change.field, before, after)
        return ChangeLine(change.field, *before_and_after(change, self.language))

    def _value(self, field: str, value: Any) -> str:
        if field in ("role", "backup_role") and value:
            return self.role(value)
        return shown(_short(field), value, self.language)

    def _place(self, part: str, kind: str, older: "_Texts") -> Spot:
        if part == ROOT:
            return Spot("", "root")
        path = part.removesuffix(BELOW)
        known = self._model.target_groups if kind == "group" else self._model.topics
        texts = self if path == ANY or path in known else older
        return texts._spot(path, kind, below=part.endswith(BELOW))  # noqa: SLF001 (of its own kind)

    def _spot(self, path: str, kind: str, *, below: bool = False) -> Spot:
        if path == ANY:
            return Spot("", "any")
        title = self._group(path) if kind == "group" else self._topic(path)
        return Spot(title, "below" if below else "one")

    def _group(self, path: str) -> str:
        return self._path(path, self._model.target_groups)

    def _topic(self, path: str) -> str:
        return self._path(path, self._model.topics)

    def _path(self, path: str, known: Mapping[str, Any]) -> str:
        """With what it lies under, which alone may say what it is about."""
        titles = [
            getattr(known[step].title, self.language) if step in known else step
            for step in reversed(ancestors(path)[:-1])
        ]
        return " / ".join(titles)


def _at(stored: Mapping[str, Any], field: str) -> Any:
    found: Any = stored
    for key in FIELDS[field]:
        found = found[key]
    return found


def _parts(change: Change) -> list[Change]:
    """The steps before, during and after one by one, as rows write them."""
    if change.field != "steps":
        return [change]
    before, after = change.before, change.after
    return [
        Change(f"steps.{part}", before[part], after[part])
        for part in after
        if before[part] != after[part]
    ]


def _short(field: str) -> str:
    """A field of a row as handlings call it: `sla.first_response` is `first_response`."""
    return field.removeprefix("sla.")


def _of(source: Any) -> tuple[str, int]:
    return (source.row, source.line) if source else ("", 0)


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


@contextlib.contextmanager
def _unreadable() -> Iterator[None]:
    try:
        yield
    except BrokenModel as error:
        raise Unreadable(_flaws(error)) from error


def _flaws(error: BrokenModel) -> list[Flaw]:
    return [Flaw(one.line, one.what, one.what_to_do) for one in error.problems]
