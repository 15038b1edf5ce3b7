"""Finds customers, messages and files by their words, on SQLite and PostgreSQL.

A word that no document begins with is taken for mistyped: the nearest known words are looked for.
What was added last is first. Who may see what is for the caller to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select, text

from hub import clock
from hub.interaction import Channel
from hub.store.among import among
from hub.store.search_words import (
    mark,
    may_be_mistyped,
    nearest,
    trigrams,
    words_of,
)
from hub.store.tables import search_documents, search_terms

MOST_TYPED = 8
"""Words of a question; more add nothing but time."""
SHORTEST_BEGINNING = 3
"""Letters; the tables know what begins with so many up to eight (see the migration)."""
_MOST_NEAR, _LOOKED_AT = 4, 60
_LAST = "\uffff"


class Kind(StrEnum):
    CUSTOMER = "customer"
    MESSAGE = "message"
    FILE = "file"


@dataclass(frozen=True)
class Asked:
    """`channel`: only what came or went over it; `days`: only what is not older."""

    text: str
    channel: Channel | None = None
    days: int = 0


@dataclass(frozen=True)
class Hit:
    kind: Kind
    ref_id: str
    conversation_id: str


def find(connection: Connection, asked: Asked, kind: Kind, *, limit: int) -> list[Hit]:
    """The newest `limit` documents of a kind that have every word; none for no words."""
    typed = words_of(asked.text)[:MOST_TYPED]
    if not typed:
        return []
    wanted = [mark("kind", kind)]
    if asked.channel is not None and kind is not Kind.CUSTOMER:
        wanted.append(mark("channel", asked.channel))
    groups = [_meant(connection, word) for word in typed]
    is_postgres = connection.dialect.name == "postgresql"
    query = _tsquery(groups, wanted) if is_postgres else _fts_query(groups, wanted)
    statement = _on_postgres(kind) if is_postgres else _ON_SQLITE
    oldest = _oldest_id(asked.days) if asked.days and kind is not Kind.CUSTOMER else ""
    rows = connection.execute(statement, {"query": query, "limit": limit, "oldest": oldest})
    return [Hit(Kind(row.kind), row.ref_id, row.conversation_id) for row in rows]


def known_words(connection: Connection, asked: Asked) -> list[str]:
    """The words that were looked for: as typed, or those taken for what was meant."""
    typed = words_of(asked.text)[:MOST_TYPED]
    return [word for one in typed for word in (_meant(connection, one) or [one])]


def _meant(connection: Connection, word: str) -> list[str]:
    """The word, and the known ones that are near it when no known one begins with it."""
    if not may_be_mistyped(word):
        return [word]
    begins = search_terms.c.term.between(word, word + _LAST)
    if connection.execute(select(search_terms.c.term).where(begins).limit(1)).first():
        return [word]
    return [word, *nearest(word, _alike(connection, word), _MOST_NEAR)]


def _alike(connection: Connection, word: str) -> Sequence[str]:
    """Known words that share letters with it."""
    if connection.dialect.name == "postgresql":
        alike, values = _ALIKE_ON_POSTGRES, {"word": word}
    else:
        either = " OR ".join(f'"{three}"' for three in trigrams(word))
        alike, values = _ALIKE_ON_SQLITE, {"word": either}
    return connection.execute(alike, values | {"most": _LOOKED_AT}).scalars().all()


_ALIKE_ON_POSTGRES = text(
    "SELECT term FROM search_terms WHERE term % :word "
    "ORDER BY similarity(term, :word) DESC LIMIT :most"
)
_ALIKE_ON_SQLITE = text(
    "SELECT term FROM search_trigrams WHERE search_trigrams MATCH :word ORDER BY rank LIMIT :most"
)


def _fts_query(groups: Sequence[Sequence[str]], wanted: Sequence[str]) -> str:
    """Every word is letters and digits, so that nothing in it means anything to FTS5."""
    parts = [" OR ".join([_begun(one[0], '"', "*"), *_quoted(one[1:], '"')]) for one in groups]
    return " AND ".join([*(f"({part})" for part in parts), *_quoted(wanted, '"')])


def _tsquery(groups: Sequence[Sequence[str]], wanted: Sequence[str]) -> str:
    parts = [" | ".join([_begun(one[0], "'", ":*"), *_quoted(one[1:], "'")]) for one in groups]
    return " & ".join([*(f"({part})" for part in parts), *_quoted(wanted, "'")])


def _begun(word: str, quote: str, sign: str) -> str:
    """Whatever begins with it; what is too short for that stands for itself."""
    quoted = f"{quote}{word}{quote}"
    return f"{quoted}{sign}" if len(word) >= SHORTEST_BEGINNING else quoted


def _quoted(words: Sequence[str], quote: str) -> list[str]:
    return [f"{quote}{word}{quote}" for word in words]


def _oldest_id(days: int) -> str:
    """Ids begin with the time at which they were made."""
    since = clock.now() - timedelta(days=min(days, 36_500))
    stamp = f"{max(0, int(since.timestamp() * 1000)):012x}"
    return f"{stamp[:8]}-{stamp[8:]}"


_COLUMNS = "d.kind, d.ref_id, d.conversation_id"
_ON_SQLITE = text(
    f"SELECT {_COLUMNS} FROM search_words w JOIN search_documents d ON d.number = w.rowid "  # noqa: S608
    "WHERE search_words MATCH :query AND d.ref_id >= :oldest ORDER BY w.rowid DESC LIMIT :limit"
)
_THAT_FIT = (
    f"SELECT d.number, {_COLUMNS} FROM search_documents d "  # noqa: S608
    "WHERE d.words @@ to_tsquery('simple', :query) AND d.ref_id >= :oldest"
)
_NEWEST_FIRST = "ORDER BY number DESC LIMIT :limit"
_MESSAGES_ON_POSTGRES = text(f"{_THAT_FIT} {_NEWEST_FIRST}")
_OTHERS_ON_POSTGRES = text(
    f"WITH d AS MATERIALIZED ({_THAT_FIT}) SELECT {_COLUMNS} FROM d {_NEWEST_FIRST}"  # noqa: S608
)


def _on_postgres(kind: Kind) -> Any:
    """Of messages that have a common word the newest are soon found, from the end. Customers and
    files are few beside them: whoever looked for theirs from the end went through all messages."""
    return _MESSAGES_ON_POSTGRES if kind is Kind.MESSAGE else _OTHERS_ON_POSTGRES


@dataclass(frozen=True)
class Document:
    """`words`: what it is found by, with its marks."""

    kind: Kind
    ref_id: str
    conversation_id: str
    words: Sequence[str]
    digest: str


def add(connection: Connection, documents: Sequence[Document]) -> None:
    """Make documents findable; one that is there already stays, or is put in place of the old when
    its words are others."""
    for document in _changed(connection, documents):
        row: dict[str, Any] = {
            "kind": document.kind.value,
            "ref_id": document.ref_id,
            "conversation_id": document.conversation_id,
            "digest": document.digest,
        }
        if connection.dialect.name == "postgresql":
            connection.execute(_INSERT_POSTGRES, row | {"words": list(document.words)})
        else:
            number = connection.execute(search_documents.insert(), [row]).lastrowid
            words = {"number": number, "words": " ".join(document.words)}
            connection.execute(_INSERT_SQLITE, words)
    _learn(connection, {word for document in documents for word in document.words})


_INSERT_SQLITE = text("INSERT INTO search_words (rowid, words) VALUES (:number, :words)")
_INSERT_POSTGRES = text(
    "INSERT INTO search_documents (kind, ref_id, conversation_id, digest, words) VALUES "
    "(:kind, :ref_id, :conversation_id, :digest, array_to_tsvector(CAST(:words AS text[])))"
)


def _changed(connection: Connection, documents: Sequence[Document]) -> list[Document]:
    """Those that are new or have other words; the old ones of these are gone.

    On SQLite the words of what is gone stay behind, found by nobody: they lead to no document.
    """
    columns = search_documents.c
    ids = [document.ref_id for document in documents]
    rows = connection.execute(
        select(search_documents.c.number, columns.kind, columns.ref_id, columns.digest).where(
            among(columns.ref_id, ids)
        )
    )
    known = {(row.kind, row.ref_id): row for row in rows}
    changed = []
    for document in documents:
        before = known.get((document.kind.value, document.ref_id))
        if before is not None and before.digest == document.digest:
            continue
        if before is not None:
            gone = search_documents.delete().where(columns.number == before.number)
            connection.execute(gone)
        changed.append(document)
    return changed


def _learn(connection: Connection, words: set[str]) -> None:
    """Know these words, to find what a mistyped one meant."""
    terms = sorted(word for word in words if may_be_mistyped(word))
    if not terms:
        return
    column = search_terms.c.term
    known = set(connection.execute(select(column).where(among(column, terms))).scalars())
    new = [{"term": term} for term in terms if term not in known]
    if not new:
        return
    connection.execute(_INSERT_TERMS, new)
    if connection.dialect.name == "sqlite":
        connection.execute(text("INSERT INTO search_trigrams (term) VALUES (:term)"), new)


_INSERT_TERMS = text("INSERT INTO search_terms (term) VALUES (:term) ON CONFLICT DO NOTHING")
