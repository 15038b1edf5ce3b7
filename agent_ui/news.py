"""Finds out what an event means for the consoles: the new state, and who may know it."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from agent_ui.live import Change
from hub.events import (
    CallChanged,
    ChatActivity,
    ColleagueAsked,
    ConsoleSign,
    ConsoleSignal,
    ConversationLinked,
    DeliveryChanged,
    Envelope,
    Event,
    InteractionReceived,
    InteractionRecorded,
    InvoiceChanged,
    MessageStatus,
    OrderChanged,
    PresenceChanged,
    PromiseChanged,
    WorkItemChanged,
)
from hub.interaction import Direction
from hub.store import Database, asked, follows, links, work_items
from hub.store.work_items import WorkItem

TOPICS = (
    WorkItemChanged.topic,
    PresenceChanged.topic,
    InteractionReceived.topic,
    InteractionRecorded.topic,
    MessageStatus.topic,
    OrderChanged.topic,
    DeliveryChanged.topic,
    InvoiceChanged.topic,
    ChatActivity.topic,
    CallChanged.topic,
    ConsoleSign.topic,
    PromiseChanged.topic,
    ColleagueAsked.topic,
    ConversationLinked.topic,
)
_REMEMBERED = 50_000

_Entry = InteractionReceived | InteractionRecorded | MessageStatus
_InConversation = (
    _Entry | ChatActivity | CallChanged | ConsoleSign | PromiseChanged | ConversationLinked
)
_Trade = OrderChanged | DeliveryChanged | InvoiceChanged


class News:
    """Remembers who had an item before, so that they are told that it left them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._holders: OrderedDict[str, tuple[str, str | None]] = OrderedDict()

    async def look_up(self, envelopes: Sequence[Envelope]) -> list[Change]:
        """The changes that these events tell of, in their order; each work item once."""
        events = _without_repeats([envelope.event for envelope in envelopes])
        items, by_conversation, followers, approvers = await self._database.read(
            lambda c: _read(c, events)
        )
        changes = []
        for event in events:
            if isinstance(event, PresenceChanged):
                changes.append(Change(frozenset(), frozenset({event.agent_id}), "", desk=True))
            elif isinstance(event, ColleagueAsked):
                whom = frozenset({event.agent_id} - {""}), frozenset({event.role} - {""})
                changes.append(Change(whom[1], whom[0], "", desk=True))
            elif isinstance(event, WorkItemChanged) and event.work_item_id in items:
                changes.append(self._work(event, items[event.work_item_id]))
                if event.conversation_id in approvers:
                    roles = frozenset(approvers[event.conversation_id])
                    changes.append(Change(roles, changes[-1].agents, "", desk=True))
            elif isinstance(event, _InConversation) and event.conversation_id in by_conversation:
                change = _inside(event, by_conversation[event.conversation_id])
                if change.interaction_id:
                    told = frozenset(followers.get(event.conversation_id, ()))
                    change = replace(change, followers=told)
                changes.append(change)
        return changes + await self._beside(events)

    async def _beside(self, events: Sequence[Event]) -> list[Change]:
        """What is shown beside a conversation, and not in it, is now another."""
        trade = [event for event in events if isinstance(event, _Trade)]
        if not trade:
            return []
        items = await self._database.read(lambda c: _concerned(c, trade))
        return [
            Change(
                roles=frozenset({item.role}),
                agents=frozenset({item.agent_id} if item.agent_id else ()),
                conversation_id=conversation_id,
                beside=True,
            )
            for conversation_id, item in items.items()
        ]

    def _work(self, event: WorkItemChanged, item: WorkItem) -> Change:
        role, holder = self._holders.pop(item.id, (event.former_role, None))
        if item.state != work_items.DONE:
            self._holders[item.id] = (item.role, item.agent_id)
            if len(self._holders) > _REMEMBERED:
                self._holders.popitem(last=False)
        return Change(
            roles=frozenset({item.role, event.former_role, role} - {""}),
            agents=frozenset(
                agent for agent in (item.agent_id, holder, event.former_agent_id) if agent
            ),
            conversation_id=item.conversation_id,
            item=item,
        )


def _without_repeats(events: Sequence[Event]) -> list[Event]:
    """Of several changes of one item only the last: what is read is the state after all of them."""
    last: dict[str, Event] = {}
    for number, event in enumerate(events):
        key = event.work_item_id if isinstance(event, WorkItemChanged) else str(number)
        last.pop(key, None)
        last[key] = event
    return list(last.values())


def _read(
    connection: Connection, events: Sequence[Event]
) -> tuple[dict[str, WorkItem], dict[str, WorkItem], dict[str, set[str]], dict[str, set[str]]]:
    changed = {e.work_item_id for e in events if isinstance(e, WorkItemChanged)}
    touched = {e.conversation_id for e in events if isinstance(e, _InConversation)}
    items = work_items.by_ids(connection, changed) if changed else []
    by_conversation = work_items.latest_of(connection, touched) if touched else {}
    said = {e.conversation_id for e in events if isinstance(e, _Entry)}
    following = follows.followers(connection, said) if said else {}
    changed_in = {item.conversation_id for item in items}
    approvers = asked.concerned(connection, changed_in) if items else {}
    return {item.id: item for item in items}, by_conversation, following, approvers


def _concerned(connection: Connection, events: Sequence[_Trade]) -> dict[str, WorkItem]:
    things = {_thing(event) for event in events}
    whose = {event.customer_id for event in events if event.customer_id}
    found = links.concerned(connection, things, whose)
    return work_items.latest_of(connection, found) if found else {}


def _thing(event: _Trade) -> str:
    match event:
        case OrderChanged():
            return event.order_id
        case DeliveryChanged():
            return event.delivery_id
        case InvoiceChanged():
            return event.invoice_id


def _inside(event: _InConversation, item: WorkItem) -> Change:
    if isinstance(event, CallChanged):
        return Change(
            roles=frozenset({item.role}),
            agents=frozenset(one for one in (item.agent_id, event.agent_id) if one),
            conversation_id=event.conversation_id,
            call=True,
        )
    if isinstance(event, ChatActivity):
        return Change(
            roles=frozenset(),
            agents=frozenset({item.agent_id} if item.agent_id and event.by_customer else ()),
            conversation_id=event.conversation_id,
            sign=event.what,
        )
    agents = frozenset({item.agent_id} if item.agent_id else ())
    if isinstance(event, ConsoleSign):
        own = event.doing is ConsoleSignal.DRAFT
        return Change(
            roles=frozenset() if own else frozenset({item.role}),
            agents=frozenset({event.agent_id}) if own else agents,
            conversation_id=event.conversation_id,
            company=event,
        )
    if isinstance(event, PromiseChanged | ConversationLinked):
        whose = {event.agent_id} if isinstance(event, PromiseChanged) else set()
        return Change(
            roles=frozenset({item.role}),
            agents=agents | whose,
            conversation_id=event.conversation_id,
            beside=True,
        )
    inbound = isinstance(event, InteractionReceived) or (
        isinstance(event, InteractionRecorded) and event.direction is Direction.INBOUND
    )
    return Change(
        roles=frozenset({item.role}),
        agents=agents,
        conversation_id=event.conversation_id,
        interaction_id=event.interaction_id,
        inbound=inbound,
    )
