"""Who follows which conversations.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    op.create_table(
        "follows",
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_follows_conversation_id_conversations"),
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_follows_agent_id_agents")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "agent_id", name=op.f("pk_follows")),
    )
    op.create_index(op.f("ix_follows_agent_id"), "follows", ["agent_id"])


def downgrade() -> None:
    op.drop_table("follows")
