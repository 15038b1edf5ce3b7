"""What is known of a customer in the fields that administrators added.

Values stand among the attributes of the customer, under the key of the field: so they are told,
joined and parted, and decide about the target group, as all else that is known does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from hub.custom_fields import Field, FieldRefused, Typed, read
from hub.errors import Rejected
from hub.imports.refusal import Refused
from hub.store import audit, customer_fields, customer_keys, searchable, work_items
from hub.store.agents import Agent
from hub.store.among import among
from hub.store.tables import customers
from hub.store.tables import work_items as items

BY_PROGRAM = Typed("en")
"""As JSON and the store write numbers."""


@dataclass(frozen=True)
class Put:
    """`was`: the value that whoever wrote had before them; another one since is not overwritten."""

    field_id: str
    text: str
    was: str
    typed: Typed


class ChangedSince(Rejected):
    """Somebody else gave the field another value meanwhile: `now`."""

    def __init__(self, of: Field, now: str) -> None:
        self.field = of
        self.now = now
        detail = f"{of.title('en')} was changed meanwhile; it is {now or 'empty'} now."
        super().__init__("field_changed", detail, status=409)


def checked(connection: Connection, attributes: Mapping[str, str]) -> dict[str, str]:
    """What a program says, as it is stored: the values of fields are read, the rest stays as it is.
    Raises FieldRefused."""
    if not attributes:
        return {}
    fields = customer_fields.by_key(connection)
    return {
        key: _read(fields[key], text, BY_PROGRAM) if key in fields else text
        for key, text in attributes.items()
    }


def put(connection: Connection, customer_id: str, wanted: Put, agent: Agent) -> None:
    """An agent says what it is. Raises Rejected."""
    of = customer_fields.find(connection, wanted.field_id)
    this = customers.c.id == customer_id
    row = connection.execute(select(customers).where(this).with_for_update()).one_or_none()
    if row is None or row.merged_into is not None or of.archived or not of.is_of(row.kind):
        raise Rejected("no_field", "There is no such field.", status=404)
    if not of.may_change(oversees=agent.oversees):
        raise Rejected("not_supervisor", "Only a supervisor can do this.", status=403)
    value = _read(of, wanted.text, wanted.typed)
    now = str(row.attributes.get(of.key, ""))
    if value == now:
        return
    if now != wanted.was:
        raise ChangedSince(of, now)
    keep(connection, row, of.key, value, by=agent.id)


def keep(connection: Connection, row: Any, key: str, value: str, *, by: str) -> None:
    """Write a value that was read. `row`: the customer, locked."""
    former = str(row.attributes.get(key, ""))
    attributes = {name: text for name, text in row.attributes.items() if name != key}
    if value:
        attributes[key] = value
    this = customers.c.id == row.id
    connection.execute(update(customers).where(this).values(attributes=attributes))
    customer_keys.refresh(connection, [row.id])
    searchable.refresh_customers(connection, [row.id])
    details = {"field": key, "from": former, "to": value}
    audit.record(connection, actor=by, action="customer.changed", about=row.id, details=details)
    theirs = select(items.c.conversation_id).where(
        among(items.c.customer_id, [row.id]), items.c.state != work_items.DONE
    )
    work_items.tell_again(connection, list(connection.execute(theirs).scalars()))


def _read(of: Field, text: str, typed: Typed) -> str:
    value = read(of, text, typed)
    if of.required and not value and not of.archived:
        raise FieldRefused(of, Refused("empty", of.key))
    return value
