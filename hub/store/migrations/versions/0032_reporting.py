"""Finished work in narrow rows, when agents were there, and reviews: what reports read.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant, Json

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    done = sa.text("state = 'done'")
    op.create_index(
        "ix_work_items_resolved",
        "work_items",
        ["resolved_at"],
        sqlite_where=done,
        postgresql_where=done,
    )
    op.create_table(
        "work_facts",
        sa.Column("work_item_id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=100), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("target_group", sa.String(length=100), nullable=False),
        sa.Column("model_row", sa.String(length=500), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=True),
        sa.Column("came_hour", sa.Integer(), nullable=False),
        sa.Column("came_at", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=False),
        sa.Column("first_seconds", sa.Integer(), nullable=True),
        sa.Column("next_seconds", sa.Integer(), nullable=True),
        sa.Column("resolution_seconds", sa.Integer(), nullable=False),
        sa.Column("handling_seconds", sa.Integer(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("transfers", sa.Integer(), nullable=False),
        sa.Column("holders", sa.Integer(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("promised", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("first_in_time", sa.Boolean(), nullable=True),
        sa.Column("abandoned", sa.Boolean(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["work_item_id"],
            ["work_items.id"],
            name=op.f("fk_work_facts_work_item_id_work_items"),
        ),
        sa.PrimaryKeyConstraint("work_item_id", name=op.f("pk_work_facts")),
    )
    op.create_index("ix_work_facts_came_hour", "work_facts", ["came_hour"])
    op.create_index("ix_work_facts_conversation_id", "work_facts", ["conversation_id"])
    op.create_index("ix_work_facts_customer_id_done_at", "work_facts", ["customer_id", "done_at"])
    op.create_index("ix_work_facts_done_at", "work_facts", ["done_at"])
    op.create_table(
        "presence_changes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_presence_changes_agent_id_agents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presence_changes")),
    )
    op.create_index("ix_presence_changes_agent_id_at", "presence_changes", ["agent_id", "at"])
    op.create_table(
        "reviews",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("reviewer_id", sa.String(length=36), nullable=False),
        sa.Column("scores", Json, nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_reviews_conversation_id_conversations"),
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_reviews_agent_id_agents")
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["agents.id"], name=op.f("fk_reviews_reviewer_id_agents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index("ix_reviews_at", "reviews", ["at"])
    op.create_index("ix_reviews_conversation_id", "reviews", ["conversation_id"])


def downgrade() -> None:
    op.drop_table("reviews")
    op.drop_table("presence_changes")
    op.drop_table("work_facts")
    op.drop_index("ix_work_items_resolved", "work_items")
