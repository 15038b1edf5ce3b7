"""Phone calls: where each stands, until its customer is gone and nothing is left to do for it.

A call that comes in waits for an agent, rings that agent's phone, and is then talked. A call that
we make rings the agent's phone, then calls the customer, and is then talked. Whose customer was
passed on, or came back, waits as one that came in. It can end from each. All changes compare what
they found, so that reports which come twice or in the wrong order do nothing. What the agent does
in a call is in `call_wishes`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, select, update

from hub import clock
from hub.events import CallChanged
from hub.interaction import Channel
from hub.replies import add_event
from hub.store import outbox
from hub.store.agents import Agent
from hub.store.asking_colleagues import end_consulting
from hub.store.constants import constant
from hub.store.inserting import insert_new
from hub.store.tables import agents, calls, interactions, unrouted
from hub.store.tables import work_items as items
from hub.store.work_items import DONE, OFFERED, WAITING

QUEUED = "waiting"
RINGING = "ringing"
CALLING = "calling"
"""The agent is there, and the customer's phone rings: in a call that we make."""
TALKING = "talking"
THROUGH = "through"
"""The customer is being put through: a phone outside rings, and the agent is off the line."""
ENDING = "ending"
"""The caller is gone; what that means for the work and the agent's phone is still to be done."""
OVER = "over"

MISSED = "missed"
CALLBACK = "callback"
TALKED = "talked"
HANDLED = "handled"
"""The work was resolved while its caller waited."""
NO_ANSWER = "no_answer"
"""The customer did not take a call of ours."""
PUT_THROUGH = "put_through"
"""The customer talks on with somebody outside."""
HUNG_UP = "hung_up"
"""The customer hung up while a phone outside rang for them."""
ENDED = "ended"
"""The agent of a call that we make gave it up, or could not be reached."""
UNREACHED = "unreached"
"""Not an end: an agent, or somebody outside, was rung in vain."""

NOBODY_ELSE = {
    "other_state": "",
    "other_to": "",
    "other_name": "",
    "other_agent_id": None,
    "other_sid": "",
}
"""Nobody is consulted."""
PASSED_ON = "passed_on"
"""Not an end either: whoever talked gave the customer to a role, or a colleague."""
OUTBOUND = "outbound"
SOURCE = "/loket/calls"

LONGEST_CHOICE = 200
EVENT = "call"
"""What the event of a call in a conversation is called."""


@dataclass(frozen=True)
class Call:
    """`sid`: our id of it, which is the provider's for a call that came in. `caller`: the number of
    the customer, empty when they withhold it. `turn`: how often an agent was rung, or gave back a
    call that rang; then `agent_id` is empty, and that phone is still to stop. `chosen`: what the
    caller chose in the menu, in words. `room` is the conference that the customer belongs in,
    `seated` the one that they are in. `wants_...`: what the agent asked for, beside what is so.
    `talking_at`: since when the customer talks, or waits again after they talked. `keys`: to be
    pressed for the agent. `put_through`: the number that the customer is to talk with instead.
    `other_...`: who is consulted while the customer is on hold. `consent`: agreed or refused, to
    being recorded; empty when nobody asked. `recording`: see `recordings`.
    """

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
    direction: str
    customer_sid: str
    chosen: str
    room: int
    seated: int
    conference_sid: str
    sequence: int
    wants_hold: bool
    on_hold: bool
    wants_mute: bool
    muted: bool
    keys: str
    put_through: str
    other_state: str
    other_to: str
    other_name: str
    other_agent_id: str | None
    other_sid: str
    consent: str
    recording: str
    recording_entry: str

    @property
    def is_outbound(self) -> bool:
        return self.direction == OUTBOUND

    @property
    def reaches_out(self) -> bool:
        """Whether we make it, and its customer was not on the line yet."""
        return self.is_outbound and self.talking_at is None

    @property
    def customer_end(self) -> str:
        """The provider's id of the customer's end; empty while it is not known."""
        return self.customer_sid if self.is_outbound else self.sid


@dataclass(frozen=True)
class Item:
    """The work item of a call, about `topic`. `agent_...`: of who has it, or is asked."""

    id: str
    state: str
    agent_id: str | None
    agent_login: str
    agent_name: str
    agent_phone: str
    callback_to: str
    customer_id: str
    topic: str

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
    chosen: str = "",
    consent: str = "",
) -> None:
    """A caller waits from now on. One that is known stays as it is."""
    row = _row(sid, conversation_id, QUEUED) | {
        "account": account,
        "caller": caller,
        "language": language,
        "chosen": chosen[:LONGEST_CHOICE],
        "consent": consent,
    }
    insert_new(connection, calls, [row])
    _tell(connection, sid)


def place(
    connection: Connection, conversation_id: str, agent: Agent, *, number: str, language: str
) -> str:
    """The agent calls the customer at this number: first their own phone rings. Gives the id."""
    sid = f"OUT{clock.new_id()}"
    row = _row(sid, conversation_id, QUEUED) | {
        "account": "",
        "caller": number,
        "language": language,
        "direction": OUTBOUND,
        "agent_id": agent.id,
    }
    insert_new(connection, calls, [row])
    _tell(connection, sid)
    return sid


def _row(sid: str, conversation_id: str, state: str) -> dict[str, Any]:
    now = clock.now()
    return {
        "sid": sid,
        "conversation_id": conversation_id,
        "state": state,
        "outcome": "",
        "turn": 0,
        "agent_id": None,
        "agent_sid": "",
        "created_at": now,
        "changed_at": now,
        "talking_at": None,
    }


def get(connection: Connection, sid: str) -> Call | None:
    row = connection.execute(select(calls).where(calls.c.sid == sid)).one_or_none()
    return _call(row) if row is not None else None


def unfinished(connection: Connection) -> list[Call]:
    """The calls for which something may have to be done, the oldest first."""
    found = select(calls).where(calls.c.state != constant(OVER)).order_by(calls.c.created_at)
    return [_call(row) for row in connection.execute(found)]


def item_of(connection: Connection, call: Call) -> Item | None:
    """None before the contact was routed, also where the conversation had work already."""
    unread = select(unrouted.c.interaction_id).join(
        interactions, interactions.c.id == unrouted.c.interaction_id
    )
    its = unread.where(
        unrouted.c.conversation_id == call.conversation_id, interactions.c.external_id == call.sid
    )
    row = connection.execute(
        select(items.c.id, items.c.state, items.c.agent_id, items.c.callback_to)
        .add_columns(items.c.customer_id, items.c.topic)
        .add_columns(agents.c.login, agents.c.name, agents.c.phone)
        .outerjoin(agents, agents.c.id == items.c.agent_id)
        .where(items.c.conversation_id == call.conversation_id, ~its.exists())
        .order_by(items.c.state == constant(DONE), items.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return Item(
        row.id,
        row.state,
        row.agent_id,
        row.login or "",
        row.name or "",
        row.phone or "",
        row.callback_to,
        row.customer_id,
        row.topic,
    )


def of_conversation(connection: Connection, conversation_id: str) -> Call | None:
    """The call that goes on in a conversation, or else the last one it had."""
    row = connection.execute(_LAST, {"conversation": conversation_id}).one_or_none()
    return _call(row) if row is not None else None


@dataclass(frozen=True)
class Place:
    """1 for who is next in the queue of their role; 0 while that is not known."""

    number: int
    role: str


def place_of(connection: Connection, call: Call) -> Place:
    """Where this caller is in line."""
    mine = connection.execute(
        select(items.c.role, items.c.rank).where(
            items.c.conversation_id == call.conversation_id,
            items.c.channel == Channel.PHONE.value,
            items.c.state != DONE,
        )
    ).first()
    if mine is None:
        return Place(0, "")
    before = select(func.count()).where(
        items.c.channel == Channel.PHONE.value,
        items.c.state.in_((WAITING, OFFERED)),
        items.c.role == mine.role,
        items.c.rank < mine.rank,
    )
    return Place(int(connection.execute(before).scalar_one()) + 1, mine.role)


def ring(connection: Connection, call: Call, agent_id: str) -> bool:
    """This agent's phone is about to be rung; False when the call stands otherwise by now."""
    values = {"state": RINGING, "agent_id": agent_id, "agent_sid": "", "turn": call.turn + 1}
    return change(connection, call.sid, as_seen(call, QUEUED), values)


def rings(connection: Connection, call: Call, agent_sid: str) -> None:
    """The provider calls the agent, under this id."""
    connection.execute(
        update(calls)
        .where(calls.c.sid == call.sid, calls.c.turn == call.turn)
        .values(agent_sid=agent_sid)
    )


def answered(connection: Connection, sid: str, turn: int) -> Call | None:
    """The agent's phone was picked up; gives the call if its caller is still there."""
    this = and_(calls.c.sid == sid, calls.c.turn == turn, calls.c.state == RINGING)
    waits = (calls.c.direction != OUTBOUND) | calls.c.talking_at.is_not(None)
    change(connection, sid, this & waits, {"state": TALKING, "talking_at": clock.now()})
    change(connection, sid, this & ~waits, {"state": CALLING})
    call = get(connection, sid)
    there = call is not None and call.state in (TALKING, CALLING) and call.turn == turn
    return call if there else None


def reaches(connection: Connection, call: Call, customer_sid: str, *, was: str) -> bool:
    """The provider calls, or is about to call, the customer under this id; False when another
    process does."""
    this = and_(calls.c.customer_sid == was, calls.c.state == CALLING)
    return change(connection, call.sid, this, {"customer_sid": customer_sid})


def taken_up(connection: Connection, sid: str) -> Call | None:
    """The customer answered a call of ours; gives the call if its agent is still there."""
    this = and_(calls.c.sid == sid, calls.c.state == CALLING)
    change(connection, sid, this, {"state": TALKING, "talking_at": clock.now()})
    call = get(connection, sid)
    return call if call is not None and call.state == TALKING else None


def wait_again(connection: Connection, call: Call) -> bool:
    """The agent was not reached, or gave the work back."""
    values = {"state": QUEUED, "agent_id": None, "agent_sid": ""}
    return change(connection, call.sid, as_seen(call, RINGING), values)


def queue_again(
    connection: Connection, call: Call, which: ColumnElement[bool], *, seated: bool = False
) -> bool:
    """If `which` holds, the customer, who was on the line, waits in a conference of their own;
    `seated`: they are in it already."""
    values = {
        "state": QUEUED,
        "room": call.room + 1,
        "agent_id": None,
        "talking_at": clock.now(),
        "put_through": "",
        "wants_hold": False,
        "on_hold": False,
        "wants_mute": False,
        "muted": False,
        "conference_sid": "",
        "sequence": 0,
        **NOBODY_ELSE,
    }
    if seated:
        values |= {"seated": call.room + 1, "agent_sid": ""}
    return change(connection, call.sid, which, values)


def end(connection: Connection, sid: str, outcome: str = "", *, why: str = "") -> bool:
    """The customer is gone: note it in the conversation. Without an outcome, it follows from how
    the call stood. False when that was known."""
    call = get(connection, sid)
    if call is None or call.state in (ENDING, OVER):
        return False
    became = _became(call, outcome)
    values = {"state": ENDING, "outcome": became}
    if not change(connection, sid, as_seen(call, call.state), values):
        return False
    if call.other_agent_id:
        end_consulting(connection, call.conversation_id)
    ours = became in (TALKED, PUT_THROUGH, HUNG_UP) or call.reaches_out
    name = connection.execute(select(agents.c.name).where(agents.c.id == call.agent_id))
    since = call.talking_at or call.created_at
    note(
        connection,
        call,
        became,
        seconds=str(round((clock.now() - since).total_seconds())),
        direction=call.direction,
        why=why,
        to=call.other_name or call.put_through,
        withheld="" if call.caller else "yes",
        agent_id=call.agent_id if ours else None,
        agent_name=(name.scalar_one_or_none() or "") if ours else "",
    )
    return True


def _became(call: Call, outcome: str) -> str:
    if call.state == TALKING:
        return outcome if outcome == PUT_THROUGH else TALKED
    if call.state == THROUGH:
        return outcome or HUNG_UP
    if call.reaches_out:
        return outcome or (NO_ANSWER if call.state == CALLING else ENDED)
    return outcome or MISSED


def finish(connection: Connection, call: Call) -> bool:
    """Nothing is left to do. False when that was known."""
    return change(connection, call.sid, as_seen(call, ENDING), {"state": OVER})


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


def note_passed_on(connection: Connection, call: Call, agent: Agent, *, to: str, role: str) -> None:
    """`to`: the name of a colleague; empty for whoever of the role comes."""
    talked = clock.now() - (call.talking_at or call.created_at)
    note(
        connection,
        call,
        PASSED_ON,
        seconds=str(round(talked.total_seconds())),
        to=to,
        role=role,
        agent_id=agent.id,
        agent_name=agent.name,
    )


def as_seen(call: Call, state: str) -> ColumnElement[bool]:
    """Whether it stands as it stood, in this state."""
    return and_(calls.c.turn == call.turn, calls.c.state == state)


def change(
    connection: Connection, sid: str, which: ColumnElement[bool], values: dict[str, Any]
) -> bool:
    """Change a call if `which` holds, and tell who listens; False when it does not hold."""
    new = update(calls).where(calls.c.sid == sid, which).values(changed_at=clock.now(), **values)
    if connection.execute(new).rowcount != 1:
        return False
    _tell(connection, sid)
    return True


def _tell(connection: Connection, sid: str) -> None:
    call = get(connection, sid)
    if call is None:
        return
    event = CallChanged(
        call_id=sid,
        conversation_id=call.conversation_id,
        state=call.state,
        agent_id=call.agent_id,
    )
    outbox.add(connection, event, subject=call.conversation_id, source=SOURCE)


def _call(row: Any) -> Call:
    return Call(**row._asdict())


# Made once: making it takes longer than running it.
_LAST = (
    select(calls)
    .where(calls.c.conversation_id == bindparam("conversation"))
    .order_by(calls.c.created_at.desc())
    .limit(1)
)
