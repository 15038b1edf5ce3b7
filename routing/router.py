"""Turns what was received into work: decides who is responsible and keeps that with its reasons.

The store says what waits for a route, not the event: all that waits in a conversation is routed in
order, in one transaction. So an event delivered twice, late or out of order changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection

from hub import clock, logs
from hub.errors import StoreDown
from hub.events import Envelope, InteractionReceived, MessageStatus
from hub.interaction import Automatic, Channel
from hub.metrics import Metrics
from hub.store import (
    Database,
    agreements,
    called_about,
    follow_ups,
    former_decisions,
    routing,
    troubles,
    unrouted,
)
from hub.store.follow_ups import Decided
from hub.store.former_decisions import FOLLOW_UP, Replaced
from hub.store.processed import first_seen
from hub.store.routing import WorkItem
from hub.store.unrouted import Unrouted
from hub.store.work_items import SNOOZED
from routing.assigning.rules import DEFAULT, Rules
from routing.calling import as_call, is_call_about, meant
from routing.contact import Contact
from routing.decide import Learned, decide
from routing.decision import Decision
from routing.live_model import CurrentModel
from routing.numbers import Numbers
from routing.past import Past, awake
from routing.promising import Terms, promised_anew, with_contact
from routing.tree import ANY

log = structlog.get_logger(__name__)

QUEUE = "router"
TOPICS = (InteractionReceived.topic, MessageStatus.topic)
CONSUMER = "router"


class Router:
    """The bus handler of the router role. `model` gives the one that is live; what is routed in
    one transaction follows the same. `wake` is called after each commit; `learned` gives what to
    suggest topics with, if anything was learned."""

    def __init__(
        self,
        database: Database,
        model: CurrentModel,
        metrics: Metrics,
        wake: Callable[[], None],
        *,
        learned: Callable[[], Learned | None] = lambda: None,
        rules: Rules = DEFAULT,
    ) -> None:
        self._database = database
        self._model = model
        self._rules = rules
        self._metrics = metrics
        self._wake = wake
        self._learned = learned
        self._shared: frozenset[str] = frozenset()
        """The hashes of what decisions share, as far as it is kept."""

    async def handle(self, envelopes: Sequence[Envelope]) -> None:
        """Route the conversations that these events are about."""
        try:
            routed, shared = await self._database.write(lambda c: self._route(c, envelopes))
        except StoreDown:
            # What answers next may be a copy that does not have the last that was kept.
            self._shared = frozenset()
            raise
        self._shared |= shared
        self._wake()
        self._tell(routed)

    def _tell(self, routed: Sequence[tuple[Unrouted, str]]) -> None:
        where = Counter((contact.channel.value, role) for contact, role in routed)
        for labels, count in where.items():
            self._metrics.routed.labels(*labels).inc(count)
        now = clock.now()
        line = log.bind()  # else each line looks up anew how lines are written
        with logs.together():
            for contact, role in routed:
                self._metrics.routing_seconds.observe((now - contact.received_at).total_seconds())
                line.info(
                    "interaction.routed",
                    correlation_id=contact.correlation_id,
                    interaction_id=contact.id,
                    conversation_id=contact.conversation_id,
                    role=role,
                )

    def _route(
        self, connection: Connection, envelopes: Sequence[Envelope]
    ) -> tuple[list[tuple[Unrouted, str]], set[str]]:
        troubled = _troubled(envelopes)
        conversation_ids = _received(envelopes) + list(troubled.values())
        if not conversation_ids:
            return [], set()
        closed = unrouted.lock(connection, conversation_ids)
        contacts = unrouted.waiting_in(connection, conversation_ids)
        model = self._model()
        numbers = Numbers(connection, model, [(one, _contact(one)) for one in contacts])
        customers = {contact.customer_id for contact in contacts}
        terms = Terms(model, agreements.with_targets(connection, customers, clock.now()))
        past = Past(connection, self._rules, conversation_ids, customers)
        open_items = routing.open_items(connection, conversation_ids)
        work = _Work(open_items, terms, past, numbers, self._learned())
        routed = [(contact, work.take(contact)) for contact in contacts]
        if troubled:
            new = first_seen(connection, CONSUMER, list(troubled))
            for event_id in sorted(new):
                work.reopen(connection, troubled[event_id])
            troubles.heard(connection, list(troubled))
        shared = routing.save(connection, work.changed(), closed, self._shared)
        called_about.take_back(connection, work.called)
        follow_ups.keep(connection, work.followed)
        former_decisions.keep(connection, work.replaced)
        numbers.link(connection, contacts)
        if contacts:
            unrouted.mark_routed(connection, [contact.id for contact in contacts])
        return routed, shared


class _Work:
    """The work items of one batch, as they stand and as they become."""

    def __init__(
        self,
        open_items: dict[str, WorkItem],
        terms: Terms,
        past: Past,
        numbers: Numbers,
        learned: Learned | None,
    ) -> None:
        self._open = open_items
        self._terms = terms
        self._past = past
        self._numbers = numbers
        self._learned = learned
        self._changed: dict[str, WorkItem] = {}
        self.followed: list[Decided] = []
        self.replaced: list[Replaced] = []
        self.called: list[tuple[WorkItem, Channel]] = []
        """As they were before their customer called about them, or began to chat."""

    def changed(self) -> list[WorkItem]:
        return list(self._changed.values())

    def take(self, contact: Unrouted) -> str:
        """Decide about one contact; gives the role that has it now, "" when it is only filed."""
        item = self._open.get(contact.conversation_id)
        if _only_filed(contact):
            return item.role if item else ""
        facts = self._numbers.facts(contact)
        if item is not None and is_call_about(item, contact):
            facts = replace(facts, stated_topic=meant(item, contact.topic))
        decision = decide(facts, self._terms.model, self._learned)
        if item is None:
            new = _new_item(contact, decision, self._past.rules)
            promised = with_contact(new, contact.received_at, self._terms)
            first = contact.sequence == 1
            self._put(self._past.prefer(promised, first=first, sticky=decision.sticky))
        else:
            self.followed.append(Decided(contact.id, item.id, decision.brief))
            item = self._with_news(item, contact, decision)
            item = item.but(goes_first=item.goes_first or contact.is_calling)
            self._put(with_contact(item, contact.received_at, self._terms))
        return self._open[contact.conversation_id].role

    def _with_news(self, item: WorkItem, contact: Unrouted, decision: Decision) -> WorkItem:
        """The customer wrote again. Who has it keeps it, whatever was decided about this contact;
        only untouched triage work finds its role, and keeps why it was nobody's. What was put aside
        until a time waits again, first for who had it. Who is on the line cannot wait for that."""
        rules = self._past.rules
        if is_call_about(item, contact):
            self.called.append((item, contact.channel))
            self.replaced.append(Replaced(item.id, FOLLOW_UP, item.decision))
            needs = _needs(contact.channel, decision, rules)
            return as_call(item, contact, decision, self._past, **needs)
        if item.state == SNOOZED:
            return awake(item, rules, contact.correlation_id)
        if item.state != "waiting" or decision.triage or not item.decision["triage"]:
            return item.moved(correlation_id=contact.correlation_id)
        self.replaced.append(Replaced(item.id, FOLLOW_UP, item.decision))
        moved = item.moved(
            role=decision.role,
            former_role=item.role,
            topic=decision.topic,
            priority_minutes=decision.priority_minutes,
            decision=decision.as_json,
            correlation_id=contact.correlation_id,
            **_needs(item.channel, decision, rules),
        )
        return promised_anew(moved, clock.now(), self._terms)

    def reopen(self, connection: Connection, conversation_id: str) -> None:
        """A message of ours did not arrive: that is work again for the role that answered."""
        item = self._open.get(conversation_id)
        if item is not None:
            self._put(item.moved())
            return
        last = routing.last_item(connection, conversation_id)
        if last is not None:
            self._put(self._past.prefer(_again(last), first=False, sticky=False))

    def _put(self, item: WorkItem) -> None:
        self._open[item.conversation_id] = item
        self._changed[item.conversation_id] = item


def _received(envelopes: Sequence[Envelope]) -> list[str]:
    return [e.subject for e in envelopes if isinstance(e.event, InteractionReceived)]


def _troubled(envelopes: Sequence[Envelope]) -> dict[str, str]:
    """Event id -> conversation, of messages that a person must look at."""
    return {
        envelope.id: envelope.subject
        for envelope in envelopes
        if isinstance(envelope.event, MessageStatus)
        and envelope.event.state in troubles.NEEDS_A_PERSON
    }


def _only_filed(contact: Unrouted) -> bool:
    """Automatic mail in a conversation is kept and shown there, and makes no work.

    What opens a conversation does, or nobody would ever see it; but not a command to the channel.
    """
    if contact.automatic is Automatic.COMMAND:
        return True
    return contact.automatic is not Automatic.NO and contact.sequence > 1


def _contact(contact: Unrouted) -> Contact:
    return Contact(
        direction=contact.direction,
        channel=contact.channel,
        account=contact.account,
        target_group=contact.target_group or ANY,
        stated_topic=contact.topic,
        subject=contact.subject,
        text=contact.text,
        sender=contact.sender,
        automatic=contact.automatic,
        attachments=contact.files,
        traits=contact.traits,
    )


def _new_item(contact: Unrouted, decision: Decision, rules: Rules) -> WorkItem:
    return WorkItem(
        id=clock.new_id(),
        conversation_id=contact.conversation_id,
        customer_id=contact.customer_id,
        role=decision.role,
        state="waiting",
        agent_id=None,
        epoch=1,
        channel=contact.channel,
        topic=decision.topic,
        priority_minutes=decision.priority_minutes,
        waiting_since=contact.received_at,
        first_response_due=None,
        decision=decision.as_json,
        correlation_id=contact.correlation_id,
        goes_first=contact.is_calling,
        **_needs(contact.channel, decision, rules),
    )


def _needs(channel: Channel, decision: Decision, rules: Rules) -> dict[str, Any]:
    """What assignment goes by."""
    return {
        "units": rules.units(channel, decision.capacity),
        "skills": dict(decision.skills),
        "backup_role": decision.backup_role or "",
    }


def _again(last: WorkItem) -> WorkItem:
    now: datetime = clock.now()
    return WorkItem(
        id=clock.new_id(),
        conversation_id=last.conversation_id,
        customer_id=last.customer_id,
        role=last.role,
        state="waiting",
        agent_id=None,
        epoch=1,
        channel=last.channel,
        topic=last.topic,
        priority_minutes=last.priority_minutes,
        waiting_since=now,
        first_response_due=None,
        decision=last.decision,
        units=last.units,
        skills=last.skills,
        backup_role=last.backup_role,
    )
