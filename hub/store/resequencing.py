"""Puts the entries of a conversation in order anew, after some came to it or left it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from hub.store.among import among
from hub.store.tables import (
    attachments,
    conversations,
    interactions,
    outbound,
    search_documents,
    thread_refs,
    unrouted,
)

_APART = 500_000_000
"""Above every sequence number: no two entries may have the same one, not even on the way."""


def set_apart(connection: Connection, which: Any) -> None:
    """Entries that go elsewhere must not have the number of one that is there."""
    moved = update(interactions).where(which, interactions.c.sequence < _APART)
    connection.execute(moved.values(sequence=interactions.c.sequence + _APART))


def resequence(connection: Connection, conversation_id: str) -> None:
    """Number its entries from 1 by when they came, those of the same moment as they were."""
    columns = interactions.c
    rows = connection.execute(
        select(columns.id, columns.sequence, columns.received_at).where(
            columns.conversation_id == conversation_id
        )
    ).all()
    ordered = sorted(rows, key=lambda row: (row.received_at, row.sequence % _APART, row.id))
    changed = [
        {"changed_id": row.id, "place": 2 * _APART + place}
        for place, row in enumerate(ordered, start=1)
        if row.sequence != place
    ]
    if changed:
        connection.execute(_RENUMBER, changed)
        here = (columns.conversation_id == conversation_id) & (columns.sequence > _APART)
        down = update(interactions).where(here).values(sequence=columns.sequence - 2 * _APART)
        connection.execute(down)
    values: dict[str, Any] = {"interaction_count": len(ordered)}
    if ordered:
        values["last_at"] = ordered[-1].received_at
    this = conversations.c.id == conversation_id
    connection.execute(update(conversations).where(this).values(values))


def follow(connection: Connection, conversation_ids: Sequence[str]) -> None:
    """What hangs on an entry says the same conversation as the entry itself."""
    columns = interactions.c
    for conversation_id in conversation_ids:
        ids = list(
            connection.execute(
                select(columns.id).where(columns.conversation_id == conversation_id)
            ).scalars()
        )
        for table in (outbound, unrouted, thread_refs):
            those = update(table).where(among(table.c.interaction_id, ids))
            connection.execute(those.values(conversation_id=conversation_id))
        files = select(attachments.c.id).where(among(attachments.c.interaction_id, ids))
        found = [*ids, *connection.execute(files).scalars()]
        documents = update(search_documents).where(among(search_documents.c.ref_id, found))
        connection.execute(documents.values(conversation_id=conversation_id))


_RENUMBER = (
    update(interactions)
    .where(interactions.c.id == bindparam("changed_id"))
    .values(sequence=bindparam("place"))
)
