"""By what a customer belongs to a target group, as routing will see it, before a contact."""

from typing import Any

from sqlalchemy import Connection, select

from hub.interaction import Party
from hub.membership import Membership
from hub.store.senders import kind_of_new
from hub.store.tables import contact_points, customers
from hub.store.traits import traits_of

_ORGANISATIONS = customers.alias("organisations")
_KNOWN = select(
    customers.c.target_group,
    customers.c.kind,
    customers.c.name,
    customers.c.language,
    customers.c.attributes,
    _ORGANISATIONS.c.name.label("organisation_name"),
    _ORGANISATIONS.c.attributes.label("organisation_attributes"),
    _ORGANISATIONS.c.target_group.label("organisation_group"),
).select_from(
    customers.outerjoin(_ORGANISATIONS, _ORGANISATIONS.c.id == customers.c.organisation_id)
)


def membership_of(connection: Connection, party: Party, *, verified: bool = False) -> Membership:
    """Of the customer who has this contact point, or whom a first contact of it will make."""
    theirs = select(contact_points.c.customer_id).where(contact_points.c.key == party.key)
    row = connection.execute(_KNOWN.where(customers.c.id == theirs.scalar_subquery())).one_or_none()
    if row is not None:
        return _membership(row)
    kind = kind_of_new(party.kind, verified=verified)
    return Membership(traits=traits_of(kind, "", "", None, None, organisation_attributes=None))


def membership_of_customer(connection: Connection, customer_id: str) -> Membership:
    return _membership(connection.execute(_KNOWN.where(customers.c.id == customer_id)).one())


def _membership(row: Any) -> Membership:
    traits = traits_of(
        row.kind,
        row.name,
        row.language,
        row.attributes,
        row.organisation_name,
        organisation_attributes=row.organisation_attributes,
    )
    return Membership(row.target_group or row.organisation_group or "", traits)
