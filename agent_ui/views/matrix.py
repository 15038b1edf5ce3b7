"""The matrix of a model: who is responsible for what, cell by cell, and changes of it."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.matrix_desk import ANY, FIELDS, CellChange, Layer, Saved, Spot
from agent_ui.model_desk import Unreadable
from agent_ui.texts import N_
from agent_ui.views.model import HOME, ModelViews, Told
from agent_ui.visit import Visit, number
from hub.errors import Rejected

LONGEST_FORM = 2 * 1024 * 1024
_MOST_CHANGES = 20_000
_OVERTAKEN = N_(
    "Somebody else changed this version meanwhile. What you see is theirs, with your changes on "
    "top, not saved yet: look at them and save again."
)
_SAVED = (N_("1 cell is saved."), N_("{n} cells are saved."))
_WITHOUT_BACKUP = (
    N_("Nobody stands in any more in 1 of them, as its backup role is gone: choose another one."),
    N_("Nobody stands in any more in {n} of them, as their backup role is gone: choose others."),
)


class MatrixViews:
    def __init__(self, context: ConsoleContext, model: ModelViews) -> None:
        self._desk = context.matrices
        self._model = model

    async def page(self, visit: Visit) -> web.StreamResponse:
        query = visit.request.query
        spot = _spot(query) if "topic" in query else None
        only = query.get("only", "")[:200]
        return await self._show(visit, _layer(query), only, spot, told=_told(visit))

    async def save(self, visit: Visit) -> web.StreamResponse:
        """One cell from its form, or many at once from the script of the page."""
        form = await visit.request.post()
        given = {name: value for name, value in form.items() if isinstance(value, str)}
        layer, only = _layer(given), given.get("only", "")[:200]
        spot = _spot(given) if "topic" in given else None
        pending = [] if spot else _pending(given.get("changes", ""))
        changes = (
            [CellChange(spot, _fields(form))]
            if spot
            else [CellChange(Spot(at, about, layer), {"role": role}) for at, about, role in pending]
        )
        notice, status = "", HTTPStatus.CONFLICT
        saved = Saved(0, 0)
        try:
            saved = await self._desk.change(
                number(visit.request.match_info["number"]),
                number(given.get("revision", "")),
                changes,
                by=visit.known.id,
            )
        except Unreadable as error:
            notice, status = _first(visit, error), HTTPStatus.UNPROCESSABLE_ENTITY
        except Rejected as error:
            overtaken = error.code == "model_changed"
            notice = visit.texts(_OVERTAKEN) if overtaken else words.reason(visit.texts, error)
        if not notice:
            raise web.HTTPSeeOther(_after(visit, layer, only, spot, saved))
        typed = _fields(form) if spot else None
        return await self._show(
            visit, layer, only, spot, notice=notice, status=status, pending=pending, typed=typed
        )

    async def _show(
        self,
        visit: Visit,
        layer: Layer,
        only: str,
        spot: Spot | None,
        *,
        notice: str = "",
        status: int = HTTPStatus.OK,
        pending: Sequence[tuple[str, str, str]] = (),
        typed: dict[str, str] | None = None,
        told: Sequence[Told] = (),
    ) -> web.StreamResponse:
        shown, language = number(visit.request.match_info["number"]), visit.texts.language
        try:
            matrix = await self._desk.matrix(shown, layer, only, language)
            cell = await self._desk.cell(shown, spot, language) if spot else None
        except Unreadable as error:
            return await self._model.text(visit, flaws=error.flaws)
        own = typed if typed is not None else (cell.own if cell else {})
        return await self._model.page(
            visit,
            "model/matrix.html",
            "matrix",
            status=status,
            matrix=matrix,
            layer=layer,
            only=only,
            spot=spot,
            cell=cell,
            own=own,
            pending=list(pending),
            notice=notice,
            told=told,
            address_of=lambda group, topic: _address(visit, layer, only, group, topic),
        )


def _layer(given: Any) -> Layer:
    return Layer(given.get("channel", "")[:16], given.get("direction", "")[:16])


def _spot(given: Any) -> Spot:
    group, topic = given.get("group", ANY)[:200], given.get("topic", ANY)[:200]
    return Spot(group, topic, _layer(given))


def _fields(form: Any) -> dict[str, str]:
    """What the form of a cell says; several channels may be ticked to be offered instead."""
    return {
        field: " ".join(str(one)[:300] for one in form.getall(field, ()) if one) for field in FIELDS
    }


def _pending(written: str) -> list[tuple[str, str, str]]:
    """Group, topic and role of each changed cell. Raises Rejected for anything else."""
    try:
        given = json.loads(written)
        found = [(str(one["group"]), str(one["topic"]), str(one["role"])) for one in given]
    except (ValueError, TypeError, KeyError) as error:
        raise Rejected("malformed_form", "This form cannot be read.") from error
    return found[:_MOST_CHANGES]


def _first(visit: Visit, error: Unreadable) -> str:
    """Why this cannot be, in one sentence: nothing was saved."""
    flaw = error.flaws[0]
    said = visit.texts("Nothing was saved, because the model could not be used then:")
    return f"{said} {flaw.said[visit.texts.language]}"


def _after(visit: Visit, layer: Layer, only: str, spot: Spot | None, saved: Saved) -> str:
    """Where to go on: at the cell itself where it needs another look."""
    stays = spot if saved.without_backup else None
    at = (stays.group, stays.topic) if stays else ("", "")
    more = {"saved": str(saved.cells), "without": str(saved.without_backup)}
    return _address(visit, layer, only, *at, more=more)


def _told(visit: Visit) -> list[Told]:
    """What came of saving."""
    saved, without = (number(visit.request.query.get(name, "")) for name in ("saved", "without"))
    told = [Told(visit.texts.count(saved, *_SAVED))] if saved else []
    if without:
        told.append(Told(visit.texts.count(without, *_WITHOUT_BACKUP), is_good=False))
    return told


def _address(
    visit: Visit,
    layer: Layer,
    only: str,
    group: str = "",
    topic: str = "",
    *,
    more: Mapping[str, str] | None = None,
) -> str:
    given = {"channel": layer.channel, "direction": layer.direction, "only": only}
    query = {name: value for name, value in given.items() if value} | dict(more or {})
    if topic:
        query |= {"group": group, "topic": topic}
    shown = number(visit.request.match_info["number"])
    end = "#cell" if topic else ""
    return f"{HOME}/{shown}/matrix" + (f"?{urlencode(query)}" if query else "") + end
