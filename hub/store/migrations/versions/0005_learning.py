"""What agents correct, and what is learned from it.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Counter, Instant, Json

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "topic_corrections",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("work_item_id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("former", sa.String(length=200), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("former_role", sa.String(length=100), nullable=False),
        sa.Column("role", sa.String(length=100), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["work_item_id"],
            ["work_items.id"],
            name=op.f("fk_topic_corrections_work_item_id_work_items"),
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_topic_corrections_agent_id_agents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_corrections")),
    )
    op.create_index(
        op.f("ix_topic_corrections_work_item_id"), "topic_corrections", ["work_item_id"]
    )
    op.create_index(op.f("ix_topic_corrections_at"), "topic_corrections", ["at"])
    op.create_table(
        "learned_topics",
        sa.Column("version", Counter, autoincrement=False, nullable=False),
        sa.Column("trained_at", Instant(), nullable=False),
        sa.Column("trained_by", sa.String(length=100), nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("report", Json, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_learned_topics")),
    )
    op.create_table(
        "topic_thresholds",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("threshold", sa.Float(), nullable=False),
        sa.Column("set_at", Instant(), nullable=False),
        sa.Column("set_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_thresholds")),
    )


def downgrade() -> None:
    op.drop_table("topic_thresholds")
    op.drop_table("learned_topics")
    op.drop_index(op.f("ix_topic_corrections_at"), "topic_corrections")
    op.drop_index(op.f("ix_topic_corrections_work_item_id"), "topic_corrections")
    op.drop_table("topic_corrections")
