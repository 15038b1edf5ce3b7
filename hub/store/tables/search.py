"""What can be searched."""

from sqlalchemy import Column, String, Table, UniqueConstraint

from hub.store.tables.base import ID, metadata
from hub.store.types import Counter, Instant

# What can be searched. Beside it, made by the migration: on SQLite the FTS5 tables `search_words`
# (by number) and `search_trigrams`, on PostgreSQL the column `words` and the indexes for it.
search_documents = Table(
    "search_documents",
    metadata,
    Column("number", Counter, primary_key=True, autoincrement=True),  # the newest is the highest
    Column("kind", String(16), nullable=False),  # customer, message, file
    Column("ref_id", ID, nullable=False),
    Column("conversation_id", ID, nullable=False),  # empty for a customer
    Column("digest", String(64), nullable=False),  # of its words
    UniqueConstraint("ref_id", "kind", name="uq_search_documents_ref_id"),
    sqlite_autoincrement=True,  # the words of what is gone must not become those of another
)

# The same for lines of the audit log. Beside it
# the FTS5 table `audit_words`, or the column `words`.
audit_documents = Table(
    "audit_documents",
    metadata,
    Column("number", Counter, primary_key=True, autoincrement=False),  # in the order of the lines
    Column("ref_id", ID, nullable=False, unique=True),
)

search_progress = Table(
    "search_progress",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("reached", ID, nullable=False),  # all ids up to this one are searchable
    Column("looked_at", Instant, nullable=False),
)

search_terms = Table("search_terms", metadata, Column("term", String(40), primary_key=True))
