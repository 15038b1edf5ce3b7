"""What agents write before it is sent: drafts, canned replies, answers for later, promises.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant, Json

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.create_table(
        "drafts",
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("fields", Json, nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_drafts_agent_id_agents")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_drafts_conversation_id_conversations"),
        ),
        sa.PrimaryKeyConstraint("conversation_id", "agent_id", name=op.f("pk_drafts")),
    )
    op.create_table(
        "canned_replies",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("shortcut", sa.String(length=40), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("texts", Json, nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_canned_replies")),
        sa.UniqueConstraint("shortcut", name=op.f("uq_canned_replies_shortcut")),
    )
    op.create_table(
        "agent_choices",
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_agent_choices_agent_id_agents")
        ),
        sa.PrimaryKeyConstraint("agent_id", "name", name=op.f("pk_agent_choices")),
    )
    op.add_column(
        "outbound", sa.Column("held", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("agreements", sa.Column("conversation_id", sa.String(length=36), nullable=True))
    op.add_column("agreements", sa.Column("agent_id", sa.String(length=36), nullable=True))
    op.add_column("agreements", sa.Column("kept_at", Instant(), nullable=True))
    op.add_column("agreements", sa.Column("breached_at", Instant(), nullable=True))
    runs = sa.text("agent_id IS NOT NULL AND kept_at IS NULL AND breached_at IS NULL")
    op.create_index(
        "ix_agreements_running", "agreements", ["due_at"], sqlite_where=runs, postgresql_where=runs
    )


def downgrade() -> None:
    op.drop_index("ix_agreements_running", "agreements")
    for column in ("breached_at", "kept_at", "agent_id", "conversation_id"):
        op.drop_column("agreements", column)
    op.drop_column("outbound", "held")
    op.drop_table("agent_choices")
    op.drop_table("canned_replies")
    op.drop_table("drafts")
