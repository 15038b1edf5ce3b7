"""What is promised for a work item, as deadlines: when each begins and when it is due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import structlog
from pydantic import ValidationError

from hub import clock
from hub.promises import WARN_AT, Promise, What, begun_by_contact
from hub.store.agreements import Agreed
from hub.store.deadlines import MET, PAUSED, RUNNING, Deadline, happening
from hub.store.routing import WorkItem
from routing.hours.stored import as_stored, ruler_of
from routing.hours.target import Target, strictest
from routing.model import Model
from routing.moment import Clock, Sla

log = structlog.get_logger(__name__)

_REMEMBERED = 256
_FROM_THE_FIRST = (Promise.FIRST_RESPONSE, Promise.RESOLUTION)


@dataclass(frozen=True)
class Terms:
    """All that can promise something: the model, and what was agreed with each customer."""

    model: Model
    agreed: Mapping[str, Sequence[Agreed]] = field(default_factory=dict)

    def target(self, promise: Promise, item: WorkItem, at: datetime) -> Target | None:
        """The strictest target that holds for the item from then on."""
        promised = self._by_the_model(promise, item)
        agreed = self.agreed.get(item.customer_id)
        if not agreed:
            return promised
        found = [promised, *(agreed_target(promise, one, item.role, self.model) for one in agreed)]
        return strictest((one for one in found if one), at)

    def _by_the_model(self, promise: Promise, item: WorkItem) -> Target | None:
        seconds = item.decision.get(promise)
        clock = item.decision.get("clock", Clock.CALENDAR)
        return _target(self.model, item.role, clock, seconds) if seconds else None


@lru_cache(maxsize=_REMEMBERED)
def _target(model: Model, role: str, clock: str, seconds: int) -> Target:
    """A model promises few different things, each to thousands."""
    return Target(seconds, model.counting(role, clock), Clock(clock))


def agreed_target(promise: Promise, agreement: Agreed, role: str, model: Model) -> Target | None:
    """What an agreement promises when this role has the work."""
    try:
        sla = Sla.model_validate(agreement.targets)
    except ValidationError as error:
        log.warning("agreement.unreadable", agreement_id=agreement.id, reason=str(error))
        return None
    seconds = getattr(sla, promise)
    if not seconds:
        return None
    return Target(seconds, model.counting(role, sla.clock), sla.clock, agreement.title)


def with_contact(item: WorkItem, at: datetime, terms: Terms) -> WorkItem:
    """The item with the deadlines that a contact at this time begins, and with its clock going on
    when it waited for the customer."""
    begun = begun_by_contact(
        answered=item.first_response_at is not None,
        running=(one.promise for one in item.deadlines),
    )
    going = (_continued(one, at) for one in item.deadlines)
    return _with(item, (*going, *_begun(begun, item, at, terms)))


def promised_anew(item: WorkItem, now: datetime, terms: Terms) -> WorkItem:
    """The item with what is promised by its decision, which is a new one. Nothing starts again:
    each clock counts from when the customer began to wait."""
    wanted = {one.promise: one for one in _begun(_FROM_THE_FIRST, item, item.waiting_since, terms)}
    kept = [_instead(one, wanted.pop(one.promise, None), now) for one in item.deadlines]
    if item.first_response_at is not None:
        wanted.pop(Promise.FIRST_RESPONSE, None)
    return _with(item, (*kept, *wanted.values()))


def retimed(deadline: Deadline, model: Model, now: datetime) -> Deadline:
    """When a deadline is due of which that is not known: its clock goes on, or by other hours."""
    history = tuple(_with_hours(entry, deadline, model) for entry in deadline.history)
    return _timed(replace(deadline, history=history), now)


def _with(item: WorkItem, deadlines: tuple[Deadline, ...]) -> WorkItem:
    first = next((one for one in deadlines if one.promise is Promise.FIRST_RESPONSE), None)
    due = first.due_at if first else item.first_response_due
    return item.but(deadlines=deadlines, first_response_due=due)


def _begun(
    promises: Iterable[Promise], item: WorkItem, at: datetime, terms: Terms
) -> list[Deadline]:
    """Of these promises those that there is a target for."""
    targets = ((promise, terms.target(promise, item, at)) for promise in promises)
    return [_deadline(promise, item, at, one) for promise, one in targets if one]


def _deadline(promise: Promise, item: WorkItem, at: datetime, target: Target) -> Deadline:
    """A clock that only started needs no ruler to tell its times; most never need one."""
    warn_at, due_at = target.calendar.marks(at, target.seconds * WARN_AT, target.seconds)
    return Deadline(
        id=clock.new_id(),
        work_item_id=item.id,
        conversation_id=item.conversation_id,
        promise=promise,
        target=target.seconds,
        clock=target.clock,
        source=target.source,
        state=RUNNING,
        history=(happening(at, What.STARTED, **as_stored(target.calendar)),),
        due_at=due_at,
        warn_at=warn_at,
        next_at=warn_at,
    )


def _continued(deadline: Deadline, at: datetime) -> Deadline:
    if deadline.state != PAUSED:
        return deadline
    history = (*deadline.history, happening(at, What.RESUMED))
    return _timed(replace(deadline, state=RUNNING, history=history), at)


def _instead(before: Deadline, after: Deadline | None, now: datetime) -> Deadline:
    """A deadline with another target and other hours, or withdrawn when there is none any more."""
    if before.promise not in _FROM_THE_FIRST:
        return before
    if after is None:
        return replace(before, state=MET, due_at=None, warn_at=None, next_at=None)
    changed = replace(
        before,
        target=after.target,
        clock=after.clock,
        source=after.source,
        history=(*after.history, *before.history[1:]),
    )
    return _timed(changed, now)


def _timed(deadline: Deadline, now: datetime) -> Deadline:
    """With its times; what was told of it stays told where it still holds."""
    ruler = ruler_of(deadline, now)
    warned = deadline.warned_at if ruler.warned else None
    breached = deadline.breached_at if ruler.breached else None
    next_at = ruler.due_at if warned else ruler.warn_at
    return replace(
        deadline,
        due_at=ruler.due_at,
        warn_at=ruler.warn_at,
        next_at=None if breached else next_at,
        warned_at=warned,
        breached_at=breached,
    )


def _with_hours(entry: dict[str, Any], deadline: Deadline, model: Model) -> dict[str, Any]:
    """A move says to which role; by whose hours it counts is written beside it."""
    if entry["what"] != What.MOVED or "hours" in entry:
        return entry
    return entry | as_stored(model.counting(entry.get("role", ""), deadline.clock))
