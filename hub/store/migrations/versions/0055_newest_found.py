"""The newest messages in order, and an index of the words of customers and files, who are few
beside the messages. What the index of words has not taken in yet is looked at one by one: that is
kept short.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    messages = sa.text("kind = 'message'")
    op.create_index(
        "ix_search_documents_messages",
        "search_documents",
        ["number"],
        sqlite_where=messages,
        postgresql_where=messages,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX ix_search_documents_words_of_others ON search_documents "
            "USING gin (words) WHERE kind <> 'message'"
        )
        op.execute("ALTER INDEX ix_search_documents_words SET (gin_pending_list_limit = 512)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX ix_search_documents_words RESET (gin_pending_list_limit)")
        op.drop_index("ix_search_documents_words_of_others", "search_documents")
    op.drop_index("ix_search_documents_messages", "search_documents")
