"""An agent's own account: the signature under their mails, their password, and the second step when
they sign in."""

import asyncio
from http import HTTPStatus

from aiohttp import web
from sqlalchemy import Connection

from agent_ui import words
from agent_ui.context import ConsoleContext
from agent_ui.office.welcome import check_password
from agent_ui.pages import Pages
from agent_ui.qr import qr_code
from agent_ui.sessions import Halfway, Sessions, must_have_factor
from agent_ui.views.sign_in import see_other, sign_in_again
from agent_ui.visit import Visit
from hub import clock, one_time
from hub.errors import Rejected
from hub.store import admission, agents, identities, own_choices, second_factors
from hub.store.second_factors import Factor

PATH = "/console/account"
_LONGEST_CODE = 40
_LONGEST_SIGNATURE = 2_000


class AccountViews:
    def __init__(self, context: ConsoleContext, pages: Pages, sessions: Sessions) -> None:
        self._context = context
        self._pages = pages
        self._oidc = context.settings.oidc
        self._sessions = sessions

    async def page(self, visit: Visit) -> web.StreamResponse:
        return await self._show(visit)

    async def moved(self, _visit: Visit) -> web.StreamResponse:
        """Where the signature was, in what people bookmarked."""
        return see_other(PATH)

    async def set_signature(self, visit: Visit) -> web.StreamResponse:
        text = (await visit.field("signature"))[:_LONGEST_SIGNATURE].replace("\r\n", "\n").strip()
        await self._context.database.write(
            lambda c: own_choices.choose(c, visit.known.id, own_choices.SIGNATURE, text)
        )
        return see_other(f"{PATH}?kept")

    async def begin(self, visit: Visit) -> web.StreamResponse:
        """Show what to put in the app."""
        await self._context.database.write(lambda c: second_factors.begin(c, visit.known.id))
        return see_other(f"{PATH}#second-step")

    async def confirm(self, visit: Visit) -> web.StreamResponse:
        """The agent shows that their app works: the second step is asked for from now on."""
        factor, _ = await self._read(visit)
        given = (await visit.field("code"))[:_LONGEST_CODE]
        step = factor and one_time.fits(
            self._sessions.secret(factor), given, clock.now(), after=factor.last_step
        )
        codes = None
        if step:
            codes = await self._context.database.write(
                lambda c: second_factors.confirm(c, visit.known.id, step)
            )
        if codes is None:
            return await self._show(visit, Rejected("wrong_code", "Wrong code.", status=422))
        return self._pages.page(visit, "office/spare_codes.html", codes=codes, after=PATH)

    async def remove(self, visit: Visit) -> web.StreamResponse:
        """No second step any more; a code shows that it is them."""
        factor, required = await self._read(visit)
        given = (await visit.field("code"))[:_LONGEST_CODE]
        if required:
            return await self._show(visit, Rejected("factor_required", "Required.", status=409))
        step = factor and one_time.fits(
            self._sessions.secret(factor), given, clock.now(), after=factor.last_step
        )
        if not step:
            return await self._show(visit, Rejected("wrong_code", "Wrong code.", status=422))
        await self._context.database.write(
            lambda c: second_factors.remove(c, visit.known.id, changed_by=visit.known.id)
        )
        return sign_in_again("factor", visit.known.login)

    async def set_password(self, visit: Visit) -> web.StreamResponse:
        """Another password; all sessions end, this one too."""
        current, new = await visit.field("current"), await visit.field("password")
        again = await visit.field("again")
        try:
            check_password(new, again)
            await self._must_fit(visit, current)
        except Rejected as error:
            return await self._show(visit, error)
        hashed = await asyncio.to_thread(agents.hash_password, new)
        await self._context.database.write(
            lambda c: admission.set_password(c, visit.known.id, hashed, changed_by=visit.known.id)
        )
        return sign_in_again("password", visit.known.login)

    async def _must_fit(self, visit: Visit, password: str) -> None:
        login = visit.known.login
        found = await self._context.database.read(lambda c: agents.find_by_login(c, login))
        known = found[1] if found else agents.hash_of_nobody()
        if not await asyncio.to_thread(agents.password_fits, known, password):
            raise Rejected("wrong_password", "The present password is wrong.", status=422)

    async def _read(self, visit: Visit) -> tuple[Factor | None, bool]:
        def read(connection: Connection) -> tuple[Factor | None, bool]:
            factor = second_factors.find(connection, visit.known.id)
            return factor, must_have_factor(connection, visit.known)

        return await self._context.database.read(read)

    async def _show(self, visit: Visit, refused: Rejected | None = None) -> web.Response:
        factor, required = await self._read(visit)
        agent_id = visit.known.id
        signature = await self._context.database.read(
            lambda c: own_choices.get(c, agent_id, own_choices.SIGNATURE)
        )
        known_there = await self._context.database.read(lambda c: identities.of(c, agent_id))
        secret = self._sessions.secret(factor) if factor else b""
        who = Halfway(visit.known, factor, secret, clock.now()) if factor else None
        return self._pages.page(
            visit,
            "office/account.html",
            status=refused.status if refused else HTTPStatus.OK,
            notice=words.reason(visit.texts, refused) if refused else "",
            who=who,
            required=required,
            signature=signature or "",
            kept="kept" in visit.request.query,
            oidc_only=bool(self._oidc and self._oidc.only),
            provider=self._oidc.name if self._oidc and known_there.linked else "",
            one_time=one_time,
            qr_code=qr_code,
        )
