"""What people call the states of orders, deliveries and invoices, and what is known of customers.

All are keys of the translations.
"""

from collections.abc import Container, Mapping
from datetime import date

from agent_ui.texts import N_, Texts
from hub import locales
from hub.money import written
from hub.store.customers import Customer

SECTIONS = {
    "orders": N_("Orders"),
    "deliveries": N_("Deliveries"),
    "invoices": N_("Invoices"),
}
REFERENCES = {
    "order": N_("Order {number}"),
    "tracking": N_("Delivery {number}"),
    "invoice": N_("Invoice {number}"),
}
ORDERS = {
    "placed": N_("Placed"),
    "confirmed": N_("Confirmed"),
    "shipped": N_("Shipped"),
    "delivered": N_("Delivered"),
    "returned": N_("Returned"),
    "cancelled": N_("Cancelled"),
}
PARCELS = {
    "announced": N_("Announced"),
    "accepted": N_("Handed to the carrier"),
    "in_transit": N_("On its way"),
    "customs": N_("At customs"),
    "out_for_delivery": N_("Out for delivery"),
    "attempted": N_("Nobody was home"),
    "exception": N_("Problem reported"),
    "damaged": N_("Damaged"),
    "lost": N_("Lost"),
    "delivered": N_("Delivered"),
    "returned": N_("Returned"),
    "information": N_("News"),
}
_DELAYED = N_("Delayed")
AT_THE_DOOR = {
    "refused": N_("The customer refused it"),
    "absent": N_("Nobody was there"),
    "address": N_("The address is wrong"),
    "damaged": N_("The parcel is damaged"),
    "other": N_("Something else at the door"),
}


def parcel_news(details: Mapping[str, str]) -> str:
    """What a partner's event came to; empty for what is none. A problem with a new time is a
    delay."""
    is_late = details.get("event") == "exception" and "expected_until" in details
    return _DELAYED if is_late else PARCELS.get(details.get("event", ""), "")


FLAGS = {
    "after_delivered": N_("The carrier says that it went on after it was delivered."),
    "after_returned": N_("The carrier says that it went on after it had come back."),
    "delivered_twice": N_("The carrier says twice that it was delivered."),
    "found_again": N_("It was lost and then found."),
    "ahead_of_time": N_("The carrier told of something before it happened: its clock is wrong."),
}
TONES = {
    "delivered": "chip-delivered",
    "returned": "chip-near",
    "attempted": "chip-near",
    "customs": "chip-near",
    "exception": "chip-failed",
    "damaged": "chip-failed",
    "lost": "chip-failed",
    "shipped": "chip-open",
    "in_transit": "chip-open",
    "out_for_delivery": "chip-open",
}
"""How a state looks; the others are plain."""

ATTRIBUTES = {
    "number": N_("Customer number"),
    "name": N_("Name"),
    "address": N_("Address"),
    "postcode": N_("Postcode"),
    "city": N_("City"),
    "machine": N_("Machine"),
    "position": N_("Position"),
}
KINDS = {
    "organisations": N_("Organisations"),
    "persons": N_("Persons"),
    "contacts": N_("Addresses of customers"),
    "agreements": N_("Agreements"),
    "orders": N_("Orders"),
    "payments": N_("Invoices and payments"),
    "deliveries": N_("Where parcels were"),
    "interactions": N_("Past contacts"),
}
"""The kinds of import."""

WISHES = {
    "leave_with": N_("leave with: {value}"),
    "note": N_("note: {value}"),
}


def attribute(texts: Texts, name: str) -> str:
    """What people call something that is known of a customer: its own name where we have none."""
    return texts(ATTRIBUTES[name]) if name in ATTRIBUTES else name.replace("_", " ").capitalize()


def details_of(customer: Customer, besides: Container[str] = ()) -> dict[str, str]:
    """What is known of a customer without a place of its own; `besides`: keys that have one."""
    number = {"number": customer.number} if customer.number else {}
    return number | {k: text for k, text in customer.attributes.items() if k not in besides}


def articles(texts: Texts, number: int) -> str:
    return texts.count(number, "1 article", "{n} articles")


def earlier(texts: Texts, number: int) -> str:
    return texts.count(number, "1 earlier event", "{n} earlier events")


def late(texts: Texts, days: int) -> str:
    return texts.count(days, "1 day late", "{n} days late")


def wish(texts: Texts, name: str, value: str) -> str:
    return texts(WISHES[name], value=value) if name in WISHES else f"{name}: {value}"


def money(texts: Texts, amount: int, currency: str) -> str:
    return written(amount, currency, texts.language)


def sums(texts: Texts, amounts: dict[str, int]) -> str:
    """Amounts in several currencies."""
    return ", ".join(money(texts, amount, currency) for currency, amount in amounts.items())


def day(texts: Texts, on: date) -> str:
    """A day that is one in every zone: no script makes another of it."""
    return locales.day(on, texts.language)


def bar(texts: Texts, label: str) -> str:
    """The same as it stands alone: with its year, and its day."""
    on, _, hour = label.partition(" ")
    return f"{day(texts, date.fromisoformat(on))} {hour}".strip()


def mark(texts: Texts, label: str) -> str:
    """An hour or a day as a chart has it, `2026-11-02 14:00`, as it stands below its bar."""
    if " " in label:
        return label[-5:]
    return locales.day(date.fromisoformat(label), texts.language, year=False, short=True)
