"""Makes documents findable: keeps their words, and learns each word, for who mistypes one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, text

from hub.store.among import among
from hub.store.search import Kind
from hub.store.search_words import may_be_mistyped
from hub.store.tables import search_documents, search_terms


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
