"""The contact arrangement that holds for a customer, as shown beside a conversation."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from hub import arrangements, clock
from hub.arrangements import InForce
from hub.store import outreaches
from hub.store.outreaches import Outreach

_LISTED = 5


@dataclass(frozen=True)
class Arranged:
    """`lately`: how often we reached out in its days. `last`: what was sent or withheld last."""

    in_force: InForce
    lately: int
    last: Sequence[Outreach]


def read_arrangement(connection: Connection, customer_id: str, group: str) -> Arranged | None:
    """None where there is none for their group."""
    found, _ = outreaches.all_of(connection)
    in_force = arrangements.nearest(found, group)
    if in_force is None:
        return None
    days = in_force.arrangement.days
    return Arranged(
        in_force,
        outreaches.sent_lately(connection, customer_id, days, clock.now()),
        outreaches.of_customer(connection, customer_id, _LISTED),
    )
