"""Who listens in on whose work.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    op.create_table(
        "listen_ins",
        sa.Column("work_item_id", sa.String(length=36), nullable=False),
        sa.Column("supervisor_id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["work_item_id"],
            ["work_items.id"],
            name=op.f("fk_listen_ins_work_item_id_work_items"),
        ),
        sa.ForeignKeyConstraint(
            ["supervisor_id"], ["agents.id"], name=op.f("fk_listen_ins_supervisor_id_agents")
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_listen_ins_agent_id_agents")
        ),
        sa.PrimaryKeyConstraint("work_item_id", "supervisor_id", name=op.f("pk_listen_ins")),
    )


def downgrade() -> None:
    op.drop_table("listen_ins")
