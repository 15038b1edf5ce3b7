"""A house of customers in a store: an organisation with two people, and somebody else."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert

from hub.interaction import Channel
from hub.orders import Line, Order, OrderState
from hub.store.tables import agreements, contact_points, customers

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOUSE, JAN, PIET, STRANGER = "house", "jan", "piet", "stranger"


def people(connection: Connection) -> None:
    plain = {"attributes": {}, "created_at": NOW, "organisation_id": None, "kind": "person"}
    known = [
        {"id": HOUSE, "name": "Het Huis", "kind": "organisation"},
        {"id": JAN, "name": "Jan", "organisation_id": HOUSE},
        {"id": PIET, "name": "Piet", "organisation_id": HOUSE},
        {"id": STRANGER, "name": "Vreemd"},
    ]
    connection.execute(insert(customers), [plain | one for one in known])


def reachable(connection: Connection, mail: str, customer_id: str = JAN) -> None:
    """Mail from this address is from this customer."""
    row = {
        "id": f"point of {customer_id}", "customer_id": customer_id, "key": f"email:{mail}",
        "kind": "email", "value": mail, "verified": True, "created_at": NOW,
    }  # fmt: skip
    connection.execute(insert(contact_points), [row])


def agreed(connection: Connection, details: Any, *, who: str = HOUSE, name: str = "price") -> str:
    row = {
        "id": name, "customer_id": who, "kind": "price", "title": name, "terms": "", "owner": "",
        "valid_from": NOW, "details": details,
    }  # fmt: skip
    connection.execute(insert(agreements), [row])
    return name


def order(number: str, customer_id: str = JAN, **changes: Any) -> Order:
    """One bag of beans."""
    line = Line(sku="beans", quantity=1, unit_price=100)
    values: dict[str, Any] = {
        "id": f"id of {number}", "number": number, "customer_id": customer_id, "placed_at": NOW,
        "currency": "EUR", "channel": Channel.PORTAL, "state": OrderState.PLACED, "lines": (line,),
        "total": 100, "address": "Dam 1", "updated_at": NOW,
    }  # fmt: skip
    return Order.model_validate(values | changes)
