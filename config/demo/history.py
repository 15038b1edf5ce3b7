"""Past conversations of the demo organisation: written as rows, because the doors know only now.

They are resolved and routed, so nothing is published and nothing is sent. Where one says what it
was about, and routing finds another topic, an agent corrected it then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from config.demo import example
from config.demo.addresses import address_of
from config.demo.example import PastConversation, PastMessage
from config.demo.past_calls import Line, Phoned
from hub import clock
from hub.interaction import Channel, Direction, InteractionKind, Party, PointKind
from hub.promises import WARN_AT, Promise, What
from hub.store import steps
from hub.store.deadlines import MET, happening
from hub.store.inserting import digest, insert_all
from hub.store.tables import (
    agents,
    assignment_steps,
    calls,
    contact_points,
    conversation_numbers,
    conversations,
    customers,
    deadlines,
    interactions,
    outbound,
    participants,
    ratings,
    thread_refs,
    topic_corrections,
    work_items,
)
from hub.store.threads import ref_key
from routing.contact import Contact
from routing.correcting import corrected
from routing.decide import decide
from routing.decision import Decision
from routing.hours.calendar import Calendar
from routing.hours.stored import as_stored
from routing.model import Model
from routing.tree import ANY

_FIRST_HOUR = 8
_SPREAD_MINUTES = 37
_OFFICE_MINUTES = 7 * 60
_RATED_AFTER = timedelta(minutes=50)
_TIME_OF_ID = len("00000000-0000")


@dataclass(frozen=True)
class _Person:
    id: str
    name: str
    group: str


@dataclass(frozen=True)
class _Past:
    """One conversation with the ids that its rows share."""

    id: str
    number: int
    began: datetime
    party: Party
    person: _Person
    written: PastConversation
    phoned: Phoned | None = None

    @property
    def account(self) -> str:
        mail = self.written.channel is Channel.EMAIL
        return address_of(self.written.account) if mail else self.written.account

    @property
    def ended(self) -> datetime:
        return self.phoned.resolved_at if self.phoned else self.at(self.written.messages[-1])

    def at(self, message: PastMessage) -> datetime:
        return self.minute(message.after)

    def minute(self, number: int) -> datetime:
        return self.began + timedelta(minutes=number)


def add(connection: Connection, model: Model, now: datetime) -> None:
    """Add the past; it takes the numbers just below those that a store gives out itself."""
    written = example.past_conversations()
    number = (conversation_numbers.start or 1) - len(written)
    add_conversations(connection, model, now, written, number)


def add_conversations(
    connection: Connection,
    model: Model,
    now: datetime,
    written: Sequence[PastConversation],
    number: int,
) -> None:
    """Add these, the oldest with this number."""
    agent_ids = {row.login: row for row in connection.execute(select(agents))}
    for index, one in enumerate(sorted(written, key=lambda one: -one.days)):
        past = _on_the_phone(_place(connection, one, index, number + index, now), agent_ids)
        _add(connection, past, model, agent_ids)


def id_at(moment: datetime) -> str:
    """One as it was made then: what came in lately is counted by ids."""
    return clock.first_id(moment)[:_TIME_OF_ID] + clock.new_id()[_TIME_OF_ID:]


def contact_point(party: Party, customer_id: str, at: datetime) -> dict[str, Any]:
    return {
        "id": clock.new_id(),
        "customer_id": customer_id,
        "key": party.key,
        "kind": party.kind.value,
        "value": party.value,
        "verified": True,
        "created_at": at,
    }


def _place(
    connection: Connection, written: PastConversation, index: int, number: int, now: datetime
) -> _Past:
    minutes = index * _SPREAD_MINUTES % _OFFICE_MINUTES
    day = (now - timedelta(days=written.days)).replace(
        hour=_FIRST_HOUR, minute=0, second=0, microsecond=0
    )
    began = day + timedelta(minutes=minutes)
    mail = Party(kind=PointKind.EMAIL, value=written.customer)
    person = _person(connection, mail)
    party = mail.model_copy(update={"name": person.name})
    if written.channel is Channel.CHAT:
        party = Party(kind=PointKind.VISITOR, value=clock.new_id(), name=person.name)
        insert_all(connection, contact_points, [contact_point(party, person.id, began)])
    elif written.phone:
        party = Party(kind=PointKind.PHONE, value=written.phone, name=person.name)
    return _Past(id_at(began), number, began, party, person, written)


def _person(connection: Connection, party: Party) -> _Person:
    organisations = customers.alias("organisations")
    row = connection.execute(
        select(
            customers.c.id,
            customers.c.name,
            customers.c.target_group,
            organisations.c.target_group.label("organisation_group"),
        )
        .join(contact_points, contact_points.c.customer_id == customers.c.id)
        .outerjoin(organisations, organisations.c.id == customers.c.organisation_id)
        .where(contact_points.c.key == party.key)
    ).one()
    return _Person(row.id, row.name, row.target_group or row.organisation_group or ANY)


def _add(connection: Connection, past: _Past, model: Model, agent_ids: dict[str, Any]) -> None:
    messages = past.written.messages
    rows = [
        _interaction(past, number, message, agent_ids)
        for number, message in enumerate(messages, start=1)
    ]
    references = [_reference(row) for row in rows]
    agent = past.phoned.agent if past.phoned else _who_answered(messages, agent_ids)
    first = _decide(past, model)
    decision = _corrected(past, first, model, agent.name)
    answered_at = past.phoned.talking_at if past.phoned else _answers(rows)[0]["occurred_at"]
    item = _work_item(past, decision, model, agent.id, answered_at)
    rows += _said_of_call(past, decision.as_json, len(rows))
    insert_all(connection, conversations, [_conversation(past, rows)])
    insert_all(connection, participants, [{"conversation_id": past.id, "key": past.party.key}])
    insert_all(connection, interactions, rows)
    insert_all(connection, thread_refs, references)
    insert_all(connection, outbound, [_sent(row) for row in _answers(rows)])
    insert_all(connection, work_items, [item])
    insert_all(connection, deadlines, _promised(past, item, decision, model))
    if past.phoned is not None:
        insert_all(connection, calls, past.phoned.rows())
        insert_all(connection, assignment_steps, past.phoned.steps(item["id"]))
    if past.written.taken is not None:
        step = steps.made(item["id"], steps.TAKEN, agent.id)
        insert_all(connection, assignment_steps, [step | {"at": past.minute(past.written.taken)}])
    if decision is not first:
        row = _correction(item, first, decision, agent.id)
        insert_all(connection, topic_corrections, [row])
    if past.written.rating is not None:
        insert_all(connection, ratings, [_rated(past, past.written.rating)])


def _who_answered(messages: Sequence[PastMessage], agent_ids: dict[str, Any]) -> Any:
    return agent_ids[next(one.agent for one in messages if one.agent)]


def _on_the_phone(past: _Past, agent_ids: dict[str, Any]) -> _Past:
    """With the call, if it is one."""
    written = past.written
    if written.call is None:
        return past
    phoned = Phoned(
        conversation_id=past.id,
        began=past.began,
        caller=past.party.value,
        account=past.account,
        agent=agent_ids[written.call.agent],
        written=written.call,
        title=written.subject,
    )
    return replace(past, phoned=phoned)


def _said_of_call(past: _Past, decision: Mapping[str, Any], after: int) -> Iterator[dict[str, Any]]:
    if past.phoned is None:
        return
    for sequence, line in enumerate(past.phoned.lines(decision), start=after + 1):
        yield _event(past, sequence, line)


def _event(past: _Past, sequence: int, line: Line) -> dict[str, Any]:
    agent = past.phoned.agent if past.phoned and line.by_agent else None
    ours = Party(
        kind=PointKind.PORTAL,
        value=agent.id if agent else "loket",
        name=agent.name if agent else "",
    )
    return _row(past, sequence, line.at, InteractionKind.EVENT, ours) | {
        "channel": Channel.MANUAL.value,
        "direction": Direction.OUTBOUND.value,
        "verification": "verified",
        "agent_id": agent.id if agent else None,
        "details": line.details,
    }


def _answers(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages of our side."""
    return [r for r in rows if r["agent_id"] and r["kind"] == InteractionKind.MESSAGE.value]


def _conversation(past: _Past, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": past.id,
        "number": past.number,
        "customer_id": past.person.id,
        "subject": past.written.subject,
        "channel": past.written.channel.value,
        "state": "resolved",
        "linked_id": None,
        "handover_address": "",
        "interaction_count": len(rows),
        "created_at": past.began,
        "last_at": rows[-1]["occurred_at"],
        "resolved_at": past.ended,
    }


def _interaction(
    past: _Past, sequence: int, message: PastMessage, agent_ids: dict[str, Any]
) -> dict[str, Any]:
    agent = agent_ids[message.agent] if message.agent else None
    kind = InteractionKind.NOTE if message.note else InteractionKind.MESSAGE
    to_customer = agent is not None and not message.note
    ours = Party(kind=PointKind.PORTAL, value=agent.id, name=agent.name) if agent else None
    row = _row(past, sequence, past.at(message), kind, ours or past.party) | {
        "channel": Channel.MANUAL.value if message.note else past.written.channel.value,
        "account": "" if message.note else past.account,
        "direction": (Direction.OUTBOUND if agent else Direction.INBOUND).value,
        "recipients": [past.party.model_dump(mode="json")] if to_customer else [],
        "text": message.text.strip(),
        "topic": past.written.call.chosen if past.written.call else "",
        "verification": "verified" if agent else "unverified",
        "agent_id": agent.id if agent else None,
    }
    external_id = past.phoned.sid if past.phoned else _external_id(past, row["id"])
    return row | {"external_id": external_id}


def _row(
    past: _Past, sequence: int, at: datetime, kind: InteractionKind, sender: Party
) -> dict[str, Any]:
    """What all that is said in a conversation has."""
    interaction_id = id_at(at)
    return {
        "id": interaction_id,
        "conversation_id": past.id,
        "customer_id": past.person.id,
        "sequence": sequence,
        "kind": kind.value,
        "channel": "",
        "account": "",
        "direction": "",
        "external_id": interaction_id,
        "dedupe_key": digest("demo", interaction_id),
        "sender": sender.model_dump(mode="json"),
        "recipients": [],
        "subject": past.written.subject,
        "text": "",
        "quoted": "",
        "html": "",
        "language": "",
        "topic": "",
        "occurred_at": at,
        "received_at": at,
        "automatic": "",
        "verification": "",
        "problem": "",
        "raw_sha256": "",
        "agent_id": None,
        "details": {},
        "correlation_id": "",
    }


def _external_id(past: _Past, interaction_id: str) -> str:
    if past.written.channel is not Channel.EMAIL:
        return f"{past.party.value}:{interaction_id}"
    return f"{interaction_id}@{past.account.partition('@')[2]}"


def _reference(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "ref_hash": ref_key(Channel(row["channel"]), row["external_id"]),
        "conversation_id": row["conversation_id"],
        "interaction_id": row["id"],
    }


def _sent(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "interaction_id": row["id"],
        "conversation_id": row["conversation_id"],
        "channel": row["channel"],
        "state": "sent" if row["channel"] == Channel.EMAIL.value else "delivered",
        "attempts": 1,
        "next_at": None,
        "lease_until": None,
        "error": "",
        "provider_id": "",
        "updated_at": row["occurred_at"],
    }


def _decide(past: _Past, model: Model) -> Decision:
    contact = Contact(
        direction=Direction.INBOUND,
        channel=past.written.channel,
        account=past.account,
        target_group=past.person.group,
        subject=past.written.subject,
        text=past.written.messages[0].text,
        sender=past.party.value,
        stated_topic=past.written.call.chosen if past.written.call else "",
    )
    return decide(contact, model)


def _corrected(past: _Past, first: Decision, model: Model, agent: str) -> Decision:
    """What was decided in the end: `first`, where nobody had anything to correct."""
    topic = past.written.topic
    if not topic or topic == first.topic:
        return first
    decision = corrected(model, first.as_json, past.written.channel, topic, agent)
    if decision is None:
        raise LookupError(topic)
    return decision


def _correction(
    item: dict[str, Any], first: Decision, decision: Decision, agent_id: str
) -> dict[str, Any]:
    return {
        "id": clock.new_id(),
        "work_item_id": item["id"],
        "agent_id": agent_id,
        "at": item["first_response_at"],
        "former": first.topic,
        "topic": decision.topic,
        "how": first.recognition.how.value,
        "confidence": None,
        "former_role": first.role,
        "role": decision.role,
        "moved": first.role != decision.role,
    }


def _work_item(
    past: _Past, decision: Decision, model: Model, agent_id: str, answered_at: datetime
) -> dict[str, Any]:
    seconds, counting = decision.first_response, model.counting(decision.role, decision.clock)
    return {
        "id": id_at(past.began),
        "conversation_id": past.id,
        "customer_id": past.person.id,
        "role": decision.role,
        "state": "done",
        "agent_id": agent_id,
        "epoch": 4,
        "channel": past.written.channel.value,
        "topic": decision.topic,
        "priority_minutes": decision.priority_minutes,
        "waiting_since": past.began,
        "first_response_due": counting.add(past.began, seconds) if seconds else None,
        "first_response_at": answered_at,
        "overdue": False,
        "decision": decision.as_json,
        "created_at": past.began,
        "resolved_at": past.ended,
    }


def _promised(
    past: _Past, item: dict[str, Any], decision: Decision, model: Model
) -> list[dict[str, Any]]:
    """The deadlines of work that is done, kept or not."""
    shared = {
        "work_item_id": item["id"],
        "conversation_id": past.id,
        "clock": decision.clock,
        "source": "",
        "created_at": past.began,
    }
    calendar = model.counting(decision.role, decision.clock)
    ends = [
        (Promise.FIRST_RESPONSE, decision.first_response, item["first_response_at"]),
        (Promise.RESOLUTION, decision.resolution, past.ended),
    ]
    return [
        shared | {"promise": promise.value} | _met(past.began, met, seconds, calendar)
        for promise, seconds, met in ends
        if seconds
    ]


def _met(began: datetime, met: datetime, seconds: int, calendar: Calendar) -> dict[str, Any]:
    warn, due = calendar.marks(began, seconds * WARN_AT, seconds)
    started = happening(began, What.STARTED, **as_stored(calendar))
    return {
        "id": clock.new_id(),
        "target": seconds,
        "state": MET,
        "history": [started, happening(met, What.MET)],
        "due_at": due,
        "warn_at": warn,
        "next_at": None,
        "warned_at": warn if warn and met > warn else None,
        "breached_at": due if due and met > due else None,
        "met_at": met,
    }


def _rated(past: _Past, score: int) -> dict[str, Any]:
    return {
        "id": clock.new_id(),
        "conversation_id": past.id,
        "channel": past.written.channel.value,
        "score": score,
        "comment": "",
        "at": past.ended + _RATED_AFTER,
    }
