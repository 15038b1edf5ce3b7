"""How SQLite finds words: FTS5 goes from the newest document back, until nobody asks on."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, text

from hub.store.search_words import Wanted, Within

_AT_ONCE = 100


def newest(
    connection: Connection, documents: str, wanted: Sequence[Wanted], within: Within, most: int
) -> Iterator[Any]:
    """Of one of the tables of documents below."""
    values = {
        "query": " AND ".join(one.written('"', "*", " OR ") for one in wanted),
        "first": within.number,
        "oldest": within.id,
        "before": within.before,
        "most": most,
    }
    with connection.execute(_NEWEST[documents], values) as result:
        for rows in result.partitions(_AT_ONCE):
            yield from rows


def _newest(columns: str, documents: str, words: str) -> Any:
    return text(
        f"SELECT {columns} "  # noqa: S608 (names of ours)
        f"FROM {words} w JOIN {documents} d ON d.number = w.rowid "
        f"WHERE {words} MATCH :query AND w.rowid >= :first AND w.rowid < :before "
        "AND d.ref_id >= :oldest ORDER BY w.rowid DESC LIMIT :most"
    )


_NEWEST = {
    "search_documents": _newest("d.ref_id, d.conversation_id", "search_documents", "search_words"),
    "audit_documents": _newest("d.number, d.ref_id", "audit_documents", "audit_words"),
}
