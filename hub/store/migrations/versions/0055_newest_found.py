"""The newest of each kind in order, and indexes of the words of customers and of files, which are
few beside the messages. What the index of words has not taken in is looked at one by one.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"

_FEW = ("customer", "file")
_KINDS = (*_FEW, "message")


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return  # FTS5 gives the newest first by itself
    for kind in _KINDS:
        op.create_index(
            f"ix_search_documents_{kind}s",
            "search_documents",
            ["number"],
            postgresql_where=sa.text(f"kind = '{kind}'"),
        )
    for kind in _FEW:
        op.execute(
            f"CREATE INDEX ix_search_documents_words_of_{kind}s ON search_documents "
            f"USING gin (words) WHERE kind = '{kind}'"
        )
    op.execute("ALTER INDEX ix_search_documents_words SET (gin_pending_list_limit = 512)")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("ALTER INDEX ix_search_documents_words RESET (gin_pending_list_limit)")
    for kind in _FEW:
        op.drop_index(f"ix_search_documents_words_of_{kind}s", "search_documents")
    for kind in _KINDS:
        op.drop_index(f"ix_search_documents_{kind}s", "search_documents")
