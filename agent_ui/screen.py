"""Everything that one conversation's screen shows, read in one go."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from sqlalchemy import Connection

from agent_ui.arrangement import Arranged, read_arrangement
from agent_ui.call_bar import CallBar, call_bar_of
from agent_ui.customer_fields import Fields, read_fields, without_hidden
from agent_ui.drafting import Draft, from_kept
from agent_ui.forwarding import last_in
from agent_ui.goals import Goals, read_goals
from agent_ui.guidance import Guidance, guidance_of
from agent_ui.identity import Identity, read_identity
from agent_ui.needs import Need, needs_of
from agent_ui.next_action import NextActions, read_next
from agent_ui.regroup import Regroup, read_regroup
from agent_ui.settings import ConsoleSettings
from agent_ui.texts import N_, texts_for
from agent_ui.trade import Trade, read_trade
from agent_ui.ways import Way, last_subject, ways_of
from hub import promising
from hub.asking import ANSWER
from hub.composing import Composing, Segments, Template
from hub.interaction import Channel
from hub.promising import Given
from hub.store import (
    chat_visits,
    customers,
    deadlines,
    drafts,
    follow_ups,
    follows,
    former_decisions,
    found_out,
    listening,
    own_choices,
    steps,
    steps_done,
    tasks,
    timeline,
    work_items,
)
from hub.store.agents import Agent
from hub.store.asked import Request, approvals_of
from hub.store.chat_visits import Visit
from hub.store.customers import Customer, Past
from hub.store.deadlines import Deadline
from hub.store.drafts import Kept
from hub.store.follow_ups import FollowUp
from hub.store.former_decisions import Former
from hub.store.found_out import Proposal
from hub.store.steps import Step
from hub.store.steps_done import Done
from hub.store.tasks import Task
from hub.store.timeline import Conversation, Entry
from hub.store.work_items import WorkItem

NEWEST = 20
"""Entries that stand on the screen at once when a script opens it: what came before is fetched as
the reader gets there, as laying out what nobody looks at is most of what opening takes."""


@dataclass(frozen=True)
class Screen:
    """`readable`: the conversations of the history that the agent may open.

    `steps`: how the work found its agent. `former`: what was decided about it before. `followed`:
    what was decided about what the customer wrote since. `goals`: the roles that it can be given
    to; read for who holds the work. `visitor`: who is, or was, at the other end of a chat. `task`:
    what the conversation is there for; `tasks`: what was asked of other roles; `approvals`: what
    they have to approve. `listeners`: the supervisors who listen in, names by id. `has_news`: the
    agent follows it and has not seen all of it. `next`: what rules propose to do.
    """

    conversation: Conversation
    item: WorkItem | None
    deadlines: list[Deadline]
    guidance: Guidance
    entries: list[Entry]
    has_earlier: bool
    customer: Customer
    own_history: list[Past]
    colleagues_history: list[Past]
    readable: set[str]
    ways: list[Way]
    agent: Agent
    offered_only: frozenset[str]
    steps: list[Step]
    former: list[Former]
    followed: list[FollowUp]
    done: dict[str, Done]
    goals: Goals
    trade: Trade
    needs: list[Need]
    proposals: list[Proposal]
    visitor: Visit | None
    call_bar: CallBar | None
    drafts: list[Kept]
    signature: str
    promises: list[Given]
    follows: bool
    has_news: bool
    listeners: dict[str, str]
    task: Task | None
    tasks: list[Task]
    approvals: list[Request]
    identity: Identity
    fields: Fields
    regroup: Regroup
    next: NextActions
    arrangement: Arranged | None

    @property
    def newest(self) -> list[Entry]:
        return self.entries[-NEWEST:]

    @property
    def kept_draft(self) -> Draft | None:
        """What the agent themselves is writing here."""
        mine = (one for one in self.drafts if one.agent_id == self.agent.id)
        return next((from_kept(one, self.conversation.id) for one in mine), None)

    @property
    def promise_ids(self) -> set[str]:
        """Those that are shown with their clocks."""
        return {one.id for one in self.promises}

    @property
    def others_drafts(self) -> list[Kept]:
        return [one for one in self.drafts if one.agent_id != self.agent.id]

    @property
    def passed_on(self) -> Entry | None:
        """The message that is forwarded."""
        return last_in(self.entries)

    @property
    def mail_subject(self) -> str:
        """What an answer by mail answers. Of what a carrier began, and nobody mailed about yet, its
        subject is the carrier's; the customer knows it as a parcel."""
        if mailed := last_subject(self.entries):
            return mailed
        parcels = (one.details.get("tracking") for one in self.entries)
        tracking = next(filter(None, parcels), "")
        if self.conversation.channel is Channel.PARTNER and tracking:
            return texts_for(self.customer.language)(N_("Your parcel {number}"), number=tracking)
        return self.conversation.subject

    @property
    def may_reopen(self) -> bool:
        item = self.item
        return item is not None and item.state == "done" and item.is_for(self.agent)

    @property
    def templates(self) -> Sequence[Template]:
        """Those that a way of answering takes."""
        return next((way.rules.templates for way in self.ways if way.rules.templates), ())

    @property
    def segments(self) -> Segments | None:
        """What a way of answering costs that counts segments."""
        return next((way.rules.segments for way in self.ways if way.rules.segments), None)

    @property
    def refused(self) -> dict[str, list[Channel]]:
        """By contact point: the channels over which the customer wants nothing."""
        found: dict[str, list[Channel]] = {}
        for way in self.ways:
            if way.refused is not None:
                found.setdefault(way.reachable.to.key, []).append(way.reachable.channel)
        return found

    @property
    def seen(self) -> int:
        """The sequence number of the last entry shown."""
        return self.entries[-1].sequence if self.entries else 0

    @property
    def is_mine(self) -> bool:
        item = self.item
        return item is not None and item.state == "assigned" and item.agent_id == self.agent.id

    @property
    def is_waiting(self) -> bool:
        return self.item is not None and self.item.state == "waiting"

    @property
    def may_take(self) -> bool:
        item = self.item
        if item is None or not item.is_for(self.agent):
            return False
        return self.is_aside or (self.is_waiting and item.role not in self.offered_only)

    @property
    def is_asked(self) -> bool:
        """Whether the agent is being offered it."""
        item = self.item
        return item is not None and item.state == "offered" and item.agent_id == self.agent.id

    @property
    def is_aside(self) -> bool:
        """Whether somebody put it aside until a time."""
        return self.item is not None and self.item.state == "snoozed"

    @property
    def holder(self) -> str:
        """The name of the colleague who has it."""
        if self.item is None or self.item.state != "assigned" or self.is_mine:
            return ""
        return self.item.agent_name

    @property
    def may_reply(self) -> bool:
        may = self.task is None and (self.is_mine or self.may_take)
        return may and any(way.is_open for way in self.ways)


def _group_said(customer: Customer) -> str:
    return customer.target_group or customer.organisation_group


def read_screen(
    connection: Connection,
    conversation_id: str,
    agent: Agent,
    *,
    settings: ConsoleSettings,
    default_accounts: Mapping[Channel, str],
    composing: Mapping[Channel, Composing],
    offered_only: frozenset[str],
    with_phone: bool = False,
    zone: tzinfo = UTC,
    group_of: Callable[[Customer], str] = _group_said,
) -> Screen | None:
    """None when there is no such conversation, or when it is none of the agent's business."""
    conversation = timeline.conversation(connection, conversation_id)
    if conversation is None or not timeline.may_see(connection, conversation_id, agent):
        return None
    entries = timeline.entries(connection, conversation_id, limit=settings.timeline_length + 1)
    item = work_items.latest_of(connection, [conversation_id]).get(conversation_id)
    customer = customers.customer(connection, conversation.customer_id)
    fields = read_fields(connection, customer, agent, item.topic if item else "")
    customer = without_hidden(customer, fields.known, agent)
    own, colleagues = customers.history(
        connection, customer, besides=conversation_id, limit=settings.history_length
    )
    past = {line.conversation_id for line in [*own, *colleagues]}
    guidance = guidance_of(item.decision if item else {})
    sources = [one.source for one in guidance.required_information]
    trade = read_trade(connection, conversation_id, customer.id, sources)
    entered = found_out.of_item(connection, item.id) if item else {}
    asked = tasks.of(connection, conversation_id)
    task = next((one for one in asked if one.own_id == conversation_id), None)
    follows_it, has_news = follows.does(connection, conversation_id, agent.id)
    return Screen(
        conversation=conversation,
        item=item,
        deadlines=deadlines.of_item(connection, item.id) if item else [],
        guidance=guidance,
        entries=entries[-settings.timeline_length :],
        has_earlier=len(entries) > settings.timeline_length,
        customer=customer,
        own_history=own,
        colleagues_history=colleagues,
        readable=timeline.visible(connection, past, agent) if past else set(),
        ways=ways_of(
            connection, conversation_id, conversation.customer_id, default_accounts, composing
        ),
        agent=agent,
        offered_only=offered_only,
        steps=steps.of(connection, item.id) if item else [],
        former=former_decisions.of_item(connection, item.id) if item else [],
        followed=follow_ups.of_item(connection, item.id) if item else [],
        done=steps_done.of_item(connection, item.id) if item else {},
        goals=_goals(connection, item, agent),
        trade=trade,
        needs=needs_of(
            guidance,
            customer,
            trade,
            entered,
            _said(entries),
            fields=fields.known,
            oversees=agent.oversees,
        ),
        proposals=found_out.proposals(connection, customer.id),
        visitor=chat_visits.of(connection, conversation_id),
        call_bar=call_bar_of(connection, conversation_id, item, customer, agent)
        if with_phone
        else None,
        drafts=drafts.of_conversation(connection, conversation_id),
        listeners=listening.who(connection, item.id) if item else {},
        follows=follows_it,
        has_news=has_news,
        task=task,
        arrangement=read_arrangement(connection, customer.id, group_of(customer)),
        next=read_next(connection, None if task else item, zone),
        tasks=[one for one in asked if one.own_id != conversation_id],
        approvals=approvals_of(connection, conversation_id),
        promises=promising.of_customer(connection, customer.id),
        regroup=read_regroup(connection, conversation, entries, agent),
        fields=fields,
        identity=read_identity(connection, conversation, customer, agent),
        signature=own_choices.get(connection, agent.id, own_choices.SIGNATURE) or "",
    )


def _said(entries: list[Entry]) -> dict[str, str]:
    """What the customer answered before the contact, by the name of what was asked; the latest."""
    return {
        name.removeprefix(ANSWER): text
        for entry in entries
        for name, text in entry.details.items()
        if name.startswith(ANSWER)
    }


def _goals(connection: Connection, item: WorkItem | None, agent: Agent) -> Goals:
    if item is None or item.agent_id != agent.id or item.state != work_items.ASSIGNED:
        return {}
    return read_goals(connection, agent, people=False)
