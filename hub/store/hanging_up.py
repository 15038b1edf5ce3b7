"""Work whose customer put the phone down stands among the rest of the work again; work whose
customer holds the line anew stands first.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, bindparam, exists, select, true, update

from hub import clock
from hub.interaction import Channel
from hub.store import outbox, work_items
from hub.store.on_the_line import is_called
from hub.store.ranking import among_the_rest, before_the_rest, goes_first, is_first
from hub.store.tables import interactions
from hub.store.tables import work_items as items

SOURCE = "/loket/calls"

KEPT_WITHIN = timedelta(seconds=20)
"""A contact is kept before its call. The provider waits 15 seconds for both, then it hangs up."""


def hung_up(connection: Connection, item_id: str) -> None:
    """Nobody holds the line for this item any more, unless in another call."""
    _put_back(connection, item_id, true())


def holds_the_line(connection: Connection, item_id: str) -> None:
    """The customer waits on the phone for whoever takes this."""
    item = work_items.lock(connection, item_id)
    if goes_first(item):
        return
    values = {"epoch": item.epoch + 1, "rank": before_the_rest(item.rank)}
    connection.execute(update(items).where(items.c.id == item_id).values(values))
    outbox.add(
        connection,
        work_items.event(item, epoch=item.epoch + 1),
        subject=item.conversation_id,
        source=SOURCE,
    )


def left_over(connection: Connection) -> list[str]:
    """What stands first though no call goes on, and nobody was promised that they keep the place:
    the call was over before it was routed, or the work came back from where it had been ended."""
    found = select(items.c.id).where(_STANDS_FIRST, _is_left_over())
    return list(connection.execute(found).scalars())


def put_back(connection: Connection, item_id: str) -> bool:
    """The item stands among the rest again, if it is still left over; whether it was."""
    return _put_back(connection, item_id, _is_left_over())


def _put_back(connection: Connection, item_id: str, if_so: ColumnElement[bool]) -> bool:
    """Its deadlines may raise it in the same moment, and hold only its row: so what changes is
    reckoned from the row as it is, not as it was read."""
    work_items.lock(connection, item_id)
    if connection.execute(_PUT_BACK.where(if_so), {"item_id": item_id}).rowcount == 0:
        return False
    [item] = work_items.by_ids(connection, [item_id])
    outbox.add(connection, work_items.event(item), subject=item.conversation_id, source=SOURCE)
    return True


def _is_left_over() -> ColumnElement[bool]:
    just_came = exists().where(
        interactions.c.conversation_id == items.c.conversation_id,
        interactions.c.channel == Channel.PHONE.value,
        interactions.c.received_at > clock.now() - KEPT_WITHIN,
    )
    return (items.c.callback_to == "") & ~just_came


_STANDS_FIRST = is_first(items.c.rank) & ~is_called(items.c.conversation_id)
_PUT_BACK = (
    update(items)
    .where(items.c.id == bindparam("item_id"), _STANDS_FIRST)
    .values(epoch=items.c.epoch + 1, rank=among_the_rest(items.c.rank))
)
