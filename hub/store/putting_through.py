"""A customer is put through to a number outside: either somebody answers there, and the customer
talks on with them, or the customer comes back, and loses neither the line nor their turn. So it is
with a customer on hold whose agent is gone.
"""

from contextlib import suppress

from sqlalchemy import Connection, and_, select

from hub.errors import Rejected
from hub.store import agents, calls, hanging_up, working, wrapping
from hub.store.asking_colleagues import end_consulting
from hub.store.calls import CALLING, RINGING, TALKING, THROUGH, Call, Item, as_seen, change
from hub.store.constants import one_of
from hub.store.tables import calls as table
from hub.store.work_items import ASSIGNED, DONE, SNOOZED

OUTSIDE = "outside"
HOLDER = "holder"
"""Who was not reached, in the event of a customer who came back: the number, or the agent."""


def goes_on(call: Call, room: int) -> bool:
    """Whether the customer of this conference is being put through. The provider may tell what
    became of it before we wrote that it was begun."""
    return bool(call.put_through) and call.room == room and call.state in (TALKING, THROUGH)


def rings(connection: Connection, call: Call) -> bool:
    """The provider calls the number; False when it told meanwhile what became of that."""
    this = and_(as_seen(call, TALKING), table.c.put_through == call.put_through)
    return change(connection, call.sid, this & (table.c.room == call.room), {"state": THROUGH})


def comes_back(connection: Connection, call: Call, *, why: str = "", seated: bool = False) -> bool:
    """The customer waits for the agent who put them through; when that one cannot have them, for
    the role. `why`: how the number was not reached, empty when the agent did not want it any more.
    """
    still = and_(
        one_of(table.c.state, (TALKING, THROUGH)),
        table.c.put_through == call.put_through,
        table.c.room == call.room,
    )
    if not calls.queue_again(connection, call, still, seated=seated):
        return False
    if call.other_agent_id:
        end_consulting(connection, call.conversation_id)
    if why:
        _note(connection, call, why=why, who=OUTSIDE, to=call.put_through)
    _wait(connection, call)
    return True


def held_no_more(connection: Connection, call: Call) -> bool:
    """The agent put the phone down while the customer was on hold, perhaps to give them to who was
    asked: they wait for the agent again."""
    still = and_(as_seen(call, TALKING), table.c.on_hold, table.c.room == call.room)
    if not calls.queue_again(connection, call, still, seated=True):
        return False
    if call.other_agent_id:
        end_consulting(connection, call.conversation_id)
    _note(connection, call, why="completed", who=HOLDER)
    _wait(connection, call)
    return True


def _note(connection: Connection, call: Call, **details: str) -> None:
    names = agents.names(connection, [call.agent_id]) if call.agent_id else {}
    calls.note(
        connection,
        call,
        calls.UNREACHED,
        agent_id=call.agent_id,
        agent_name=names.get(call.agent_id or "", ""),
        **details,
    )


def _wait(connection: Connection, call: Call) -> None:
    item = calls.item_of(connection, call)
    if item is not None:
        with suppress(Rejected):  # somebody took it in the same moment: they have the customer
            _go_on_with(connection, call, item)
        hanging_up.holds_the_line(connection, item.id)


def _go_on_with(connection: Connection, call: Call, item: Item) -> None:
    """The work goes on, also where it was resolved or put aside meanwhile."""
    agent = agents.find(connection, call.agent_id) if call.agent_id else None
    if item.state == DONE:
        working.reopen(connection, item.id, agent or item.agent)
        wrapping.finish(connection, item.agent, item.id)
    elif item.state == SNOOZED:
        working.claim(connection, item.id, agent or item.agent)
    elif item.state != ASSIGNED or item.agent_id != call.agent_id:
        return
    if agent is None or _talks(connection, agent.id):
        working.release(connection, item.id, agent or item.agent)


def _talks(connection: Connection, agent_id: str) -> bool:
    """Whether they have another call by now."""
    busy = one_of(table.c.state, (RINGING, CALLING, TALKING))
    theirs = select(table.c.sid).where(table.c.agent_id == agent_id, busy)
    return connection.execute(theirs).first() is not None
