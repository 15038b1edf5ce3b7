"""What the store says, as what assignment looks at: work that waits, and who could take it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from hub.interaction import Channel
from hub.store import answers, presence, staff
from hub.store.staff import Member
from routing.assigning.rules import Rules
from routing.assigning.values import Agent, Held, Preferred, Refusal, Waiting
from routing.live_model import CurrentModel
from routing.model import Model


@dataclass(frozen=True)
class _Closed:
    """The roles whose business hours are over at a moment."""

    model: Model | None
    at: datetime | None
    roles: frozenset[str]


class Seen:
    """`model` gives the one that is live."""

    def __init__(self, model: CurrentModel, rules: Rules) -> None:
        self._model = model
        self._rules = rules
        self._closed = _Closed(None, None, frozenset())

    def agent(self, member: Member, now: datetime) -> Agent:
        held = tuple(
            Held(
                load.channel,
                load.units,
                load.offered,
                load.last_at + self._rules.quiet if load.channel is Channel.CHAT else None,
            )
            for load in member.loads
        )
        return Agent(
            id=member.id,
            name=member.name,
            roles=member.roles,
            state=member.state,
            idle_since=member.idle_since,
            since=member.since,
            capacity=member.capacity,
            skills=member.skills,
            closed_channels=member.closed_channels,
            off_duty=self.off_duty(now),
            held=held,
        )

    def items(
        self, connection: Connection, rows: Sequence[Row[Any]], now: datetime
    ) -> list[Waiting]:
        ids = [row.id for row in rows if row.refused]
        rest = max(self._rules.returned_seconds, self._rules.cool_down_seconds)
        past = answers.refusals(connection, ids, now - timedelta(seconds=rest)) if ids else []
        waited_for = {row.preferred_agent_id for row in rows if row.preferred_agent_id}
        there = staff.members(connection, waited_for) if waited_for else []
        return [_item(row, _refusals(row.id, past), there) for row in rows]

    def off_duty(self, now: datetime) -> frozenset[str]:
        """The roles whose business hours are over at a moment; asked again for each agent."""
        model = self._model()
        if (self._closed.model, self._closed.at) != (model, now):
            roles = (role for role in model.roles if not model.calendar(role).is_open(now))
            self._closed = _Closed(model, now, frozenset(roles))
        return self._closed.roles


def _item(row: Row[Any], refusals: tuple[Refusal, ...], there: Collection[Member]) -> Waiting:
    return Waiting(
        id=row.id,
        role=row.role,
        channel=Channel(row.channel),
        units=row.units,
        waiting_since=row.waiting_since,
        rank=row.rank,
        backup_role=row.backup_role,
        skills=row.skills,
        preferred=_preferred(row, there),
        refusals=refusals,
        answer_due=row.answer_due,
    )


def _preferred(row: Row[Any], there: Collection[Member]) -> Preferred | None:
    if row.preferred_agent_id is None:
        return None
    given = Preferred(row.preferred_agent_id, row.preferred_until, row.preferred_why, present=False)
    found = next((member for member in there if member.id == given.agent_id), None)
    if found is None or found.state != presence.AVAILABLE:
        return given
    roles = {row.role, row.backup_role}
    present = given.personal or not found.roles.isdisjoint(roles)
    return Preferred(given.agent_id, given.until, given.why, present=present)


def _refusals(item_id: str, past: Sequence[Row[Any]]) -> tuple[Refusal, ...]:
    return tuple(
        Refusal(row.agent_id, row.ended_at, returned=row.state == answers.RETURNED)
        for row in past
        if row.work_item_id == item_id
    )
