"""Deadlines one by one: of the first response, of each next one, and of the resolution.

Work that waits for its first answer gets its deadline here; the release before did not keep when
to warn of it.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant, Json

revision = "0004"
down_revision = "0003"

_WAITS = "state <> 'done' AND first_response_at IS NULL AND first_response_due IS NOT NULL"


def upgrade() -> None:
    op.add_column("work_items", sa.Column("answer_due", Instant(), nullable=True))
    op.add_column("work_items", sa.Column("answer_warn", Instant(), nullable=True))
    urgency = sa.Column("urgency_minutes", sa.Integer(), nullable=False, server_default="0")
    op.add_column("work_items", urgency)
    op.add_column("agreements", sa.Column("targets", Json, nullable=True))
    op.create_table(
        "deadlines",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("work_item_id", sa.String(length=36), nullable=False),
        sa.Column("conversation_id", sa.String(length=36), nullable=False),
        sa.Column("promise", sa.String(length=16), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("clock", sa.String(length=16), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("history", Json, nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("warn_at", Instant(), nullable=True),
        sa.Column("next_at", Instant(), nullable=True),
        sa.Column("warned_at", Instant(), nullable=True),
        sa.Column("breached_at", Instant(), nullable=True),
        sa.Column("met_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_deadlines_conversation_id_conversations"),
        ),
        sa.ForeignKeyConstraint(
            ["work_item_id"], ["work_items.id"], name=op.f("fk_deadlines_work_item_id_work_items")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadlines")),
    )
    op.create_index(op.f("ix_deadlines_work_item_id"), "deadlines", ["work_item_id"], unique=False)
    op.create_index(
        "ix_deadlines_next_at",
        "deadlines",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("next_at IS NOT NULL"),
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index(
        "uq_deadlines_open",
        "deadlines",
        ["work_item_id", "promise"],
        unique=True,
        sqlite_where=sa.text("state <> 'met'"),
        postgresql_where=sa.text("state <> 'met'"),
    )
    op.execute(f"UPDATE work_items SET answer_due = first_response_due WHERE {_WAITS}")  # noqa: S608
    # An item has one of these at most, so that its id serves for the deadline as well.
    op.execute(
        "INSERT INTO deadlines (id, work_item_id, conversation_id, promise, target, clock, source,"  # noqa: S608
        " state, history, due_at, next_at, breached_at, created_at)"
        " SELECT id, id, conversation_id, 'first_response', 0, 'calendar', '', 'running',"
        " '[]', first_response_due, CASE WHEN overdue THEN NULL ELSE first_response_due END,"
        " CASE WHEN overdue THEN first_response_due END, created_at"
        f" FROM work_items WHERE {_WAITS}"
    )


def downgrade() -> None:
    op.drop_table("deadlines")
    op.drop_column("agreements", "targets")
    op.drop_column("work_items", "urgency_minutes")
    op.drop_column("work_items", "answer_warn")
    op.drop_column("work_items", "answer_due")
