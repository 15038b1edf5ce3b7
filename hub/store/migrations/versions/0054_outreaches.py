"""What was sent of our own accord, or withheld.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    op.create_table(
        "outreaches",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("why", sa.String(length=16), nullable=False),
        sa.Column("arrangement", sa.String(length=100), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_outreaches_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreaches")),
    )
    for name in ("conversation_id", "at"):
        op.create_index(op.f(f"ix_outreaches_{name}"), "outreaches", [name])


def downgrade() -> None:
    op.drop_table("outreaches")
