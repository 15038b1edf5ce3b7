"""One model in the words of one language, for the console's pages."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Self

from agent_ui.model_desk import (
    AskedLine,
    ChangeLine,
    Choices,
    DifferenceLine,
    FindingLine,
    PlaceLine,
    RowLine,
    Spot,
    Trial,
    Value,
)
from config.proof import reference
from routing.analysis import Example, Finding, Names, RowAt
from routing.decision import Decision, Handling
from routing.explain import Language
from routing.forms.plain import written
from routing.lifecycle.compare import Change, Difference
from routing.lifecycle.places import BELOW, ROOT
from routing.lifecycle.sheet import Asked
from routing.lifecycle.shown import NOTHING, before_and_after, shown
from routing.model import Model
from routing.moment import FIELDS, Moment
from routing.tree import ANY, ancestors

_ABOUT = frozenset(
    {
        "model_version",
        "target_group",
        "topic",
        "topic_title",
        "role_title",
        "triage",
        "rows",
        "lost",
    }
)


def as_language(language: str) -> Language:
    return "nl" if language == "nl" else "en"


class ModelTexts:
    """One model in the words of one language."""

    def __init__(self, model: Model, language: Language) -> None:
        self._model = model
        self.language = language

    @cached_property
    def _names(self) -> Names:
        return Names(self._model.definition)

    @cached_property
    def _rows(self) -> Mapping[str, Moment]:
        return {row.id: row for row in self._model.moments}

    @classmethod
    def of(cls, model: Model, language: str) -> Self:
        """In the language of a page: English, unless it is Dutch."""
        return cls(model, as_language(language))

    def choices(self) -> Choices:
        model = self._model
        return Choices(
            {name: self.group(name) for name in model.target_groups},
            [str(channel) for channel in model.channels],
            {name: self.topic(name) for name in model.topics},
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

    def difference(self, one: Difference, older: "ModelTexts") -> DifferenceLine:
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

    def finding(self, one: Finding) -> FindingLine:
        example, repair = one.example, one.repair
        return FindingLine(
            str(one.severity),
            getattr(one.text, self.language),
            tuple((self._entry(row), row.line) for row in one.rows),
            _trial(example) if example else None,
            getattr(self._names.cell(example.cell), self.language) if example else "",
            getattr(repair.text, self.language) if repair else "",
            repair.yaml if repair else "",
            reference(one),
        )

    def _entry(self, at: RowAt) -> str:
        """A row, or another entry of the model, that a finding is about."""
        row = self._rows.get(at.row)
        named = self._names.row(row) if row else self._names.entry(at.row)
        return getattr(named, self.language) if named else at.row

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

    def _change(self, change: Change, older: "ModelTexts") -> ChangeLine:
        if change.field in ("role", "backup_role"):
            before = older.role(change.before) if change.before else NOTHING
            after = self.role(change.after) if change.after else NOTHING
            return ChangeLine(change.field, before, after)
        return ChangeLine(change.field, *before_and_after(change, self.language))

    def value(self, field: str, value: Any) -> str:
        """A value as a model holds it."""
        return self._value(field, written(value))

    def _value(self, field: str, value: Any) -> str:
        if field in ("role", "backup_role") and value:
            return self.role(value)
        return shown(_short(field), value, self.language)

    def _place(self, part: str, kind: str, older: "ModelTexts") -> Spot:
        if part == ROOT:
            return Spot("", "root")
        path = part.removesuffix(BELOW)
        known = self._model.target_groups if kind == "group" else self._model.topics
        texts = self if path == ANY or path in known else older
        return texts._spot(path, kind, below=part.endswith(BELOW))  # noqa: SLF001 (of its own kind)

    def _spot(self, path: str, kind: str, *, below: bool = False) -> Spot:
        if path == ANY:
            return Spot("", "any")
        title = self.group(path) if kind == "group" else self.topic(path)
        return Spot(title, "below" if below else "one")

    def group(self, path: str) -> str:
        return self._path(path, self._model.target_groups)

    def topic(self, path: str) -> str:
        return self._path(path, self._model.topics)

    def _path(self, path: str, known: Mapping[str, Any]) -> str:
        """With what it lies under, which alone may say what it is about."""
        titles = [
            getattr(known[step].title, self.language) if step in known else step
            for step in reversed(ancestors(path)[:-1])
        ]
        return " / ".join(titles)


def role_by(newer: ModelTexts, older: ModelTexts, role: str) -> str:
    """By the newer names, and by the older where the role is gone."""
    title = newer.role(role)
    return title if title != role else older.role(role)


def topic_by(newer: ModelTexts, older: ModelTexts, topic: str) -> str:
    title = newer.topic(topic)
    return title if title != topic else older.topic(topic)


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


def _trial(example: Example) -> Trial:
    return Trial(
        group="" if example.target_group == ANY else example.target_group,
        direction=str(example.direction),
        channel=str(example.channel),
        topic="" if example.topic == ANY else example.topic,
    )
