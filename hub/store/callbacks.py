"""A caller who does not want to wait is called back, and keeps their place in the queue.

Their work item stays as it is, with the number to call. Either it waits on, and its agent calls the
customer instead of finding them on the line; or it is put aside until the time that was asked for,
and then has the place that it would have had by waiting.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from hub import clock
from hub.errors import Rejected
from hub.store import answers, offers, steps
from hub.store.handing_over import LONGEST_SNOOZE
from hub.store.ranking import among_the_rest, before_the_rest, goes_first
from hub.store.tables import conversations
from hub.store.tables import work_items as items
from hub.store.work_items import OFFERED, SNOOZED, WAITING, WorkItem

LONGEST_NUMBER = 100


def ask(connection: Connection, item_id: str, number: str, *, at: datetime | None = None) -> None:
    """The customer of a call that nobody took yet wants to be called back at this number: when it
    is their turn, or not before a time. Asking again replaces what was asked.

    Raises Rejected when somebody took the call meanwhile, or for a time that has passed.
    """
    number, now = number.strip(), clock.now()
    if not number or len(number) > LONGEST_NUMBER:
        raise Rejected("callback_number", "Give the number to call.")
    if at is not None and not now < at <= now + LONGEST_SNOOZE:
        raise Rejected("callback_time", "Choose a time to come, within a year.")
    item = connection.execute(_LOCK.where(items.c.id == item_id)).one_or_none()
    if item is None:
        raise Rejected("no_work_item", "This work item does not exist.", status=404)
    unheld = item.state in (WAITING, OFFERED) or (item.state == SNOOZED and not item.agent_id)
    if not unheld:
        raise Rejected("taken", "Somebody has this call already.", status=409)
    answers.end(connection, item_id, answers.WITHDRAWN)
    state = WAITING if at is None else SNOOZED
    values = {"state": state, "agent_id": None, "snoozed_until": at, "callback_to": number}
    offers.change(connection, item, values)
    said = {"number": number, "until": at.isoformat() if at else ""}
    steps.add(connection, item_id, steps.CALLBACK, **said)


def come_along(connection: Connection, closed: WorkItem, goes_on: WorkItem) -> dict[str, Any]:
    """Of two pieces of work of one customer one is done: the other one has the number to call from
    now on, and the place that was promised. Gives what `give_back` needs to know."""
    if not closed.callback_to or goes_on.callback_to:
        return {}
    rises = goes_first(closed) and not goes_first(goes_on)
    _write(connection, closed.id, callback_to="")
    _write(connection, goes_on.id, callback_to=closed.callback_to)
    if rises:
        _write(connection, goes_on.id, rank=before_the_rest(goes_on.rank))
    until = closed.snoozed_until.isoformat() if closed.snoozed_until else ""
    steps.add(connection, goes_on.id, steps.CALLBACK, number=closed.callback_to, until=until)
    return {"to": goes_on.id, "number": closed.callback_to, "rose": rises}


def give_back(connection: Connection, item_id: str, came: Mapping[str, Any]) -> None:
    """The work is two again, unless the customer was called, or asked for another number, since."""
    holder = connection.execute(select(items).where(items.c.id == came["to"])).one()
    if holder.callback_to != came["number"]:
        return
    _write(connection, item_id, callback_to=came["number"])
    _write(connection, holder.id, callback_to="")
    if came["rose"] and goes_first(holder):
        _write(connection, holder.id, rank=among_the_rest(items.c.rank))


def done(connection: Connection, item_id: str) -> None:
    """The customer was called, and answered."""
    _write(connection, item_id, callback_to="")


def number_of(connection: Connection, item_id: str) -> str:
    """Where to call the customer of this work item; "" when they did not ask for that."""
    found = select(items.c.callback_to).where(items.c.id == item_id)
    return connection.execute(found).scalar_one_or_none() or ""


def _write(connection: Connection, item_id: str, **values: Any) -> None:
    connection.execute(update(items).where(items.c.id == item_id).values(values))


_LOCK = (
    select(items)
    .join(conversations, conversations.c.id == items.c.conversation_id)
    .with_for_update()
)
