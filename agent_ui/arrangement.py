"""Contact arrangements: what one may say, and the one that holds for a customer, as shown beside a
conversation."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from hub import arrangements, clock
from hub.arrangements import Arrangement, InForce
from hub.errors import Rejected
from hub.interaction import Channel
from hub.store import outreaches
from hub.store.outreaches import Outreach

CHANNELS = (Channel.PHONE, Channel.EMAIL, Channel.SMS, Channel.WHATSAPP, Channel.PORTAL)
"""By which we can reach out."""
PLACES = 3
"""So many can be put in order."""
_LISTED = 5


@dataclass(frozen=True)
class Arranged:
    """`lately`: how often we reached out in its days. `last`: what was sent or withheld last."""

    in_force: InForce
    lately: int
    last: Sequence[Outreach]


def checked(arrangement: Arrangement) -> Arrangement:
    """Raises Rejected for one that says nothing, or what we cannot do."""
    if arrangement == Arrangement(days=arrangement.days):
        raise Rejected("empty_arrangement", "Say at least one thing.", status=422)
    channels = arrangement.channels
    if len(set(channels)) < len(channels) or len(channels) > PLACES or set(channels) - {*CHANNELS}:
        detail = f"At most {PLACES} different channels of these: {', '.join(CHANNELS)}."
        raise Rejected("bad_arrangement", detail, status=422)
    return arrangement


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
