"""What an agent wraps up after a call or a chat, and until when.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant

revision = "0041"
down_revision = "0040"
WRAPPING = sa.text("state = 'wrapping'")


def upgrade() -> None:
    op.add_column("presence", sa.Column("until_at", Instant(), nullable=True))
    op.add_column("presence", sa.Column("wrapping_id", sa.String(length=36), nullable=True))
    op.create_index(
        "ix_presence_wrapping",
        "presence",
        ["until_at"],
        sqlite_where=WRAPPING,
        postgresql_where=WRAPPING,
    )


def downgrade() -> None:
    op.drop_index("ix_presence_wrapping", "presence")
    op.drop_column("presence", "wrapping_id")
    op.drop_column("presence", "until_at")
