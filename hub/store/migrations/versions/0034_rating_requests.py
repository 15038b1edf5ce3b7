"""Of which work its customer was asked what they think.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.create_table(
        "rating_requests",
        sa.Column("work_item_id", sa.String(length=36), nullable=False),
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["work_item_id"],
            ["work_items.id"],
            name=op.f("fk_rating_requests_work_item_id_work_items"),
        ),
        sa.PrimaryKeyConstraint("work_item_id", name=op.f("pk_rating_requests")),
    )
    op.create_index(
        "ix_rating_requests_customer_id_asked_at", "rating_requests", ["customer_id", "asked_at"]
    )


def downgrade() -> None:
    op.drop_table("rating_requests")
