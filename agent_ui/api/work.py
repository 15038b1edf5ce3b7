"""Work items for programs: list, take, answer offers, hand over, put aside, resolve."""

from collections.abc import Callable, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field
from sqlalchemy import Connection

from agent_ui.answering import Unseen, refuse_to_take, resolve
from agent_ui.context import ConsoleContext
from agent_ui.drafting import LONGEST_TEXT
from hub.api.cursors import page, parts_of
from hub.api.operation import Answer, Call, Nothing, Operation, Paging, Shape
from hub.errors import Rejected
from hub.replies import add_note
from hub.store import corrections, handing_over, listing, offers, work_items, working
from hub.store.agents import Agent
from hub.store.handing_over import Goal
from hub.store.listing import WantedWork
from hub.store.work_items import WorkItem


class Work(Shape):
    """`waiting`: for a role; `offered`: an agent is asked; `assigned`; `snoozed`; `done`."""

    id: str
    conversation_id: str
    number: int = Field(description="of the conversation")
    customer_id: str
    customer_name: str
    title: str
    role: str
    state: str
    agent_id: str | None
    agent_name: str
    channel: str
    topic: str
    priority_minutes: int
    waiting_since: datetime
    first_response_at: datetime | None
    answer_due: datetime | None
    overdue: bool
    snoozed_until: datetime | None
    callback_to: str
    epoch: int = Field(description="grows with every change")


class WorkList(Shape):
    """The oldest first."""

    items: list[Work]
    next_cursor: str


class TakenWork(Shape):
    """`work` is null when nothing waits."""

    work: Work | None


class WorkSearch(Paging):
    state: Literal["", "open", "waiting", "offered", "assigned", "snoozed", "done"] = Field(
        "", description="open: all but done"
    )
    role: str = Field("", max_length=100)
    conversation_id: str = Field("", max_length=100)
    mine: bool = False


class Declining(Shape):
    reason: str = Field("", max_length=500)


class Transfer(Shape):
    """To a role, or to one agent of it."""

    role: str = Field(min_length=1, max_length=100)
    agent_id: str = Field("", max_length=100)
    note: str = Field("", max_length=LONGEST_TEXT)


class Escalating(Shape):
    """To whoever decides what the agent may not; without a role, the first who can be asked."""

    role: str = Field("", max_length=100)
    reason: str = Field("", max_length=LONGEST_TEXT)


class Snoozing(Shape):
    """Without a time: until the customer writes."""

    until: AwareDatetime | None = None


class Resolving(Shape):
    """`results`: what the model asks to record. `seen`: the highest `sequence` that you know."""

    seen: int = Field(ge=0, le=999_999_999)
    results: dict[
        Annotated[str, Field(min_length=1, max_length=100)], Annotated[str, Field(max_length=2000)]
    ] = Field(default_factory=dict, max_length=50)


class TopicCorrection(Shape):
    """`move`: to the role that the model makes responsible for this topic."""

    topic: str = Field(min_length=1, max_length=200)
    move: bool = False


_TAG = "work"
Act = Callable[[Connection, WorkItem, Call[Agent]], WorkItem]


def operations(context: ConsoleContext) -> Sequence[Operation[Agent]]:
    acts = _Acts(context)
    return [
        Operation(
            "GET", "/work", "listWork", _TAG, "List work of the agent's roles", "work:read",
            WorkList, asks=WorkSearch, read=_list,
        ),
        Operation(
            "POST", "/work/take", "takeNext", _TAG, "Take what waits longest", "work:write",
            TakenWork, write=acts.take_next,
        ),
        Operation(
            "GET", "/work/{id}", "readWork", _TAG, "Read one work item", "work:read", Work,
            read=_one,
        ),
        _act("take", "Take it", acts.take),
        _act("accept", "Accept what the agent is offered", _accept),
        _act("decline", "Decline what the agent is offered", _decline, Declining),
        _act("release", "Put it back in the queue", _release),
        _act("transfer", "Hand it to a role or a colleague", acts.transfer, Transfer),
        _act("escalate", "Ask who decides", acts.escalate, Escalating),
        _act("snooze", "Put it aside", _snooze, Snoozing),
        _act("topic", "Correct its topic", acts.correct, TopicCorrection),
        _act("resolve", "Resolve it, with its results", _resolve, Resolving),
    ]  # fmt: skip


def shown_work(item: WorkItem) -> Work:
    return Work(**{name: getattr(item, name) for name in Work.model_fields})


def _act(name: str, summary: str, act: Act, takes: type[Shape] = Nothing) -> Operation[Agent]:
    def work(connection: Connection, call: Call[Agent]) -> Answer:
        item = item_of(connection, call)
        changed = act(connection, item, call)
        return Answer(shown_work(work_items.by_ids(connection, [changed.id])[0]))

    return Operation(
        "POST", f"/work/{{id}}/{name}", f"{name}Work", _TAG, summary, "work:write", Work,
        takes=takes, write=work,
    )  # fmt: skip


class _Acts:
    """What depends on how this deployment hands out work."""

    def __init__(self, context: ConsoleContext) -> None:
        self._context = context

    def take_next(self, connection: Connection, call: Call[Agent]) -> Answer:
        offered = self._context.offered_only()
        item = working.take_next(connection, call.caller, offered_only=offered)
        return Answer(TakenWork(work=shown_work(item) if item else None))

    def take(self, connection: Connection, item: WorkItem, call: Call[Agent]) -> WorkItem:
        refuse_to_take(item, self._context.offered_only())
        return working.claim(connection, item.id, call.caller)

    def transfer(self, connection: Connection, item: WorkItem, call: Call[Agent]) -> WorkItem:
        body: Transfer = call.body
        _leave_note(connection, item, call.caller, body.note)
        backup = self._context.backup_of(body.role)
        goal = Goal(body.role, body.agent_id)
        return handing_over.transfer(connection, item.id, call.caller, goal, backup_role=backup)

    def escalate(self, connection: Connection, item: WorkItem, call: Call[Agent]) -> WorkItem:
        body: Escalating = call.body
        escalation = self._context.escalation
        can_be_asked = escalation.roles(item)
        role = body.role or next(iter(can_be_asked), "")
        if role not in can_be_asked:
            raise Rejected("no_role", "This role cannot be asked about this work.", status=422)
        _leave_note(connection, item, call.caller, body.reason)
        return handing_over.escalate(
            connection, item.id, call.caller, role, reason=body.reason, minutes=escalation.minutes
        )

    def correct(self, connection: Connection, item: WorkItem, call: Call[Agent]) -> WorkItem:
        body: TopicCorrection = call.body
        agent, desk = call.caller, self._context.topics
        decision = desk.corrected(item.decision, item.channel, body.topic, agent.name)
        if decision is None:
            raise Rejected("no_topic", "This topic is not in the model.", status=422)
        return corrections.correct(
            connection, item.id, agent, decision=decision, move=body.move
        ).item


def _list(connection: Connection, call: Call[Agent]) -> WorkList:
    asked: WorkSearch = call.query
    parts = parts_of(asked.cursor, 1)
    wanted = WantedWork(_states(asked.state), asked.role, asked.conversation_id, asked.mine)
    after = parts[0] if parts else ""
    ids = listing.work(connection, call.caller, wanted, after=after, limit=asked.limit + 1)
    some, following = page(ids, asked.limit, str)
    found = {item.id: item for item in work_items.by_ids(connection, some)}
    return WorkList(items=[shown_work(found[one]) for one in some], next_cursor=following)


def _states(state: str) -> tuple[str, ...]:
    if state == "open":
        return (work_items.WAITING, work_items.OFFERED, work_items.ASSIGNED, work_items.SNOOZED)
    return (state,) if state else ()


def _one(connection: Connection, call: Call[Agent]) -> Work:
    return shown_work(item_of(connection, call))


def item_of(connection: Connection, call: Call[Agent]) -> WorkItem:
    found = work_items.by_ids(connection, [call.id])
    if not found or not found[0].is_for(call.caller):
        raise Rejected("no_work_item", "This work item does not exist.", status=404)
    return found[0]


def _accept(connection: Connection, item: WorkItem, call: Call[Agent]) -> WorkItem:
    return offers.accept(connection, item.id, call.caller)


def _decline(connection: Connection, item: WorkItem, call: Call[Agent]) -> WorkItem:
    return offers.decline(connection, item.id, call.caller, call.body.reason)


def _release(connection: Connection, item: WorkItem, call: Call[Agent]) -> WorkItem:
    return working.release(connection, item.id, call.caller)


def _snooze(connection: Connection, item: WorkItem, call: Call[Agent]) -> WorkItem:
    return handing_over.snooze(connection, item.id, call.caller, call.body.until)


def _resolve(connection: Connection, item: WorkItem, call: Call[Agent]) -> WorkItem:
    body: Resolving = call.body
    results = results_of(body)
    try:
        return resolve(connection, item.id, call.caller, results=results, seen=body.seen)
    except Unseen as error:
        detail = "Something was added that you had not seen. Read it first."
        raise Rejected("unseen", detail, status=HTTPStatus.CONFLICT) from error


def results_of(body: Resolving) -> dict[str, str]:
    """What was filled in."""
    return {name: text.strip() for name, text in body.results.items() if text.strip()}


def _leave_note(connection: Connection, item: WorkItem, agent: Agent, text: str) -> None:
    if text := text.replace("\r\n", "\n").strip():
        add_note(
            connection,
            conversation_id=item.conversation_id,
            text=text,
            agent_id=agent.id,
            agent_name=agent.name,
        )
