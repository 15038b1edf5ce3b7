"""Puts a waiting item before an agent if both still are as they were seen.

On PostgreSQL that is one statement, and so one round trip and a transaction of its own. Whoever
somebody else is changing is left alone: nobody waits.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Executable,
    Insert,
    Row,
    Select,
    Table,
    Update,
    bindparam,
    func,
    insert,
    select,
    true,
    update,
)

from hub import clock
from hub.events import encode, wrap
from hub.interaction import Channel
from hub.store import in_hand, offers, outbox, presence, steps
from hub.store.constants import constant
from hub.store.tables import assignment_steps, conversations, work_items
from hub.store.tables import offers as offers_made
from hub.store.tables import outbox as events
from hub.store.tables import presence as people
from hub.store.work_items import OFFERED, WAITING


class Given(NamedTuple):
    """Which of the two were as they were seen, and free; given was it only if both were."""

    item: bool
    agent: bool


def give(
    connection: Connection,
    item: Row[Any],
    agent_id: str,
    idle_since: datetime,
    *,
    expires_at: datetime,
    explanation: Mapping[str, Any],
) -> Given:
    """Offer an item, as `queues` reads it, to an agent who was idle since then.

    Whoever is given something is idle from then on: the same time means the same work in hand.
    """
    event = offers.event(item, state=OFFERED, agent_id=agent_id)
    envelope = wrap(event, subject=item.conversation_id, source=offers.SOURCE)
    values = {
        "made_at": clock.now(),
        "made_offer": clock.new_id(),
        "made_step": clock.new_id(),
        "made_item": item.id,
        "made_for": agent_id,
        "made_until": expires_at,
        "made_epoch": event.epoch,
        "made_why": explanation,
        "made_event": envelope.id,
        "made_topic": envelope.topic,
        "made_subject": envelope.subject,
        "made_body": encode(envelope),
        "seen_epoch": item.epoch,
        "seen_idle": idle_since,
        **in_hand.add(Channel(item.channel), item.units),
    }
    if connection.dialect.name == "postgresql":
        found = connection.execute(_AT_ONCE, values).one()
        return Given(bool(found.item), bool(found.person))
    given = Given(_is_there(connection, _ITEM, values), _is_there(connection, _PERSON, values))
    if all(given):
        for statement in (_TAKE, _FILL, *(_insert(table) for table in _ADDED)):
            connection.execute(statement, values)
    return given


def _is_there(connection: Connection, statement: Executable, values: Mapping[str, Any]) -> bool:
    return connection.execute(statement, values).first() is not None


_ITEM = (
    select(work_items.c.id)
    .join(conversations, conversations.c.id == work_items.c.conversation_id)
    .where(
        work_items.c.id == bindparam("made_item"),
        work_items.c.state == constant(WAITING),
        work_items.c.epoch == bindparam("seen_epoch"),
        work_items.c.conversation_id == bindparam("made_subject"),
    )
    .with_for_update(skip_locked=True)
)
_PERSON = (
    select(people.c.agent_id)
    .where(
        people.c.agent_id == bindparam("made_for"),
        people.c.state == constant(presence.AVAILABLE),
        people.c.idle_since == bindparam("seen_idle"),
    )
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(work_items)
    .where(work_items.c.id == bindparam("made_item"))
    .values(
        state=OFFERED,
        agent_id=bindparam("made_for"),
        epoch=bindparam("made_epoch"),
        look_again_at=None,
    )
)
_FILL = (
    update(people)
    .where(people.c.agent_id == bindparam("made_for"))
    .values(idle_since=bindparam("made_at"), **in_hand.ADDING)
)
_ADDED: Mapping[Table, Mapping[str, str]] = {
    offers_made: {
        "id": "made_offer",
        "work_item_id": "made_item",
        "agent_id": "made_for",
        "offered_at": "made_at",
        "expires_at": "made_until",
    },
    assignment_steps: {
        "id": "made_step",
        "work_item_id": "made_item",
        "at": "made_at",
        "agent_id": "made_for",
        "details": "made_why",
    },
    events: {
        "event_id": "made_event",
        "topic": "made_topic",
        "subject": "made_subject",
        "body": "made_body",
        "created_at": "made_at",
    },
}
_FIXED: Mapping[Table, Mapping[str, str]] = {
    offers_made: {"state": OFFERED, "reason": ""},
    assignment_steps: {"kind": steps.OFFERED},
    events: {"queue": ""},
}


def _columns(table: Table) -> dict[str, Any]:
    """What is written into each column of a table."""
    given = {
        name: bindparam(value, type_=table.c[name].type) for name, value in _ADDED[table].items()
    }
    return given | {name: constant(word) for name, word in _FIXED[table].items()}


def _insert(table: Table) -> Insert:
    return insert(table).values(_columns(table))


def _at_once() -> Select[Any]:
    """All of it, hanging on the item: where that is not taken, nothing else is written."""
    item, person = _ITEM.cte("item"), _PERSON.cte("person")
    both = (select(item.c.id).exists(), select(person.c.agent_id).exists())
    taken = _TAKE.where(*both).returning(work_items.c.id).cte("taken")
    parts: list[Update | Insert] = [_FILL.where(select(taken.c.id).exists())]
    for table in _ADDED:
        values = _columns(table)
        rows = select(*values.values()).select_from(taken)
        parts.append(insert(table).from_select(list(values), rows))
    return select(
        select(func.count()).select_from(item).scalar_subquery().label("item"),
        select(func.count()).select_from(person).scalar_subquery().label("person"),
        select(outbox.news()).select_from(taken).scalar_subquery(),
        # An offer that a crash of the database took back is made again; whoever accepts one
        # waits for the disk, and what is on disk then includes the offer.
        func.set_config("synchronous_commit", "off", true()),
    ).add_cte(*(part.cte(f"part_{number}") for number, part in enumerate(parts)))


_AT_ONCE = _at_once()
