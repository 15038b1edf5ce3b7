"""The channels as they are set up, tried on request; and mailboxes, tried, added and removed."""

from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import quote

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.channel_desk import Mailbox, Tried
from agent_ui.context import ConsoleContext
from agent_ui.office import seen
from agent_ui.pages import Pages
from agent_ui.texts import LANGUAGES
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Visit
from hub import chat_look
from hub.chat_look import Look
from hub.connector import Finding
from hub.errors import Rejected

PATH = "/console/admin/channels"
_LONGEST = 300
_LONGEST_SECRET = 4000
_SECRETS = ("password", "client_secret", "refresh_token")
_FIELDS = tuple(Mailbox.__dataclass_fields__)


class ChannelViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def page(self, visit: Visit) -> web.StreamResponse:
        return await self._show(visit)

    async def check(self, visit: Visit) -> web.StreamResponse:
        """Try what is set up for one connector."""
        name = await visit.field("kind")
        if name not in {kind.name for kind in self._context.channels.kinds() if kind.on}:
            raise web.HTTPNotFound
        return await self._show(visit, findings={name: await self._context.channels.check(name)})

    async def try_mailbox(self, visit: Visit) -> web.StreamResponse:
        """Sign in to a mailbox, and add it when that is asked and all works. Secrets are not shown
        again."""
        given = {name: (await visit.field(name)).strip()[:_LONGEST] for name in _FIELDS}
        given |= {name: (await visit.field(name))[:_LONGEST_SECRET] for name in _SECRETS}
        desk, typed, shown = self._context.channels, Mailbox(**given), dict(given)
        shown |= dict.fromkeys(_SECRETS, "")
        if not await visit.field("add"):
            return await self._show(visit, tried=await desk.try_mailbox(typed), typed=shown)
        try:
            tried = await desk.add_mailbox(typed, by=visit.known.id)
        except Rejected as error:
            return await self._show(visit, typed=shown, refused=error)
        if all(one.ok for one in tried.findings):
            return see_other(f"{PATH}#kind-email")
        return await self._show(visit, tried=tried, typed=shown)

    async def remove_mailbox(self, visit: Visit) -> web.StreamResponse:
        address = (await visit.field("address"))[:_LONGEST]
        await self._context.channels.remove_mailbox(address, by=visit.known.id)
        return see_other(f"{PATH}#kind-email")

    async def set_look(self, visit: Visit) -> web.StreamResponse:
        """Of the chat on one website."""
        site = await visit.field("site")
        if site not in self._websites():
            raise web.HTTPNotFound
        words_of = {
            name: {code: await visit.field(f"{name}.{code}") for code in LANGUAGES}
            for name in ("title", "greeting")
        }
        accent = (await visit.field("accent")).strip().lower()
        look = Look(accent, titles=words_of["title"], greetings=words_of["greeting"])
        given = await visit.field(seen.FIELD)

        def keep(connection: Connection) -> None:
            seen.check(given, chat_look.looks(connection, lock=True).get(site))
            chat_look.keep(connection, site, look, by=visit.known.id)

        try:
            await self._context.database.write(keep)
        except Rejected as error:
            return await self._show(visit, refused=error, look=(site, look))
        return see_other(f"{PATH}#kept-{quote(site)}")

    def _websites(self) -> set[str]:
        kinds = self._context.channels.kinds()
        return {way.name for kind in kinds for way in kind.ways if way.embed}

    async def _show(
        self,
        visit: Visit,
        *,
        findings: dict[str, Sequence[Finding]] | None = None,
        tried: Tried | None = None,
        typed: dict[str, str] | None = None,
        refused: Rejected | None = None,
        look: tuple[str, Look] | None = None,
    ) -> web.Response:
        chosen = await self._context.database.read(chat_look.looks)
        kinds = self._context.channels.kinds()
        return self._pages.page(
            visit,
            "office/channels.html",
            status=refused.status if refused else HTTPStatus.OK,
            notice=words.reason(visit.texts, refused) if refused else "",
            added=await self._context.channels.added(),
            adding=bool(tried or typed),
            kinds=kinds,
            with_mail=any(kind.on for kind in kinds if kind.name == "email"),
            findings=findings or {},
            looks=chosen | dict([look] if look else []),
            chosen=chosen,
            usual=chat_look.USUAL,
            tried=tried,
            typed=typed or dict.fromkeys(_FIELDS, ""),
        )
