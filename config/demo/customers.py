"""Writes customers of the demo, with how to reach them and what was agreed with them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, null

from config.demo import history
from config.demo.addresses import CHAT_SITE
from config.demo.example import Agreement, Customer
from connectors.chat.visitor import user_id
from hub import clock
from hub.interaction import Party, PointKind
from hub.store.inserting import insert_all
from hub.store.tables import agreements, contact_points, customers

_JOINED = timedelta(days=900)
"""How long ago the customers became one."""


def add(connection: Connection, entries: Iterable[Customer], now: datetime) -> None:
    for entry in entries:
        _add_customer(connection, entry, now, None)


def _add_customer(
    connection: Connection, customer: Customer, now: datetime, organisation_id: str | None
) -> None:
    customer_id = clock.new_id()
    row = {
        "id": customer_id,
        "kind": "organisation" if customer.domain else "person",
        "name": customer.name,
        "organisation_id": organisation_id,
        "target_group": customer.group,
        "language": customer.language,
        "attributes": customer.attributes,
        "number": customer.number or None,
        "created_at": now - _JOINED,
    }
    insert_all(connection, customers, [row])
    insert_all(connection, contact_points, _points(customer, customer_id, now))
    insert_all(connection, agreements, [_agreed(a, customer_id, now) for a in customer.agreements])
    for contact in customer.contacts:
        _add_customer(connection, contact, now, customer_id)


def _points(customer: Customer, customer_id: str, now: datetime) -> list[dict[str, Any]]:
    values = {
        PointKind.EMAIL: customer.mail,
        PointKind.PHONE: customer.phone,
        PointKind.DOMAIN: customer.domain,
        PointKind.VISITOR: user_id(CHAT_SITE, customer.mail) if customer.mail else "",
    }
    parties = [Party(kind=kind, value=value) for kind, value in values.items() if value]
    return [history.contact_point(party, customer_id, now - _JOINED) for party in parties]


def _agreed(agreement: Agreement, customer_id: str, now: datetime) -> dict[str, Any]:
    until, due = agreement.valid_until, agreement.due_hours
    return {
        "id": clock.new_id(),
        "customer_id": customer_id,
        "kind": agreement.kind,
        "title": agreement.title,
        "terms": agreement.terms,
        "valid_from": now + timedelta(days=agreement.valid_from),
        "valid_until": None if until is None else now + timedelta(days=until),
        "due_at": None if due is None else now + timedelta(hours=due),
        "owner": agreement.owner,
        "targets": agreement.targets or null(),
        "number": agreement.number or None,
        "details": agreement.details or null(),
    }
