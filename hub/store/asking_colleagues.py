"""Agents ask colleagues: a mention in a note, an approval that a role has to give in time, or to
talk about a customer who is on hold; and are told that a task is done that they asked for.

Who is asked sees the conversation. An approval is answered once, and who has the work is told,
with the reason of a refusal; also that it was not answered in time: they ask again, or take it
back. Once the work is finished, or another role has it, it is asked no more.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from hub import clock
from hub.errors import Rejected
from hub.events import ColleagueAsked
from hub.logs import correlation_id
from hub.replies import add_event
from hub.store import audit, outbox
from hub.store.agents import Agent
from hub.store.asked import APPROVAL, CONSULT, DONE, HOLDER_ID, MENTION, NO, SEEN, TASK, YES
from hub.store.holding import hold
from hub.store.tables import agents, asked_colleagues, conversations, customers

SOURCE = "/loket/colleagues"
AGAIN, WITHDRAW = "again", "withdraw"
FINISHED = "finished"
LONGEST = 500
_NAME = re.compile(r"(?<![\w@.])@([\w][\w.-]{1,99})")


def mention(connection: Connection, conversation_id: str, note: str, agent: Agent) -> None:
    """Tell the colleagues whom the note names: `@login`, or a first name that only one has."""
    for to in _named(connection, note) - {agent.id}:
        _add(connection, conversation_id, agent, kind=MENTION, what=note, to_agent_id=to)


def ask_on_the_phone(
    connection: Connection, conversation_id: str, agent: Agent, to_agent_id: str
) -> None:
    """Whose phone is called about a customer sees on their desk who that is, and may read on."""
    name = connection.execute(
        select(customers.c.name)
        .join(conversations, conversations.c.customer_id == customers.c.id)
        .where(conversations.c.id == conversation_id)
    ).scalar_one()
    _add(connection, conversation_id, agent, kind=CONSULT, what=name, to_agent_id=to_agent_id)


def end_consulting(connection: Connection, conversation_id: str) -> None:
    """They talk no more, the colleague has the customer now, or the call is over."""
    columns = asked_colleagues.c
    over = (
        update(asked_colleagues)
        .where(columns.conversation_id == conversation_id, columns.kind == CONSULT)
        .where(columns.is_over.is_(False))
        .values(is_over=True)
        .returning(columns.to_agent_id)
    )
    for to_agent_id in connection.execute(over).scalars():
        _tell(connection, conversation_id, agent_id=to_agent_id, role="")


def ask_approval(
    connection: Connection,
    conversation_id: str,
    agent: Agent,
    *,
    role: str,
    what: str,
    within: timedelta | None,
) -> None:
    """Ask whoever holds the role to approve this. Raises Rejected for nothing to approve."""
    if not what.strip():
        raise Rejected("empty_request", "Write what is to be approved.")
    due = clock.now() + within if within else None
    _add(connection, conversation_id, agent, kind=APPROVAL, what=what, to_role=role, due_at=due)
    details = {"event": "approval_asked", "what": what[:LONGEST], "role": role}
    _tell_conversation(connection, conversation_id, details, agent)


def answer(
    connection: Connection, request_id: str, said: str, agent: Agent, *, reason: str = ""
) -> None:
    """Of several who hold the role, the first answers; `reason`: why not. Who has the work that an
    approval is for asks again or takes it back while nobody answered. Raises Rejected."""
    row = _mine(connection, request_id, agent)
    is_own = row.by_agent_id == agent.id
    if row.kind == APPROVAL and not row.answer and (is_own or said in (AGAIN, WITHDRAW)):
        _go_on(connection, row, said, agent)
        return
    wanted = (YES, NO) if row.kind == APPROVAL else (SEEN,)
    is_answer = row.answer == "" and not is_own
    if (is_answer and said not in wanted) or (not is_answer and said != SEEN):
        raise Rejected("no_answer", "Choose one of the answers.")
    if not is_answer:
        change(connection, row.id, is_over=True)
        return
    why = reason.strip()[:LONGEST] if said == NO else ""
    values = {"answer": said, "answered_by": agent.id, "answered_at": clock.now(), "reason": why}
    is_over = row.kind in (MENTION, CONSULT) or row.holder_id == agent.id
    change(connection, row.id, **values, is_over=is_over)
    if row.kind == APPROVAL:
        details = {"event": f"approval_{said}", "what": row.what}
        details |= {"reason": why} if why else {}
        _tell_conversation(connection, row.conversation_id, details, agent)
        _tell(connection, row.conversation_id, agent_id=row.holder_id or "", role=row.to_role)


def _go_on(connection: Connection, row: Any, said: str, agent: Agent) -> None:
    """Who asks again is who asked from then on."""
    if said not in (AGAIN, WITHDRAW):
        raise Rejected("no_answer", "Choose one of the answers.")
    if row.holder_id != agent.id:
        raise Rejected("not_held", "Take this item first.", status=409)
    if said == AGAIN:
        now = clock.now()
        due = row.due_at and now + (row.due_at - row.asked_at)
        change(connection, row.id, by_agent_id=agent.id, asked_at=now, due_at=due)
    else:
        change(connection, row.id, is_over=True)
    say_of(connection, row, said, agent)


def say_of(connection: Connection, row: Any, event: str, agent: Agent) -> None:
    """Tell in the conversation what became of an approval, and who has the work or was asked."""
    details = {"event": f"approval_{event}", "what": row.what}
    _tell_conversation(connection, row.conversation_id, details, agent)
    _tell(connection, row.conversation_id, agent_id=row.holder_id or "", role=row.to_role)


def tell_done(
    connection: Connection,
    conversation_id: str,
    *,
    role: str,
    what: str,
    asked_by: str,
    asked_at: datetime,
    done_by: Agent,
) -> None:
    """Who asked a role for something sees on their desk that it is done."""
    row = {
        "id": clock.new_id(),
        "conversation_id": conversation_id,
        "kind": TASK,
        "by_agent_id": asked_by,
        "to_agent_id": None,
        "to_role": role,
        "what": what[:LONGEST],
        "asked_at": asked_at,
        "due_at": None,
        "answer": DONE,
        "answered_by": done_by.id,
        "answered_at": clock.now(),
        "is_over": False,
    }
    connection.execute(insert(asked_colleagues), [row])
    _tell(connection, conversation_id, agent_id=asked_by, role="")


WITH_HOLDER = select(asked_colleagues, HOLDER_ID.label("holder_id"))
_ITS_CONVERSATION = select(conversations.c.id).where(
    conversations.c.id
    == select(asked_colleagues.c.conversation_id)
    .where(asked_colleagues.c.id == bindparam("request"))
    .scalar_subquery()
)
"""Made once: making them takes longer than running them. With the holder: `holder_id`."""


def _named(connection: Connection, note: str) -> set[str]:
    names = {found.rstrip(".-").casefold() for found in _NAME.findall(note)}
    if not names:
        return set()
    rows = connection.execute(
        select(agents.c.id, agents.c.login, agents.c.name).where(agents.c.active.is_(True))
    ).all()
    found: set[str] = set()
    for name in names:
        by_login = [row.id for row in rows if row.login == name]
        by_name = [row.id for row in rows if row.name.partition(" ")[0].casefold() == name]
        found.update(by_login or (by_name if len(by_name) == 1 else ()))
    return found


def _mine(connection: Connection, request_id: str, agent: Agent) -> Any:
    """The request, with who has the work that it is for."""
    hold(connection, _ITS_CONVERSATION, {"request": request_id})
    row = connection.execute(WITH_HOLDER.where(asked_colleagues.c.id == request_id)).one_or_none()
    if row is None:
        raise _not_theirs()
    waits_for_it = row.holder_id if row.kind == APPROVAL else row.by_agent_id
    concerns = agent.id in (row.by_agent_id, row.to_agent_id, waits_for_it)
    if not (concerns or row.to_role in agent.roles):
        raise _not_theirs()
    if row.is_over and row.answer in ("", FINISHED):
        raise Rejected("asked_no_more", "This is asked no more.", status=409)
    if row.is_over or (row.answer and waits_for_it != agent.id):
        raise Rejected("answered", "A colleague has answered it already.", status=409)
    return row


def _not_theirs() -> Rejected:
    return Rejected("no_request", "This is not asked of you.", status=404)


def change(connection: Connection, request_id: str, **values: Any) -> None:
    """Write this of a request that is locked with its conversation."""
    this = asked_colleagues.c.id == request_id
    connection.execute(update(asked_colleagues).where(this).values(values))


def _add(
    connection: Connection,
    conversation_id: str,
    agent: Agent,
    *,
    kind: str,
    what: str,
    to_agent_id: str | None = None,
    to_role: str = "",
    due_at: datetime | None = None,
) -> None:
    row = {
        "id": clock.new_id(),
        "conversation_id": conversation_id,
        "kind": kind,
        "by_agent_id": agent.id,
        "to_agent_id": to_agent_id,
        "to_role": to_role,
        "what": what.strip()[:LONGEST],
        "asked_at": clock.now(),
        "due_at": due_at,
        "answer": "",
        "is_over": False,
    }
    connection.execute(insert(asked_colleagues), [row])
    _tell(connection, conversation_id, agent_id=to_agent_id or "", role=to_role)
    audit.record(
        connection,
        actor=agent.id,
        action=f"colleague.{kind}",
        about=conversation_id,
        details={"to": to_agent_id or to_role},
    )


def _tell(connection: Connection, conversation_id: str, *, agent_id: str, role: str) -> None:
    event = ColleagueAsked(conversation_id=conversation_id, agent_id=agent_id, role=role)
    outbox.add(
        connection,
        event,
        subject=conversation_id,
        source=SOURCE,
        correlation_id=correlation_id(),
    )


def _tell_conversation(
    connection: Connection, conversation_id: str, details: dict[str, str], agent: Agent
) -> None:
    add_event(
        connection,
        conversation_id=conversation_id,
        details=details,
        agent_id=agent.id,
        agent_name=agent.name,
    )
