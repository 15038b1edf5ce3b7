"""How SQLite finds words: FTS5 goes from the newest document back, until nobody asks on."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, text

from hub.store.search_words import Since, Wanted

_AT_ONCE = 100


def newest(
    connection: Connection, wanted: Sequence[Wanted], since: Since, most: int
) -> Iterator[Any]:
    query = " AND ".join(one.written('"', "*", " OR ") for one in wanted)
    values = {"query": query, "first": since.number, "oldest": since.id, "most": most}
    with connection.execute(_NEWEST, values) as result:
        for rows in result.partitions(_AT_ONCE):
            yield from rows


_NEWEST = text(
    "SELECT d.ref_id, d.conversation_id "
    "FROM search_words w JOIN search_documents d ON d.number = w.rowid "
    "WHERE search_words MATCH :query AND w.rowid >= :first AND d.ref_id >= :oldest "
    "ORDER BY w.rowid DESC LIMIT :most"
)
