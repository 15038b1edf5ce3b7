"""What was agreed with customers, for programs."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal

from pydantic import AwareDatetime, Field
from sqlalchemy import Connection

from hub import clock
from hub.api.cursors import page, parts_of
from hub.api.operation import Answer, Call, Operation, Paging, Shape
from hub.errors import Rejected
from hub.orders import terms_of
from hub.references import LONGEST_NUMBER
from hub.store import agreement_book
from hub.store.agents import Agent
from hub.store.agreement_book import Entered, Wanted


class Agreement(Shape):
    """`details`: what can be counted or looked up in it, such as `prices` (docs/orders.md)."""

    id: str
    customer_id: str
    number: str
    kind: str = Field(description="contract, sla, price or promise")
    title: str
    terms: str
    valid_from: datetime
    valid_until: datetime | None
    due_at: datetime | None = Field(description="of a promise")
    owner: str = Field(description="the role that keeps it")
    details: dict[str, Any]


class Agreements(Shape):
    items: list[Agreement]
    next_cursor: str


class AgreementSearch(Paging):
    customer_id: str = Field("", max_length=100, description="theirs, and their organisation's")
    number: str = Field("", max_length=LONGEST_NUMBER)
    in_force: bool = Field(default=False, description="only what holds now")


class NewAgreement(Shape):
    customer_id: str = Field(min_length=1, max_length=100)
    number: str = Field("", max_length=LONGEST_NUMBER)
    kind: Literal["contract", "sla", "price", "promise"]
    title: str = Field(min_length=1, max_length=500)
    terms: str = Field("", max_length=20_000)
    valid_from: AwareDatetime | None = Field(None, description="nothing: now")
    valid_until: AwareDatetime | None = None
    due_at: AwareDatetime | None = None
    owner: str = Field("", max_length=100)
    details: dict[str, Any] = Field(default_factory=dict, max_length=200)


class AgreementChange(Shape):
    """What is not named stays as it is; `null` is no end, or no time."""

    number: str | None = Field(None, max_length=LONGEST_NUMBER)
    title: str | None = Field(None, min_length=1, max_length=500)
    terms: str | None = Field(None, max_length=20_000)
    valid_from: AwareDatetime | None = None
    valid_until: AwareDatetime | None = None
    due_at: AwareDatetime | None = None
    owner: str | None = Field(None, max_length=100)
    details: dict[str, Any] | None = Field(None, max_length=200)

    def given(self) -> dict[str, Any]:
        values: dict[str, Any] = self.model_dump(exclude_unset=True)
        empty = {"number": "", "terms": "", "owner": "", "details": {}}
        must = ("title", "valid_from")
        return {
            name: empty.get(name) if value is None else value
            for name, value in values.items()
            if value is not None or name not in must
        }


def operations() -> Sequence[Operation[Agent]]:
    return [
        Operation(
            "GET", "/agreements", "listAgreements", "agreements", "List agreements",
            "agreements:read", Agreements, asks=AgreementSearch, read=_list,
        ),
        Operation(
            "POST", "/agreements", "addAgreement", "agreements", "Enter an agreement",
            "agreements:write", Agreement, takes=NewAgreement, write=_add,
            status=HTTPStatus.CREATED,
        ),
        Operation(
            "GET", "/agreements/{id}", "readAgreement", "agreements", "Read one agreement",
            "agreements:read", Agreement, read=_one,
        ),
        Operation(
            "PATCH", "/agreements/{id}", "changeAgreement", "agreements",
            "Change one, or end it by valid_until", "agreements:write", Agreement,
            takes=AgreementChange, state=_locked, write=_change,
        ),
    ]  # fmt: skip


def _list(connection: Connection, call: Call[Agent]) -> Agreements:
    asked: AgreementSearch = call.query
    parts = parts_of(asked.cursor, 1)
    wanted = Wanted(asked.customer_id, asked.number, clock.now() if asked.in_force else None)
    after = parts[0] if parts else ""
    found = agreement_book.listed(connection, wanted, after=after, limit=asked.limit + 1)
    some, following = page(found, asked.limit, lambda one: one.id)
    return Agreements(items=[_shown(one) for one in some], next_cursor=following)


def _one(connection: Connection, call: Call[Agent]) -> Agreement:
    found = agreement_book.find(connection, call.id)
    if found is None:
        raise Rejected("no_agreement", "There is no such agreement.", status=404)
    return _shown(found)


def _locked(connection: Connection, call: Call[Agent]) -> Agreement:
    found = agreement_book.find(connection, call.id, lock=True)
    if found is None:
        raise Rejected("no_agreement", "There is no such agreement.", status=404)
    return _shown(found)


def _change(connection: Connection, call: Call[Agent]) -> Answer:
    values = call.body.given()
    former = _one(connection, call)
    begin = values.get("valid_from", former.valid_from)
    end = values.get("valid_until", former.valid_until)
    if end is not None and end <= begin:
        raise Rejected("ends_early", "valid_until must be after valid_from.", status=422)
    if "details" in values:
        terms_of(values["details"])
    agreement_book.change(connection, call.id, values, by=call.caller.id)
    return Answer(_one(connection, call))


def _add(connection: Connection, call: Call[Agent]) -> Answer:
    body: NewAgreement = call.body
    begin = body.valid_from or clock.now()
    if body.valid_until is not None and body.valid_until <= begin:
        raise Rejected("ends_early", "valid_until must be after valid_from.", status=422)
    terms_of(body.details)
    values = body.model_dump() | {"valid_from": begin}
    agreement_id = agreement_book.add(connection, values, by=call.caller.id)
    found = agreement_book.find(connection, agreement_id)
    assert found is not None  # noqa: S101 (it was added in this transaction)
    return Answer(_shown(found), location=f"/agreements/{agreement_id}")


def _shown(one: Entered) -> Agreement:
    return Agreement(**vars(one))
