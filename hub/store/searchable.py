"""Brings what was added to the store into the search, in batches, some seconds behind.

Rows are taken by their ids, which begin with the time, when they are old enough for nearly every
transaction with an older one to have ended. What came later behind its id, because its transaction
took long or the clock of its process is slow, was passed over: so all are looked at again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, Table, exists, select, update

from hub import clock
from hub.interaction import InteractionKind
from hub.store.among import among
from hub.store.inserting import digest, insert_new
from hub.store.search import Kind
from hub.store.search_adding import Document, add
from hub.store.search_words import mark, words_of
from hub.store.tables import (
    attachments,
    contact_points,
    conversations,
    customer_fields,
    customers,
    interactions,
    search_documents,
    search_progress,
)

BEHIND = timedelta(seconds=10)
FAR_BEHIND = timedelta(minutes=5)
"""For what nobody waits for."""
LOOKS = {"2": FAR_BEHIND, "3": timedelta(hours=6)}
"""When rows are looked at again, by what stands behind the name of what was reached."""
BATCH = 200
LOOKED_AT = 2_000


def take_in(connection: Connection, now: datetime) -> int:
    """Make the next batch of each kind findable; gives how many rows were taken."""
    messages = next_rows(connection, interactions, interactions.name, now)
    people = next_rows(connection, customers, customers.name, now)
    _add(connection, messages, people)
    return len(messages) + len(people)


def look_again(connection: Connection, now: datetime) -> int:
    """Make findable what was passed over; gives how many rows of one kind were looked at."""
    looked = 0
    for look, age in LOOKS.items():
        messages = next_ids(connection, interactions, interactions.name, look, now - age)
        people = next_ids(connection, customers, customers.name, look, now - age)
        _add(
            connection,
            _not_there(connection, interactions, Kind.MESSAGE, messages),
            _not_there(connection, customers, Kind.CUSTOMER, people),
        )
        looked = max(looked, len(messages), len(people))
    return looked


def _not_there(
    connection: Connection, table: Table, kind: Kind, ids: Sequence[str]
) -> Sequence[Any]:
    """Those that are not found; what is no message never is."""
    document = exists().where(
        search_documents.c.ref_id == table.c.id, search_documents.c.kind == kind.value
    )
    missing = select(table).where(among(table.c.id, ids), ~document)
    return connection.execute(missing).all() if ids else []


def _add(connection: Connection, messages: Sequence[Any], people: Sequence[Any]) -> None:
    whose = {row.customer_id for row in messages} | {row.id for row in people}
    documents = [*_messages(connection, messages), *_files(connection, messages)]
    add(connection, [*documents, *_customers(connection, sorted(whose))])


def refresh_customers(connection: Connection, customer_ids: Sequence[str]) -> None:
    """These are found by what they are now."""
    add(connection, _customers(connection, customer_ids))


def customers_again(connection: Connection) -> None:
    """What customers are found by changed: all of them are taken in anew, as if they just came."""
    this = search_progress.c.name == customers.name
    connection.execute(update(search_progress).where(this).values(reached=""))


def next_rows(
    connection: Connection,
    table: Table,
    name: str,
    now: datetime,
    *,
    behind: timedelta = BEHIND,
    limit: int = BATCH,
) -> Sequence[Any]:
    """The rows behind what was reached under this name, and reach them: those that are that old. Of
    two processes one waits for the other, and finds that they are taken."""
    old_enough = table.c.id < clock.first_id(now - behind)
    return _next(connection, select(table).where(old_enough).limit(limit), table, name, now)


def next_ids(
    connection: Connection,
    table: Table,
    name: str,
    look: str,
    before: datetime,
    *,
    limit: int = LOOKED_AT,
) -> list[str]:
    """The ids of the rows to look at again, from before then: of those that were reached under this
    name, and reach them for this look."""
    reached = select(search_progress.c.reached).where(search_progress.c.name == name)
    theirs = select(table.c.id).where(
        table.c.id <= reached.scalar_subquery(), table.c.id < clock.first_id(before)
    )
    found = _next(connection, theirs.limit(limit), table, f"{name}.{look}", clock.now())
    return [row.id for row in found]


def _next(
    connection: Connection, these: Select[Any], table: Table, name: str, now: datetime
) -> Sequence[Any]:
    this = search_progress.c.name == name
    reached = connection.execute(
        select(search_progress.c.reached).where(this).with_for_update()
    ).scalar_one_or_none()
    if reached is None:
        start = {"name": name, "reached": "", "looked_at": now}
        insert_new(connection, search_progress, [start])
        reached = ""
    rows = connection.execute(these.where(table.c.id > reached).order_by(table.c.id)).all()
    if rows:
        values = {"reached": rows[-1].id, "looked_at": now}
        connection.execute(update(search_progress).where(this).values(values))
    return rows


def _messages(connection: Connection, rows: Sequence[Any]) -> list[Document]:
    ids = {row.conversation_id for row in rows}
    columns = conversations.c
    found = connection.execute(select(columns.id, columns.number).where(among(columns.id, ids)))
    numbers = {row.id: row.number for row in found}
    return [
        _document(
            Kind.MESSAGE,
            row.id,
            row.conversation_id,
            [mark("channel", row.channel)],
            row.subject,
            str(numbers.get(row.conversation_id, "")),
            str(row.sender.get("name", "")),
            str(row.sender.get("value", "")),
            row.text,
        )
        for row in rows
        if row.kind != InteractionKind.EVENT.value
    ]


def _files(connection: Connection, rows: Sequence[Any]) -> list[Document]:
    messages = {row.id: row for row in rows}
    columns = attachments.c
    found = connection.execute(
        select(attachments).where(among(columns.interaction_id, sorted(messages)))
    )
    return [
        _document(
            Kind.FILE,
            row.id,
            messages[row.interaction_id].conversation_id,
            [mark("channel", messages[row.interaction_id].channel)],
            row.filename,
            messages[row.interaction_id].subject,
        )
        for row in found
        if not row.inline
    ]


def _customers(connection: Connection, ids: Sequence[str]) -> list[Document]:
    points: dict[str, list[str]] = {}
    found = connection.execute(
        select(contact_points).where(among(contact_points.c.customer_id, ids))
    )
    for point in found:
        points.setdefault(point.customer_id, []).append(point.value)
    rows = connection.execute(select(customers).where(among(customers.c.id, ids)))
    fields = _fields(connection) if ids else {}
    return [
        _document(
            Kind.CUSTOMER,
            row.id,
            "",
            [],
            row.name,
            row.number or "",
            *points.get(row.id, ()),
            *_known(row.attributes, fields),
        )
        for row in rows
    ]


def _fields(connection: Connection) -> dict[str, Any]:
    """The fields of customers, by key."""
    return {row.key: row for row in connection.execute(select(customer_fields))}


def _known(attributes: Mapping[str, Any], fields: Mapping[str, Any]) -> list[str]:
    """What customers are found by of all that is known of them; a choice by what it is called."""
    found = []
    for key, value in attributes.items():
        of = fields.get(key)
        if of is not None and (not of.searchable or of.archived_at is not None):
            continue
        found.append(str(value))
        chosen = str(value).split(",")
        for choice in of.choices if of is not None else ():
            if choice["name"] in chosen:
                found += choice["titles"].values()
    return found


def _document(
    kind: Kind, ref_id: str, conversation_id: str, marks: Sequence[str], *texts: str
) -> Document:
    words = [mark("kind", kind), *marks, *words_of(*texts)]
    return Document(kind, ref_id, conversation_id, words, digest(*words))
