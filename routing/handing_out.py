"""Puts an item before an agent, or an agent before the queue.

Looks first and then gives, in one statement, if both still are as they were seen. Whoever somebody
else is changing is left alone and looked at again, so several dispatchers on PostgreSQL never wait
for each other and never give the same thing twice. SQLite has one writer.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row

from hub import clock
from hub.interaction import LIVE, Channel
from hub.store import candidates, presence, queues, staff, steps
from hub.store.candidates import Need
from hub.store.giving import Given, give
from hub.store.queues import Reach
from hub.store.staff import Member
from routing.assigning.capacity import fits
from routing.assigning.choice import Because, Choice, choose, pull
from routing.assigning.eligible import Obstacle
from routing.assigning.rules import Rules
from routing.assigning.values import Agent, Waiting
from routing.assigning.widening import levels, open_circles
from routing.definition import Mode
from routing.live_model import CurrentModel
from routing.model import Model
from routing.seen import Seen

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


class HandingOut:
    """`model` gives the one that is live."""

    def __init__(self, model: CurrentModel, rules: Rules) -> None:
        self._model = model
        self._rules = rules
        self._seen = Seen(model, rules)

    @property
    def offered_roles(self) -> frozenset[str]:
        """The roles whose work is offered."""
        roles = self._model().roles.values()
        return frozenset(role.id for role in roles if role.mode is not Mode.SELF_SERVICE)

    def place(self, connection: Connection, item_id: str) -> Outcome:
        """Offer a waiting item to the best agent there is; if nobody, say when to look again."""
        row = queues.waiting(connection, item_id)
        if row is None:
            return Outcome.NOTHING
        now = clock.now()
        [item] = self._seen.items(connection, [row], now)
        only = "" if row.role in self.offered_roles else _given_to(item, now)
        if only is None:
            noted = queues.look_again(connection, item_id, None)
            return Outcome.NOTHING if noted else Outcome.BUSY
        return self._place(connection, row, item, now, only=only)

    def _place(
        self, connection: Connection, row: Row[Any], item: Waiting, now: datetime, *, only: str
    ) -> Outcome:
        agents: dict[str, Agent] = {}
        outcome, tries = Outcome.NOBODY, TRIES
        choice = choose(item, (), now, self._rules)
        for found in self._candidates(connection, item, only, now):
            agents |= {member.id: self._seen.agent(member, now) for member in found}
            choice = choose(item, agents.values(), now, self._rules, by=self._by(item))
            while choice.agent is not None:
                given = self._give(connection, row, choice, choice.agent, now)
                if given.item:
                    if given.agent:
                        return Outcome.OFFERED
                    self._look_anew(connection, choice.agent, agents, now)
                outcome, tries = Outcome.BUSY, tries - 1
                if not (tries and given.item):
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
        agent = self._seen.agent(members[0], now)
        if any(held.offered and held.channel in LIVE for held in agent.held):
            return Outcome.NOBODY
        reach = self._reach(agent, now)
        if reach is None:
            return Outcome.NOBODY
        outcome = Outcome.NOBODY if reach.live else Outcome.NOTHING
        passed: list[Choice] = []
        offered = self.offered_roles
        for page in queues.reachable(connection, reach):
            rows = [r for r in page if r.role in offered or r.preferred_agent_id == agent.id]
            if rows:
                outcome, more = self._pull(connection, rows, agent, now, passed)
                passed += more
            if outcome in (Outcome.OFFERED, Outcome.BUSY):
                return outcome
        later = [one for one in passed if one.again_at and _for_room(one)]
        if later:
            soonest = min(later, key=lambda one: one.again_at or now)
            queues.look_again_by(connection, soonest.item.id, soonest.again_at or now)
        return outcome

    def _pull(
        self,
        connection: Connection,
        rows: Sequence[Row[Any]],
        agent: Agent,
        now: datetime,
        before: Sequence[Choice],
    ) -> tuple[Outcome, list[Choice]]:
        """Offer the agent the first of these that nobody else is changing; gives also what was
        passed over. `before`: what was passed over already."""
        seen = {row.id: row for row in rows}
        items = self._seen.items(connection, rows, now)
        outcome = Outcome.NOBODY
        for _ in range(TRIES):
            choice, passed = pull(items, agent, now, self._rules)
            if choice is None:
                return outcome, passed
            told = replace(choice, passed=(*before, *passed))
            given = self._give(connection, seen[choice.item.id], told, agent, now)
            if all(given):
                return Outcome.OFFERED, passed
            outcome = Outcome.BUSY
            if not given.agent:
                break
            items = [item for item in items if item.id != choice.item.id]
        return outcome, []

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
            yield from candidates.fit(connection, roles - self._seen.off_duty(now), need)
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

    def _look_anew(
        self, connection: Connection, agent: Agent, agents: dict[str, Agent], now: datetime
    ) -> None:
        """At somebody who changed since they were seen; whom somebody else is changing is out."""
        found = [self._seen.agent(one, now) for one in staff.members(connection, [agent.id])]
        agents.pop(agent.id)
        agents |= {one.id: one for one in found if one.idle_since != agent.idle_since}

    def _give(
        self, connection: Connection, row: Row[Any], choice: Choice, agent: Agent, now: datetime
    ) -> Given:
        return give(
            connection,
            row,
            agent.id,
            agent.idle_since,
            expires_at=now + self._rules.offer_time(choice.item.channel),
            explanation=choice.explanation(now, self._rules),
        )

    def _nobody(self, connection: Connection, choice: Choice, now: datetime) -> Outcome:
        again_at = self._again_at(choice, now)
        if not queues.look_again(connection, choice.item.id, again_at):
            return Outcome.BUSY
        told = choice.explanation(now, self._rules)
        said = steps.last_details(connection, choice.item.id, steps.NOBODY)
        if said is None or any(said.get(news) != told[news] for news in ("counts", "timers")):
            again = again_at.isoformat() if again_at else ""
            steps.add(connection, choice.item.id, steps.NOBODY, **told, again_at=again)
        return Outcome.NOBODY

    def _again_at(self, choice: Choice, now: datetime) -> datetime | None:
        """When something changes by itself; the hours of a role may begin before anything else."""
        model, item = self._model(), choice.item
        closed = {item.role, item.backup_role} & self._seen.off_duty(now)
        openings = (model.calendar(role).next_opening(now) for role in closed)
        return min(filter(None, (choice.again_at, *openings)), default=None)

    def _by(self, item: Waiting) -> str:
        role = self._model().roles.get(item.role)
        return role.choice if role else "longest-idle"


def _for_room(passed: Choice) -> bool:
    """Whether only the agent's room is in the way, which time gives them."""
    return passed.considered[0].verdict.obstacle in (Obstacle.FULL, Obstacle.RAMP)


def _given_to(item: Waiting, now: datetime) -> str | None:
    """Work of a role that serves itself is offered to the one it waits for, or to nobody."""
    given = item.preferred
    return given.agent_id if given and given.present and now < given.until else None
