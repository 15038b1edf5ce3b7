"""Colleagues and invoices of an organisation, for its own programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Literal

from pydantic import Field
from sqlalchemy import Connection

from connectors.portal.colleagues import Colleagues
from connectors.portal.member import Member
from hub.api.operation import Answer, Call, Operation, Shape, picked
from hub.store import invoices, portal_rights
from hub.store.portal_rights import Colleague, Right
from hub.texts import Texts

MOST_INVOICES = 500


class ColleagueOut(Shape):
    """`rights`: what they may do for the organisation beside seeing what it ordered and agreed."""

    id: str
    name: str
    addresses: list[str]
    rights: list[Right]


class ColleaguesOut(Shape):
    """By name."""

    items: list[ColleagueOut]


class RightsIn(Shape):
    """All rights that they have from now on."""

    rights: set[Right] = Field(max_length=len(Right))


class NewColleague(RightsIn):
    """They join when they sign in with this address. Whether we knew it is not told."""

    address: str = Field(min_length=3, max_length=254)
    name: str = Field("", max_length=100)
    language: Literal["en", "nl"] = "en"


class Invited(Shape):
    id: str
    address: str
    name: str
    rights: list[Right]
    expires_at: datetime


class InvoiceOut(Shape):
    """`amount` in the smallest unit of the currency; below zero it is a credit note."""

    id: str
    number: str
    order_id: str | None
    currency: str
    amount: int
    issued_on: date | None
    due_on: date | None
    paid_on: date | None


class InvoicesOut(Shape):
    """Those still open, the longest due first, and then the last paid; at most 500. Those of the
    organisation with the right for it."""

    items: list[InvoiceOut]


def operations(colleagues: Colleagues, texts: Mapping[str, Texts]) -> Sequence[Operation[Member]]:
    acts, tag, one = _Acts(colleagues, texts), "colleagues", "/colleagues/{id}"
    return [
        Operation(
            "GET", "/invoices", "listInvoices", "invoices", "Your invoices", "invoices:read",
            InvoicesOut, read=_invoices,
        ),
        Operation(
            "GET", "/colleagues", "listColleagues", tag, "Who acts for your organisation",
            "colleagues:read", ColleaguesOut, read=_list,
        ),
        Operation(
            "POST", "/colleagues", "inviteColleague", tag, "Invite somebody by mail",
            "colleagues:write", Invited, takes=NewColleague, deed=acts.invite,
            status=HTTPStatus.CREATED,
        ),
        Operation(
            "PATCH", one, "changeColleague", tag, "Say what somebody may do", "colleagues:write",
            ColleagueOut, takes=RightsIn, state=_one, write=_change,
        ),
        Operation(
            "DELETE", one, "removeColleague", tag, "Somebody does not work there any more",
            "colleagues:write", None, write=_remove,
        ),
    ]  # fmt: skip


@dataclass(frozen=True)
class _Acts:
    colleagues: Colleagues
    texts: Mapping[str, Texts]

    async def invite(self, call: Call[Member]) -> Answer:
        body: NewColleague = call.body
        made = await self.colleagues.send(
            call.caller,
            body.address,
            name=body.name,
            rights=body.rights,
            texts=self.texts[body.language],
        )
        return Answer(Invited(**picked(Invited, made) | {"rights": sorted(made.rights)}))


def _invoices(connection: Connection, call: Call[Member]) -> InvoicesOut:
    found = invoices.of_customers(connection, call.caller.payers, limit=MOST_INVOICES)
    return InvoicesOut(items=[InvoiceOut(**picked(InvoiceOut, one)) for one in found])


def _list(connection: Connection, call: Call[Member]) -> ColleaguesOut:
    organisation_id = call.caller.must(Right.MANAGE)
    found = portal_rights.colleagues(connection, organisation_id)
    return ColleaguesOut(items=[_shown(one) for one in found])


def _one(connection: Connection, call: Call[Member]) -> ColleagueOut:
    organisation_id = call.caller.must(Right.MANAGE)
    return _shown(portal_rights.colleague(connection, organisation_id, call.id))


def _change(connection: Connection, call: Call[Member]) -> Answer:
    body: RightsIn = call.body
    organisation_id, by = call.caller.must(Right.MANAGE), call.caller.customer.id
    portal_rights.give(connection, organisation_id, call.id, body.rights, by=by)
    return Answer(_one(connection, call))


def _remove(connection: Connection, call: Call[Member]) -> Answer:
    organisation_id, by = call.caller.must(Right.MANAGE), call.caller.customer.id
    portal_rights.part(connection, organisation_id, call.id, by=by)
    return Answer(None)


def _shown(one: Colleague) -> ColleagueOut:
    return ColleagueOut(
        id=one.id, name=one.name, addresses=list(one.addresses), rights=sorted(one.rights)
    )
