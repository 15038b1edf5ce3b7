"""Whether we may write to a customer of our own accord: the arrangement of their group says so.

What is withheld is written down, and shown in its conversation: nothing is silently not sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import Connection

from hub import arrangements
from hub.arrangements import InForce
from hub.interaction import Channel
from hub.replies import add_event
from hub.store import outreaches, work_items

EVENT = "withheld"
"""What it is called in the timeline."""


@dataclass(frozen=True)
class Wish:
    """What is to be sent: of which kind, to whom, over one of these channels, the first best."""

    kind: str
    conversation_id: str
    customer_id: str
    channels: Sequence[Channel]


@dataclass(frozen=True)
class Permit:
    """`channels`: by which it may go, the preferred first."""

    channels: Sequence[Channel]
    in_force: InForce | None
    zone: tzinfo

    def allowed_from(self, at: datetime) -> datetime:
        """That moment, or the end of the quiet hours that it lies in."""
        return self.in_force.arrangement.allowed_from(at, self.zone) if self.in_force else at


def permit(connection: Connection, wish: Wish, now: datetime) -> Permit | None:
    """None where it may not be sent, which is then written down. Who sends it says `sent`."""
    found, zone = outreaches.all_of(connection)
    if not found:
        return Permit(wish.channels, None, zone)
    in_force = arrangements.nearest(found, _group(connection, wish))
    if in_force is None:
        return Permit(wish.channels, None, zone)
    arrangement = in_force.arrangement
    lately = outreaches.sent_lately(connection, wish.customer_id, arrangement.days, now)
    why = arrangements.refusal(arrangement, wish.channels, lately)
    if why is None:
        return Permit(arrangements.allowed(arrangement, wish.channels), in_force, zone)
    outreaches.record(
        connection,
        wish.conversation_id,
        kind=wish.kind,
        channel="",
        arrangement=in_force.group,
        why=why,
    )
    add_event(
        connection,
        conversation_id=wish.conversation_id,
        details={"event": EVENT, "of": wish.kind, "why": why.value},
        agent_id=None,
        agent_name="",
    )
    return None


def sent(connection: Connection, wish: Wish, channel: Channel) -> None:
    """It was handed over to be sent: it counts."""
    outreaches.record(connection, wish.conversation_id, kind=wish.kind, channel=channel.value)


def _group(connection: Connection, wish: Wish) -> str:
    """As somebody said it; else as the router found it for this conversation."""
    if said := outreaches.group_said(connection, wish.customer_id):
        return said
    item = work_items.latest_of(connection, [wish.conversation_id]).get(wish.conversation_id)
    return str(item.decision.get("target_group") or "") if item else ""
