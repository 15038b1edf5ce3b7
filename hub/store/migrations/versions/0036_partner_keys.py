"""Keys of partners that administrators make.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.create_table(
        "partner_keys",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("partner", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("secret", sa.String(length=100), nullable=False),
        sa.Column("hint", sa.String(length=8), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_keys")),
    )


def downgrade() -> None:
    op.drop_table("partner_keys")
