"""What a customer ordered, where it is and what is to be paid, as shown beside a conversation.

What the conversation is about comes first. Numbers that somebody wrote and that are not known as
this customer's are claims: they are shown as such, and nothing of what they refer to is.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Connection

from hub import clock
from hub.deliveries import ENDED, Delivery, DeliveryEvent
from hub.invoices import Behaviour, Invoice, behaviour
from hub.orders import ENDED as ORDER_ENDED
from hub.orders import Order
from hub.references import Reference
from hub.store import customers, deliveries, invoices, links, orders

T = TypeVar("T", Order, Delivery, Invoice)

LONGEST = 20
"""So many of each are read; of invoices more, because how somebody pays is told from them."""
_INVOICES = 100


class Section(StrEnum):
    ORDERS = "orders"
    DELIVERIES = "deliveries"
    INVOICES = "invoices"


_SECTIONS = {
    Reference.ORDER: Section.ORDERS,
    Reference.TRACKING: Section.DELIVERIES,
    Reference.INVOICE: Section.INVOICES,
}
_NEEDED = {"order": Section.ORDERS, "delivery": Section.DELIVERIES}


@dataclass(frozen=True)
class Claim:
    """A number in the conversation that is not known as this customer's."""

    reference: Reference
    number: str


@dataclass(frozen=True)
class Trade:
    """`named`: the ids of what the conversation names; `about`: these, and the parcels of orders
    that it names. `sections`: what matters most first; `matters`: whether any of it does for this
    conversation."""

    orders: list[Order] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)
    events: dict[str, list[DeliveryEvent]] = field(default_factory=dict)
    invoices: list[Invoice] = field(default_factory=list)
    paying: Behaviour = field(default_factory=Behaviour)
    named: frozenset[str] = frozenset()
    about: frozenset[str] = frozenset()
    claims: list[Claim] = field(default_factory=list)
    sections: tuple[Section, ...] = tuple(Section)
    matters: bool = False
    has_more: frozenset[str] = frozenset()
    """Sections of which only the newest are here."""

    def __bool__(self) -> bool:
        return bool(self.orders or self.deliveries or self.invoices or self.claims)

    def __getitem__(self, section: Section) -> list[Any]:
        things: list[Any] = getattr(self, section)
        return things

    def number_of(self, order_id: str | None) -> str:
        """The number of an order that is shown; empty for another."""
        return next((one.number for one in self.orders if one.id == order_id), "")

    def days_late(self, invoice: Invoice) -> int:
        return invoice.days_late(clock.now().date())

    def meant_orders(self) -> tuple[list[Order], bool]:
        """The orders that the conversation is about, and whether it says so itself. If it does not,
        their only open order, or none."""
        named = [one for one in self.orders if one.id in self.named]
        of_things = {one.order_id for one in self.deliveries if one.id in self.named}
        of_things |= {one.order_id for one in self.invoices if one.id in self.named}
        named = named or [one for one in self.orders if one.id in of_things]
        if named:
            return named, True
        running = [one for one in self.orders if one.state not in ORDER_ENDED]
        return (running if len(running) == 1 else []), False

    def meant_deliveries(self) -> tuple[list[Delivery], bool]:
        """The same for parcels; those of an order that it is about are meant with it."""
        named = [one for one in self.deliveries if one.id in self.named]
        of_orders, sure = self.meant_orders()
        ids = {one.id for one in of_orders}
        named = named or [one for one in self.deliveries if sure and one.order_id in ids]
        if named:
            return named, True
        running = [one for one in self.deliveries if one.state not in ENDED]
        return (running if len(running) == 1 else []), False

    def meant_invoices(self) -> tuple[list[Invoice], bool]:
        named = [one for one in self.invoices if one.id in self.named]
        of_orders, sure = self.meant_orders()
        ids = {one.id for one in of_orders}
        named = named or [one for one in self.invoices if sure and one.order_id in ids]
        if named:
            return named, True
        unpaid = [one for one in self.invoices if one.is_open]
        return (unpaid if len(unpaid) == 1 else []), False


def read_trade(
    connection: Connection, conversation_id: str, customer_id: str, needed: Sequence[str]
) -> Trade:
    """`needed`: the sources that this work's information comes from, the first first."""
    house = set(customers.household(connection, customer_id))
    linked = links.of_conversation(connection, conversation_id)
    newest = orders.of_customers(connection, house, limit=LONGEST + 1)
    newest_parcels = deliveries.of_customers(connection, house, limit=LONGEST + 1)
    counts = {"orders": len(newest), "deliveries": len(newest_parcels)}
    found_orders = _with_linked(
        newest[:LONGEST],
        orders.by_ids(connection, linked.get(Reference.ORDER, [])),
    )
    parcels = _with_linked(
        newest_parcels[:LONGEST],
        deliveries.by_ids(connection, linked.get(Reference.TRACKING, [])),
    )
    bills = _with_linked(
        invoices.of_customers(connection, house, limit=_INVOICES),
        invoices.by_ids(connection, linked.get(Reference.INVOICE, [])),
    )
    named = {object_id for ids in linked.values() for object_id in ids}
    about = named | {one.id for one in parcels if one.order_id in named}
    sections = _ranked(linked.keys(), needed)
    own_parcels = _first(_of(parcels, house), about)
    own_bills = _of(bills, house)
    return Trade(
        orders=_first(_of(found_orders, house), about),
        deliveries=own_parcels,
        events=deliveries.events_of(connection, [one.id for one in own_parcels]),
        invoices=_first(own_bills, about),
        paying=behaviour(own_bills, clock.now().date()),
        named=frozenset(named),
        about=frozenset(about),
        claims=_claims(found_orders, parcels, bills, house),
        sections=sections,
        has_more=frozenset(name for name, count in counts.items() if count > LONGEST),
        matters=bool(linked) or any(source in _NEEDED for source in needed),
    )


def _with_linked(own: list[T], linked: list[T]) -> list[T]:
    known = {one.id for one in own}
    return own + [one for one in linked if one.id not in known]


def _of(found: Sequence[T], house: Collection[str]) -> list[T]:
    return [one for one in found if one.customer_id in house]


def _first(found: list[T], about: Collection[str]) -> list[T]:
    """What the conversation is about before the others, each in the order in which they were."""
    return sorted(found, key=lambda one: one.id not in about)


def _claims(
    found_orders: Sequence[Order],
    parcels: Sequence[Delivery],
    bills: Sequence[Invoice],
    house: Collection[str],
) -> list[Claim]:
    numbers = [(Reference.ORDER, one.number, one.customer_id) for one in found_orders]
    numbers += [(Reference.TRACKING, one.tracking, one.customer_id or "") for one in parcels]
    numbers += [(Reference.INVOICE, one.number, one.customer_id) for one in bills]
    return [Claim(kind, number) for kind, number, owner in numbers if owner not in house]


def _ranked(linked: Collection[Reference], needed: Sequence[str]) -> tuple[Section, ...]:
    """First what the contact names, then what the work needs to know."""
    named = [_SECTIONS[one] for one in linked]
    asked = [_NEEDED[source] for source in needed if source in _NEEDED]
    return tuple(dict.fromkeys((*named, *asked, *Section)))
