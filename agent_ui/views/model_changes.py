"""What people do with versions of the interaction model: each ends at the page that shows it."""

from collections.abc import Awaitable
from datetime import date, datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import web

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.model_desk import Unreadable
from agent_ui.views.model import GOING_LIVE, HOME, LONGEST, ModelViews, Typed
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Visit, checked_id, number
from hub.errors import Rejected
from hub.http import form_of
from hub.store import model_actions, models
from hub.store.models import Version

LONGEST_FORM = 9 * 1024 * 1024
"""Bytes: a model as large as one may be, and what goes with it."""


class ModelChanges:
    def __init__(self, context: ConsoleContext, views: ModelViews) -> None:
        self._database = context.database
        self._desk = context.models
        self._views = views

    async def draft(self, visit: Visit) -> web.StreamResponse:
        """A draft with the text of a version, to be changed."""
        base = number(await visit.field("based_on"))
        await self._database.read(lambda c: models.find(c, base))
        written = await self._database.read(lambda c: models.text_of(c, base))
        made = await self._desk.draft(written, title="", note="", based_on=base, by=visit.known.id)
        return see_other(f"{HOME}/{made.number}/text?edit=1")

    async def save(self, visit: Visit) -> web.StreamResponse:
        """Keep what was typed, right or not; what somebody else saved meanwhile is shown beside
        it, and nothing of either is lost."""
        shown, typed = _shown(visit), await _typed(visit)
        try:
            await self._desk.save(
                shown,
                typed.revision,
                written=typed.text,
                title=typed.title,
                note=typed.note,
                by=visit.known.id,
            )
        except Rejected as error:
            notice = words.reason(visit.texts, error)
            return await self._views.text(visit, typed=typed, notice=notice, status=error.status)
        if await self._desk.flaws(typed.text):
            return see_other(f"{HOME}/{shown}/text?edit=1")
        return see_other(f"{HOME}/{shown}/text")

    async def check(self, visit: Visit) -> web.StreamResponse:
        """Ends where it is signed, with what the proof found and who must sign."""
        return await self._do(
            visit, self._desk.check(_shown(visit), by=visit.known.id), "/signatures?checked=1"
        )

    async def activate(self, visit: Visit) -> web.StreamResponse:
        """At once, or at the time that was filled in. What is wrong is said where it was typed,
        above what still must be signed."""
        typed = {name: (await visit.field(name))[:LONGEST] for name in GOING_LIVE}
        at = None
        try:
            if typed["when"] == "later":
                at = _moment(typed["at"], typed["zone"])
            version = await self._desk.activate(
                _shown(visit), by=visit.known.id, at=at, override=typed["override"]
            )
        except Unreadable as error:
            return await self._views.text(
                visit, flaws=error.flaws, status=HTTPStatus.UNPROCESSABLE_ENTITY
            )
        except Rejected as error:
            refused = typed | {"notice": words.reason(visit.texts, error)}
            return await self._views.signatures(visit, going_live=refused)
        return see_other(f"{HOME}/{version.number}")

    async def cancel(self, visit: Visit) -> web.StreamResponse:
        return await self._do(visit, self._desk.cancel(_shown(visit), by=visit.known.id))

    async def withdraw(self, visit: Visit) -> web.StreamResponse:
        return await self._do(visit, self._desk.withdraw(_shown(visit), by=visit.known.id))

    async def roll_back(self, visit: Visit) -> web.StreamResponse:
        reason = (await visit.field("reason"))[:LONGEST]
        work = self._desk.roll_back(_shown(visit), by=visit.known.id, reason=reason)
        return await self._do(visit, work)

    async def sign(self, visit: Visit) -> web.StreamResponse:
        """Accept or decline the rows that were ticked."""
        form = await form_of(visit.request)
        rows = [str(value) for value in form.getall("row", [])]
        if not rows:
            notice = visit.texts(words.REASONS["nothing_ticked"])
            return await self._views.signatures(visit, notice)
        try:
            await self._desk.sign(
                _shown(visit),
                visit.known,
                accepted=await visit.field("word") == "accept",
                remark=(await visit.field("remark"))[:LONGEST],
                rows=rows,
            )
        except Rejected as error:
            return await self._views.signatures(visit, words.reason(visit.texts, error))
        return see_other(f"{HOME}/{_shown(visit)}/signatures")

    async def add_action(self, visit: Visit) -> web.StreamResponse:
        shown, by = _shown(visit), visit.known.id
        what, owner = await visit.field("what"), await visit.field("owner")
        reference = (await visit.field("reference"))[:200]
        source = model_actions.Source.FINDING if reference else model_actions.Source.PERSON
        try:
            due_on = _day(await visit.field("due_on"))
            await self._database.write(
                lambda c: model_actions.add(
                    c,
                    shown,
                    what[:LONGEST],
                    by=by,
                    source=source,
                    reference=reference,
                    owner=owner[:200],
                    due_on=due_on,
                )
            )
        except Rejected as error:
            return await self._views.actions(visit, words.reason(visit.texts, error))
        return see_other(f"{HOME}/{shown}/actions")

    async def tick_action(self, visit: Visit) -> web.StreamResponse:
        """Done, or open again."""
        action_id, done = checked_id(visit.request.match_info["id"]), await visit.field("done")
        by = visit.known.id
        action = await self._database.write(
            lambda c: model_actions.set_done(c, action_id, by=by, done=done == "yes")
        )
        return see_other(f"{HOME}/{action.version}/actions")

    async def _do(
        self, visit: Visit, work: Awaitable[Version], then: str = ""
    ) -> web.StreamResponse:
        """`then`: which of its pages shows what came of it."""
        try:
            version = await work
        except Unreadable as error:
            return await self._views.text(
                visit, flaws=error.flaws, status=HTTPStatus.UNPROCESSABLE_ENTITY
            )
        except Rejected as error:
            return await self._views.rows(visit, words.reason(visit.texts, error))
        return see_other(f"{HOME}/{version.number}{then}")


def _shown(visit: Visit) -> int:
    return number(visit.request.match_info["number"])


async def _typed(visit: Visit) -> Typed:
    return Typed(
        revision=number(await visit.field("revision")),
        title=(await visit.field("title"))[:200].strip(),
        note=(await visit.field("note"))[:LONGEST].strip(),
        text=(await visit.field("text")).replace("\r\n", "\n"),
    )


def _moment(at: str, zone: str) -> datetime:
    """A time as it stands on the clocks of a zone."""
    try:
        return datetime.fromisoformat(at).replace(tzinfo=ZoneInfo(zone.strip()))
    except (ValueError, ZoneInfoNotFoundError, OSError) as error:
        detail = "Fill in a day, a time and a time zone, like Europe/Amsterdam."
        raise Rejected("bad_time", detail, status=HTTPStatus.CONFLICT) from error


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as error:
        raise Rejected("bad_day", "Fill in a day.", status=HTTPStatus.CONFLICT) from error
