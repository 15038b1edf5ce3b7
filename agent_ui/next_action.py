"""What rules propose to do next in a conversation, and which door each proposal opens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from decimal import Decimal

from sqlalchemy import Connection

from agent_ui.guidance import Guidance
from hub import clock
from hub.rules.actions import AnyAction, AskApproval, Gesture, Titled, Written
from hub.rules.facts import Facts
from hub.rules.proposing import Known, Proposal, possible, propose
from hub.rules.turning import LOOKED_AHEAD, next_turn
from hub.store import business_rules, proposed, rule_facts
from hub.store.proposed import Fate
from hub.store.work_items import DONE, WorkItem


@dataclass(frozen=True)
class NextActions:
    """`open`: the best first. `taken`: what was begun already, for this work. `turns_at`: when to
    look again, though nothing happens; None for no need."""

    open: tuple[Proposal, ...] = ()
    taken: tuple[Proposal, ...] = ()
    fates: Mapping[str, Fate] = field(default_factory=dict)
    turns_at: datetime | None = None

    @property
    def best(self) -> Proposal | None:
        return self.open[0] if self.open else None

    @property
    def is_new(self) -> bool:
        """Whether the best was not shown to anybody yet."""
        return self.best is not None and self.best.id not in self.fates

    def find(self, rule_id: str) -> Proposal | None:
        return next((one for one in (*self.open, *self.taken) if one.id == rule_id), None)


@dataclass(frozen=True)
class Door:
    """Where an action is done, and with what it is filled in. `kind`: reply, promise, approval,
    task, transfer, call, result; `advice` needs none. `canned`: the id of a reply."""

    kind: str = ""
    text: str = ""
    role: str = ""
    canned: str = ""
    amount: Decimal | None = None
    result: str = ""
    choice: str = ""

    @property
    def results(self) -> dict[str, str]:
        """Which result is filled in."""
        return {self.result: self.choice} if self.result else {}


def read_next(connection: Connection, item: WorkItem | None, zone: tzinfo) -> NextActions:
    """Nothing for work that is done."""
    if item is None or item.state == DONE:
        return NextActions()
    now = clock.now()
    moments = (now, now + LOOKED_AHEAD)
    rules = _rules(connection, [rule_facts.without_reading(item, at, zone) for at in moments])
    if not rules:
        return NextActions()
    needs = {need for one in rules for need in one.rule.needs}
    facts_at = rule_facts.ahead(connection, item, now, needs, zone)
    found = propose(rules, facts_at(now))
    turns_at = next_turn(rules, facts_at, now, _next_day(now, zone))
    if not found:
        return NextActions(turns_at=turns_at)
    fates = proposed.of_item(connection, item.id)
    fresh = [one for one in found if not _is_over(fates.get(one.id))]
    begun = [one for one in found if one.id in fates and fates[one.id].taken_at is not None]
    return NextActions(tuple(fresh), tuple(begun), fates, turns_at)


def _rules(connection: Connection, moments: Sequence[Facts]) -> list[Known]:
    """Those that may hold at one of these moments."""
    rules = business_rules.all_of(connection)
    found = {one.id: one for facts in moments for one in possible(rules, facts)}
    return list(found.values())


def _next_day(now: datetime, zone: tzinfo) -> datetime:
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), zone).astimezone(UTC)


def door_of(action: AnyAction, guidance: Guidance, language: str) -> Door:
    """What this moment makes of an action: above their authority, an agent asks for approval."""
    if isinstance(action, AskApproval):
        return _asking(action.text.in_language(language), guidance)
    if isinstance(action, Gesture):
        if not may_decide(guidance, action.limit, action.amount):
            return _asking(f"EUR {action.amount}", guidance)
        return Door("reply", canned=action.canned, amount=action.amount)
    text: Titled | Written | None = getattr(action, "text", None)
    return Door(
        kind=action.kind,
        text=text.in_language(language) if text else getattr(action, "link", ""),
        role=getattr(action, "role", ""),
        canned=getattr(action, "canned", ""),
        result=getattr(action, "result", ""),
        choice=getattr(action, "choice", ""),
    )


def may_decide(guidance: Guidance, limit: str, amount: Decimal) -> bool:
    """Whether the model lets who has this work give so much, by the limit of this name."""
    return any(amount <= line.limits.get(limit, 0) for line in guidance.authority)


def _asking(text: str, guidance: Guidance) -> Door:
    """Without anybody to approve it, it is handed to who decides."""
    return Door("approval" if guidance.approvers else "transfer", text=text)


def _is_over(fate: Fate | None) -> bool:
    return fate is not None and (fate.taken_at is not None or fate.aside_at is not None)
