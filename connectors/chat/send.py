"""Brings an agent's message to its visitor.

The message is in the store already, and every socket of the visitor, in whatever process, is woken
by the bus; sending here means waking those of this process too, and saying what is known.
"""

from connectors.chat.live import Live, lacking, wake
from hub.errors import Rejected
from hub.interaction import DeliveryState, PointKind
from hub.outgoing import OutgoingMessage, SendResult


def send(message: OutgoingMessage, live: Live) -> SendResult:
    """`waiting` until the visitor's screen has shown it: that is reported when it happens."""
    interaction = message.interaction
    visitors = [p.value for p in interaction.recipients if p.kind is PointKind.VISITOR]
    if not visitors:
        raise Rejected("no_visitor", "A chat message goes to a chat visitor.")
    sockets = [one for visitor in visitors for one in live.of(visitor)]
    here = [one for one in sockets if one.conversation_id == interaction.conversation_id]
    wake(lacking(here, interaction.sequence))
    wake(one for one in sockets if one not in here)
    shown = any(one.seen >= interaction.sequence for one in here)
    return SendResult(DeliveryState.DELIVERED if shown else DeliveryState.WAITING)
