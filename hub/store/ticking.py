"""An agent ticks a step of the work that they hold, or takes the tick away."""

from sqlalchemy import Connection

from hub.errors import Rejected
from hub.store import steps_done, work_items
from hub.store.agents import Agent
from hub.store.work_items import WorkItem

LONGEST_REASON = 500


def tick(
    connection: Connection, item_id: str, agent: Agent, name: str, *, reason: str = ""
) -> WorkItem:
    """It is done, or with a `reason` it was not needed. Raises Rejected for work that somebody else
    holds and for what is no step of it."""
    item = _held(connection, item_id, agent, name)
    reason = reason.strip()[:LONGEST_REASON]
    steps_done.write(connection, item_id, agent.id, name, reason)
    action = "work_item.step_skipped" if reason else "work_item.step_done"
    details = {"step": name, **({"reason": reason} if reason else {})}
    return work_items.change(connection, item, agent, action, {}, **details)


def untick(connection: Connection, item_id: str, agent: Agent, name: str) -> WorkItem:
    item = _held(connection, item_id, agent, name)
    steps_done.clear(connection, item_id, name)
    return work_items.change(connection, item, agent, "work_item.step_undone", {}, step=name)


def _held(connection: Connection, item_id: str, agent: Agent, name: str) -> WorkItem:
    item = work_items.held(connection, item_id, agent)
    if not steps_done.is_step(item.decision, name):
        raise Rejected("no_step", "This step is not asked for here any more.", status=409)
    return item
