"""What supervisors see and do, for programs: the wall, the work behind it, and reports."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Connection

from agent_ui.api.work import Work, WorkList, shown_work
from agent_ui.context import ConsoleContext
from agent_ui.office.overview import day_of
from agent_ui.office.report_period import period_between, preset
from hub.api.operation import Answer, Call, Operation, Shape, picked
from hub.errors import Rejected
from hub.interaction import Channel
from hub.store import reporting, supervising, wall, work_items
from hub.store.agents import Agent
from hub.store.reporting import Period, Sums

_LISTED = 200


class Cell(Shape):
    """One role and channel. Those of today count what came since the day began."""

    role: str
    channel: Channel
    figures: dict[str, int]
    oldest: datetime | None = Field(description="since when somebody waits")


class Seat(Shape):
    """An agent who is there, or has something in hand. `used`: of 100."""

    agent_id: str
    name: str
    state: str
    reason: str
    since: datetime | None
    used: int


class WallNow(Shape):
    at: datetime
    since: datetime = Field(description="when today began for the organisation")
    cells: list[Cell]
    agents: list[Seat]


class Behind(Shape):
    figure: str = Field(min_length=1, max_length=40, description="one of those of the wall")
    role: str = Field("", max_length=100)
    channel: Channel | None = None
    agent_id: str = Field("", max_length=100)


class Giving(Shape):
    """To an agent at once, or to a role to wait for."""

    role: str = Field("", max_length=100)
    agent_id: str = Field("", max_length=100)


class AgentPresence(Shape):
    state: Literal["available", "away", "off"]
    reason: str = Field("", max_length=200)


class ReportOf(Shape):
    """`first` and `last` are days of the organisation, both included; without them the last seven.
    `by`: what the sums are grouped by."""

    by: Literal["all", "roles", "rows", "topics", "groups", "agents"] = "roles"
    first: date | None = None
    last: date | None = None
    role: str = Field("", max_length=100)
    channel: Channel | None = None
    topic: str = Field("", max_length=200)
    group: str = Field("", max_length=200)
    agent_id: str = Field("", max_length=100)


class Line(Shape):
    """Counts over finished work; `key` says of what."""

    key: list[str]
    count: int
    first_due: int
    first_in_time: int
    abandoned: int
    moved: int
    moves: int
    repeated: int
    stayed: int = Field(description="solved by the first who had it, and nobody came back")
    promised: int
    kept: int
    handled: int
    handling_seconds: int
    rated: int
    rating: int = Field(description="all ratings together")


class Report(Shape):
    since: datetime
    until: datetime
    lines: list[Line]


def operations(context: ConsoleContext) -> Sequence[Operation[Agent]]:
    acts, tag = _Acts(context), "oversight"
    return [
        Operation(
            "GET", "/wall", "readWall", tag, "How all work stands", "oversight:read", WallNow,
            read=_for_overseers(acts.wall),
        ),
        Operation(
            "GET", "/wall/work", "listWorkBehind", tag, "The work behind a figure",
            "oversight:read", WorkList, asks=Behind, read=_for_overseers(acts.behind),
        ),
        Operation(
            "POST", "/work/{id}/give", "giveWork", tag, "Give work to an agent or a role",
            "oversight:write", Work, takes=Giving, write=_for_overseers(acts.give),
        ),
        Operation(
            "POST", "/agents/{id}/presence", "sayPresenceOf", tag,
            "Say for an agent whether they take offers", "oversight:write", None,
            takes=AgentPresence, write=_for_overseers(_presence),
        ),
        Operation(
            "GET", "/reports", "readReport", tag, "Sums over finished work", "oversight:read",
            Report, asks=ReportOf, read=_for_overseers(acts.report),
        ),
    ]  # fmt: skip


def _for_overseers(work: Callable[[Connection, Call[Agent]], Any]) -> Any:
    """As on the routes of the console."""

    @wraps(work)
    def checked(connection: Connection, call: Call[Agent]) -> Any:
        refuse_others(call.caller)
        return work(connection, call)

    return checked


def refuse_others(agent: Agent) -> None:
    """Raise Rejected for who does not oversee the work."""
    if not agent.oversees:
        detail = "Only a supervisor can do this."
        raise Rejected("not_supervisor", detail, status=HTTPStatus.FORBIDDEN)


class _Acts:
    def __init__(self, context: ConsoleContext) -> None:
        self._context = context

    def wall(self, connection: Connection, call: Call[Agent]) -> WallNow:  # noqa: ARG002
        found = wall.read(connection, since=day_of(self._context), quiet=self._context.quiet)
        return WallNow(
            at=found.at,
            since=found.since,
            cells=[
                Cell(
                    role=one.role,
                    channel=one.channel,
                    figures={name: getattr(one, name) for name in wall.FIGURES},
                    oldest=one.oldest,
                )
                for one in found.cells
            ],
            agents=[Seat(**picked(Seat, one)) for one in found.seats],
        )

    def behind(self, connection: Connection, call: Call[Agent]) -> WorkList:
        asked: Behind = call.query
        if asked.figure not in wall.FIGURES:
            detail = f"Choose one of: {', '.join(wall.FIGURES)}."
            raise Rejected("no_figure", detail, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        wanted = wall.Behind(
            asked.figure,
            since=day_of(self._context),
            role=asked.role,
            channel=asked.channel or "",
            agent_id=asked.agent_id,
        )
        found = wall.items_behind(connection, wanted, limit=_LISTED)
        return WorkList(items=[shown_work(one) for one in found], next_cursor="")

    def give(self, connection: Connection, call: Call[Agent]) -> Answer:
        body: Giving = call.body
        if not work_items.by_ids(connection, [call.id]):
            raise Rejected("no_work_item", "This work item does not exist.", status=404)
        if body.agent_id:
            supervising.give(connection, call.id, call.caller, body.agent_id)
        else:
            backup = self._context.backup_of(body.role)
            supervising.move(connection, call.id, call.caller, body.role, backup_role=backup)
        return Answer(shown_work(work_items.by_ids(connection, [call.id])[0]))

    def report(self, connection: Connection, call: Call[Agent]) -> Report:
        asked: ReportOf = call.query
        period = self._period(asked)
        lines = reporting.sums(reporting.read(connection, period), asked.by)
        return Report(since=period.since, until=period.until, lines=[_line(one) for one in lines])

    def _period(self, asked: ReportOf) -> Period:
        zone = self._context.zone()
        first, last = preset(7, zone)
        return period_between(
            asked.first or first,
            asked.last or last,
            zone,
            role=asked.role,
            channel=asked.channel or "",
            topic=asked.topic,
            group=asked.group,
            agent_id=asked.agent_id,
        )


def _presence(connection: Connection, call: Call[Agent]) -> Answer:
    body: AgentPresence = call.body
    supervising.say_presence(connection, call.id, call.caller, body.state, body.reason)
    return Answer(None)


def _line(one: Sums) -> Line:
    return Line(**picked(Line, one, "key"), key=list(one.key))
