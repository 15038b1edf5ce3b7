"""The kinds of import, in the order in which they build on each other."""

from hub.errors import Rejected
from hub.imports.agreements import AGREEMENTS
from hub.imports.contacts import CONTACTS
from hub.imports.customers import ORGANISATIONS, PERSONS
from hub.imports.deliveries import DELIVERIES
from hub.imports.interactions import INTERACTIONS
from hub.imports.kind import Kind
from hub.imports.orders import ORDERS
from hub.imports.payments import PAYMENTS

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        ORGANISATIONS,
        PERSONS,
        CONTACTS,
        AGREEMENTS,
        ORDERS,
        PAYMENTS,
        DELIVERIES,
        INTERACTIONS,
    )
}


def kind_of(name: str) -> Kind:
    """Raises Rejected."""
    found = KINDS.get(name)
    if found is None:
        raise Rejected("no_kind", f"There is no import of “{name}”. There is {', '.join(KINDS)}.")
    return found
