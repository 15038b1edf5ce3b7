"""Invitations, second factors, and an index to look things up in the audit log.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Counter, Instant, Json

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.create_index("ix_audit_log_object_at", "audit_log", ["object", "at"])
    op.create_table(
        "invitations",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("address", sa.String(length=512), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_invitations_agent_id_agents")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_invitations")),
    )
    op.create_index("ix_invitations_agent_id", "invitations", ["agent_id"])
    op.create_table(
        "second_factors",
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("last_step", Counter, nullable=False),
        sa.Column("recovery", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_second_factors_agent_id_agents")
        ),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_second_factors")),
    )


def downgrade() -> None:
    op.drop_table("second_factors")
    op.drop_table("invitations")
    op.drop_index("ix_audit_log_object_at", "audit_log")
