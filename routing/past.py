"""Who knows this matter, or this customer, already: work that comes back goes to them first."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection

from hub import clock
from hub.store import routing
from hub.store.routing import Handled, WorkItem
from routing.assigning.rules import Rules

LONGEST_ON_THE_LINE = timedelta(seconds=30)


class Past:
    """Looks into the store only where it may matter, and then once for the whole batch: for all
    these conversations, and all these customers."""

    def __init__(
        self,
        connection: Connection,
        rules: Rules,
        conversation_ids: Collection[str],
        customer_ids: Collection[str],
    ) -> None:
        self._connection = connection
        self.rules = rules
        self._conversation_ids = conversation_ids
        self._customer_ids = customer_ids

    def prefer(self, item: WorkItem, *, first: bool, sticky: bool) -> WorkItem:
        """A new item, with who it waits for: who handled this conversation lately, unless this is
        the `first` contact in it; or, where the model says `sticky`, who handled this customer's
        last matter."""
        if not first:
            ended = self._of_conversations.get(item.conversation_id)
            if ended:
                return _waits_for(item, ended.agent_id, "reopened", self.rules)
        if sticky:
            last = self._of_customers.get(item.customer_id)
            if last:
                return _waits_for(item, last.agent_id, "sticky", self.rules)
        return item

    @cached_property
    def _of_conversations(self) -> dict[str, Handled]:
        since = clock.now() - timedelta(hours=self.rules.reopened_hours)
        return routing.last_handled_in(self._connection, self._conversation_ids, since)

    @cached_property
    def _of_customers(self) -> dict[str, Handled]:
        since = clock.now() - timedelta(hours=self.rules.sticky_hours)
        return routing.last_handled_for(self._connection, self._customer_ids, since)


def awake(item: WorkItem, rules: Rules, correlation_id: str) -> WorkItem:
    """What was put aside, because the customer wrote: it has its place, and waits for who had it
    as long as it would for anyone."""
    was = item.agent_id
    woken = item.moved(
        state="waiting",
        agent_id=None,
        former_agent_id=was,
        snoozed_until=None,
        correlation_id=correlation_id,
    )
    return _waits_for(woken, was, "snoozed", rules) if was else woken


def awaited_on_the_line(
    item: WorkItem, agent_id: str, why: str, due: datetime | None, rules: Rules
) -> WorkItem:
    """The item, whose customer is on the phone, waits for this agent as a call does; not as long as
    a mail would, which may be due tomorrow."""
    now = clock.now()
    until = min(waits_until(now, due, rules), now + LONGEST_ON_THE_LINE)
    return item.but(preferred_agent_id=agent_id, preferred_until=until, preferred_why=why)


def waits_until(now: datetime, due: datetime | None, rules: Rules) -> datetime:
    """How long an item waits for one agent: a part of the time that is left to answer."""
    if due is None:
        return now + timedelta(seconds=rules.sticky_seconds)
    return now + max(due - now, timedelta()) * rules.sticky_share


def _waits_for(item: WorkItem, agent_id: str, why: str, rules: Rules) -> WorkItem:
    return item.but(
        preferred_agent_id=agent_id,
        preferred_until=waits_until(clock.now(), item.first_response_due, rules),
        preferred_why=why,
    )
