"""The business hours in a model: read by everybody, changed by administrators in forms."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from aiohttp import web

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.hours_desk import BadHours, HoursForm
from agent_ui.model_desk import Flaw, Unreadable
from agent_ui.texts import N_
from agent_ui.views.model import HOME, ModelViews
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Visit, number
from hub import locales
from hub.errors import Rejected
from hub.store import models

_LONGEST = 300
_MOST_EXCEPTIONS = 400


class HoursViews:
    def __init__(self, context: ConsoleContext, model: ModelViews) -> None:
        self._database = context.database
        self._desk = context.hours
        self._models = context.models
        self._model = model

    async def in_force(self, visit: Visit) -> web.StreamResponse:  # noqa: ARG002
        """The hours that hold now."""
        live = await self._database.read(models.live_number)
        return see_other(f"{HOME}/{live}/hours" if live else HOME)

    async def page(self, visit: Visit) -> web.StreamResponse:
        return await self._show(visit, chosen=visit.request.query.get("hours"))

    async def keep(self, visit: Visit) -> web.StreamResponse:
        """One calendar from its form, new or changed."""
        name, form = await _name(visit), await _form(visit)
        try:
            await self._desk.keep(
                _shown(visit), await _revision(visit), name, form, by=visit.known.id
            )
        except (BadHours, Unreadable, Rejected) as error:
            return await self._show(visit, chosen=name or "new", typed=form, refused=error)
        return see_other(_address(visit))

    async def proof(self, visit: Visit) -> web.StreamResponse:
        """What the proof says of the model with what is being typed."""
        try:
            text = await self._desk.written(_shown(visit), await _name(visit), await _form(visit))
        except BadHours as error:
            said = {one: f"{_label(visit, error)}: {error.said[one]}" for one in error.said}
            return self._model.shown_proof(visit, [Flaw(0, said)], [])
        except Unreadable as error:
            return self._model.shown_proof(visit, error.flaws, [])
        return await self._model.proof_of(visit, text)

    async def remove(self, visit: Visit) -> web.StreamResponse:
        try:
            await self._desk.remove(
                _shown(visit), await _revision(visit), await _name(visit), by=visit.known.id
            )
        except (Unreadable, Rejected) as error:
            return await self._show(visit, refused=error)
        return see_other(_address(visit))

    async def set_day(self, visit: Visit) -> web.StreamResponse:
        """A day on which it is closed, or open at other times: in this draft; or in a new one of
        this version, that may go live at once."""
        shown, by = _shown(visit), visit.known.id
        names = await _all_of(visit, "hours")
        day, opened = await _field(visit, "day"), await _field(visit, "opened")
        at_once = bool(await visit.field("at_once"))
        try:
            if await visit.field("draft"):
                made = await self._desk.draft_of_day(shown, names, day, opened, by=by)
                if at_once:
                    await self._models.check(made.number, by=by)
                    reason = visit.texts("Only the hours of one day: {day}", day=day)
                    await self._models.activate(made.number, by=by, at=None, override=reason)
                return see_other(f"{HOME}/{made.number}/hours")
            await self._desk.set_day(shown, await _revision(visit), names, day, opened, by=by)
        except (BadHours, Unreadable, Rejected) as error:
            typed_day = {"day": day, "opened": opened, "hours": names, "at_once": at_once}
            return await self._show(visit, refused=error, typed_day=typed_day)
        return see_other(_address(visit))

    async def _show(
        self,
        visit: Visit,
        *,
        chosen: str | None = None,
        typed: HoursForm | None = None,
        typed_day: dict[str, Any] | None = None,
        refused: BadHours | Unreadable | Rejected | None = None,
    ) -> web.StreamResponse:
        try:
            found = await self._desk.page(_shown(visit), visit.texts.language)
        except Unreadable as error:
            return await self._model.text(visit, flaws=error.flaws)
        line = next((one for one in found.hours if one.id == chosen), None)
        return await self._model.page(
            visit,
            "model/hours.html",
            "hours",
            status=_status(refused),
            found=found,
            line=line,
            form=typed or (line.form if line else HoursForm(time_zone=self._models.time_zone())),
            editing=line is not None or chosen == "new",
            typed_day=typed_day,
            notice=_said(visit, refused) if refused else "",
        )


def _shown(visit: Visit) -> int:
    return number(visit.request.match_info["number"])


def _address(visit: Visit) -> str:
    return f"{HOME}/{_shown(visit)}/hours"


async def _field(visit: Visit, name: str) -> str:
    return (await visit.field(name)).strip()[:_LONGEST]


async def _all_of(visit: Visit, name: str) -> list[str]:
    return [one.strip()[:_LONGEST] for one in await visit.fields(name)]


async def _name(visit: Visit) -> str:
    return await _field(visit, "name")


async def _revision(visit: Visit) -> int:
    return number(await visit.field("revision"))


async def _form(visit: Visit) -> HoursForm:
    days, opened = await _all_of(visit, "day"), await _all_of(visit, "opened")
    return HoursForm(
        title_en=await _field(visit, "title_en"),
        title_nl=await _field(visit, "title_nl"),
        time_zone=await _field(visit, "time_zone"),
        week=tuple([await _field(visit, f"week.{one}") for one in range(7)]),
        holidays=await _field(visit, "holidays"),
        exceptions=_exceptions(days, opened),
        roles=tuple(await _all_of(visit, "role")),
    )


def _exceptions(days: Sequence[str], opened: Sequence[str]) -> dict[str, str]:
    """What has no day is left out: that is how one is taken away."""
    pairs = list(zip(days, opened, strict=False))[:_MOST_EXCEPTIONS]
    return {day: typed for day, typed in pairs if day}


def _status(refused: Exception | None) -> int:
    if refused is None:
        return HTTPStatus.OK
    return refused.status if isinstance(refused, Rejected) else HTTPStatus.UNPROCESSABLE_ENTITY


def _said(visit: Visit, error: BadHours | Unreadable | Rejected) -> str:
    match error:
        case BadHours():
            return f"{_label(visit, error)}: {error.said[visit.texts.language]}."
        case Unreadable():
            said = visit.texts("Nothing was saved, because the model could not be used then:")
            return f"{said} {error.flaws[0].said[visit.texts.language]}"
        case _:
            return words.reason(visit.texts, error)


_LABELS = {
    "title_en": N_("Name in English"),
    "title_nl": N_("Name in Dutch"),
    "exceptions": N_("Days that differ"),
    "day": N_("Day"),
    "opened": N_("Open"),
    "hours": N_("Which hours"),
}


def _label(visit: Visit, error: BadHours) -> str:
    if error.field.startswith("day."):
        return locales.weekdays(visit.texts.language)[int(error.field[4:])]
    return visit.texts(_LABELS.get(error.field, error.field))
