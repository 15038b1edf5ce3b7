"""What came too early to be used, what customers said about being written to, and finding a message
by its provider's id.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant, Json

revision = "0011"
down_revision = "0010"

_KNOWN = sa.text("channel IN ('sms', 'whatsapp')")
_DUE = sa.text("due_at IS NOT NULL")


def upgrade() -> None:
    op.add_column(
        "outbound", sa.Column("bulk", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_index(
        "ix_outbound_provider_id",
        "outbound",
        ["provider_id"],
        sqlite_where=_KNOWN,
        postgresql_where=_KNOWN,
    )
    op.create_table(
        "parked",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=320), nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked")),
    )
    op.create_index(op.f("ix_parked_created_at"), "parked", ["created_at"])
    op.create_index("ix_parked_kind_key", "parked", ["kind", "key"])
    op.create_index(
        "ix_parked_kind_due_at",
        "parked",
        ["kind", "due_at"],
        sqlite_where=_DUE,
        postgresql_where=_DUE,
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("point", sa.String(length=550), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("text_version", sa.String(length=32), nullable=False),
        sa.Column("interaction_id", sa.String(length=36), nullable=True),
        sa.Column("agent_id", sa.String(length=36), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["interactions.id"],
            name=op.f("fk_consents_interaction_id_interactions"),
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_consents_agent_id_agents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_point_channel_at", "consents", ["point", "channel", "at"])


def downgrade() -> None:
    op.drop_index("ix_consents_point_channel_at", "consents")
    op.drop_table("consents")
    op.drop_index("ix_parked_kind_due_at", "parked")
    op.drop_index("ix_parked_kind_key", "parked")
    op.drop_index(op.f("ix_parked_created_at"), "parked")
    op.drop_table("parked")
    op.drop_index("ix_outbound_provider_id", "outbound")
    op.drop_column("outbound", "bulk")
