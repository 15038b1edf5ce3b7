"""What an agent does in a conversation: each a unit of work, whole or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from agent_ui.drafting import Draft
from agent_ui.mail_addresses import parties
from agent_ui.markup import to_html
from agent_ui.places import left_in
from agent_ui.texts import N_
from agent_ui.ways import Way, ways_of
from hub import clock, tasking
from hub.composing import Composing
from hub.errors import Rejected
from hub.interaction import Channel
from hub.logs import correlation_id
from hub.replies import Reply, add_event, add_note, add_reply
from hub.store import audit, drafts, own_choices, tasks, timeline, work_items, working, wrapping
from hub.store.agents import Agent
from hub.store.asking_colleagues import mention
from hub.store.steps_done import BEFORE_ANSWER, refuse_undone
from hub.store.work_items import WorkItem
from hub.texts import Said

LATER_BY = (Channel.EMAIL, Channel.SMS, Channel.WHATSAPP)
"""Who writes in a chat or reads the portal waits there; over these an answer may come later."""


_UNFILLED = N_(
    "This was not sent yet: {places} still stands in it. Fill it in, or send again to leave it so."
)


class Unseen(Exception):
    """Others added something that the agent had not seen when they pressed the button."""


class Unfilled(Rejected):
    """In these places of an answer something is still to be filled in. It goes as it is when the
    agent, who is told, sends it again."""

    def __init__(self, places: Sequence[str]) -> None:
        super().__init__("unfilled", Said(_UNFILLED, places=", ".join(places)), status=409)
        self.places = tuple(places)


@dataclass(frozen=True)
class SendingRules:
    """How this deployment sends. `undo`: so long a mail waits, and can be taken back."""

    default_accounts: Mapping[Channel, str]
    composing: Mapping[Channel, Composing]
    offered_only: frozenset[str] = frozenset()
    undo: timedelta = timedelta()


def send_reply(connection: Connection, draft: Draft, agent: Agent, sending: SendingRules) -> str:
    """Answer the customer; takes the work item if nobody has it, and it is for taking."""
    item = begin(connection, draft, agent, sending)
    refuse_undone(connection, item.id, item.decision, BEFORE_ANSWER)
    way = _way(connection, item, draft, sending)
    text, details = _written(draft, way, sending.composing)
    to = way.reachable
    is_mail = to.channel is Channel.EMAIL
    copies = parties(draft.cc) if is_mail else ()
    if copies:
        details |= {"cc": ", ".join(party.value for party in copies)}
    text = with_signature(connection, draft, agent, text) if is_mail else text
    not_before = _not_before(draft, to.channel, sending.undo)
    interaction_id = add_reply(
        connection,
        Reply(
            conversation_id=draft.conversation_id,
            channel=to.channel,
            account=to.account,
            to=(to.to,),
            cc=copies,
            text=text,
            html=to_html(text) if is_mail and draft.rich else "",
            subject=draft.subject if is_mail else "",
            details=details,
            agent_id=agent.id,
            agent_name=agent.name,
            attachments=draft.files,
            not_before=not_before,
            correlation_id=correlation_id(),
            once=draft.once,
        ),
    )
    if not_before is None:
        working.answered_by_holder(connection, item, agent)
    drafts.drop(connection, draft.conversation_id, agent.id)
    _audit(connection, agent, "interaction.replied", interaction_id, draft.conversation_id)
    return interaction_id


def begin(connection: Connection, draft: Draft, agent: Agent, sending: SendingRules) -> WorkItem:
    """The work that the agent does by writing this; theirs from now on. Raises Unseen, Rejected."""
    _refuse_unseen(connection, draft.conversation_id, draft.seen, agent)
    if tasks.is_there_for_one(connection, draft.conversation_id):
        raise Rejected("is_task", "Answer the customer where this was asked.", status=409)
    return _take(connection, draft.conversation_id, agent, sending.offered_only)


def refuse_unfilled(draft: Draft) -> None:
    """Raises Unfilled for what the agent was not told of before."""
    left = [] if draft.template else left_in(draft.text)
    if not set(left) <= set(draft.as_is):
        raise Unfilled(left)


def _not_before(draft: Draft, channel: Channel, undo: timedelta) -> datetime | None:
    """When it may leave; None at once."""
    if draft.later is not None:
        if channel not in LATER_BY:
            raise Rejected("no_later", "Over this channel an answer goes at once.", status=409)
        return draft.later
    return clock.now() + undo if channel is Channel.EMAIL and undo else None


def with_signature(connection: Connection, draft: Draft, agent: Agent, text: str) -> str:
    signature = (
        own_choices.get(connection, agent.id, own_choices.SIGNATURE) if draft.signed else None
    )
    return f"{text.rstrip()}\n\n{signature}" if signature and text.strip() else text


def write_note(connection: Connection, draft: Draft, agent: Agent) -> str:
    interaction_id = add_note(
        connection,
        conversation_id=draft.conversation_id,
        text=draft.text,
        agent_id=agent.id,
        agent_name=agent.name,
        once=draft.once,
    )
    mention(connection, draft.conversation_id, draft.text, agent)
    drafts.drop(connection, draft.conversation_id, agent.id)
    _audit(connection, agent, "interaction.noted", interaction_id, draft.conversation_id)
    return interaction_id


def resolve(
    connection: Connection, item_id: str, agent: Agent, *, results: dict[str, str], seen: int
) -> WorkItem:
    """Close the conversation, with the results as a line in its timeline."""
    item = working.resolve(connection, item_id, agent, results)
    _refuse_unseen(connection, item.conversation_id, seen, agent)
    add_event(
        connection,
        conversation_id=item.conversation_id,
        details={"event": "resolved"} | {f"result.{name}": text for name, text in results.items()},
        agent_id=agent.id,
        agent_name=agent.name,
    )
    tasking.was_resolved(connection, item, agent, results.get("remark", ""))
    wrapping.begin(connection, item, agent)
    return item


def wrap_up(connection: Connection, item: WorkItem, agent: Agent, results: dict[str, str]) -> None:
    """What came of work that the agent did and is done with, said after its end; then they are
    there again. Raises Rejected for what somebody else did."""
    if item.state != work_items.DONE or item.agent_id != agent.id:
        raise Rejected("no_wrap_up", "The wrap-up is over.", status=409)
    known = timeline.results(connection, item.conversation_id)
    said = {name: text for name, text in results.items() if known.get(name, "") != text}
    if said:
        add_event(
            connection,
            conversation_id=item.conversation_id,
            details={"event": "wrapped_up"} | {f"result.{name}": said[name] for name in said},
            agent_id=agent.id,
            agent_name=agent.name,
        )
        _audit(connection, agent, "work_item.wrapped_up", item.id, item.conversation_id)
    wrapping.finish(connection, agent, item.id)


def _refuse_unseen(connection: Connection, conversation_id: str, seen: int, agent: Agent) -> None:
    if timeline.unseen(connection, conversation_id, seen=seen, agent_id=agent.id):
        raise Unseen


def refuse_to_take(item: WorkItem, offered_only: frozenset[str]) -> None:
    """Raise Rejected when this waiting work is handed out, not taken."""
    if item.state == work_items.WAITING and item.role in offered_only:
        raise Rejected("offered_only", "This work is offered, not taken.", status=409)


def _take(
    connection: Connection, conversation_id: str, agent: Agent, offered_only: frozenset[str]
) -> WorkItem:
    item = work_items.latest_of(connection, [conversation_id]).get(conversation_id)
    if item is None or item.state == work_items.DONE:
        raise Rejected("resolved", "This conversation is resolved.", status=409)
    # Whoever helps the customer with something else reads this as history; it is not theirs.
    if item.state == work_items.WAITING and not item.is_for(agent):
        raise Rejected("other_role", "Another role answers this.", status=409)
    refuse_to_take(item, offered_only)
    return working.take(connection, item, agent)  # `_refuse_unseen` locked the conversation


def _way(
    connection: Connection,
    item: WorkItem,
    draft: Draft,
    sending: SendingRules,
) -> Way:
    accounts, composing = sending.default_accounts, sending.composing
    for way in ways_of(connection, draft.conversation_id, item.customer_id, accounts, composing):
        if way.key == draft.way:
            return way
    raise Rejected("unreachable", "The customer cannot be reached that way.", status=409)


def _written(
    draft: Draft, way: Way, composing: Mapping[Channel, Composing]
) -> tuple[str, dict[str, str]]:
    """The text that goes out, and the details by which it does; Rejected when it may not."""
    channel, rules = way.reachable.channel, way.rules
    if draft.template and rules.templates:
        return composing[channel].template(channel, draft.template, draft.values)
    if not rules.free:
        raise Rejected("window_closed", "Only a template can be sent now.", status=409)
    if rules.longest and len(draft.text) > rules.longest:
        raise Rejected("too_long", f"Write at most {rules.longest} characters.", status=422)
    return draft.text, {}


def _audit(
    connection: Connection, agent: Agent, action: str, interaction_id: str, conversation_id: str
) -> None:
    audit.record(
        connection,
        actor=agent.id,
        action=action,
        about=interaction_id,
        details={"conversation": conversation_id},
    )
