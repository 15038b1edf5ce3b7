"""Mailboxes that are added in the console.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant, Json

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    op.create_table(
        "added_mailboxes",
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("account", Json, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("added_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_added_mailboxes")),
    )


def downgrade() -> None:
    op.drop_table("added_mailboxes")
