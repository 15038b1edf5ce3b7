"""What was said before, on any channel: history that agents read, and no work for anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from hub import clock
from hub.imports import fields, whose
from hub.imports.fields import Reading
from hub.imports.kind import ACCEPTED, UNCHANGED, Cells, Column, Kind, Outcome, refused
from hub.imports.refusal import Refused
from hub.imports.whose import Known
from hub.interaction import Automatic, Channel, Direction, InteractionKind, Party, PointKind
from hub.store.among import among
from hub.store.arrivals import SUBJECT_CHARACTERS, insert_conversations
from hub.store.inserting import digest, insert_all
from hub.store.tables import conversations, interactions, thread_refs

_SOURCE = "import"
_CHANNELS = {channel.value: channel.value for channel in Channel} | {
    "mail": "email", "e mail": "email", "telefoon": "phone", "call": "phone",
    "telefoongesprek": "phone", "brief": "manual", "letter": "manual", "bezoek": "manual",
    "visit": "manual", "portaal": "portal",
}  # fmt: skip
_DIRECTIONS = {
    "inbound": "inbound", "in": "inbound", "inkomend": "inbound", "from customer": "inbound",
    "outbound": "outbound", "out": "outbound", "uit": "outbound", "uitgaand": "outbound",
    "to customer": "outbound",
}  # fmt: skip
_LONGEST_TEXT = 100_000


@dataclass(frozen=True)
class Record:
    key: str
    conversation: str
    customer: str
    at: datetime
    channel: Channel
    direction: Direction
    subject: str
    text: str


@dataclass
class _Conversation:
    """As it is, and becomes while rows are added. `new`: the store does not have it."""

    id: str
    customer_id: str
    count: int
    last_at: datetime
    new: bool = False


def _read(rows: Sequence[Cells], reading: Reading) -> Record:
    cells = rows[0]
    at = fields.moment(cells["at"], "at", reading)
    if at is None:
        raise Refused("empty", "at")
    key = fields.text(cells["id"], "id", 200, required=True)
    return Record(
        key=digest(_SOURCE, key),
        conversation=digest(
            _SOURCE, "conversation", fields.text(cells["conversation"], "conversation", 200) or key
        ),
        customer=whose.reference(cells["customer"], "customer", reading),
        at=at,
        channel=Channel(fields.choice(cells["channel"], "channel", _CHANNELS, default="manual")),
        direction=Direction(
            fields.choice(cells["direction"], "direction", _DIRECTIONS, default="inbound")
        ),
        subject=fields.text(cells["subject"], "subject", SUBJECT_CHARACTERS),
        text=fields.text(cells["text"], "text", _LONGEST_TEXT),
    )


def _write(connection: Connection, records: Sequence[Record]) -> list[Outcome]:
    customers = whose.by_references(connection, {record.customer for record in records})
    kept = _kept(connection, [record.key for record in records])
    talks = _talks(connection, {record.conversation for record in records})
    outcomes: list[Outcome] = []
    rows: list[dict[str, Any]] = []
    begun: list[tuple[Record, _Conversation]] = []
    for record in records:
        customer = customers.get(record.customer)
        if record.key in kept:
            outcomes.append(UNCHANGED)
            continue
        if customer is None:
            outcomes.append(refused("unknown_customer", "customer", value=record.customer))
            continue
        talk = talks.get(record.conversation)
        if talk is not None and talk.customer_id != customer.id:
            outcomes.append(refused("other_customer", "conversation"))
            continue
        if talk is None:
            talk = _Conversation(clock.new_id(), customer.id, 0, record.at, new=True)
            talks[record.conversation] = talk
            begun.append((record, talk))
        talk.count += 1
        talk.last_at = max(talk.last_at, record.at)
        rows.append(_row(record, talk, customer))
        outcomes.append(ACCEPTED)
    _save(connection, begun, talks, {row["conversation_id"] for row in rows})
    insert_all(connection, interactions, rows)
    return outcomes


def _save(
    connection: Connection,
    begun: Sequence[tuple[Record, _Conversation]],
    talks: dict[str, _Conversation],
    touched: set[str],
) -> None:
    insert_conversations(connection, [_talk_row(record, talk) for record, talk in begun])
    refs = [
        {"ref_hash": record.conversation, "conversation_id": talk.id, "interaction_id": None}
        for record, talk in begun
    ]
    insert_all(connection, thread_refs, refs)
    older = [one for one in talks.values() if one.id in touched and not one.new]
    if older:
        connection.execute(
            update(conversations)
            .where(conversations.c.id == bindparam("changed_id"))
            .values(interaction_count=bindparam("count"), last_at=bindparam("last")),
            [{"changed_id": one.id, "count": one.count, "last": one.last_at} for one in older],
        )


def _kept(connection: Connection, keys: Sequence[str]) -> set[str]:
    column = interactions.c.dedupe_key
    return set(connection.execute(select(column).where(among(column, keys))).scalars())


def _talks(connection: Connection, refs: set[str]) -> dict[str, _Conversation]:
    """`count` is the highest sequence number, which a count may lag behind."""
    columns = conversations.c
    highest = (
        select(func.max(interactions.c.sequence))
        .where(interactions.c.conversation_id == columns.id)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            thread_refs.c.ref_hash,
            columns.id,
            columns.customer_id,
            columns.last_at,
            highest.label("highest"),
        )
        .join(conversations, columns.id == thread_refs.c.conversation_id)
        .where(among(thread_refs.c.ref_hash, refs))
    )
    return {
        row.ref_hash: _Conversation(row.id, row.customer_id, row.highest or 0, row.last_at)
        for row in rows
    }


def _talk_row(record: Record, talk: _Conversation) -> dict[str, Any]:
    return {
        "id": talk.id,
        "customer_id": talk.customer_id,
        "subject": record.subject,
        "channel": record.channel.value,
        "state": "resolved",
        "linked_id": None,
        "handover_address": "",
        "interaction_count": talk.count,
        "created_at": record.at,
        "last_at": talk.last_at,
        "resolved_at": talk.last_at,
    }


def _row(record: Record, talk: _Conversation, customer: Known) -> dict[str, Any]:
    inbound = record.direction is Direction.INBOUND
    them = Party(kind=PointKind.PORTAL, value=customer.id, name=customer.name)
    us = Party(kind=PointKind.PORTAL, value=_SOURCE)
    sender, recipient = (them, us) if inbound else (us, them)
    return {
        "id": clock.new_id(),
        "conversation_id": talk.id,
        "customer_id": customer.id,
        "sequence": talk.count,
        "kind": InteractionKind.MESSAGE.value,
        "channel": record.channel.value,
        "account": _SOURCE,
        "direction": record.direction.value,
        "external_id": record.key,
        "dedupe_key": record.key,
        "sender": sender.model_dump(mode="json"),
        "recipients": [recipient.model_dump(mode="json")],
        "subject": record.subject,
        "text": record.text,
        "quoted": "",
        "html": "",
        "language": "",
        "topic": "",
        "occurred_at": record.at,
        "received_at": record.at,
        "automatic": Automatic.NO.value,
        "verification": "unverified",
        "problem": "",
        "raw_sha256": "",
        "agent_id": None,
        "details": {},
        "correlation_id": "",
    }


INTERACTIONS = Kind(
    name="interactions",
    columns=(
        Column("id", ("key", "nummer", "number"), required=True),
        Column("customer", ("klant", "klantnummer", "customer number"), required=True),
        Column("at", ("date", "time", "datum", "tijd", "tijdstip", "moment"), required=True),
        Column("channel", ("kanaal",)),
        Column("direction", ("richting",)),
        Column("subject", ("onderwerp", "title", "titel")),
        Column("text", ("tekst", "body", "note", "bericht")),
        Column("conversation", ("gesprek", "ticket", "case", "zaak")),
    ),
    read=_read,
    keys=lambda record: (record.key,),
    beside=lambda record: (record.conversation,),
    write=_write,
)
