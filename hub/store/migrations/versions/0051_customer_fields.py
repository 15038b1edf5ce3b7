"""Fields of customers that administrators add.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant, Json

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    op.create_table(
        "customer_fields",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=50), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("titles", Json, nullable=False),
        sa.Column("whose", Json, nullable=False),
        sa.Column("choices", Json, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("topics", Json, nullable=False),
        sa.Column("seen_by", sa.String(length=16), nullable=False),
        sa.Column("changed_by", sa.String(length=16), nullable=False),
        sa.Column("searchable", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_fields")),
        sa.UniqueConstraint("key", name=op.f("uq_customer_fields_key")),
    )


def downgrade() -> None:
    op.drop_table("customer_fields")
