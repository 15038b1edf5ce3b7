"""Work whose customer calls or chats about it: it leaves the hands it is in, to be offered."""

from collections.abc import Sequence

from sqlalchemy import Connection

from hub.interaction import Channel
from hub.store import answers, in_hand, steps
from hub.store.routing import WorkItem
from hub.store.work_items import ASSIGNED, OFFERED

_STEPS = {Channel.PHONE: steps.CALLED, Channel.CHAT: steps.CHATTED}


def take_back(connection: Connection, items: Sequence[tuple[WorkItem, Channel]]) -> None:
    """What belongs to the items having been taken from who had them, as given here, or was asked,
    because of what came over the channel; the items themselves are written already."""
    for item, channel in items:
        if item.state == OFFERED:
            answers.end(connection, item.id, answers.WITHDRAWN)
        if item.state == ASSIGNED:
            steps.add(connection, item.id, _STEPS[channel], item.agent_id)
    in_hand.recount(connection, {item.agent_id for item, _ in items})
