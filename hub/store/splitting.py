"""Makes two conversations of one, from a message on: the customer began about something else.

What was split off is routed as if it had come in by itself. Undoing it gathers the two again.
"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from hub import clock
from hub.errors import Rejected
from hub.events import InteractionReceived
from hub.interaction import Channel, Direction, InteractionKind
from hub.store import audit, gathering, outbox, regrouping, work_items
from hub.store.agents import Agent
from hub.store.among import among
from hub.store.arrivals import insert_conversations
from hub.store.gathering import Gathered, locked, refuse_held_by_others, refuse_live, say
from hub.store.inserting import insert_new
from hub.store.portal_views import passed_on_to
from hub.store.resequencing import follow, resequence
from hub.store.tables import calls, conversations, interactions, participants, thread_refs, unrouted
from hub.store.threads import ref_key

KIND = "split"
SOURCE = "/loket/splitting"
_OTHERS_NUMBER = re.compile(r"\s*\[#\d+\]")
"""In the subject of an answer: what is split off has a number of its own."""
_OF_THE_WORK = ("approval_", "task_")


@dataclass(frozen=True)
class Split:
    """`new_id`: the conversation that was split off."""

    id: str
    conversation_id: str
    new_id: str


def split(connection: Connection, interaction_id: str, agent: Agent) -> Split:
    """A conversation of its own for this message and what follows it. Raises Rejected."""
    which = select(interactions).where(interactions.c.id == interaction_id)
    first = connection.execute(which).one_or_none()
    if first is None:
        raise Rejected("no_message", "This message does not exist.", status=404)
    [former] = locked(connection, first.conversation_id)
    first = connection.execute(which).one()
    refuse_held_by_others(connection, former.id, agent)
    refuse_live(connection, former.id)
    if not _may_begin(connection, first, former):
        detail = "Choose a message of the customer, not the first one."
        raise Rejected("no_split", detail, status=409)
    new_id = _open(connection, first, former)
    _move(connection, first, new_id)
    split_id = regrouping.begin(
        connection, KIND, kept_id=former.id, other_id=new_id, by=agent.id, before={}
    )
    for conversation_id in (former.id, new_id):
        resequence(connection, conversation_id)
    follow(connection, [new_id])
    new_number = connection.execute(
        select(conversations.c.number).where(conversations.c.id == new_id)
    ).scalar_one()
    say(connection, former.id, "split_off", agent, number=str(new_number))
    say(connection, new_id, "split_from", agent, number=str(former.number))
    _route(connection, first, new_id)
    work_items.tell_again(connection, [former.id])
    audit.record(
        connection,
        actor=agent.id,
        action="conversation.split",
        about=former.id,
        details={"new": new_id, "from": interaction_id},
    )
    return Split(split_id, former.id, new_id)


def undo(connection: Connection, split_id: str, agent: Agent) -> Gathered:
    """What was split off is back where it was, with what came to it since. Raises Rejected."""
    splitting = regrouping.to_undo(connection, split_id, KIND)
    done = gathering.gather(connection, splitting.kept_id, splitting.other_id, agent)
    regrouping.end(connection, split_id, by=agent.id)
    return done


def _may_begin(connection: Connection, first: Any, former: Any) -> bool:
    """Whether something is left, and what is split off begins with what the customer said."""
    said = (first.direction, first.kind) == (Direction.INBOUND.value, InteractionKind.MESSAGE.value)
    columns = interactions.c
    before = select(columns.id).where(
        columns.conversation_id == former.id,
        columns.sequence < first.sequence,
        columns.kind == InteractionKind.MESSAGE.value,
    )
    # What somebody answers to whom it was passed on is no customer's: what follows would be theirs.
    passed_on = first.sender.get("value") in passed_on_to(connection, former.id)
    there = former.merged_into is None and not passed_on
    return there and said and connection.execute(before.limit(1)).first() is not None


def _open(connection: Connection, first: Any, former: Any) -> str:
    now = clock.now()
    row = {
        "id": clock.new_id(),
        "customer_id": first.customer_id,
        "subject": _OTHERS_NUMBER.sub("", first.subject) or former.subject,
        "channel": first.channel,
        "state": "open",
        "linked_id": None,
        "shared_id": former.shared_id if first.customer_id == former.customer_id else None,
        "split_from": former.id,
        "handover_address": "",
        "interaction_count": 0,
        "created_at": first.received_at,
        "last_at": now,
        "resolved_at": None,
    }
    insert_conversations(connection, [row])
    taking_part = connection.execute(
        select(participants.c.key).where(participants.c.conversation_id == former.id)
    ).scalars()
    rows = [{"conversation_id": row["id"], "key": key} for key in taking_part]
    insert_new(connection, participants, rows)
    return str(row["id"])


def _move(connection: Connection, first: Any, new_id: str) -> None:
    """The messages, the names by which later ones refer to them, and the calls among them. What was
    asked of colleagues for the work stays with it, and so do the lines that tell of it."""
    columns = interactions.c
    here = (columns.conversation_id == first.conversation_id) & (columns.sequence >= first.sequence)
    moved = connection.execute(
        select(columns.id, columns.channel, columns.external_id, columns.details).where(here)
    ).all()
    stays = {row.id for row in moved if row.details.get("event", "").startswith(_OF_THE_WORK)}
    these = here & ~among(columns.id, stays) if stays else here
    connection.execute(update(interactions).where(these).values(conversation_id=new_id))
    names = {
        ref_key(Channel(row.channel), name)
        for row in moved
        for name in (row.external_id, row.details.get("message_id", ""))
        if name
    }
    for table, which in (
        (thread_refs, among(thread_refs.c.ref_hash, names)),
        (calls, among(calls.c.sid, {row.external_id for row in moved})),
    ):
        of_it = table.c.conversation_id == first.conversation_id
        connection.execute(update(table).where(of_it, which).values(conversation_id=new_id))


def _route(connection: Connection, first: Any, new_id: str) -> None:
    """Ask whose it is."""
    waits = {"interaction_id": first.id, "conversation_id": new_id}
    insert_new(connection, unrouted, [waits])
    event = InteractionReceived(
        interaction_id=first.id,
        conversation_id=new_id,
        customer_id=first.customer_id,
        channel=Channel(first.channel),
        account=first.account,
        received_at=first.received_at,
    )
    outbox.add(
        connection,
        event,
        subject=new_id,
        source=SOURCE,
        correlation_id=first.correlation_id,
    )
