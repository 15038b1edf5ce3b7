"""Web chat: who is at the other end, ratings, small pictures of files, pictures of agents.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant

revision = "0019"
down_revision = "0017"


def upgrade() -> None:
    for table, column in (("attachments", "thumbnail"), ("agents", "picture")):
        blob = sa.Column(column, sa.String(length=64), nullable=False, server_default="")
        op.add_column(table, blob)
    condition = sa.text("first_response_at IS NOT NULL")
    op.create_index(
        "ix_work_items_answered",
        "work_items",
        ["channel", "first_response_at"],
        sqlite_where=condition,
        postgresql_where=condition,
    )
    _chat_visits()
    _ratings()


def _chat_visits() -> None:
    op.create_table(
        "chat_visits",
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("site", sa.String(length=64), nullable=False),
        sa.Column("visitor_id", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.Column("identified", sa.Boolean(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("page_title", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("left_at", Instant(), nullable=True),
        sa.Column("our_seen", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_chat_visits_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_chat_visits")),
    )
    op.create_index("ix_chat_visits_visitor_id", "chat_visits", ["visitor_id"])


def _ratings() -> None:
    op.create_table(
        "ratings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_ratings_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
    )
    op.create_index("ix_ratings_conversation_id", "ratings", ["conversation_id"])
    op.create_index("ix_ratings_at", "ratings", ["at"])


def downgrade() -> None:
    op.drop_table("ratings")
    op.drop_table("chat_visits")
    op.drop_index("ix_work_items_answered", "work_items")
    op.drop_column("agents", "picture")
    op.drop_column("attachments", "thumbnail")
