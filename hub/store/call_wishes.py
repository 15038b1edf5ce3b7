"""What an agent does in a call: hold, mute, press keys, ask a colleague, pass it on, hang up.

Each is written here as a wish. The connector makes it so at the provider and writes that it is so;
until then the wish stands, over restarts as well.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, and_, update

from hub import clock
from hub.errors import Rejected
from hub.store import agents, audit, calls, handing_over, hanging_up, putting_through, working
from hub.store.agents import Agent
from hub.store.asking_colleagues import ask_on_the_phone, end_consulting
from hub.store.calls import TALKING, Call, as_seen, change
from hub.store.handing_over import Goal
from hub.store.tables import calls as table
from hub.store.work_items import ASSIGNED

ASKED = "asked"
RINGING = "ringing"
THERE = "there"
TAKING_OVER = "taking_over"
LEAVING = "leaving"
"""The states of who is consulted: wanted, rung, on the line, to stay with the customer, to go."""

_KEYS = re.compile(r"[0-9*#]{1,20}")
_MOST_KEYS = 64


class Wish(StrEnum):
    """What needs nothing but to be said."""

    HOLD = "hold"
    RESUME = "resume"
    MUTE = "mute"
    UNMUTE = "unmute"
    HANG_UP = "hang_up"
    TAKE_OVER = "take_over"
    """Who is consulted takes the customer, and the agent goes."""
    CANCEL = "cancel"
    """Who is consulted, or called for the customer, goes, and the agent goes on with them."""


@dataclass(frozen=True)
class Other:
    """Who is consulted: a number outside, or a colleague (in a role of theirs)."""

    number: str = ""
    agent_id: str = ""
    role: str = ""


def held(connection: Connection, call_id: str, agent: Agent) -> Call:
    """The call that this agent has. Raises Rejected when it is over, or not theirs."""
    call = calls.get(connection, call_id)
    if call is None or call.agent_id != agent.id or call.state in (calls.ENDING, calls.OVER):
        raise Rejected("no_call", "This call is over, or somebody else has it.", status=409)
    return call


def say(connection: Connection, call_id: str, agent: Agent, wish: Wish) -> None:
    """Raises Rejected when the agent does not have this call, or it stands otherwise."""
    call = held(connection, call_id, agent)
    match wish:
        case Wish.HOLD | Wish.RESUME:
            _set(connection, call, wants_hold=wish is Wish.HOLD)
        case Wish.MUTE | Wish.UNMUTE:
            _set(connection, call, wants_mute=wish is Wish.MUTE)
        case Wish.HANG_UP if call.state == calls.RINGING and not call.reaches_out:
            _give_back(connection, call, agent)
        case Wish.HANG_UP if call.state == calls.THROUGH:
            calls.end(connection, call.sid, calls.TALKED)
        case Wish.HANG_UP:
            calls.end(connection, call.sid)
        case Wish.TAKE_OVER:
            _take_over(connection, call, agent)
        case Wish.CANCEL if call.state == calls.THROUGH:
            putting_through.comes_back(connection, call)
        case Wish.CANCEL:
            _let_go(connection, call)


def press(connection: Connection, call_id: str, agent: Agent, keys: str) -> None:
    """Have these keys (0 to 9, star, hash) sounded to the customer's end."""
    if not _KEYS.fullmatch(keys):
        raise Rejected("no_key", "Choose a key of a phone: 0 to 9, star or hash.", status=422)
    call = _talking(connection, call_id, agent)
    _set(connection, call, keys=(call.keys + keys)[:_MOST_KEYS])


def take_keys(connection: Connection, call: Call) -> str:
    """The keys that wait, for who sounds them: nobody else gets them."""
    taken = change(connection, call.sid, table.c["keys"] == call.keys, {"keys": ""})
    return call.keys if taken else ""


def consult(connection: Connection, call_id: str, agent: Agent, other: Other) -> None:
    """Put the customer on hold and call somebody: a warm transfer begins. Raises Rejected."""
    call = _talking(connection, call_id, agent)
    if call.other_state:
        raise Rejected("consulting", "You are calling somebody already.", status=409)
    colleague = agents.find(connection, other.agent_id) if other.agent_id else None
    if colleague is None and not other.number:
        raise Rejected("no_agent", "This colleague cannot sign in. Choose somebody else.")
    if colleague is not None and colleague.id == agent.id:
        raise Rejected("own_work", "You have it already.")
    name = colleague.name if colleague else other.number
    _set(
        connection,
        call,
        wants_hold=True,
        other_state=ASKED,
        other_to=f"{other.role}|{other.agent_id}" if colleague else other.number,
        other_name=name[:200],
        other_agent_id=colleague.id if colleague else None,
        other_sid="",
    )
    _record(connection, agent, call, "call.consulted", to=name)
    if colleague is not None:
        ask_on_the_phone(connection, call.conversation_id, agent, colleague.id)


def pass_on(
    connection: Connection, call_id: str, agent: Agent, goal: Goal, *, backup_role: str = ""
) -> None:
    """Give the customer and the work to a role, or a colleague in it: they wait, and the first who
    takes the work has them on the phone. Raises Rejected."""
    call = _talking(connection, call_id, agent)
    item = calls.item_of(connection, call)
    if item is None:
        raise Rejected("no_work_item", "This work item does not exist.", status=404)
    hanging_up.holds_the_line(connection, item.id)
    handing_over.transfer(connection, item.id, agent, goal, backup_role=backup_role)
    calls.queue_again(connection, call, as_seen(call, TALKING))
    names = agents.names(connection, [goal.agent_id]) if goal.agent_id else {}
    to = names.get(goal.agent_id, "")
    calls.note_passed_on(connection, call, agent, to=to, role=goal.role)
    end_consulting(connection, call.conversation_id)
    _record(connection, agent, call, "call.passed_on", role=goal.role, to=goal.agent_id)


def put_through(connection: Connection, call_id: str, agent: Agent, number: str) -> None:
    """Connect the customer with a number outside; the agent is done with the call."""
    call = _talking(connection, call_id, agent)
    _set(connection, call, put_through=number)
    _record(connection, agent, call, "call.put_through", to=number)


def settle(connection: Connection, call: Call, **so: object) -> bool:
    """It is so at the provider: write it beside the wish."""
    return change(connection, call.sid, as_seen(call, call.state), so)


def other_is(connection: Connection, call: Call, state: str, *, was: str, sid: str = "") -> bool:
    """Who is consulted is further; an empty state: they are gone."""
    values: dict[str, object] = {"other_state": state}
    if sid:
        values["other_sid"] = sid
    if not state:
        values |= calls.NOBODY_ELSE
        values["wants_hold"] = False
    if not change(connection, call.sid, table.c.other_state == was, values):
        return False
    if not state:
        end_consulting(connection, call.conversation_id)
    return True


def other_sid(connection: Connection, call: Call, sid: str) -> None:
    """The provider calls who is consulted, under this id."""
    connection.execute(update(table).where(table.c.sid == call.sid).values(other_sid=sid))


def handed_on(connection: Connection, call: Call) -> bool:
    """The colleague who was consulted has the customer now, and the work. Gives whether it is so:
    False for somebody outside, and when the colleague may not have it."""
    colleague = agents.find(connection, call.other_agent_id) if call.other_agent_id else None
    item = calls.item_of(connection, call)
    is_theirs = item is not None and (item.state, item.agent_id) == (ASSIGNED, call.agent_id)
    if colleague is None or item is None or not is_theirs:
        return False
    role = call.other_to.partition("|")[0]
    goal = Goal(role, colleague.id)
    handing_over.transfer(connection, item.id, item.agent, goal)
    working.claim(connection, item.id, colleague)
    calls.note_passed_on(connection, call, item.agent, to=colleague.name, role=role)
    values = {
        "agent_id": colleague.id,
        "talking_at": clock.now(),
        "agent_sid": call.other_sid,
        "turn": call.turn + 1,
        **calls.NOBODY_ELSE,
        "wants_hold": False,
        "wants_mute": False,
        "muted": False,
    }
    return change(connection, call.sid, as_seen(call, TALKING), values)


def heard(
    connection: Connection, call: Call, room: int, conference_sid: str, sequence: int
) -> bool:
    """The provider told something about the conference; False for what is older than we know."""
    newer = and_(
        table.c.room == room,
        (table.c.conference_sid != conference_sid) | (table.c.sequence < sequence),
    )
    values = {"conference_sid": conference_sid, "sequence": sequence}
    return change(connection, call.sid, newer, values)


def _give_back(connection: Connection, call: Call, agent: Agent) -> None:
    """The agent hangs up while their own phone rings: the customer keeps waiting, for whoever takes
    it. As it is another turn, picking up in the same moment comes too late. The call is nobody's,
    so that the phone stops ringing and rings anew, whoever takes the work by then."""
    _set(connection, call, turn=call.turn + 1, agent_id=None)
    item = calls.item_of(connection, call)
    if item is not None and (item.state, item.agent_id) == (ASSIGNED, agent.id):
        working.release(connection, item.id, agent)


def _take_over(connection: Connection, call: Call, agent: Agent) -> None:
    if call.other_state != THERE:
        raise Rejected("nobody_there", "Nobody has answered yet.", status=409)
    _set(connection, call, other_state=TAKING_OVER)
    end_consulting(connection, call.conversation_id)
    _record(connection, agent, call, "call.handed_on", to=call.other_name)


def _let_go(connection: Connection, call: Call) -> None:
    if call.other_state in (ASKED, RINGING, THERE):
        _set(connection, call, other_state=LEAVING, wants_hold=False)
        end_consulting(connection, call.conversation_id)


def _talking(connection: Connection, call_id: str, agent: Agent) -> Call:
    call = held(connection, call_id, agent)
    if call.state != TALKING:
        raise Rejected("not_talking", "The customer is not on the line yet.", status=409)
    return call


def _set(connection: Connection, call: Call, **values: object) -> None:
    if not change(connection, call.sid, as_seen(call, call.state), values):
        raise Rejected("changed", "It changed at the same moment. Try again.", status=409)


def _record(
    connection: Connection, agent: Agent, call: Call, action: str, **details: object
) -> None:
    details |= {"conversation": call.conversation_id}
    audit.record(connection, actor=agent.id, action=action, about=call.sid, details=details)
