"""The fields that administrators add to customers."""

import re
import unicodedata
from collections.abc import Callable
from http import HTTPStatus

from aiohttp import web
from aiohttp.web_request import FileField
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.office import seen
from agent_ui.office.words import FIELD_PLACES, NOT_TAKEN_IN
from agent_ui.pages import Pages
from agent_ui.texts import LANGUAGES, Texts
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Visit, number
from hub import field_files
from hub.custom_fields import CHOOSING, Choice, Field, FieldKind, Who, Whose
from hub.downloads import disposition
from hub.errors import Rejected
from hub.store import customer_fields
from hub.store.customer_fields import NotTakenIn

PATH = "/console/admin/fields"
_ROWS = 4
"""Empty ones for choices on a form."""
_LONGEST = 200
_NEW = Field("", "", FieldKind.TEXT, {}, searchable=True)


class CustomerFieldViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def page(self, visit: Visit) -> web.StreamResponse:
        return await self._list(visit, _NEW)

    async def add(self, visit: Visit) -> web.StreamResponse:
        wanted = await _wanted(visit, await self._topics(visit))
        by = visit.known.id
        try:
            await self._context.database.write(lambda c: customer_fields.add(c, wanted, by=by))
        except Rejected as error:
            return await self._list(visit, wanted, error)
        return see_other(PATH)

    async def file(self, _: Visit) -> web.StreamResponse:
        """All of them, to be taken in elsewhere."""
        known = await self._context.database.read(customer_fields.listed)
        headers = {"Content-Disposition": disposition("fields.json"), "Cache-Control": "no-store"}
        return web.Response(
            text=field_files.written(known), content_type="application/json", headers=headers
        )

    async def take_in(self, visit: Visit) -> web.StreamResponse:
        """Those of a file: new ones are added, known ones changed; all of them or none."""
        given, by = (await visit.request.post()).get("file"), visit.known.id
        content = given.file.read() if isinstance(given, FileField) else b""
        try:
            wanted = field_files.read_fields(content)
            await self._context.database.write(lambda c: customer_fields.take_in(c, wanted, by=by))
        except Rejected as error:
            return await self._list(visit, _NEW, error)
        return see_other(PATH)

    async def one(self, visit: Visit) -> web.StreamResponse:
        field_id = visit.id
        found = await self._context.database.read(lambda c: customer_fields.find(c, field_id))
        return await self._one(visit, found)

    async def change(self, visit: Visit) -> web.StreamResponse:
        field_id, by = visit.id, visit.known.id
        former = await self._context.database.read(lambda c: customer_fields.find(c, field_id))
        wanted = await _wanted(visit, await self._topics(visit), former)
        given = await visit.field(seen.FIELD)

        def change(connection: Connection) -> None:
            seen.check(given, customer_fields.find(connection, field_id))
            customer_fields.change(connection, wanted, by=by)

        try:
            await self._context.database.write(change)
        except Rejected as error:
            return await self._one(visit, wanted, error)
        return see_other(f"{PATH}#kept")

    async def act(self, visit: Visit) -> web.StreamResponse:
        """Up, down, into the archive or out of it."""
        field_id, by, act = visit.id, visit.known.id, await visit.field("act")
        acts: dict[str, Callable[[Connection], None]] = {
            "up": lambda c: customer_fields.move(c, field_id, up=True, by=by),
            "down": lambda c: customer_fields.move(c, field_id, up=False, by=by),
            "archive": lambda c: customer_fields.set_archived(c, field_id, archived=True, by=by),
            "restore": lambda c: customer_fields.set_archived(c, field_id, archived=False, by=by),
        }
        if act not in acts:
            raise web.HTTPNotFound
        await self._context.database.write(acts[act])
        return see_other(PATH)

    async def _topics(self, visit: Visit) -> list[str]:
        return [one for one in await visit.fields("topic") if one in self._titles(visit)]

    def _titles(self, visit: Visit) -> dict[str, str]:
        return dict(self._context.topics.titles(visit.texts.language))

    async def _list(
        self, visit: Visit, typed: Field, refused: Rejected | None = None
    ) -> web.Response:
        known = await self._context.database.read(
            lambda c: customer_fields.listed(c, archived=True)
        )
        return self._page(
            visit,
            "office/fields.html",
            typed,
            refused,
            fields=[one for one in known if not one.archived],
            archived=[one for one in known if one.archived],
        )

    async def _one(
        self, visit: Visit, typed: Field, refused: Rejected | None = None
    ) -> web.Response:
        field_id = visit.id
        stored = await self._context.database.read(lambda c: customer_fields.find(c, field_id))
        return self._page(visit, "office/field.html", typed, refused, stored=stored)

    def _page(
        self, visit: Visit, template: str, typed: Field, refused: Rejected | None, **values: object
    ) -> web.Response:
        place = FIELD_PLACES.get(refused.code, "") if refused else ""
        return self._pages.page(
            visit,
            template,
            status=refused.status if refused else HTTPStatus.OK,
            notice=_said(visit.texts, refused) if refused else "",
            wrong=place,
            typed=typed,
            rows=[*typed.choices, *[Choice("", {})] * _ROWS],
            topics=self._titles(visit),
            choosing=CHOOSING,
            **values,
        )


def _said(texts: Texts, refused: Rejected) -> str:
    match refused:
        case NotTakenIn():
            why = f"{refused.key}: {words.reason(texts, refused.why)}"
            return texts(NOT_TAKEN_IN, why=why)
        case Rejected(code="bad_fields_file"):
            return texts(NOT_TAKEN_IN, why=refused.detail)
    return words.reason(texts, refused)


async def _wanted(visit: Visit, topics: list[str], former: Field | None = None) -> Field:
    """What the form says, right or wrong."""
    titles = {lang: (await visit.field(f"title.{lang}"))[:_LONGEST] for lang in LANGUAGES}
    kind, key = await visit.field("kind"), (await visit.field("key")).strip()[:_LONGEST]
    kinds = set(FieldKind)
    return Field(
        id=former.id if former else "",
        key=former.key if former else key or _name_of(titles, "_"),
        kind=former.kind if former else FieldKind(kind if kind in kinds else FieldKind.TEXT),
        titles=titles,
        whose=[one for one in Whose if await visit.field(f"whose.{one}")],
        choices=await _choices(visit),
        currency=(await visit.field("currency")).strip().upper()[:_LONGEST],
        required=bool(await visit.field("required")),
        topics=topics,
        seen_by=Who.SUPERVISOR if await visit.field("seen_by") == Who.SUPERVISOR else Who.AGENT,
        changed_by=(
            Who.SUPERVISOR if await visit.field("changed_by") == Who.SUPERVISOR else Who.AGENT
        ),
        searchable=bool(await visit.field("searchable")),
    )


async def _choices(visit: Visit) -> list[Choice]:
    """Row by row; an empty one is none."""
    found = []
    for row in range(min(number(await visit.field("rows")), customer_fields.MOST_CHOICES + _ROWS)):
        titles = {
            lang: " ".join((await visit.field(f"choice.{row}.{lang}"))[:_LONGEST].split())
            for lang in LANGUAGES
        }
        name = (await visit.field(f"choice.{row}.name"))[:_LONGEST]
        if name or any(titles.values()):
            archived = bool(await visit.field(f"choice.{row}.archived"))
            found.append(Choice(name or _name_of(titles, "-"), titles, archived=archived))
    return found


def _name_of(titles: dict[str, str], joint: str) -> str:
    """A name for machines, of the first title there is."""
    title = next((text for text in titles.values() if text.strip()), "")
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", joint, plain).strip(joint)[:50].strip(joint)
