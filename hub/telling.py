"""Tells who listens now what nobody keeps: that somebody types, looks, comes or goes."""

import asyncio
import contextlib

from hub.bus import Bus, Outgoing
from hub.errors import Retry
from hub.events import ChatActivity, ConsoleSign, encode, wrap

PATIENCE_SECONDS = 2.0


async def tell(bus: Bus, activity: ChatActivity | ConsoleSign, *, source: str) -> None:
    """A bus that is away costs nothing but this."""
    subject = activity.conversation_id
    envelope = wrap(activity, subject=subject, source=source)
    message = Outgoing(envelope.id, envelope.topic, subject, encode(envelope))
    with contextlib.suppress(Retry, TimeoutError):
        async with asyncio.timeout(PATIENCE_SECONDS):
            await bus.publish([message])
