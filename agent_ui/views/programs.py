"""The page on which administrators let programs in, and say who is told of what happens."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any, TypeVar

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.api.scopes import SCOPES
from agent_ui.context import ConsoleContext
from agent_ui.office.typed import Typed
from agent_ui.pages import Pages
from agent_ui.texts import N_
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Visit
from hub.errors import Rejected
from hub.http import form_of
from hub.store import admission, agents, api_tokens, partner_keys, webhooks
from hub.store.partner_keys import Kind
from hub.webhooks import TOPICS, Rules

T = TypeVar("T")

PATH = "/console/programs"
LIFETIMES = {"90": N_("90 days"), "365": N_("a year"), "": N_("until it is revoked")}
KINDS = {
    Kind.SECRET.value: N_("a secret with which it signs"),
    Kind.API_KEY.value: N_("a key that it sends along"),
}
_SHOWN = 50


@dataclass(frozen=True)
class _Said:
    """What came of the last step: a secret, which is shown once, or why not."""

    token: str = ""
    secret: str = ""
    notice: str = ""
    status: int = HTTPStatus.OK
    typed: Typed = field(default_factory=Typed)


class ProgramViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def page(self, visit: Visit) -> web.StreamResponse:
        return await self._show(visit, _Said())

    async def make_token(self, visit: Visit) -> web.StreamResponse:
        ticked = (await form_of(visit.request)).getall("scope", [])
        login, name = await visit.field("agent"), await visit.field("name")
        days, by = await visit.field("days"), visit.known.id

        def work(connection: Connection) -> str:
            found = agents.find_by_login(connection, login)
            if found is None or days not in LIFETIMES:
                raise Rejected("no_agent", "Choose from the list.", status=422)
            return api_tokens.make(
                connection,
                name=name,
                scopes=[one for one in SCOPES if one in ticked],
                by=by,
                agent_id=found[0].id,
                lifetime=timedelta(days=int(days)) if days else None,
            )[1]

        try:
            secret = await self._context.database.write(work)
        except Rejected as error:
            return await self._refuse(visit, error)
        return await self._show(visit, _Said(token=secret))

    async def revoke_token(self, visit: Visit) -> web.StreamResponse:
        token_id, by = visit.id, visit.known.id
        return await self._do(visit, lambda c: api_tokens.revoke(c, token_id, by=by))

    async def add_webhook(self, visit: Visit) -> web.StreamResponse:
        ticked = (await form_of(visit.request)).getall("topic", [])
        url, what = (await visit.field("url")).strip(), await visit.field("description")
        by = visit.known.id
        try:
            rules = self._rules()
            _, secret = await self._context.database.write(
                lambda c: webhooks.add(
                    c,
                    url=url,
                    topics=[one for one in TOPICS if one in ticked],
                    description=what,
                    rules=rules,
                    by=by,
                )
            )
        except Rejected as error:
            return await self._refuse(visit, error)
        return await self._show(visit, _Said(secret=secret))

    async def change_webhook(self, visit: Visit) -> web.StreamResponse:
        """Pause it, let it go on, end it, or give it another secret."""
        webhook_id, by, what = visit.id, visit.known.id, await visit.field("do")
        if what == "rotate":
            return await self._secret(visit, lambda c: webhooks.rotate(c, webhook_id, by=by))
        if what == "remove":
            return await self._do(visit, lambda c: webhooks.remove(c, webhook_id, by=by))
        state = webhooks.PAUSED if what == "pause" else webhooks.ACTIVE

        def change(connection: Connection) -> None:
            rules = self._rules()
            webhooks.change(connection, webhook_id, {"state": state}, rules=rules, by=by)

        return await self._do(visit, change)

    async def make_key(self, visit: Visit) -> web.StreamResponse:
        """For a partner that the settings name."""
        partner, kind = await visit.field("partner"), await visit.field("kind")
        by, known = visit.known.id, self._context.partners

        def work(connection: Connection) -> str:
            if partner not in known or kind not in KINDS:
                raise Rejected("no_partner", "Choose from the list.", status=422)
            return partner_keys.make(connection, partner, Kind(kind), by=by)

        return await self._secret(visit, work)

    async def change_key(self, visit: Visit) -> web.StreamResponse:
        """Replace it, or end it at once."""
        key_id, by = visit.id, visit.known.id
        if await visit.field("do") == "rotate":
            return await self._secret(visit, lambda c: partner_keys.rotate(c, key_id, by=by))
        return await self._do(visit, lambda c: partner_keys.revoke(c, key_id, by=by))

    async def log(self, visit: Visit) -> web.StreamResponse:
        webhook_id = visit.id

        def read(connection: Connection) -> Any:
            hook = webhooks.find(connection, webhook_id)
            return hook, webhooks.log_of(connection, webhook_id, limit=_SHOWN)

        hook, sent = await self._context.database.read(read)
        return self._pages.page(visit, "webhook.html", hook=hook, sent=sent, states=words.TOLD)

    async def redeliver(self, visit: Visit) -> web.StreamResponse:
        webhook_id, by = visit.id, visit.known.id
        delivery = visit.request.match_info["delivery"]
        await self._context.database.write(
            lambda c: webhooks.redeliver(c, webhook_id, delivery, by=by)
        )
        return see_other(f"{PATH}/webhooks/{webhook_id}")

    async def _secret(self, visit: Visit, work: Callable[[Connection], str]) -> web.StreamResponse:
        """Show what was made, once."""
        try:
            secret = await self._context.database.write(work)
        except Rejected as error:
            return await self._refuse(visit, error)
        return await self._show(visit, _Said(secret=secret))

    async def _do(self, visit: Visit, work: Callable[[Connection], None]) -> web.StreamResponse:
        try:
            await self._context.database.write(work)
        except Rejected as error:
            return await self._refuse(visit, error)
        return see_other(PATH)

    async def _refuse(self, visit: Visit, error: Rejected) -> web.StreamResponse:
        notice = words.reason(visit.texts, error)
        typed = await Typed.refused(visit, error)
        return await self._show(visit, _Said(notice=notice, status=error.status, typed=typed))

    def _rules(self) -> Rules:
        if self._context.webhooks is None:
            detail = "Nobody is told of events here: add [connectors.webhooks] to the settings."
            raise Rejected("webhooks_off", detail, status=HTTPStatus.CONFLICT)
        return self._context.webhooks

    async def _show(self, visit: Visit, said: _Said) -> web.Response:
        def read(connection: Connection) -> dict[str, Any]:
            people = [one for one in admission.listed(connection) if not one.blocked]
            return {
                "people": people,
                "tokens": api_tokens.of_agents(connection),
                "hooks": webhooks.listed(connection),
                "keys": partner_keys.listed(connection),
            }

        found = await self._context.database.read(read)
        return self._pages.page(
            visit,
            "programs.html",
            status=said.status,
            said=said,
            scopes=SCOPES,
            lifetimes=LIFETIMES,
            topics=TOPICS,
            partners=self._context.partners,
            kinds=KINDS,
            states=words.WEBHOOKS,
            has_webhooks=self._context.webhooks is not None,
            **found,
        )
