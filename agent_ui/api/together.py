"""Promises to customers, and what colleagues ask of each other, for programs."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Literal, get_args

from pydantic import AwareDatetime, Field
from sqlalchemy import Connection

from agent_ui.api.conversations import must_see
from agent_ui.api.work import item_of
from agent_ui.guidance import guidance_of
from hub import promising
from hub.api.operation import Answer, Call, Operation, Shape, picked
from hub.errors import Rejected
from hub.promising import Given
from hub.store import asked, asking_colleagues, timeline, work_items
from hub.store.agents import Agent
from hub.store.asked import NO, SEEN, YES
from hub.store.asking_colleagues import AGAIN, WITHDRAW


class Promise(Shape):
    id: str
    title: str
    due_at: datetime
    conversation_id: str
    customer_id: str
    agent_id: str
    agent_name: str
    kept_at: datetime | None
    breached_at: datetime | None


class Promises(Shape):
    """Those that stand, the first due first."""

    items: list[Promise]


class NewPromise(Shape):
    """Within a year."""

    title: str = Field(min_length=1, max_length=promising.LONGEST)
    due_at: AwareDatetime


class Asked(Shape):
    """`kind`: `mention`, `approval`, `consult` (a colleague calls about a customer on hold), `task`
    (what the agent asked for is done). `answer`: once somebody answered: `yes`, `no`, or `done` for
    a task. An approval without one, for work that the agent has, was not given in time, by
    `due_at`. `reason`: why not, if that was said. `holder_id`: who has the work that it is
    about and so gets the answer of an approval; empty while nobody has it, and who takes it gets
    it."""

    id: str
    conversation_id: str
    title: str
    kind: str
    what: str
    by_agent_id: str
    by_name: str
    asked_at: datetime
    due_at: datetime | None
    answer: str
    answered_by: str
    reason: str
    holder_id: str
    holder_name: str


class AllAsked(Shape):
    """What the agent is asked; of what was asked for their work, answers that they have not seen,
    and approvals that were not given in time."""

    items: list[Asked]


class Approval(Shape):
    """`role`: one that the model names for it."""

    role: str = Field(min_length=1, max_length=100)
    what: str = Field(min_length=1, max_length=asking_colleagues.LONGEST)


class Saying(Shape):
    """`yes` or `no` to an approval, `seen` to all else: a mention, a consultation, an answer. Who
    has the work that an approval is for asks `again` while nobody gave or refused it, with as much
    time as before, or takes it back: `withdraw`. `reason`: why not; with `no`
    only."""

    answer: Literal["yes", "no", "seen", "again", "withdraw"]
    reason: str = Field("", max_length=asking_colleagues.LONGEST)


# What is described is what is taken.
assert get_args(Saying.model_fields["answer"].annotation) == (YES, NO, SEEN, AGAIN, WITHDRAW)  # noqa: S101


def operations() -> Sequence[Operation[Agent]]:
    of_one, tag = "/conversations/{id}/promises", "promises"
    return [
        Operation(
            "GET", "/promises", "listOwnPromises", tag, "What the agent promised",
            "agreements:read", Promises, read=_own,
        ),
        Operation(
            "GET", of_one, "listPromises", tag, "What its customer was promised",
            "conversations:read", Promises, read=_of_conversation,
        ),
        Operation(
            "POST", of_one, "promise", tag, "Promise something", "conversations:write", Promise,
            takes=NewPromise, write=_promise, status=HTTPStatus.CREATED,
        ),
        Operation(
            "POST", "/promises/{id}/keep", "keepPromise", tag, "It was done as promised",
            "conversations:write", Promise, write=_keep,
        ),
        Operation(
            "GET", "/asked", "listAsked", "colleagues", "What the agent is asked", "work:read",
            AllAsked, read=_asked,
        ),
        Operation(
            "POST", "/asked/{id}", "answerColleague", "colleagues", "Answer it, or end it",
            "work:write", AllAsked, takes=Saying, write=_answer,
        ),
        Operation(
            "POST", "/work/{id}/approval", "askApproval", "colleagues",
            "Ask a role to approve what the agent may not decide", "work:write", AllAsked,
            takes=Approval, write=_ask_approval,
        ),
    ]  # fmt: skip


def _own(connection: Connection, call: Call[Agent]) -> Promises:
    return _shown(promising.of_agent(connection, call.caller.id))


def _of_conversation(connection: Connection, call: Call[Agent]) -> Promises:
    must_see(connection, call.id, call.caller)
    found = timeline.conversation(connection, call.id)
    return _shown(promising.of_customer(connection, found.customer_id) if found else [])


def _promise(connection: Connection, call: Call[Agent]) -> Answer:
    must_see(connection, call.id, call.caller)
    body: NewPromise = call.body
    made = promising.give(connection, call.id, body.title, body.due_at, call.caller)
    return Answer(_shown(promising.of_ids(connection, [made])).items[0])


def _keep(connection: Connection, call: Call[Agent]) -> Answer:
    found = promising.of_ids(connection, [call.id])
    if not found or not timeline.may_see(connection, found[0].conversation_id, call.caller):
        raise Rejected("no_promise", "There is no such promise.", status=HTTPStatus.NOT_FOUND)
    kept = promising.keep(connection, call.id, call.caller)
    return Answer(_shown([kept]).items[0])


def _shown(found: Sequence[Given]) -> Promises:
    return Promises(items=[Promise(**picked(Promise, one)) for one in found])


def _asked(connection: Connection, call: Call[Agent]) -> AllAsked:
    found = asked.waiting_for(connection, call.caller)
    return AllAsked(items=[Asked(**picked(Asked, one)) for one in found])


def _answer(connection: Connection, call: Call[Agent]) -> Answer:
    said, reason = call.body.answer, call.body.reason
    asking_colleagues.answer(connection, call.id, said, call.caller, reason=reason)
    return Answer(_asked(connection, call))


def _ask_approval(connection: Connection, call: Call[Agent]) -> Answer:
    item = work_items.held(connection, item_of(connection, call).id, call.caller)
    lines = guidance_of(item.decision).authority
    line = next((one for one in lines if one.approver == call.body.role), None)
    if line is None:
        detail = "The model names no such role for this work."
        raise Rejected("no_role", detail, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    asking_colleagues.ask_approval(
        connection,
        item.conversation_id,
        call.caller,
        role=call.body.role,
        what=call.body.what,
        within=timedelta(seconds=line.within) if line.within else None,
    )
    return Answer(_asked(connection, call))
