"""A house of customers in a store: an organisation with two people, and somebody else."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert

from hub.store.tables import agreements, customers

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


def agreed(connection: Connection, details: Any, *, who: str = HOUSE, name: str = "price") -> str:
    row = {
        "id": name, "customer_id": who, "kind": "price", "title": name, "terms": "", "owner": "",
        "valid_from": NOW, "details": details,
    }  # fmt: skip
    connection.execute(insert(agreements), [row])
    return name
