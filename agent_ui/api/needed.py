"""What the interaction model asks of work, for programs: steps to tick, what must be known."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import Connection

from agent_ui.answering import wrap_up
from agent_ui.api.customer_fields import hidden_from
from agent_ui.api.work import Resolving, Work, item_of, results_of, shown_work
from agent_ui.guidance import guidance_of
from agent_ui.needs import fields_of_customer
from hub.api.operation import Answer, Call, Operation, Shape
from hub.errors import Rejected
from hub.store import found_out, steps_done, ticking, working
from hub.store.agents import Agent
from hub.store.field_values import BY_PROGRAM
from hub.store.work_items import WorkItem

PARTS = steps_done.BEFORE_END
Title = dict[str, str]


class Ticked(Shape):
    """`reason`: why it was not needed; empty when it was done."""

    by: str
    at: datetime
    reason: str


class Step(Shape):
    """`blocking`: nothing is answered or resolved before it is ticked. `title`: by language."""

    name: str = Field(description="names it when it is ticked, such as before.identify")
    part: str = Field(description="before, during or after")
    title: Title
    blocking: bool
    ticked: Ticked | None


class Choice(Shape):
    name: str
    title: Title


class Result(Shape):
    """What is recorded when it is resolved; with `choices`, the name of one of them."""

    name: str
    title: Title
    choices: list[Choice]


class Information(Shape):
    """`source`: where it is known from; `ask` when only the customer can say. `value`: what was
    entered; empty for nothing yet, and for what only supervisors see."""

    name: str
    title: Title
    source: str
    value: str
    entered_by: str


class Needed(Shape):
    """As the version of the model says that the work was routed by."""

    steps: list[Step]
    information: list[Information]
    results: list[Result]


class Tick(Shape):
    """`skipped`: it is not needed, with the reason why; `open`: not done after all."""

    name: str = Field(min_length=1, max_length=200)
    state: Literal["done", "skipped", "open"] = "done"
    reason: str = Field("", max_length=ticking.LONGEST_REASON)


class Entering(Shape):
    """By name; empty: it is not known after all."""

    values: dict[
        Annotated[str, Field(min_length=1, max_length=100)],
        Annotated[str, Field(max_length=found_out.LONGEST)],
    ] = Field(min_length=1, max_length=50)


def operations() -> Sequence[Operation[Agent]]:
    one, tag = "/work/{id}", "work"
    return [
        Operation(
            "GET", one + "/needed", "readNeeded", tag, "What the model asks of it", "work:read",
            Needed, read=_needed,
        ),
        Operation(
            "POST", one + "/steps", "tickStep", tag, "Tick a step, or say why it is not needed",
            "work:write", Needed, takes=Tick, write=_tick,
        ),
        Operation(
            "POST", one + "/information", "enterInformation", tag, "Enter what was found out",
            "work:write", Needed, takes=Entering, write=_enter,
        ),
        Operation(
            "POST", one + "/reopen", "reopenWork", tag, "Go on with what was resolved",
            "work:write", Work, write=_reopen,
        ),
        Operation(
            "POST", one + "/wrap-up", "wrapUpWork", tag,
            "Say what came of a call or chat after its end, and be there again", "work:write",
            Work, takes=Resolving, write=_wrap_up,
        ),
    ]  # fmt: skip


def _needed(connection: Connection, call: Call[Agent]) -> Needed:
    item = item_of(connection, call)
    guidance = guidance_of(item.decision)
    done = steps_done.of_item(connection, item.id)
    hidden = hidden_from(connection, call.caller)
    of_customer = fields_of_customer(guidance)
    entered = {
        name: one
        for name, one in found_out.of_item(connection, item.id).items()
        if of_customer.get(name) not in hidden
    }
    return Needed(
        steps=_steps(item, done),
        information=[
            Information(
                name=one.name,
                title=one.title,
                source=one.source,
                value=entered[one.name].value if one.name in entered else "",
                entered_by=entered[one.name].agent_name if one.name in entered else "",
            )
            for one in guidance.required_information
        ],
        results=[
            Result(
                name=one.name,
                title=one.title,
                choices=[Choice(name=each.name, title=each.title) for each in one.choices],
            )
            for one in guidance.results
        ],
    )


def _steps(item: WorkItem, done: dict[str, steps_done.Done]) -> list[Step]:
    steps = guidance_of(item.decision).steps
    return [
        Step(
            name=f"{part}.{one.name}",
            part=part,
            title=one.title,
            blocking=one.blocking,
            ticked=_ticked(done.get(f"{part}.{one.name}")),
        )
        for part in PARTS
        for one in getattr(steps, part)
    ]


def _ticked(done: steps_done.Done | None) -> Ticked | None:
    return Ticked(by=done.agent_name, at=done.at, reason=done.reason) if done else None


def _tick(connection: Connection, call: Call[Agent]) -> Answer:
    item, body = item_of(connection, call), call.body
    reason = body.reason.strip() if body.state == "skipped" else ""
    if body.state == "skipped" and not reason:
        detail = "Say in a few words why this step is not needed."
        raise Rejected("no_reason", detail, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if body.state == "open":
        ticking.untick(connection, item.id, call.caller, body.name)
    else:
        ticking.tick(connection, item.id, call.caller, body.name, reason=reason)
    return Answer(_needed(connection, call))


def _enter(connection: Connection, call: Call[Agent]) -> Answer:
    item = item_of(connection, call)
    guidance = guidance_of(item.decision)
    asked = {one.name for one in guidance.required_information}
    if unknown := sorted(set(call.body.values) - asked):
        detail = f"This is not asked for here: {', '.join(unknown)}."
        raise Rejected("not_asked", detail, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    found_out.enter(
        connection,
        item.id,
        call.caller,
        call.body.values,
        of_customer=fields_of_customer(guidance),
        typed=BY_PROGRAM,
    )
    return Answer(_needed(connection, call))


def _reopen(connection: Connection, call: Call[Agent]) -> Answer:
    item = item_of(connection, call)
    working.reopen(connection, item.id, call.caller)
    return Answer(shown_work(item_of(connection, call)))


def _wrap_up(connection: Connection, call: Call[Agent]) -> Answer:
    item = item_of(connection, call)
    wrap_up(connection, item, call.caller, results_of(call.body))
    return Answer(shown_work(item_of(connection, call)))
