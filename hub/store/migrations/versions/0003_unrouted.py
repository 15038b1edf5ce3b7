"""What waits for the router stands apart from the wide rows of the contacts."""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "unrouted",
        sa.Column("interaction_id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["interactions.id"],
            name=op.f("fk_unrouted_interaction_id_interactions"),
        ),
        sa.PrimaryKeyConstraint("interaction_id", name=op.f("pk_unrouted")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_unrouted_conversation_id"), "unrouted", ["conversation_id"], unique=False
    )
    op.execute(
        "INSERT INTO unrouted (interaction_id, conversation_id)"
        " SELECT id, conversation_id FROM interactions WHERE routed_at IS NULL"
    )
    op.drop_index("ix_interactions_unrouted", "interactions")
    op.drop_column("interactions", "routed_at")


def downgrade() -> None:
    op.add_column("interactions", sa.Column("routed_at", Instant(), nullable=True))
    op.execute(
        "UPDATE interactions SET routed_at = received_at"
        " WHERE id NOT IN (SELECT interaction_id FROM unrouted)"
    )
    op.create_index(
        "ix_interactions_unrouted",
        "interactions",
        ["received_at"],
        unique=False,
        sqlite_where=sa.text("routed_at IS NULL"),
        postgresql_where=sa.text("routed_at IS NULL"),
    )
    op.drop_table("unrouted")
