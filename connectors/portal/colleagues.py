"""Colleagues of an organisation: who manages it here sees them, invites them, and gives rights."""

from collections.abc import Callable, Collection
from http import HTTPStatus

import structlog
from aiohttp import web
from sqlalchemy import Connection
from yarl import URL

from connectors.portal.guard import see_other
from connectors.portal.mailing import Mailing
from connectors.portal.member import Member
from connectors.portal.pages import Pages
from connectors.portal.settings import PortalSettings
from connectors.portal.sign_in import looks_right
from connectors.portal.visit import Visit
from hub.connector import ConnectorContext
from hub.errors import LoketError, Rejected
from hub.store import portal_invitations, portal_rights
from hub.store.portal_invitations import Invitation
from hub.store.portal_rights import Right
from hub.texts import Texts

log = structlog.get_logger(__name__)

PAGE = "/portal/colleagues"
Work = Callable[[Connection], None]


class Colleagues:
    def __init__(self, settings: PortalSettings, context: ConnectorContext, pages: Pages) -> None:
        self._mailing = Mailing(settings, context)
        self._context = context
        self._database = context.database
        self._pages = pages

    async def page(self, visit: Visit) -> web.Response:
        return await self._show(visit)

    async def invite(self, visit: Visit) -> web.Response:
        address, name = (await visit.field("address")).strip(), await visit.field("name")
        rights = await _ticked(visit)
        try:
            await self.send(visit.member, address, name=name, rights=rights, texts=visit.texts)
        except Rejected as error:
            return await self._show(visit, problem=error, address=address, name=name)
        return await self._show(visit, invited=address)

    async def send(
        self, who: Member, address: str, *, name: str, rights: Collection[Right], texts: Texts
    ) -> Invitation:
        """Invite somebody and mail it to them; the same is said whether we know the address.
        Raises Rejected."""
        organisation_id = who.must(Right.MANAGE)
        if not looks_right(address):
            detail = "Write a mail address, like name@example.org."
            raise Rejected("address", detail, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        made = await self._database.write(
            lambda c: portal_invitations.invite(
                c, organisation_id, address, name=name, rights=rights, by=who.customer.id
            )
        )
        await self._mail(who, made, texts)
        return made

    async def change(self, visit: Visit) -> web.Response:
        """What a colleague may do from now on."""
        organisation_id, key = visit.member.must(Right.MANAGE), visit.request.match_info["id"]
        rights = await _ticked(visit)
        return await self._do(
            visit,
            lambda c: portal_rights.give(c, organisation_id, key, rights, by=visit.customer.id),
        )

    async def remove(self, visit: Visit) -> web.Response:
        """Somebody does not work there any more."""
        organisation_id, key = visit.member.must(Right.MANAGE), visit.request.match_info["id"]
        return await self._do(
            visit, lambda c: portal_rights.part(c, organisation_id, key, by=visit.customer.id)
        )

    async def withdraw(self, visit: Visit) -> web.Response:
        organisation_id, key = visit.member.must(Right.MANAGE), visit.request.match_info["id"]
        return await self._do(
            visit,
            lambda c: portal_invitations.withdraw(c, organisation_id, key, by=visit.customer.id),
        )

    async def answer(self, visit: Visit) -> web.Response:
        """Whoever was invited joins, or does not."""
        key, accept = visit.request.match_info["id"], await visit.field("answer") == "accept"
        await self._database.write(
            lambda c: portal_invitations.answer(c, visit.customer, key, accept=accept)
        )
        return see_other("/portal")

    async def _do(self, visit: Visit, work: Work) -> web.Response:
        try:
            await self._database.write(work)
        except Rejected as error:
            if error.status == HTTPStatus.NOT_FOUND:
                raise
            return await self._show(visit, problem=error)
        return see_other(PAGE)

    async def _show(
        self, visit: Visit, *, problem: Rejected | None = None, invited: str = "",
        address: str = "", name: str = "",
    ) -> web.Response:  # fmt: skip
        organisation_id = visit.member.must(Right.MANAGE)
        found = await self._database.read(lambda c: portal_rights.colleagues(c, organisation_id))
        waiting = await self._database.read(
            lambda c: portal_invitations.of_organisation(c, organisation_id)
        )
        return self._pages.page(
            visit,
            "colleagues.html",
            status=problem.status if problem else HTTPStatus.OK,
            colleagues=found,
            invitations=waiting,
            problem=problem.detail if problem else "",
            invited=invited,
            address=address,
            name=name,
        )

    async def _mail(self, who: Member, made: Invitation, texts: Texts) -> None:
        url = URL(self._context.hub.http.public_url) / "portal" / "sign-in"
        names = {
            "organisation": self._context.hub.organisation,
            "firm": made.organisation_name,
            "name": who.customer.name,
        }
        subject = texts("{firm} at {organisation}", **names)
        text = texts(
            "{name} invites you to see and do what {firm} has with {organisation}.\n\nSign in with "
            "this mail address, within two weeks:\n{url}\n\nDid you not expect this? Then you need "
            "not do anything.",
            url=url,
            **names,
        )
        try:
            await self._mailing.send(made.address, subject, text)
        except LoketError as error:
            log.error("portal.invitation_not_sent", reason=str(error))  # noqa: TRY400 (a known state)


async def _ticked(visit: Visit) -> frozenset[Right]:
    return frozenset([one for one in Right if await visit.field(f"right.{one}")])
