"""What it takes to run for years: limits on signing in, news that is not lost, retention.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_ins")),
    )
    op.create_index(op.f("ix_sign_ins_expires_at"), "sign_ins", ["expires_at"], unique=False)
    op.add_column("outbound", sa.Column("trouble_event_id", sa.String(length=36), nullable=True))
    op.create_index(
        "ix_outbound_trouble",
        "outbound",
        ["trouble_event_id"],
        unique=False,
        sqlite_where=sa.text("trouble_event_id IS NOT NULL"),
        postgresql_where=sa.text("trouble_event_id IS NOT NULL"),
    )
    op.create_table(
        "originals",
        sa.Column("interaction_id", sa.String(length=36), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["interactions.id"],
            name=op.f("fk_originals_interaction_id_interactions"),
        ),
        sa.PrimaryKeyConstraint("interaction_id", name=op.f("pk_originals")),
    )
    op.create_index(op.f("ix_attachments_sha256"), "attachments", ["sha256"], unique=False)
    op.create_index(
        "ix_interactions_raw_sha256",
        "interactions",
        ["raw_sha256"],
        unique=False,
        sqlite_where=sa.text("raw_sha256 <> ''"),
        postgresql_where=sa.text("raw_sha256 <> ''"),
    )


def downgrade() -> None:
    op.drop_index("ix_interactions_raw_sha256", "interactions")
    op.drop_index(op.f("ix_attachments_sha256"), "attachments")
    op.drop_index("ix_outbound_trouble", "outbound")
    op.drop_column("outbound", "trouble_event_id")
    op.drop_table("originals")
    op.drop_table("sign_ins")
