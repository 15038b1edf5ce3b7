"""What is searched: documents, their words, and the words themselves, for who mistypes one.

On SQLite words are found by FTS5, on PostgreSQL by a text search vector and trigrams. A migration
must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Counter, Instant

revision = "0030"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "search_documents",
        sa.Column("number", Counter, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("ref_id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_search_documents")),
        sa.UniqueConstraint("ref_id", "kind", name="uq_search_documents_ref_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "search_progress",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("reached", sa.String(length=36), nullable=False),
        sa.Column("looked_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_search_progress")),
    )
    op.create_table(
        "search_terms",
        sa.Column("term", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("term", name=op.f("pk_search_terms")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        op.execute("ALTER TABLE search_documents ADD COLUMN words tsvector NOT NULL")
        op.execute("CREATE INDEX ix_search_documents_words ON search_documents USING gin (words)")
        op.execute(
            "CREATE INDEX ix_search_terms_trigrams ON search_terms USING gin (term gin_trgm_ops)"
        )
    else:
        op.execute(
            "CREATE VIRTUAL TABLE search_words USING fts5("
            "words, content='', detail=none, columnsize=0, tokenize='unicode61', "
            "prefix='3 4 5 6 7 8')"
        )
        op.execute(
            "CREATE VIRTUAL TABLE search_trigrams USING fts5("
            "term, detail=none, columnsize=0, tokenize='trigram')"
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.drop_table("search_trigrams")
        op.drop_table("search_words")
    op.drop_table("search_terms")
    op.drop_table("search_progress")
    op.drop_table("search_documents")
