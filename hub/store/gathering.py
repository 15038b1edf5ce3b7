"""Makes one conversation of two of the same customer, and two again.

The entries stand in the order in which they came. What somebody sends in answer to either is found
where it is now: the row of the conversation that went stays, and leads there. Of two pieces of open
work one goes on; the other is done, and is open again when this is undone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from hub import clock
from hub.errors import Rejected
from hub.promises import Event
from hub.replies import add_event
from hub.store import (
    answers,
    audit,
    callbacks,
    chat_visits,
    deadlines,
    in_hand,
    regrouping,
    steps,
    work_items,
)
from hub.store.agents import Agent
from hub.store.among import among
from hub.store.inserting import insert_new
from hub.store.ranking import goes_first
from hub.store.regrouping import Place
from hub.store.resequencing import follow, resequence, set_apart
from hub.store.tables import (
    agreements,
    asked_colleagues,
    calls,
    conversation_links,
    conversations,
    drafts,
    follows,
    interactions,
    outreaches,
    participants,
    ratings,
    reviews,
    tasks,
    thread_refs,
    work_facts,
)
from hub.store.tables import chat_visits as visits
from hub.store.tables import deadlines as deadlines_table
from hub.store.tables import work_items as items
from hub.store.types import Instant
from hub.store.work_items import WorkItem

KIND = "conversations"

PLACES = (
    Place(interactions, "conversation_id"),
    Place(thread_refs, "conversation_id", key="ref_hash"),
    Place(items, "conversation_id"),
    Place(work_facts, "conversation_id", key="work_item_id"),
    Place(deadlines_table, "conversation_id"),
    Place(asked_colleagues, "conversation_id"),
    Place(calls, "conversation_id", key="sid"),
    Place(ratings, "conversation_id"),
    Place(reviews, "conversation_id"),
    Place(tasks, "conversation_id"),
    Place(agreements, "conversation_id"),
    Place(outreaches, "conversation_id"),
    Place(conversations, "merged_into"),
)
_COPIED = (participants, conversation_links, follows)
"""What both have: who takes part, what it is about, who follows it."""
_KEPT_OF_WORK = (
    "state", "agent_id", "snoozed_until", "look_again_at", "resolved_at", "answer_due",
    "answer_warn", "overdue", "urgency_minutes", "rank", "first_response_at",
    "first_response_due", "preferred_agent_id", "preferred_until", "preferred_why",
)  # fmt: skip
_OVER = "over"


@dataclass(frozen=True)
class Gathered:
    id: str
    kept_id: str
    other_id: str


def gather(connection: Connection, kept_id: str, other_id: str, agent: Agent) -> Gathered:
    """All of `other` is in `kept` from now on. Raises Rejected."""
    kept, other = locked(connection, kept_id, other_id)
    _refuse(connection, kept, other, agent)
    before = {
        "kept": {"state": kept.state, "resolved_at": _text(kept.resolved_at)},
        "other": {"state": other.state, "resolved_at": _text(other.resolved_at)},
        "subject": kept.subject,
        "closed": _close_one(connection, kept_id, other_id, agent),
        "copied": {table.name: _copy(connection, table, other_id, kept_id) for table in _COPIED},
        "drafts": _take_drafts(connection, other_id, kept_id),
        "chat": _move_chat(connection, other_id, kept_id),
        "handover": kept.handover_address,
    }
    gathering_id = regrouping.begin(
        connection, KIND, kept_id=kept_id, other_id=other_id, by=agent.id, before=before
    )
    set_apart(connection, interactions.c.conversation_id == other_id)
    for place in PLACES:
        regrouping.move(connection, gathering_id, place, other_id, kept_id)
    now = clock.now()
    is_open = "open" in (kept.state, other.state)
    _write(
        connection,
        kept_id,
        state="open" if is_open else kept.state,
        resolved_at=None if is_open else kept.resolved_at,
        subject=kept.subject or other.subject,
        handover_address=kept.handover_address or other.handover_address,
    )
    _write(connection, other_id, merged_into=kept_id, state="resolved", resolved_at=now)
    _settle(connection, kept_id, other_id)
    details = {"number": str(other.number), "subject": other.subject[:200]}
    say(connection, kept_id, "gathered", agent, **details)
    _audit(connection, agent, "conversation.merged", kept_id, {"other": other_id})
    return Gathered(gathering_id, kept_id, other_id)


def undo(connection: Connection, gathering_id: str, agent: Agent) -> Gathered:
    """They are two again; what came since stays where it is. Raises Rejected."""
    gathering = regrouping.to_undo(connection, gathering_id, KIND)
    kept, other = locked(connection, gathering.kept_id, gathering.other_id)
    if kept.merged_into is not None or other.merged_into != kept.id:
        raise Rejected("merged_again", "It was merged again since. Undo that first.", status=409)
    refuse_held_by_others(connection, kept.id, agent)
    refuse_live(connection, kept.id)
    before = gathering.before
    set_apart(
        connection,
        (interactions.c.conversation_id == kept.id)
        & interactions.c.id.in_(regrouping.rows_of(gathering_id, "interactions.conversation_id")),
    )
    for place in PLACES:
        regrouping.back(connection, gathering_id, place, kept.id, other.id)
    was = before["other"]
    _write(
        connection,
        other.id,
        merged_into=None,
        state=was["state"],
        resolved_at=_moment(was["resolved_at"]),
    )
    _reopen(connection, before["closed"])
    values: dict[str, Any] = {"handover_address": before["handover"]}
    if kept.subject != before["subject"] and not before["subject"]:
        values["subject"] = ""
    if not _has_open_work(connection, kept.id) and before["kept"]["state"] != "open":
        values |= {
            "state": before["kept"]["state"],
            "resolved_at": _moment(before["kept"]["resolved_at"]),
        }
    _write(connection, kept.id, **values)
    _take_back(connection, before, kept.id, other.id)
    if before["chat"]:
        _move_chat(connection, kept.id, other.id)
    regrouping.end(connection, gathering_id, by=agent.id)
    _settle(connection, kept.id, other.id)
    say(connection, kept.id, "apart", agent, number=str(other.number))
    _audit(connection, agent, "conversation.merge_undone", kept.id, {"other": other.id})
    return Gathered(gathering_id, kept.id, other.id)


def say(
    connection: Connection, conversation_id: str, event: str, agent: Agent, **details: str
) -> None:
    """The timeline tells what was done, and by whom."""
    add_event(
        connection,
        conversation_id=conversation_id,
        details={"event": event, **details},
        agent_id=agent.id,
        agent_name=agent.name,
    )


def locked(connection: Connection, *both: str) -> list[Any]:
    """These conversations, as they are now, in this order."""
    rows = connection.execute(
        select(conversations)
        .where(among(conversations.c.id, both))
        .order_by(conversations.c.id)
        .with_for_update()
    )
    found = {row.id: row for row in rows}
    if len(found) < len(both):
        raise Rejected("no_conversation", "This conversation does not exist.", status=404)
    return [found[one] for one in both]


def refuse_held_by_others(connection: Connection, conversation_id: str, agent: Agent) -> None:
    """Who has the work says what becomes of it. Raises Rejected."""
    item = work_items.latest_of(connection, [conversation_id]).get(conversation_id)
    held = item is not None and item.state in (work_items.ASSIGNED, work_items.OFFERED)
    if item is not None and held and item.agent_id != agent.id:
        raise work_items.lost(item, agent)


def refuse_live(connection: Connection, conversation_id: str) -> None:
    """Who chats or calls is in the middle of it. Raises Rejected."""
    visit = chat_visits.of(connection, conversation_id)
    calling = select(calls.c.sid).where(
        calls.c.conversation_id == conversation_id, calls.c.state != _OVER
    )
    if (visit is not None and visit.away_since is None) or connection.execute(calling).first():
        raise Rejected("live", "The customer is still there. Wait until they left.", status=409)


def _refuse(connection: Connection, kept: Any, other: Any, agent: Agent) -> None:
    if kept.merged_into is not None or other.merged_into is not None:
        raise Rejected("gathered", "One of them was merged already.", status=409)
    if kept.customer_id != other.customer_id:
        raise Rejected("other_customer", "They are of two customers.", status=409)
    own = select(tasks.c.id).where(tasks.c.own_id.in_([kept.id, other.id]))
    if connection.execute(own).first():
        raise Rejected("own_task", "A task stays a conversation of its own.", status=409)
    refuse_held_by_others(connection, other.id, agent)
    refuse_live(connection, kept.id)
    refuse_live(connection, other.id)


def _goes_on(one: WorkItem) -> tuple[bool, ...]:
    in_hand = one.state == work_items.ASSIGNED
    return in_hand, one.state != work_items.SNOOZED, goes_first(one)


def _close_one(
    connection: Connection, kept_id: str, other_id: str, agent: Agent
) -> Mapping[str, Any] | None:
    """Of two pieces of open work one is done: not the one that somebody has in hand, nor else the
    one that is not put aside, nor the one that was promised its place before all others. Gives how
    it and its promises were."""
    latest = work_items.latest_of(connection, [kept_id, other_id])
    mine, theirs = latest.get(kept_id), latest.get(other_id)
    if mine is None or theirs is None or work_items.DONE in (mine.state, theirs.state):
        return None
    goes_on = max((mine, theirs), key=_goes_on)
    closed = mine if goes_on is theirs else theirs
    row = connection.execute(select(items).where(items.c.id == closed.id)).one()
    promises = connection.execute(
        select(deadlines_table).where(deadlines_table.c.work_item_id == closed.id)
    )
    before = {
        "id": closed.id,
        "callback": callbacks.come_along(connection, closed, goes_on),
        "work": {name: _text(getattr(row, name)) for name in _KEPT_OF_WORK},
        "promises": [
            {name: _text(value) for name, value in one.items()} for one in promises.mappings()
        ],
    }
    answers.end(connection, closed.id, answers.WITHDRAWN)
    now = clock.now()
    values = deadlines.happened(connection, closed.id, Event.RESOLVED, now)
    values |= {"state": work_items.DONE, "resolved_at": now}
    work_items.change(connection, closed, agent, "work_item.merged", values, into=goes_on.id)
    return before


def _reopen(connection: Connection, closed: Mapping[str, Any] | None) -> None:
    """The work that was done only because it became one with another is open again."""
    if closed is None:
        return
    row = connection.execute(select(items).where(items.c.id == closed["id"])).one()
    if row.state != work_items.DONE or _has_open_work(connection, row.conversation_id):
        return
    values = _read_back(items, closed["work"])
    if values["state"] == work_items.OFFERED:
        values |= {"state": work_items.WAITING, "agent_id": None}
    connection.execute(delete(work_facts).where(work_facts.c.work_item_id == row.id))
    connection.execute(
        update(items).where(items.c.id == row.id).values(values | {"epoch": items.c.epoch + 1})
    )
    for promise in closed["promises"]:
        back = _read_back(deadlines_table, promise)
        kept = {name: back[name] for name in back if name not in ("id", "conversation_id")}
        connection.execute(
            update(deadlines_table).where(deadlines_table.c.id == back["id"]).values(kept)
        )
    if came := closed.get("callback"):
        callbacks.give_back(connection, row.id, came)
    in_hand.recount(connection, {values["agent_id"]})
    steps.add(connection, row.id, steps.WOKEN, None)


def _has_open_work(connection: Connection, conversation_id: str) -> bool:
    of_it = (items.c.conversation_id == conversation_id) & (items.c.state != work_items.DONE)
    return connection.execute(select(items.c.id).where(of_it)).first() is not None


def _copy(connection: Connection, table: Any, source: str, goal: str) -> list[dict[str, str]]:
    """Give the goal what it lacks of these; gives the keys of what it got."""
    keys = [column.name for column in table.primary_key if column.name != "conversation_id"]
    rows = connection.execute(select(table).where(table.c.conversation_id == source)).all()
    there = connection.execute(select(table).where(table.c.conversation_id == goal)).all()
    known = {tuple(getattr(row, name) for name in keys) for row in there}
    new = [row for row in rows if tuple(getattr(row, name) for name in keys) not in known]
    insert_new(connection, table, [row._asdict() | {"conversation_id": goal} for row in new])
    return [{name: getattr(row, name) for name in keys} for row in new]


def _move_chat(connection: Connection, source: str, goal: str) -> bool:
    """A chat that is over is answered where it is now; gives whether there was one to move. Where
    both were chats, each visitor finds theirs by their session."""
    if chat_visits.of(connection, goal) is not None:
        return False
    of_it = update(visits).where(visits.c.conversation_id == source)
    return connection.execute(of_it.values(conversation_id=goal)).rowcount > 0


def _take_drafts(connection: Connection, source: str, goal: str) -> list[dict[str, Any]]:
    """What is written in both stands below each other. Gives those of the source as they were."""
    rows = connection.execute(select(drafts).where(drafts.c.conversation_id == source)).all()
    there = connection.execute(select(drafts).where(drafts.c.conversation_id == goal)).all()
    mine = {row.agent_id: row.fields for row in there}
    for row in rows:
        of_it = (drafts.c.conversation_id == source) & (drafts.c.agent_id == row.agent_id)
        if row.agent_id not in mine:
            connection.execute(update(drafts).where(of_it).values(conversation_id=goal))
            continue
        text = "\n\n".join(filter(None, (mine[row.agent_id].get("text"), row.fields.get("text"))))
        here = (drafts.c.conversation_id == goal) & (drafts.c.agent_id == row.agent_id)
        fields = {**mine[row.agent_id], "text": text}
        connection.execute(update(drafts).where(here).values(fields=fields))
        connection.execute(delete(drafts).where(of_it))
    return [
        {"agent_id": row.agent_id, "fields": row.fields, "saved_at": _text(row.saved_at),
         "alone": row.agent_id not in mine}
        for row in rows
    ]  # fmt: skip


def _take_back(connection: Connection, before: Mapping[str, Any], kept: str, other: str) -> None:
    """What was copied is gone, and drafts are where they were written."""
    for table in _COPIED:
        for key in before["copied"][table.name]:
            these = [table.c[name] == value for name, value in key.items()]
            connection.execute(delete(table).where(table.c.conversation_id == kept, *these))
    for draft in before["drafts"]:
        mine = drafts.c.agent_id == draft["agent_id"]
        if draft["alone"]:
            back = update(drafts).where(drafts.c.conversation_id == kept, mine)
            connection.execute(back.values(conversation_id=other))
            continue
        row = {
            "conversation_id": other,
            "agent_id": draft["agent_id"],
            "fields": draft["fields"],
            "saved_at": _moment(draft["saved_at"]),
        }
        connection.execute(insert(drafts).values(row))


def _settle(connection: Connection, *both: str) -> None:
    for conversation_id in both:
        resequence(connection, conversation_id)
    follow(connection, both)
    work_items.tell_again(connection, both)


def _write(connection: Connection, conversation_id: str, **values: Any) -> None:
    if values:
        this = conversations.c.id == conversation_id
        connection.execute(update(conversations).where(this).values(values))


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _read_back(table: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """As the columns hold it."""
    return {
        name: _moment(value) if isinstance(table.c[name].type, Instant) else value
        for name, value in values.items()
    }


def _audit(
    connection: Connection, agent: Agent, action: str, about: str, details: dict[str, Any]
) -> None:
    audit.record(connection, actor=agent.id, action=action, about=about, details=details)
