"""The call bar of a conversation: the call that goes on, and whom the agent can call."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from agent_ui.goals import Goals, read_goals
from hub import clock
from hub.interaction import PointKind
from hub.store import agents, calls, customers, steps, timeline, work_items
from hub.store.agents import Agent
from hub.store.calls import Call
from hub.store.customers import Customer
from hub.store.work_items import WorkItem

ToNumber = Callable[[str], str]
"""A number as somebody typed it, with its country; "" for what is none."""


@dataclass(frozen=True)
class Reachable:
    """A number of the customer. `verified`: proved theirs; else they only showed or stated it."""

    number: str
    verified: bool


@dataclass(frozen=True)
class CallBar:
    """`call`: the one that goes on, whoever has it. `numbers`: at which the agent can call the
    customer; none while a call goes on, or when the work is not theirs. `not_before`: when the
    customer asked to be called back, in UTC, if that is to come. `goals`: the roles that it can go
    to; read for who has the call."""

    conversation_id: str
    agent: Agent
    call: Call | None
    agent_name: str
    numbers: tuple[Reachable, ...]
    asked_back: str
    not_before: str
    goals: Goals
    own_phone: str

    @property
    def is_mine(self) -> bool:
        return self.call is not None and self.call.agent_id == self.agent.id

    @property
    def shows(self) -> bool:
        return self.call is not None or bool(self.numbers)


def read_call_bar(connection: Connection, conversation_id: str, agent: Agent) -> CallBar | None:
    """None when there is no such conversation, or it is none of the agent's business."""
    conversation = timeline.conversation(connection, conversation_id)
    if conversation is None or not timeline.may_see(connection, conversation_id, agent):
        return None
    item = work_items.latest_of(connection, [conversation_id]).get(conversation_id)
    customer = customers.customer(connection, conversation.customer_id)
    return call_bar_of(connection, conversation_id, item, customer, agent)


def call_bar_of(
    connection: Connection,
    conversation_id: str,
    item: WorkItem | None,
    customer: Customer,
    agent: Agent,
) -> CallBar:
    """For who may see this conversation."""
    last = calls.of_conversation(connection, conversation_id)
    call = last if last is not None and last.state not in (calls.ENDING, calls.OVER) else None
    is_mine = item is not None and (item.state, item.agent_id) == (work_items.ASSIGNED, agent.id)
    asked_back = item.callback_to if item is not None and is_mine else ""
    numbers: dict[str, bool] = {}
    if is_mine and call is None:
        shown = [asked_back, last.caller if last is not None else ""]
        numbers = dict.fromkeys(filter(None, shown), False)
        phones = (one for one in customer.points if one.kind == PointKind.PHONE.value)
        numbers |= {one.value: one.verified for one in phones}
    has_call = call is not None and call.agent_id == agent.id
    names = agents.names(connection, [call.agent_id]) if call is not None and call.agent_id else {}
    return CallBar(
        conversation_id=conversation_id,
        agent=agent,
        call=call,
        agent_name=names.get(call.agent_id or "", "") if call is not None else "",
        numbers=tuple(Reachable(number, proved) for number, proved in numbers.items()),
        asked_back=asked_back,
        not_before=_not_before(connection, item) if asked_back and item is not None else "",
        goals=read_goals(connection, agent, people=False) if has_call else {},
        own_phone=agents.phone_of(connection, agent.id)[1],
    )


def _not_before(connection: Connection, item: WorkItem) -> str:
    """Work that was put aside until then is not in somebody's hands, but may have been merged."""
    until = str(steps.latest(connection, item.id, steps.CALLBACK).get("until") or "")
    return until if until and datetime.fromisoformat(until) > clock.now() else ""
