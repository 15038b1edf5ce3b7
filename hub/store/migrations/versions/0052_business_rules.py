"""Business rules, and what became of what they proposed.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant, Json

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    op.create_table(
        "business_rules",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition", Json, nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(length=100), nullable=False),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_rules")),
    )
    op.create_table(
        "rule_proposals",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("rule_id", sa.String(length=36), nullable=False),
        sa.Column("work_item_id", sa.String(length=36), nullable=False),
        sa.Column("rule_version", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("shown_at", Instant(), nullable=False),
        sa.Column("shown_to", sa.String(length=36), nullable=False),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("taken_by", sa.String(length=36), nullable=True),
        sa.Column("aside_at", Instant(), nullable=True),
        sa.Column("aside_by", sa.String(length=36), nullable=True),
        sa.Column("aside_reason", sa.Text(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_rule_proposals_{column}_{table}")
            )
            for column, table in (
                ("rule_id", "business_rules"),
                ("work_item_id", "work_items"),
                ("shown_to", "agents"),
                ("taken_by", "agents"),
                ("aside_by", "agents"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_proposals")),
        sa.UniqueConstraint(
            "rule_id", "work_item_id", name=op.f("uq_rule_proposals_rule_id_work_item_id")
        ),
    )
    op.create_index(op.f("ix_rule_proposals_work_item_id"), "rule_proposals", ["work_item_id"])


def downgrade() -> None:
    op.drop_table("rule_proposals")
    op.drop_table("business_rules")
