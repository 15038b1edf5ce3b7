"""Decisions about a work item that another one took the place of.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant, Json

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.create_table(
        "former_decisions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("work_item_id", sa.String(length=36), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("ended_by", sa.String(length=16), nullable=False),
        sa.Column("decision", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["work_item_id"],
            ["work_items.id"],
            name=op.f("fk_former_decisions_work_item_id_work_items"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_decisions")),
    )
    op.create_index(op.f("ix_former_decisions_work_item_id"), "former_decisions", ["work_item_id"])


def downgrade() -> None:
    op.drop_table("former_decisions")
