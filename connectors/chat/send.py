"""Brings an agent's message to its visitor.

The message is in the store already, and every socket of the visitor, in whatever process, is woken
by the bus; sending here means waking those of this process too, and saying what is known.
"""

from connectors.chat.live import Live, wake
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
    wake(sockets)
    shown = any(
        one.conversation_id == interaction.conversation_id and one.seen >= interaction.sequence
        for one in sockets
    )
    return SendResult(DeliveryState.DELIVERED if shown else DeliveryState.WAITING)
