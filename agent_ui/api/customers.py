"""Customers, organisations and their contact points, for programs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from sqlalchemy import Connection

from agent_ui.api.customer_fields import hidden_from, refuse_not_theirs, without
from hub.api.cursors import page, parts_of
from hub.api.operation import Answer, Call, Operation, Paging, Shape, picked
from hub.errors import Rejected
from hub.imports import fields
from hub.imports.fields import Reading
from hub.imports.refusal import Refused
from hub.interaction import Party, PointKind
from hub.references import LONGEST_NUMBER, normal
from hub.store import customer_book, customers, portal_rights
from hub.store.agents import Agent
from hub.store.customer_book import ORGANISATION, PERSON, Card, Wanted
from hub.store.portal_rights import Right

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Name = Annotated[str, Field(min_length=1, max_length=100)]
Attributes = Annotated[
    dict[Name, Annotated[str, Field(max_length=2000)]],
    Field(
        max_length=50,
        description="what else is known, such as address or city, and values of fields "
        "(see /customer-fields), which are read by their kind; empty: gone",
    ),
]
Language = Annotated[str, Field(pattern="^([a-z]{2})?$", description="as nl; empty: not known")]


class ContactPointIn(Shape):
    """An address of a customer. It counts as a claim until they prove it is theirs."""

    kind: Literal["email", "phone", "domain"]
    value: str = Field(min_length=1, max_length=512, description="phone: with country, or Dutch")

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        self.party()
        return self

    def party(self) -> Party:
        """In the form in which addresses are compared."""
        try:
            match self.kind:
                case "email":
                    value = fields.mail(self.value, "value")
                case "phone":
                    value = fields.phone(self.value, "value", Reading())
                case _:
                    value = fields.domain(self.value, "value")
        except Refused as error:
            raise ValueError(f"{self.value!r} is no {self.kind} address") from error
        return Party(kind=PointKind(self.kind), value=value)


class ContactPoint(Shape):
    id: str
    kind: str
    value: str
    verified: bool


class Customer(Shape):
    """`number`: as the organisation counts its customers; empty: none."""

    id: str
    kind: str = Field(description="person, organisation, visitor or shared (an address of several)")
    name: str
    number: str
    organisation_id: str | None
    target_group: str = Field(
        description="for the interaction model; empty: that of who they work for"
    )
    language: str
    attributes: dict[str, str]
    contact_points: list[ContactPoint]
    created_at: datetime
    merged_into: str | None = Field(description="who they turned out to be; null: nobody else")


class Customers(Shape):
    items: list[Customer]
    next_cursor: str = Field(description="where the list goes on; empty: it ends here")


class _Values(Shape):
    name: Text | None = Field(None, min_length=1)
    number: str | None = Field(None, max_length=LONGEST_NUMBER)
    target_group: str | None = Field(None, max_length=100)
    language: Language | None = None
    attributes: Attributes | None = None

    def given(self) -> dict[str, Any]:
        """The columns that were named, and their values."""
        values: dict[str, Any] = self.model_dump(exclude_unset=True, exclude={"contact_points"})
        if "number" in values:
            values["number"] = normal(values["number"] or "") or None
        empty = {"name": "", "target_group": "", "language": "", "attributes": {}}
        return {
            name: empty[name] if value is None and name in empty else value
            for name, value in values.items()
        }


class CustomerChange(_Values):
    """What is not named stays as it is."""

    organisation_id: str | None = None


class OrganisationChange(_Values):
    """What is not named stays as it is."""


class NewCustomer(CustomerChange):
    name: Text = Field(min_length=1)
    contact_points: list[ContactPointIn] = Field(default_factory=list, max_length=20)


class NewOrganisation(OrganisationChange):
    name: Text = Field(min_length=1)
    contact_points: list[ContactPointIn] = Field(default_factory=list, max_length=20)


class PortalRightsIn(Shape):
    """All rights that they have from now on."""

    rights: set[Right] = Field(max_length=len(Right))


class PortalRights(Shape):
    """What a contact may do for their organisation in the portal, beside seeing what it ordered and
    agreed."""

    organisation_id: str
    rights: list[Right]


class Search(Paging):
    q: str = Field(
        "", max_length=200, description="a part of the name, or a whole number or address"
    )


class CustomerSearch(Search):
    kind: Literal["", "person", "organisation", "visitor", "shared"] = ""
    organisation_id: str = Field("", max_length=100, description="who they work for")


_RIGHTS = "/customers/{id}/portal-rights"


def operations() -> Sequence[Operation[Agent]]:
    return [
        Operation(
            "GET", "/customers", "listCustomers", "customers", "Search customers", "customers:read",
            Customers, asks=CustomerSearch, read=_search,
        ),
        Operation(
            "POST", "/customers", "addCustomer", "customers", "Enter a person", "customers:write",
            Customer, takes=NewCustomer, write=_adds(PERSON), status=HTTPStatus.CREATED,
        ),
        *_of_one("customers", "Customer", CustomerChange, kind=""),
        Operation(
            "GET", "/organisations", "listOrganisations", "organisations", "Search organisations",
            "customers:read", Customers, asks=Search, read=_search_organisations,
        ),
        Operation(
            "POST", "/organisations", "addOrganisation", "organisations", "Enter an organisation",
            "customers:write", Customer, takes=NewOrganisation, write=_adds(ORGANISATION),
            status=HTTPStatus.CREATED,
        ),
        *_of_one("organisations", "Organisation", OrganisationChange, kind=ORGANISATION),
        Operation(
            "GET", "/organisations/{id}/people", "listPeople", "organisations",
            "Who works for it", "customers:read", Customers, asks=Paging, read=_people,
        ),
        Operation(
            "GET", _RIGHTS, "readPortalRights", "customers", "What a contact may do in the portal",
            "customers:read", PortalRights, read=_rights,
        ),
        Operation(
            "PATCH", _RIGHTS, "changePortalRights", "customers",
            "Say what a contact may do in the portal", "customers:write", PortalRights,
            takes=PortalRightsIn, state=_rights, write=_give_rights,
        ),
    ]  # fmt: skip


def _of_one(tag: str, noun: str, takes: type[Shape], *, kind: str) -> Sequence[Operation[Agent]]:
    """What is done with one customer; `kind`: what they must be, "" for anything."""
    one, points = f"/{tag}/{{id}}", f"/{tag}/{{id}}/contact-points"

    def read(connection: Connection, call: Call[Agent]) -> Customer:
        return _shown(connection, call, _card(connection, call.id, kind=kind))

    def locked(connection: Connection, call: Call[Agent]) -> Customer:
        return _shown(connection, call, _card(connection, call.id, kind=kind, lock=True))

    def change(connection: Connection, call: Call[Agent]) -> Answer:
        refuse_not_theirs(connection, call.caller, call.body.attributes or ())
        customer_book.change(connection, call.id, call.body.given(), by=call.caller.id)
        return Answer(read(connection, call))

    def add_point(connection: Connection, call: Call[Agent]) -> Answer:
        locked(connection, call)
        customer_book.add_point(connection, call.id, call.body.party(), by=call.caller.id)
        return Answer(read(connection, call))

    def remove_point(connection: Connection, call: Call[Agent]) -> Answer:
        locked(connection, call)
        point = call.path["point"]
        customer_book.remove_point(connection, call.id, point, by=call.caller.id)
        return Answer(read(connection, call))

    plain = noun.lower()
    return [
        Operation(
            "GET", one, f"read{noun}", tag, f"Read one {plain}", "customers:read", Customer,
            read=read,
        ),
        Operation(
            "PATCH", one, f"change{noun}", tag, f"Change one {plain}", "customers:write",
            Customer, takes=takes, state=locked, write=change,
        ),
        Operation(
            "POST", points, f"add{noun}ContactPoint", tag, "Add a contact point",
            "customers:write", Customer, takes=ContactPointIn, write=add_point,
        ),
        Operation(
            "DELETE", points + "/{point}", f"remove{noun}ContactPoint", tag,
            "Remove a contact point", "customers:write", Customer, write=remove_point,
        ),
    ]  # fmt: skip


def _search(connection: Connection, call: Call[Agent]) -> Customers:
    asked: CustomerSearch = call.query
    return _listed(connection, call, Wanted(asked.q, asked.kind, asked.organisation_id))


def _search_organisations(connection: Connection, call: Call[Agent]) -> Customers:
    return _listed(connection, call, Wanted(call.query.q, ORGANISATION))


def _people(connection: Connection, call: Call[Agent]) -> Customers:
    _card(connection, call.id, kind=ORGANISATION)
    return _listed(connection, call, Wanted(organisation_id=call.id))


def _rights(connection: Connection, call: Call[Agent]) -> PortalRights:
    _card(connection, call.id)
    who = customers.customer(connection, call.id)
    organisation_id = portal_rights.organisation_of(who)
    if organisation_id is None:
        detail = "This customer acts for no organisation."
        raise Rejected("no_organisation", detail, status=HTTPStatus.NOT_FOUND)
    held = portal_rights.held(connection, who)
    return PortalRights(organisation_id=organisation_id, rights=sorted(held))


def _give_rights(connection: Connection, call: Call[Agent]) -> Answer:
    organisation_id, by = _rights(connection, call).organisation_id, call.caller.id
    rights: set[Right] = call.body.rights
    portal_rights.give(connection, organisation_id, call.id, rights, by=by, manager=False)
    return Answer(_rights(connection, call))


def _listed(connection: Connection, call: Call[Agent], wanted: Wanted) -> Customers:
    asked: Paging = call.query
    parts = parts_of(asked.cursor, 1)
    after = parts[0] if parts else ""
    found = customer_book.listed(connection, wanted, after=after, limit=asked.limit + 1)
    cards, following = page(found, asked.limit, lambda card: card.id)
    hidden = hidden_from(connection, call.caller)
    return Customers(items=[_seen(card, hidden) for card in cards], next_cursor=following)


def _adds(kind: str) -> Any:
    def work(connection: Connection, call: Call[Agent]) -> Answer:
        body: NewCustomer | NewOrganisation = call.body
        refuse_not_theirs(connection, call.caller, body.attributes or ())
        values = {"target_group": "", "language": "", "attributes": {}} | body.given()
        points = [point.party() for point in body.contact_points]
        customer_id = customer_book.add(
            connection, values | {"kind": kind}, points, by=call.caller.id
        )
        shown = _shown(connection, call, _card(connection, customer_id))
        below = "organisations" if kind == ORGANISATION else "customers"
        return Answer(shown, location=f"/{below}/{customer_id}")

    return work


def _card(connection: Connection, customer_id: str, *, kind: str = "", lock: bool = False) -> Card:
    found = customer_book.find(connection, customer_id, lock=lock)
    if found is None or (kind and found.kind != kind):
        raise Rejected("no_customer", "There is no such customer.", status=HTTPStatus.NOT_FOUND)
    return found


def _shown(connection: Connection, call: Call[Agent], card: Card) -> Customer:
    return _seen(card, hidden_from(connection, call.caller))


def _seen(card: Card, hidden: frozenset[str]) -> Customer:
    points = [ContactPoint(**picked(ContactPoint, point)) for point in card.points]
    seen = replace(card, attributes=without(card.attributes, hidden))
    return Customer(**picked(Customer, seen, "contact_points"), contact_points=points)
