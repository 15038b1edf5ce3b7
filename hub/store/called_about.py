"""Work whose customer calls about it: it leaves the hands it is in, for the call to ring there."""

from collections.abc import Sequence

from sqlalchemy import Connection

from hub.store import answers, in_hand, steps
from hub.store.routing import WorkItem
from hub.store.work_items import ASSIGNED, OFFERED


def take_back(connection: Connection, items: Sequence[WorkItem]) -> None:
    """What belongs to the items having been taken from who had them, as given here, or was asked;
    the items themselves are written already."""
    for item in items:
        if item.state == OFFERED:
            answers.end(connection, item.id, answers.WITHDRAWN)
        if item.state == ASSIGNED:
            steps.add(connection, item.id, steps.CALLED, item.agent_id)
    in_hand.recount(connection, {item.agent_id for item in items})
