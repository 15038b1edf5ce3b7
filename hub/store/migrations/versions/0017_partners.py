"""What partners post.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant, Json

revision = "0017"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "partner_posts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("partner", sa.String(length=100), nullable=False),
        sa.Column("dedupe_key", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("events", Json, nullable=False),
        sa.Column("complaints", Json, nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("outcome", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_posts")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_partner_posts_dedupe_key")),
    )
    op.create_index(op.f("ix_partner_posts_received_at"), "partner_posts", ["received_at"])
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_partner_posts_waiting",
        "partner_posts",
        ["id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def downgrade() -> None:
    op.drop_table("partner_posts")
