"""Phone calls: where each stands, until its caller is gone and nothing is left to do for it.

A call waits for an agent, rings that agent's phone, and is then talked; it can end from each. All
changes compare what they found, so that reports which come twice or in the wrong order do nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

from hub import clock
from hub.interaction import Channel
from hub.replies import add_event
from hub.store.agents import Agent
from hub.store.constants import constant
from hub.store.inserting import insert_new
from hub.store.tables import agents, calls
from hub.store.tables import work_items as items
from hub.store.work_items import DONE, OFFERED, WAITING

QUEUED = "waiting"
RINGING = "ringing"
TALKING = "talking"
ENDING = "ending"
"""The caller is gone; what that means for the work and the agent's phone is still to be done."""
OVER = "over"

MISSED = "missed"
CALLBACK = "callback"
TALKED = "talked"
HANDLED = "handled"
"""The work was resolved while its caller waited."""
UNREACHED = "unreached"
"""Not an end: an agent was rung in vain."""

EVENT = "call"
"""What the event of a call in a conversation is called."""


@dataclass(frozen=True)
class Call:
    """`caller` is empty when they withhold their number. `turn`: how often an agent was rung."""

    sid: str
    conversation_id: str
    account: str
    caller: str
    language: str
    state: str
    outcome: str
    turn: int
    agent_id: str | None
    agent_sid: str
    created_at: datetime
    changed_at: datetime
    talking_at: datetime | None


@dataclass(frozen=True)
class Item:
    """The work item of a call. `agent_login` and `agent_name`: who has it, or is asked."""

    id: str
    state: str
    agent_id: str | None
    agent_login: str
    agent_name: str
    callback_to: str

    @property
    def agent(self) -> Agent:
        """In whose name the call changes the work."""
        return Agent(self.agent_id or "", self.agent_login, self.agent_name, "", frozenset())


def add(
    connection: Connection,
    sid: str,
    conversation_id: str,
    *,
    account: str,
    caller: str,
    language: str,
) -> None:
    """A caller waits from now on. One that is known stays as it is."""
    now = clock.now()
    row = {
        "sid": sid,
        "conversation_id": conversation_id,
        "account": account,
        "caller": caller,
        "language": language,
        "state": QUEUED,
        "outcome": "",
        "turn": 0,
        "agent_id": None,
        "agent_sid": "",
        "created_at": now,
        "changed_at": now,
        "talking_at": None,
    }
    insert_new(connection, calls, [row])


def get(connection: Connection, sid: str) -> Call | None:
    row = connection.execute(select(calls).where(calls.c.sid == sid)).one_or_none()
    return _call(row) if row is not None else None


def unfinished(connection: Connection) -> list[Call]:
    """The calls for which something may have to be done, the oldest first."""
    found = select(calls).where(calls.c.state != constant(OVER)).order_by(calls.c.created_at)
    return [_call(row) for row in connection.execute(found)]


def item_of(connection: Connection, call: Call) -> Item | None:
    """None before the contact was routed."""
    row = connection.execute(
        select(items.c.id, items.c.state, items.c.agent_id, items.c.callback_to)
        .add_columns(agents.c.login, agents.c.name)
        .outerjoin(agents, agents.c.id == items.c.agent_id)
        .where(items.c.conversation_id == call.conversation_id)
        .order_by(items.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Item(row.id, row.state, row.agent_id, row.login or "", row.name or "", row.callback_to)


def place_of(connection: Connection, call: Call) -> int:
    """1 for who is next in the queue of their role; 0 while that is not known."""
    mine = connection.execute(
        select(items.c.role, items.c.rank).where(
            items.c.conversation_id == call.conversation_id, items.c.state != DONE
        )
    ).first()
    if mine is None:
        return 0
    before = select(func.count()).where(
        items.c.channel == Channel.PHONE.value,
        items.c.state.in_((WAITING, OFFERED)),
        items.c.role == mine.role,
        items.c.rank < mine.rank,
    )
    return int(connection.execute(before).scalar_one()) + 1


def ring(connection: Connection, call: Call, agent_id: str) -> bool:
    """This agent's phone is about to be rung; False when the call stands otherwise by now."""
    values = {"state": RINGING, "agent_id": agent_id, "agent_sid": "", "turn": call.turn + 1}
    return _change(connection, _as_seen(call, QUEUED), values)


def rings(connection: Connection, call: Call, agent_sid: str) -> None:
    """The provider calls the agent, under this id."""
    connection.execute(
        update(calls)
        .where(calls.c.sid == call.sid, calls.c.turn == call.turn)
        .values(agent_sid=agent_sid)
    )


def answered(connection: Connection, sid: str, turn: int) -> Call | None:
    """The agent's phone was picked up; gives the call if its caller is still there."""
    this = and_(calls.c.sid == sid, calls.c.turn == turn)
    now = clock.now()
    _change(connection, this & (calls.c.state == RINGING), {"state": TALKING, "talking_at": now})
    call = get(connection, sid)
    return call if call is not None and (call.state, call.turn) == (TALKING, turn) else None


def wait_again(connection: Connection, call: Call) -> bool:
    """The agent was not reached, or gave the work back."""
    values = {"state": QUEUED, "agent_id": None, "agent_sid": ""}
    return _change(connection, _as_seen(call, RINGING), values)


def end(connection: Connection, sid: str, outcome: str = "") -> bool:
    """The caller is gone: note it in the conversation. Without an outcome, it follows from how the
    call stood. False when that was known."""
    call = get(connection, sid)
    if call is None or call.state in (ENDING, OVER):
        return False
    became = TALKED if call.state == TALKING else outcome or MISSED
    if not _change(connection, _as_seen(call, call.state), {"state": ENDING, "outcome": became}):
        return False
    name = connection.execute(select(agents.c.name).where(agents.c.id == call.agent_id))
    since = call.talking_at if became == TALKED and call.talking_at else call.created_at
    note(
        connection,
        call,
        became,
        seconds=str(round((clock.now() - since).total_seconds())),
        agent_id=call.agent_id if became == TALKED else None,
        agent_name=(name.scalar_one_or_none() or "") if became == TALKED else "",
    )
    return True


def finish(connection: Connection, call: Call) -> bool:
    """Nothing is left to do. False when that was known."""
    return _change(connection, _as_seen(call, ENDING), {"state": OVER})


def note(
    connection: Connection,
    call: Call,
    outcome: str,
    *,
    agent_id: str | None = None,
    agent_name: str = "",
    **details: str,
) -> None:
    """What happened in a call, for the timeline."""
    add_event(
        connection,
        conversation_id=call.conversation_id,
        details={"event": EVENT, "outcome": outcome, "call": call.sid, **details},
        agent_id=agent_id,
        agent_name=agent_name,
    )


def _as_seen(call: Call, state: str) -> ColumnElement[bool]:
    return and_(calls.c.sid == call.sid, calls.c.turn == call.turn, calls.c.state == state)


def _change(connection: Connection, which: ColumnElement[bool], values: dict[str, Any]) -> bool:
    changed = update(calls).where(which).values(changed_at=clock.now(), **values)
    return connection.execute(changed).rowcount == 1


def _call(row: Any) -> Call:
    return Call(**row._asdict())
