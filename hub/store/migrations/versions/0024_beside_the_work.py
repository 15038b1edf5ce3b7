"""What is kept beside the work: what was decided about later contacts, and which steps are done.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant, Json

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("interaction_id", sa.String(length=36), nullable=False),
        sa.Column("work_item_id", sa.String(length=36), nullable=False),
        sa.Column("decision", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["interactions.id"],
            name=op.f("fk_follow_ups_interaction_id_interactions"),
        ),
        sa.ForeignKeyConstraint(
            ["work_item_id"], ["work_items.id"], name=op.f("fk_follow_ups_work_item_id_work_items")
        ),
        sa.PrimaryKeyConstraint("interaction_id", name=op.f("pk_follow_ups")),
    )
    op.create_index(op.f("ix_follow_ups_work_item_id"), "follow_ups", ["work_item_id"])
    op.create_table(
        "steps_done",
        sa.Column("work_item_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["work_item_id"], ["work_items.id"], name=op.f("fk_steps_done_work_item_id_work_items")
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_steps_done_agent_id_agents")
        ),
        sa.PrimaryKeyConstraint("work_item_id", "name", name=op.f("pk_steps_done")),
    )


def downgrade() -> None:
    op.drop_table("steps_done")
    op.drop_table("follow_ups")
