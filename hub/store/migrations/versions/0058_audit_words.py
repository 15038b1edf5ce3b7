"""The words of the audit log, and its lines by what was done instead of by time: their ids begin
with the time.

A process of the release before finds less quickly what was done since when. A migration must work
with it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Counter

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    op.create_table(
        "audit_documents",
        sa.Column("number", Counter, autoincrement=False, nullable=False),
        sa.Column("ref_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_documents")),
        sa.UniqueConstraint("ref_id", name=op.f("uq_audit_documents_ref_id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE audit_documents ADD COLUMN words tsvector NOT NULL")
        op.execute(
            "CREATE INDEX ix_audit_documents_words ON audit_documents USING gin (words) "
            "WITH (gin_pending_list_limit = 512)"
        )
    else:
        # With the words themselves: FTS5 needs them to take a line out again.
        op.execute(
            "CREATE VIRTUAL TABLE audit_words USING fts5("
            "words, detail=none, columnsize=0, tokenize='unicode61')"
        )
    op.create_index("ix_audit_log_action_at", "audit_log", ["action", "at"])
    op.drop_index("ix_audit_log_at", "audit_log")


def downgrade() -> None:
    op.create_index("ix_audit_log_at", "audit_log", ["at"])
    op.drop_index("ix_audit_log_action_at", "audit_log")
    if op.get_bind().dialect.name == "sqlite":
        op.drop_table("audit_words")
    op.drop_table("audit_documents")
