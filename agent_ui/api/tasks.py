"""Tasks for other roles, what was found out about customers, and following, for programs."""

from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus

from pydantic import AwareDatetime, Field
from sqlalchemy import Connection

from agent_ui.api.conversations import must_see
from agent_ui.api.customer_fields import hidden_from
from agent_ui.api.work import item_of
from agent_ui.context import ConsoleContext
from hub import tasking
from hub.api.operation import Answer, Call, Operation, Shape, picked
from hub.errors import Rejected
from hub.store import (
    follows,
    found_out,
    tasks,
    timeline,
)
from hub.store.agents import Agent


class Task(Shape):
    """`conversation_id`: where it was asked; `own_id`: the conversation in which it is done.
    `state`: open, done or skipped."""

    id: str
    conversation_id: str
    own_id: str
    role: str
    what: str
    by_agent_id: str
    by_name: str
    asked_at: datetime
    due_at: datetime | None
    state: str
    reason: str
    ended_by: str


class Tasks(Shape):
    """What was asked from a conversation, the oldest first."""

    items: list[Task]


class NewTask(Shape):
    role: str = Field(min_length=1, max_length=100)
    what: str = Field(min_length=1, max_length=tasking.LONGEST)
    due_at: AwareDatetime | None = None


class Skipping(Shape):
    reason: str = Field(min_length=1, max_length=500)


class Proposal(Shape):
    """What somebody found out about the customer: kept with them, or not."""

    id: str
    field: str
    value: str
    proposed_by: str


class Proposals(Shape):
    items: list[Proposal]


class Deciding(Shape):
    keep: bool


def operations(context: ConsoleContext) -> Sequence[Operation[Agent]]:
    one, tag, write = "/conversations/{id}", "conversations", "conversations:write"

    def ask(connection: Connection, call: Call[Agent]) -> Answer:
        item, body = item_of(connection, call), call.body
        backup = context.backup_of(body.role)
        tasking.ask(
            connection, item.id, call.caller, role=body.role, what=body.what, due_at=body.due_at,
            backup_role=backup,
        )  # fmt: skip
        return Answer(_asked_in(connection, item.conversation_id))

    return [
        Operation(
            "POST", one + "/follow", "followConversation", tag, "Be told of news in it", write,
            None, write=_seeing(_follow),
        ),
        Operation(
            "POST", one + "/unfollow", "unfollowConversation", tag, "Not any more", write, None,
            write=_seeing(_unfollow),
        ),
        Operation(
            "GET", one + "/tasks", "listTasks", "tasks", "What was asked of other roles",
            "conversations:read", Tasks, read=_tasks,
        ),
        Operation(
            "POST", "/work/{id}/tasks", "askTask", "tasks", "Ask another role for something",
            "work:write", Tasks, takes=NewTask, write=ask, status=HTTPStatus.CREATED,
        ),
        Operation(
            "POST", "/tasks/{id}/skip", "skipTask", "tasks", "Go on without it", "work:write",
            Tasks, takes=Skipping, write=_skip,
        ),
        Operation(
            "GET", one + "/proposals", "listProposals", "customers",
            "What was found out about its customer", "conversations:read", Proposals,
            read=_proposals,
        ),
        Operation(
            "POST", one + "/proposals/{proposal}", "decideProposal", "customers",
            "Keep it with the customer, or drop it", "customers:write", Proposals, takes=Deciding,
            write=_seeing(_decide),
        ),
    ]  # fmt: skip


def _seeing(
    work: Callable[[Connection, Call[Agent]], Answer],
) -> Callable[[Connection, Call[Agent]], Answer]:
    """Only who may see the conversation."""

    def checked(connection: Connection, call: Call[Agent]) -> Answer:
        must_see(connection, call.id, call.caller)
        return work(connection, call)

    return checked


def _follow(connection: Connection, call: Call[Agent]) -> Answer:
    follows.follow(connection, call.id, call.caller)
    return Answer(None)


def _unfollow(connection: Connection, call: Call[Agent]) -> Answer:
    follows.unfollow(connection, call.id, call.caller)
    return Answer(None)


def _tasks(connection: Connection, call: Call[Agent]) -> Tasks:
    must_see(connection, call.id, call.caller)
    return _asked_in(connection, call.id)


def _skip(connection: Connection, call: Call[Agent]) -> Answer:
    task = tasks.find(connection, call.id)
    if task is None or not timeline.may_see(connection, task.conversation_id, call.caller):
        raise Rejected("no_task", "There is no such task.", status=404)
    tasking.skip(connection, call.id, call.caller, call.body.reason)
    return Answer(_asked_in(connection, task.conversation_id))


def _asked_in(connection: Connection, conversation_id: str) -> Tasks:
    found = tasks.asked_in(connection, conversation_id)
    return Tasks(items=[Task(**picked(Task, one)) for one in found])


def _proposals(connection: Connection, call: Call[Agent]) -> Proposals:
    must_see(connection, call.id, call.caller)
    return _open_proposals(connection, call)


def _open_proposals(connection: Connection, call: Call[Agent]) -> Proposals:
    found = timeline.conversation(connection, call.id)
    hidden = hidden_from(connection, call.caller)
    about = found_out.proposals(connection, found.customer_id) if found else []
    about = [one for one in about if one.field not in hidden]
    return Proposals(items=[Proposal(**picked(Proposal, one)) for one in about])


def _decide(connection: Connection, call: Call[Agent]) -> Answer:
    proposal_id = call.path["proposal"]
    if proposal_id not in {one.id for one in _open_proposals(connection, call).items}:
        raise Rejected("no_proposal", "There is no such proposal.", status=404)
    found_out.decide(connection, proposal_id, call.caller, keep=call.body.keep)
    return Answer(_open_proposals(connection, call))
