"""What the work asks to know, and what of it is known: from the customer, the order, the agreement
or the delivery, or entered by an agent. What is sure is filled in; what may be so is offered."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from agent_ui.guidance import Guidance, Information
from agent_ui.trade import Trade
from hub.custom_fields import Field, FieldRefused, Typed, read
from hub.deliveries import Delivery
from hub.invoices import Invoice
from hub.orders import Order
from hub.store.customers import Customer
from hub.store.found_out import Entered

T = TypeVar("T")


@dataclass(frozen=True)
class Known:
    """`of`: which order, agreement or parcel says so; empty for the customer."""

    value: str
    of: str = ""


@dataclass(frozen=True)
class Need:
    """`known`: filled in. `perhaps`: what it may be, for a person to say. `said`: what the customer
    answered when they were asked before the contact. `field`: the one that administrators added, if
    it is of the customer. `hidden`: only supervisors see what it is and enter it."""

    information: Information
    known: Known | None = None
    perhaps: tuple[Known, ...] = ()
    entered: Entered | None = None
    said: str = ""
    field: Field | None = None
    hidden: bool = False


def needs_of(
    guidance: Guidance,
    customer: Customer,
    trade: Trade,
    entered: Mapping[str, Entered],
    said: Mapping[str, str],
    *,
    fields: Mapping[str, Field],
    oversees: bool,
) -> list[Need]:
    """In the order of the model. `fields`: that administrators added, by key; `oversees`: they are
    for who sees all of these."""
    of_customer = fields_of_customer(guidance)
    found = []
    for one in guidance.required_information:
        of = fields.get(of_customer.get(one.name, ""))
        if of is not None and not of.may_see(oversees=oversees):
            found.append(Need(one, field=of, hidden=True))
            continue
        words = _as_value(of, said.get(one.name, ""))
        need = _need(one, customer, trade, entered.get(one.name))
        found.append(replace(need, said=words, field=of))
    return found


def _as_value(of: Field | None, said: str) -> str:
    """What a customer wrote as a value of the field, if it is one."""
    try:
        return read(of, said, Typed()) if of else said
    except FieldRefused:
        return said


def fields_of_customer(guidance: Guidance) -> dict[str, str]:
    """What is asked that says something about the customer, and which field of theirs it is."""
    return {
        one.name: _field(one) or one.name
        for one in guidance.required_information
        if one.source == "customer"
    }


def _need(
    information: Information, customer: Customer, trade: Trade, entered: Entered | None
) -> Need:
    found, sure = _found(information, customer, trade)
    different = tuple({one.value: one for one in reversed(found) if one.value}.values())[::-1]
    if sure and len(different) == 1 and entered is None:
        return Need(information, known=different[0])
    return Need(information, perhaps=different, entered=entered)


def _found(information: Information, customer: Customer, trade: Trade) -> tuple[list[Known], bool]:
    field = _field(information)
    match information.source:
        case "customer":
            return _of_customer(customer, field or information.name), True
        case "order":
            return _of_orders(trade, field or "number")
        case "delivery":
            parcels, sure = trade.meant_deliveries()
            get = _DELIVERY.get(field or "tracking_code")
            return _all(get, parcels, lambda one: one.tracking), sure
        case "agreement":
            return _of_agreements(customer, field or "title"), True
        case _:
            return [], False


def _field(information: Information) -> str:
    """`order.number` is the field `number`; without one it is empty."""
    return information.field.partition(".")[2] if information.field else ""


def _of_customer(customer: Customer, field: str) -> list[Known]:
    own = {
        "name": customer.name,
        "number": customer.number,
        "language": customer.language,
        "organisation": customer.organisation_name,
        "target_group": customer.target_group,
        **{point.kind: point.value for point in reversed(customer.points) if point.verified},
        **customer.attributes,
    }
    return [Known(own[field])] if own.get(field) else []


def _of_agreements(customer: Customer, field: str) -> list[Known]:
    found = []
    for one in customer.agreements:
        own = {"title": one.title, "number": one.number, "terms": one.terms}
        value = one.details.get(field, own.get(field))
        if isinstance(value, str | int) and not isinstance(value, bool):
            found.append(Known(str(value), one.title))
    return found


def _of_orders(trade: Trade, field: str) -> tuple[list[Known], bool]:
    if field == "invoice_number":
        bills, sure = trade.meant_invoices()
        return _all(_INVOICE.get("number"), bills, lambda one: one.number), sure
    found, sure = trade.meant_orders()
    if field in ("tracking_code", "tracking"):
        parcels, sure = trade.meant_deliveries()
        return _all(_DELIVERY["tracking_code"], parcels, lambda one: one.tracking), sure
    return _all(_ORDER.get(field), found, lambda one: one.number), sure


_ORDER: Mapping[str, Callable[[Order], str]] = {
    "number": lambda one: one.number,
    "reference": lambda one: one.reference,
    "address": lambda one: one.address,
    "placed_on": lambda one: one.placed_at.date().isoformat(),
    "products": lambda one: ", ".join(
        f"{line.quantity} x {line.description or line.sku}" for line in one.lines
    ),
}
_DELIVERY: Mapping[str, Callable[[Delivery], str]] = {
    "tracking_code": lambda one: one.tracking,
    "tracking": lambda one: one.tracking,
    "partner": lambda one: one.partner,
    "address": lambda one: one.address,
}
_INVOICE: Mapping[str, Callable[[Invoice], str]] = {"number": lambda one: one.number}


def _all(
    get: Callable[[T], str] | None, things: Iterable[T], name: Callable[[T], str]
) -> list[Known]:
    return [Known(get(one), name(one)) for one in things] if get else []
