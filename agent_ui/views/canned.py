"""Canned replies: administrators write them, agents get them filled in."""

import re
from http import HTTPStatus

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.context import ConsoleContext
from agent_ui.drafting import LONGEST_TEXT
from agent_ui.filling_in import ready
from agent_ui.office import seen
from agent_ui.pages import Pages
from agent_ui.places import PLACES, UNNAMED, unknown_in
from agent_ui.texts import LANGUAGES, N_
from agent_ui.views.conversation import ConversationViews
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Visit
from agent_ui.words import reason
from hub.errors import Rejected
from hub.store import canned, customer_fields
from hub.store.canned import Canned
from hub.texts import Said

PAGE = "/console/replies"
_UNKNOWN = N_(
    "There is no {unknown}: customers would read it as it stands. What there is: {there}."
)
_SHORTCUT = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_LONGEST_TITLE, _LONGEST_TOPIC = 200, 200


class CannedViews:
    def __init__(
        self, context: ConsoleContext, pages: Pages, conversations: ConversationViews
    ) -> None:
        self._context = context
        self._pages = pages
        self._conversations = conversations

    async def page(self, visit: Visit) -> web.StreamResponse:
        return await self._show(visit)

    async def save(self, visit: Visit) -> web.StreamResponse:
        given = await _given(visit)
        try:
            _check(given)
            await self._keep(visit, given)
        except Rejected as error:
            return await self._show(visit, given, reason(visit.texts, error), error.status)
        return see_other(f"{PAGE}#kept")

    async def _keep(self, visit: Visit, given: Canned) -> None:
        shown = await visit.field(seen.FIELD)

        def keep(connection: Connection) -> None:
            _refuse_unknown(connection, given)
            now = canned.held(connection, given.id)
            if now is not None:
                seen.check(shown, now)
            canned.save(connection, given, visit.known)

        await self._context.database.write(keep)

    async def remove(self, visit: Visit) -> web.StreamResponse:
        canned_id = visit.id
        await self._context.database.write(lambda c: canned.remove(c, canned_id, visit.known))
        return see_other(PAGE)

    async def for_conversation(self, visit: Visit) -> web.StreamResponse:
        """All of them as they would go into an answer here, for a script."""
        screen = await self._conversations.read(visit, visit.id)
        replies = await self._context.database.read(canned.all_of)
        filled = ready(replies, screen, self._context.hub.organisation)
        return self._pages.page(visit, "parts/canned.html", replies=filled)

    async def _show(
        self,
        visit: Visit,
        given: Canned | None = None,
        problem: str = "",
        status: int = HTTPStatus.OK,
    ) -> web.StreamResponse:
        replies = await self._context.database.read(canned.all_of)
        fields = await self._context.database.read(customer_fields.listed)
        return self._pages.page(
            visit,
            "canned.html",
            status=status,
            replies=replies,
            given=given,
            problem=problem,
            places=[*PLACES, *(one.key for one in fields)],
            unnamed=UNNAMED[visit.texts.language],
            topics=self._context.topics.titles(visit.texts.language),
        )


async def _given(visit: Visit) -> Canned:
    texts = {
        language: (await visit.field(f"text.{language}"))[:LONGEST_TEXT].replace("\r\n", "\n")
        for language in LANGUAGES
    }
    return Canned(
        id=(await visit.field("id"))[:36],
        shortcut=(await visit.field("shortcut")).strip().lower().removeprefix("/"),
        topic=(await visit.field("topic")).strip()[:_LONGEST_TOPIC],
        title=(await visit.field("title")).strip()[:_LONGEST_TITLE],
        texts={language: text.strip() for language, text in texts.items() if text.strip()},
    )


def _check(given: Canned) -> None:
    if not _SHORTCUT.fullmatch(given.shortcut):
        raise Rejected("bad_shortcut", "A shortcut has letters, digits and dashes only.")
    if not given.texts:
        raise Rejected("empty_reply", "Write something first.")


def _refuse_unknown(connection: Connection, given: Canned) -> None:
    """A field that was archived does no harm in an old one."""
    known = [*PLACES, *customer_fields.by_key(connection)]
    if unknown := unknown_in(given.texts.values(), known):
        there = ", ".join(f"{{{name}}}" for name in known)
        raise Rejected("unknown_name", Said(_UNKNOWN, unknown=", ".join(unknown), there=there))
