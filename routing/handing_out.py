"""One decision, one transaction: puts an item before an agent, or an agent before the queue.

Whoever is locked by somebody else is left alone and looked at again, so several dispatchers on
PostgreSQL never wait for each other and never give the same thing twice. SQLite has one writer.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row

from hub import clock
from hub.interaction import LIVE, Channel
from hub.store import answers, candidates, offers, presence, queues, staff, steps
from hub.store.candidates import Need
from hub.store.queues import Reach
from hub.store.staff import Member
from routing.assigning.capacity import fits
from routing.assigning.choice import Because, Choice, choose, pull
from routing.assigning.eligible import verdict
from routing.assigning.rules import Rules
from routing.assigning.values import Agent, Held, Preferred, Refusal, Waiting
from routing.assigning.widening import levels, open_circles
from routing.definition import Mode
from routing.live_model import CurrentModel
from routing.model import Model

TRIES = 5
"""Times that another choice is made because the chosen one was just given something else."""


class Outcome(StrEnum):
    """`busy`: somebody else is changing it; look again soon."""

    OFFERED = "offered"
    NOBODY = "nobody"
    NOTHING = "nothing"
    BUSY = "busy"


def offered_only(model: Model) -> frozenset[str]:
    """The roles whose work nobody takes by themselves."""
    return frozenset(role.id for role in model.roles.values() if role.mode is Mode.OFFERED)


def backup_of(model: Model, role_id: str) -> str:
    role = model.roles.get(role_id)
    return (role.backup or "") if role else ""


@dataclass(frozen=True)
class _Closed:
    """The roles whose business hours are over at a moment."""

    model: Model | None
    at: datetime | None
    roles: frozenset[str]


class HandingOut:
    """`model` gives the one that is live."""

    def __init__(self, model: CurrentModel, rules: Rules) -> None:
        self._model = model
        self._rules = rules
        self._closed = _Closed(None, None, frozenset())

    @property
    def offered_roles(self) -> frozenset[str]:
        """The roles whose work is offered."""
        roles = self._model().roles.values()
        return frozenset(role.id for role in roles if role.mode is not Mode.SELF_SERVICE)

    def place(self, connection: Connection, item_id: str) -> Outcome:
        """Offer a waiting item to the best agent there is; if nobody, say when to look again."""
        row = offers.lock_waiting(connection, item_id)
        if row is None:
            return Outcome.BUSY if queues.still_waits(connection, item_id) else Outcome.NOTHING
        now = clock.now()
        [item] = self._items(connection, [row], now)
        only = "" if row.role in self.offered_roles else _given_to(item, now)
        if only is None:
            queues.look_again(connection, item_id, None)
            return Outcome.NOTHING
        return self._place(connection, row, item, now, only=only)

    def _place(
        self, connection: Connection, row: Row[Any], item: Waiting, now: datetime, *, only: str
    ) -> Outcome:
        agents: dict[str, Agent] = {}
        outcome, tries = Outcome.NOBODY, TRIES
        choice = choose(item, (), now, self._rules)
        for found in self._candidates(connection, item, only, now):
            agents |= {member.id: self._agent(member, now) for member in found}
            choice = choose(item, agents.values(), now, self._rules, by=self._by(item))
            while choice.agent is not None:
                if self._fresh(connection, choice, agents, now):
                    self._offer(connection, row, choice, now)
                    return Outcome.OFFERED
                outcome, tries = Outcome.BUSY, tries - 1
                if not tries:
                    return outcome
                choice = choose(item, agents.values(), now, self._rules, by=self._by(item))
        if outcome is Outcome.BUSY:
            return outcome
        return self._nobody(connection, choice, now)

    def serve(self, connection: Connection, agent_id: str) -> Outcome:
        """Offer an agent who may have room the first item that they can take."""
        now = clock.now()
        members = staff.members(connection, [agent_id])
        if not members or members[0].state != presence.AVAILABLE:
            return Outcome.NOTHING
        agent = self._agent(members[0], now)
        if any(held.offered and held.channel in LIVE for held in agent.held):
            return Outcome.NOBODY
        reach = self._reach(agent, now)
        if reach is None:
            return Outcome.NOBODY
        outcome, tries = Outcome.NOTHING, TRIES
        for page in queues.reachable(connection, reach):
            rows = {row.id: row for row in page if self._may_be_given(row, agent)}
            items = self._items(connection, list(rows.values()), now)
            if items and outcome is Outcome.NOTHING:
                outcome = Outcome.NOBODY
            while (choice := pull(items, agent, now, self._rules)[0]) is not None:
                row = rows[choice.item.id]
                locked = offers.lock_both(connection, row.id, row.epoch, agent_id, agent.idle_since)
                if locked is not None:
                    self._offer(connection, locked, choice, now)
                    return Outcome.OFFERED
                outcome, tries = Outcome.BUSY, tries - 1
                if not tries:
                    return outcome
                items = [item for item in items if item.id != choice.item.id]
        return outcome

    def _candidates(
        self, connection: Connection, item: Waiting, only: str, now: datetime
    ) -> Iterator[list[Member]]:
        """Who is looked at, more and more people: a nearer circle before a wider one, those who
        refused it after all others, and at last those who only show what is in the way."""
        given = item.preferred
        if given:
            yield staff.members(connection, [given.agent_id])
        if only or (given and given.present and now < given.until):
            return
        refused = {refusal.agent_id for refusal in item.refusals}
        need = self._need(item, now, refused)
        opened = open_circles(item, now, self._rules)
        for roles in opened:
            yield from candidates.fit(connection, roles - self._off_duty(now), need)
        if refused:
            yield staff.members(connection, refused)
        yield candidates.others(connection, frozenset().union(*opened))

    def _need(self, item: Waiting, now: datetime, without: Collection[str]) -> Need:
        return Need(
            channel=item.channel,
            units=item.units,
            live=item.channel in LIVE,
            skills=levels(item, now, self._rules),
            by_room=self._by(item) == Because.MOST_CAPACITY,
            without=without,
        )

    def _reach(self, agent: Agent, now: datetime) -> Reach | None:
        """The queues from which the agent may take, now or a little later; None when full."""
        if not fits(agent, Channel.PHONE, 1, now):
            return None
        offered, rules = self.offered_roles, self._rules
        everything = not agent.roles.isdisjoint({*rules.supervisor_roles, *rules.other_roles})
        return Reach(
            agent_id=agent.id,
            roles=tuple(sorted(offered if everything else offered & agent.roles)),
            backup_for=tuple(sorted(agent.roles)),
            live=not fits(agent, Channel.EMAIL, 1, now),
        )

    def _may_be_given(self, row: Row[Any], agent: Agent) -> bool:
        return row.role in self.offered_roles or row.preferred_agent_id == agent.id

    def _fresh(
        self, connection: Connection, choice: Choice, agents: dict[str, Agent], now: datetime
    ) -> bool:
        """Whether the chosen one can still take it, now that nobody else can give them anything."""
        chosen = choice.agent
        if chosen is None:
            return False
        locked = presence.lock(connection, chosen.id)
        if locked is None:
            agents.pop(chosen.id)
            return False
        # Whoever is given something is idle from then on: the same time means the same work.
        if (locked.state, locked.idle_since) == (chosen.state, chosen.idle_since):
            return True
        member = staff.members(connection, [chosen.id])[0]
        agents[chosen.id] = self._agent(member, now)
        was = verdict(choice.item, chosen, now, self._rules).obstacle
        return verdict(choice.item, agents[chosen.id], now, self._rules).obstacle == was

    def _offer(self, connection: Connection, row: Row[Any], choice: Choice, now: datetime) -> None:
        if choice.agent is not None:
            offers.make(
                connection,
                row,
                choice.agent.id,
                expires_at=now + self._rules.offer_time(choice.item.channel),
                explanation=choice.explanation(now),
            )

    def _nobody(self, connection: Connection, choice: Choice, now: datetime) -> Outcome:
        again_at = self._again_at(choice, now)
        queues.look_again(connection, choice.item.id, again_at)
        told = choice.explanation(now)
        said = steps.last_details(connection, choice.item.id, steps.NOBODY)
        if said is None or said.get("counts") != told["counts"]:
            again = again_at.isoformat() if again_at else ""
            steps.add(connection, choice.item.id, steps.NOBODY, **told, again_at=again)
        return Outcome.NOBODY

    def _again_at(self, choice: Choice, now: datetime) -> datetime | None:
        """When something changes by itself; the hours of a role may begin before anything else."""
        model, item = self._model(), choice.item
        closed = {item.role, item.backup_role} & self._off_duty(now)
        openings = (model.calendar(role).next_opening(now) for role in closed)
        return min(filter(None, (choice.again_at, *openings)), default=None)

    def _by(self, item: Waiting) -> str:
        role = self._model().roles.get(item.role)
        return role.choice if role else "longest-idle"

    def _agent(self, member: Member, now: datetime) -> Agent:
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
            skills=member.skills,
            closed_channels=member.closed_channels,
            off_duty=self._off_duty(now),
            held=held,
        )

    def _off_duty(self, now: datetime) -> frozenset[str]:
        """The roles whose business hours are over at a moment; asked again for each agent."""
        model = self._model()
        if (self._closed.model, self._closed.at) != (model, now):
            roles = (role for role in model.roles if not model.calendar(role).is_open(now))
            self._closed = _Closed(model, now, frozenset(roles))
        return self._closed.roles

    def _items(
        self, connection: Connection, rows: Sequence[Row[Any]], now: datetime
    ) -> list[Waiting]:
        ids = [row.id for row in rows if row.refused]
        rest = max(self._rules.returned_seconds, self._rules.cool_down_seconds)
        past = answers.refusals(connection, ids, now - timedelta(seconds=rest)) if ids else []
        waited_for = {row.preferred_agent_id for row in rows if row.preferred_agent_id}
        there = staff.members(connection, waited_for) if waited_for else []
        return [_item(row, _refusals(row.id, past), there) for row in rows]


def _given_to(item: Waiting, now: datetime) -> str | None:
    """Work of a role that serves itself is offered to the one it waits for, or to nobody."""
    given = item.preferred
    return given.agent_id if given and given.present and now < given.until else None


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
