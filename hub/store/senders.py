"""Finds the customer behind each sender by contact point, or makes one.

Nobody is merged here: an address that no customer has makes a new customer. A mail address whose
domain belongs to an organisation becomes a contact of that organisation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from hub import clock
from hub.interaction import Party, PointKind, Verification
from hub.store.among import among_named
from hub.store.inserting import insert_all, unique
from hub.store.tables import contact_points, customers


@dataclass(frozen=True)
class Sender:
    """Who an arrival is from, and how sure the channel is of it."""

    party: Party
    verification: Verification


class Senders:
    """The customers of one batch of arrivals."""

    def __init__(self, connection: Connection, now: datetime, senders: Sequence[Sender]) -> None:
        self._now = now
        self._shared: set[str] = set()
        self._customers = self._load(connection, [sender.party for sender in senders])
        self._new_customers: list[dict[str, Any]] = []
        self._new_points: list[dict[str, Any]] = []

    def is_shared(self, party: Party) -> bool:
        """Whether several people use this address: then it says nothing of who it is."""
        return party.key in self._shared

    def known(self, party: Party) -> str | None:
        """The id of the customer who has this contact point."""
        return self._customers.get(party.key)

    def customer_of(self, sender: Sender) -> str:
        """The id of the sender's customer; a new one is written by `save`."""
        return self.known(sender.party) or self._make(sender)

    def attach(self, sender: Sender, customer_id: str) -> None:
        """The sender turned out to be this customer: `save` gives them the contact point."""
        self._customers[sender.party.key] = customer_id
        self._add_point(sender, customer_id)

    def save(self, connection: Connection) -> None:
        insert_all(connection, customers, self._new_customers)
        insert_all(connection, contact_points, self._new_points)

    def _load(self, connection: Connection, parties: Sequence[Party]) -> dict[str, str]:
        keys = unique([p.key for p in parties] + [d for p in parties if (d := _domain_key(p))])
        rows = connection.execute(_POINTS, {"keys": keys})
        found = {}
        for row in rows:
            found[row.key] = row.customer_id
            if row.shared:
                self._shared.add(row.key)
        return found

    def _make(self, sender: Sender) -> str:
        party = sender.party
        customer_id = clock.new_id()
        self._customers[party.key] = customer_id
        self._new_customers.append(
            {
                "id": customer_id,
                "kind": kind_of_new(party.kind, verified=_is_verified(sender)),
                "name": party.name or _name_from(party),
                "organisation_id": self._customers.get(_domain_key(party)),
                "target_group": "",
                "language": "",
                "attributes": {},
                "created_at": self._now,
            }
        )
        self._add_point(sender, customer_id)
        return customer_id

    def _add_point(self, sender: Sender, customer_id: str) -> None:
        party = sender.party
        self._new_points.append(
            {
                "id": clock.new_id(),
                "customer_id": customer_id,
                "key": party.key,
                "kind": party.kind.value,
                "value": party.value,
                "verified": _is_verified(sender),
                "created_at": self._now,
            }
        )


_POINTS = select(contact_points.c.key, contact_points.c.customer_id, contact_points.c.shared).where(
    among_named(contact_points.c.key, "keys")
)


def kind_of_new(point: PointKind, *, verified: bool) -> str:
    """What somebody counts as of whom we know no more than this."""
    return "visitor" if point is PointKind.VISITOR and not verified else "person"


def _is_verified(sender: Sender) -> bool:
    return sender.verification is Verification.VERIFIED


def _domain_key(party: Party) -> str:
    if party.kind is not PointKind.EMAIL:
        return ""
    return f"{PointKind.DOMAIN}:{party.value.rpartition('@')[2]}"


def _name_from(party: Party) -> str:
    return "" if party.kind is PointKind.VISITOR else party.value
