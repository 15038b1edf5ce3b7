"""The matrix of a model for the console: its cells, and changes of them in its text."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from agent_ui.matrix_desk import (
    FIELDS,
    CellChange,
    CellForm,
    Head,
    Layer,
    Line,
    Matrix,
    MatrixCell,
    Saved,
    Spot,
)
from config.flaws import unreadable
from config.model_texts import ModelTexts
from config.proof import prove
from hub.errors import Rejected
from hub.interaction import Channel, Direction
from hub.store import Database
from routing.analysis import Finding, Severity
from routing.entry import as_written
from routing.forms.cells import with_cells
from routing.inherit import Cell
from routing.lifecycle.reading import name_of
from routing.lifecycle.versions import Versions
from routing.model import Model
from routing.model_file import read_definition, read_model
from routing.moment import Moment
from routing.tree import ANY, depth

_TIMES = ("sla.first_response", "sla.next_response", "sla.resolution")
_Marks = Mapping[tuple[str, str], Sequence[str]]


class Matrices:
    """See `agent_ui.matrix_desk.MatrixDesk`."""

    def __init__(self, database: Database, versions: Versions) -> None:
        self._database = database
        self._versions = versions

    async def matrix(self, number: int, layer: Layer, only: str, language: str) -> Matrix:
        model = await self._read(number)
        texts = ModelTexts.of(model, language)
        found = await prove(self._database, model)
        marks = _marks(found, model, layer, texts.language)
        return await asyncio.to_thread(_matrix, texts, model, layer, only, marks)

    async def cell(self, number: int, spot: Spot, language: str) -> CellForm:
        model = await self._read(number)
        texts = ModelTexts.of(model, language)
        cell = _known(spot, model)
        own = _own(model, cell)
        return CellForm(
            _head(cell.target_group, texts.group),
            _head(cell.topic, texts.topic),
            tuple(texts.values(model.handling(cell))),
            {field: _in_form(own, field) for field in FIELDS if own and own.settles(field)},
            own.line if own else 0,
        )

    async def change(
        self, number: int, revision: int, changes: Sequence[CellChange], *, by: str
    ) -> Saved:
        version, model = await self._versions.read(number)
        text = await self._versions.text(number)
        wanted = {_known(one.spot, model): _as_in_file(one.fields) for one in changes}
        for cell, fields in wanted.items():
            _end_standing_in(_own(model, cell), fields)
        with unreadable():
            changed, outcome = await asyncio.to_thread(_written, text, wanted, number)
        await self._versions.save(
            number, revision, written=changed, title=version.title, note=version.note, by=by
        )
        lost = sum(_has_backup(model, one) and not _has_backup(outcome, one) for one in wanted)
        return Saved(len(wanted), lost)

    async def _read(self, number: int) -> Model:
        with unreadable():
            return (await self._versions.read(number))[1]


def _written(text: str, wanted: dict[Cell, dict[str, Any]], number: int) -> tuple[str, Model]:
    """The text with these cells, and what it says. Raises BrokenModel where it could not be used: a
    tie, a time that is none."""
    name = name_of(number)
    changed = with_cells(text, read_definition(text, name), wanted)
    return changed, read_model(changed, name)


def _own(model: Model, cell: Cell) -> Moment | None:
    return next((row for row in model.moments if Cell.of(row) == cell), None)


def _end_standing_in(own: Moment | None, fields: dict[str, Any]) -> None:
    """Who becomes responsible cannot be the backup as well. Where cells are filled with roles
    alone, nobody could say who is instead: the wider row does, or `Saved` tells that nobody is."""
    if own and "backup_role" not in fields and own.backup_role == fields.get("role", ""):
        fields["backup_role"] = None


def _has_backup(model: Model, cell: Cell) -> bool:
    """Whether somebody else stands in: a wider row may name as the backup who is responsible."""
    found = model.handling(cell)
    return found.backup_role not in (None, found.role)


def _known(spot: Spot, model: Model) -> Cell:
    """Raises Rejected for what is not in the model."""
    try:
        direction = Direction(spot.layer.direction) if spot.layer.direction else None
        channel = Channel(spot.layer.channel) if spot.layer.channel else None
    except ValueError as error:
        raise _nowhere() from error
    known_group = spot.group == ANY or spot.group in model.target_groups
    if not known_group or not (spot.topic == ANY or spot.topic in model.topics):
        raise _nowhere()
    return Cell(spot.group, direction, channel, spot.topic)


def _nowhere() -> Rejected:
    return Rejected("no_cell", "This cell is not in the model any more. Look again.", status=409)


def _matrix(texts: ModelTexts, model: Model, layer: Layer, only: str, marks: _Marks) -> Matrix:
    groups = [only] if only in model.target_groups else [ANY, *model.target_groups]
    direction = Direction(layer.direction) if layer.direction in set(Direction) else None
    channel = Channel(layer.channel) if layer.channel in set(Channel) else None
    use = model.channels.get(channel) if channel else None
    lines = (
        Line(
            _head(topic, texts.topic),
            tuple(
                _cell(Cell(group, direction, channel, topic), texts, model, marks)
                for group in groups
            ),
        )
        for topic in (ANY, *model.topics)
    )
    return Matrix(
        texts.choices(),
        tuple(_head(group, texts.group) for group in groups),
        tuple(lines),
        used=not (use and direction) or direction in use.directions,
    )


def _cell(cell: Cell, texts: ModelTexts, model: Model, marks: _Marks) -> MatrixCell:
    handling = model.handling(cell)
    source = handling.rows.get("role")
    own_id = f"{cell.target_group} {cell.direction or ANY} {cell.channel or ANY} {cell.topic}"
    return MatrixCell(
        role="" if handling.triage else handling.role,
        title="" if handling.triage else texts.role(handling.role),
        own=source is not None and source.row == own_id,
        nobody=handling.triage,
        allowed=handling.allowed,
        row=source.row if source else "",
        findings=tuple(marks.get((cell.target_group, cell.topic), ())),
    )


def _head(path: str, title: Any) -> Head:
    return Head(path, "" if path == ANY else title(path), depth(path))


def _marks(found: Iterable[Finding], model: Model, layer: Layer, language: str) -> _Marks:
    """What the proof says, by group and topic: where its example lies, else where its rows are."""
    rows = {row.line: row for row in model.moments}
    marks: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for one in found:
        if one.severity is Severity.NOTE:
            continue
        said = getattr(one.text, language)
        example = one.example
        if example and _lies_in(layer, example.channel, example.direction):
            marks[example.target_group, example.topic][said] = None
        for at in one.rows:
            row = rows.get(at.line)
            if row and layer == Layer(str(row.channel or ""), str(row.direction or "")):
                marks[row.target_group, row.topic][said] = None
    return {place: tuple(sentences) for place, sentences in marks.items()}


def _lies_in(layer: Layer, channel: Channel, direction: Direction) -> bool:
    return layer.channel in ("", channel) and layer.direction in ("", direction)


def _in_form(row: Moment, field: str) -> str:
    value = row.value(field)
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case tuple():
            return " ".join(map(str, value))
        case _ if field in _TIMES:
            return as_written(value)
        case _:
            return str(value)


def _as_in_file(fields: Mapping[str, str]) -> dict[str, Any]:
    """As a file would have it; whether it makes sense is seen when that is read."""
    return {field: _value(field, given.strip()) for field, given in fields.items()}


def _value(field: str, given: str) -> Any:
    if not given:
        return None
    match field:
        case "allowed" | "recorded":
            return given == "yes"
        case "instead":
            return given.split()
        case "priority_minutes" if given.removeprefix("-").isdecimal():
            return int(given)
        case _:
            return given
