"""Invitations of colleagues to the portal, by mail address.

Who invites learns nothing about the address. Nobody joins an organisation before they have shown
that the address is theirs: who is new to us then belongs to it, who is not says so themselves,
because colleagues with the right for it see what they asked.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from hub import clock
from hub.errors import Rejected
from hub.interaction import Party, PointKind
from hub.store import audit, customer_keys, portal_rights, sign_ins
from hub.store.among import among
from hub.store.customers import Customer
from hub.store.inserting import digest
from hub.store.portal_rights import Right
from hub.store.tables import contact_points, customers, portal_invitations

LASTS = timedelta(days=14)
MOST_A_DAY, MOST_TO_ONE = 30, 3
"""Of one organisation, and to one address: the portal is no way to fill mailboxes."""
LONGEST_NAME = 100
_COLUMNS = portal_invitations.c


@dataclass(frozen=True)
class Invitation:
    id: str
    organisation_id: str
    organisation_name: str
    address: str
    name: str
    rights: frozenset[Right]
    expires_at: datetime


def invite(
    connection: Connection,
    organisation_id: str,
    address: str,
    *,
    name: str,
    rights: Collection[Right],
    by: str,
) -> Invitation:
    """Invite whoever has this address; the former invitation of it there ends. Raises Rejected."""
    address, now = address.strip().lower(), clock.now()
    for one in portal_rights.colleagues(connection, organisation_id):
        if address in one.addresses:
            raise Rejected("is_colleague", "This is a colleague already.", status=409)
    _refuse_many(connection, organisation_id, address, now)
    invitation_id = clock.new_id()
    row = {
        "id": invitation_id,
        "organisation_id": organisation_id,
        "address": address,
        "name": " ".join(name.split())[:LONGEST_NAME],
        "rights": sorted(rights),
        "created_at": now,
        "created_by": by,
        "expires_at": now + LASTS,
    }
    same = (_COLUMNS.organisation_id == organisation_id) & (_COLUMNS.address == address)
    connection.execute(delete(portal_invitations).where(same))
    connection.execute(insert(portal_invitations), [row])
    details = {"organisation": organisation_id, "address": address}
    _told(connection, "portal.invited", by, invitation_id, **details)
    return _open(connection, _COLUMNS.id == invitation_id)[0]


def of_organisation(connection: Connection, organisation_id: str) -> list[Invitation]:
    """Those that nobody has answered yet."""
    return _open(connection, _COLUMNS.organisation_id == organisation_id)


def of_customer(connection: Connection, who: Customer) -> list[Invitation]:
    """Those to an address that they have proven."""
    proven = [one.value for one in who.points if one.kind == "email" and one.verified]
    return _open(connection, among(_COLUMNS.address, proven)) if proven else []


def is_invited(connection: Connection, address: str) -> bool:
    return bool(_open(connection, _COLUMNS.address == address))


def withdraw(connection: Connection, organisation_id: str, invitation_id: str, *, by: str) -> None:
    """Raises Rejected."""
    this = (_COLUMNS.id == invitation_id) & (_COLUMNS.organisation_id == organisation_id)
    if not connection.execute(delete(portal_invitations).where(this)).rowcount:
        raise _gone()
    _told(
        connection, "portal.invitation_withdrawn", by, invitation_id, organisation=organisation_id
    )


def answer(connection: Connection, who: Customer, invitation_id: str, *, accept: bool) -> None:
    """They join, or do not. Raises Rejected."""
    found = [one for one in of_customer(connection, who) if one.id == invitation_id]
    if not found:
        raise _gone()
    [invitation] = found
    _used(connection, invitation)
    if not accept:
        action, organisation = "portal.invitation_declined", invitation.organisation_id
        _told(connection, action, who.id, invitation_id, organisation=organisation)
        return
    now_at = portal_rights.organisation_of(who)
    if now_at not in (None, invitation.organisation_id):
        detail = "You act for another organisation here. Ask us to change that."
        raise Rejected("other_organisation", detail, status=409)
    _join(connection, who.id, invitation)


def take_in(connection: Connection, address: str) -> str | None:
    """Whoever has just shown that this address, which nobody had, is theirs becomes a customer, if
    they were invited; gives their id."""
    found = _open(connection, _COLUMNS.address == address)
    if not found:
        return None
    invitation, now, customer_id = found[-1], clock.now(), clock.new_id()
    person = {
        "id": customer_id,
        "kind": "person",
        "name": invitation.name or address,
        "attributes": {},
        "created_at": now,
    }
    party = Party(kind=PointKind.EMAIL, value=address)
    point = {
        "id": clock.new_id(),
        "customer_id": customer_id,
        "key": party.key,
        "kind": party.kind.value,
        "value": address,
        "verified": True,
        "created_at": now,
    }
    connection.execute(insert(customers), [person])
    connection.execute(insert(contact_points), [point])
    _used(connection, invitation)
    _join(connection, customer_id, invitation)
    return customer_id


def _join(connection: Connection, customer_id: str, invitation: Invitation) -> None:
    organisation_id = invitation.organisation_id
    if customer_id != organisation_id:
        belongs = update(customers).where(customers.c.id == customer_id)
        connection.execute(belongs.values(organisation_id=organisation_id))
    customer_keys.refresh(connection, [customer_id])
    portal_rights.give(
        connection, organisation_id, customer_id, invitation.rights, by=customer_id, manager=False
    )
    _told(connection, "portal.joined", customer_id, customer_id, organisation=organisation_id)


def _refuse_many(connection: Connection, organisation_id: str, address: str, now: datetime) -> None:
    limits = {
        digest("portal invitations of", organisation_id): MOST_A_DAY,
        digest("portal invitations to", address): MOST_TO_ONE,
    }
    counts = sign_ins.count(connection, limits, now=now, until=now + timedelta(days=1))
    if any(counts[key].tries > most for key, most in limits.items()):
        detail = "Too many invitations today. Go on tomorrow."
        raise Rejected("too_many_invitations", detail, status=429)


def _used(connection: Connection, invitation: Invitation) -> None:
    connection.execute(delete(portal_invitations).where(_COLUMNS.id == invitation.id))


def _open(connection: Connection, condition: Any) -> list[Invitation]:
    rows = connection.execute(
        select(portal_invitations, customers.c.name.label("organisation_name"))
        .join(customers, customers.c.id == _COLUMNS.organisation_id)
        .where(condition, _COLUMNS.expires_at > clock.now())
        .order_by(_COLUMNS.id)
    )
    return [
        Invitation(
            id=row.id,
            organisation_id=row.organisation_id,
            organisation_name=row.organisation_name,
            address=row.address,
            name=row.name,
            rights=frozenset(Right(one) for one in row.rights),
            expires_at=row.expires_at,
        )
        for row in rows
    ]


def _told(connection: Connection, action: str, by: str, about: str, **details: str) -> None:
    audit.record(connection, actor=by, action=action, about=about, details=details)


def _gone() -> Rejected:
    return Rejected("no_invitation", "This invitation is over.", status=404)
