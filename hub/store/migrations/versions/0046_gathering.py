"""Conversations that were made one, split, or linked.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    for name in ("merged_into", "split_from"):
        op.add_column("conversations", sa.Column(name, sa.String(length=36), nullable=True))
    merged = sa.text("merged_into IS NOT NULL")
    op.create_index(
        "ix_conversations_merged_into",
        "conversations",
        ["merged_into"],
        sqlite_where=merged,
        postgresql_where=merged,
    )
    op.create_table(
        "related_conversations",
        sa.Column("first_id", sa.String(length=36), nullable=False),
        sa.Column("second_id", sa.String(length=36), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_id"],
            ["conversations.id"],
            name=op.f("fk_related_conversations_first_id_conversations"),
        ),
        sa.ForeignKeyConstraint(
            ["second_id"],
            ["conversations.id"],
            name=op.f("fk_related_conversations_second_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_related_conversations")),
    )
    op.create_index("ix_related_conversations_second_id", "related_conversations", ["second_id"])


def downgrade() -> None:
    op.drop_table("related_conversations")
    op.drop_index("ix_conversations_merged_into", table_name="conversations")
    op.drop_column("conversations", "split_from")
    op.drop_column("conversations", "merged_into")
