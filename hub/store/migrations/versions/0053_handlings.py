"""What a model lays down for a combination, kept once for all decisions that share it.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Json

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    op.create_table(
        "handlings",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("body", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handlings")),
    )


def downgrade() -> None:
    op.drop_table("handlings")
