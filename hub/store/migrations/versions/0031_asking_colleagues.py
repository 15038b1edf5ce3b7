"""What agents ask colleagues: to look at something, or to approve it.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.create_table(
        "asked_colleagues",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("by_agent_id", sa.String(length=36), nullable=False),
        sa.Column("to_agent_id", sa.String(length=36), nullable=True),
        sa.Column("to_role", sa.String(length=100), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("answer", sa.String(length=16), nullable=False),
        sa.Column("answered_by", sa.String(length=36), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_agent_id"],
            ["agents.id"],
            name=op.f("fk_asked_colleagues_by_agent_id_agents"),
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_asked_colleagues_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_colleagues")),
    )
    op.create_index(
        op.f("ix_asked_colleagues_conversation_id"), "asked_colleagues", ["conversation_id"]
    )
    still = sa.text("NOT is_over")
    op.create_index(
        "ix_asked_colleagues_open",
        "asked_colleagues",
        ["asked_at"],
        sqlite_where=still,
        postgresql_where=still,
    )


def downgrade() -> None:
    op.drop_table("asked_colleagues")
