"""Work whose customer put the phone down: it stands among the rest of the work again."""

from sqlalchemy import Connection, update

from hub.store import outbox, work_items
from hub.store.ranking import goes_first, rank
from hub.store.tables import work_items as items

SOURCE = "/loket/calls"


def hung_up(connection: Connection, item_id: str) -> None:
    """Nobody holds the line for this item any more."""
    item = work_items.lock(connection, item_id)
    if not goes_first(item):
        return
    news = work_items.event(item, epoch=item.epoch + 1)
    place = rank(item.waiting_since, item.priority_minutes, item.urgency_minutes)
    connection.execute(
        update(items).where(items.c.id == item.id).values(epoch=news.epoch, rank=place)
    )
    outbox.add(connection, news, subject=item.conversation_id, source=SOURCE)
