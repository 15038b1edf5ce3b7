"""Assignment: presence, skills, offers, the order of the queue as an index, and why.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from hub.store.types import Counter, Instant, Json

revision = "0007"
down_revision = "0006"

_INDEXES = (
    ("ix_work_items_queue", "work_items", "state = 'waiting'", ["role", "rank", "id"]),
    ("ix_work_items_backup", "work_items", "state = 'waiting'", ["backup_role", "rank", "id"]),
    (
        "ix_work_items_preferred",
        "work_items",
        "state = 'waiting' AND preferred_agent_id IS NOT NULL",
        ["preferred_agent_id"],
    ),
    ("ix_work_items_look_again", "work_items", "state = 'waiting'", ["look_again_at"]),
    ("ix_work_items_snoozed", "work_items", "state = 'snoozed'", ["snoozed_until"]),
    ("ix_work_items_handled", "work_items", "state = 'done'", ["customer_id", "resolved_at"]),
    ("ix_offers_expiring", "offers", "state = 'offered'", ["expires_at"]),
)
# What ranking.py says: since when it waits, before that its priority and its urgency.
_RANK = {
    "sqlite": (
        "update work_items set rank = cast(round((julianday(waiting_since) - 2440587.5) * 86400000)"
        " as integer) - 60000 * (priority_minutes + urgency_minutes)"
    ),
    "postgresql": (
        "update work_items set rank = round(extract(epoch from waiting_since) * 1000)::bigint"
        " - 60000 * (priority_minutes + urgency_minutes)"
    ),
}
_UNITS = "update work_items set units = case channel when 'phone' then 100 else 30 end"


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("rank", Counter, nullable=False, server_default="0"),
        sa.Column("units", sa.Integer(), nullable=False, server_default="20"),
        sa.Column("backup_role", sa.String(length=100), nullable=False, server_default=""),
        sa.Column("skills", Json, nullable=False, server_default="{}"),
        sa.Column("preferred_agent_id", sa.String(length=36), nullable=True),
        sa.Column("preferred_until", Instant(), nullable=True),
        sa.Column("preferred_why", sa.String(length=16), nullable=False, server_default=""),
        sa.Column("snoozed_until", Instant(), nullable=True),
        sa.Column("look_again_at", Instant(), nullable=True),
    ]


def upgrade() -> None:
    for column in _columns():
        op.add_column("work_items", column)
    op.execute(_RANK[op.get_bind().dialect.name] + " where state <> 'done'")
    op.execute(_UNITS + " where channel in ('phone', 'chat')")
    _people()
    _offers()
    for name, table, condition, columns in _INDEXES:
        _index(name, table, condition, columns)


def _people() -> None:
    op.create_table(
        "agent_skills",
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("skill", sa.String(length=100), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_agent_skills_agent_id_agents")
        ),
        sa.PrimaryKeyConstraint("agent_id", "skill", name=op.f("pk_agent_skills")),
    )
    op.create_table(
        "presence",
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("closed_channels", Json, nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("idle_since", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_presence_agent_id_agents")
        ),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_presence")),
    )
    op.create_index("ix_presence_state_idle_since", "presence", ["state", "idle_since"])


def _offers() -> None:
    op.create_table(
        "offers",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("work_item_id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("offered_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["work_item_id"], ["work_items.id"], name=op.f("fk_offers_work_item_id_work_items")
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_offers_agent_id_agents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
    )
    op.create_index(op.f("ix_offers_work_item_id"), "offers", ["work_item_id"])
    op.create_index("ix_offers_agent_id_offered_at", "offers", ["agent_id", "offered_at"])
    _index("uq_offers_live", "offers", "state = 'offered'", ["work_item_id"], unique=True)
    op.create_table(
        "assignment_steps",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("work_item_id", sa.String(length=36), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=True),
        sa.Column("details", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["work_item_id"],
            ["work_items.id"],
            name=op.f("fk_assignment_steps_work_item_id_work_items"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_steps")),
    )
    op.create_index(
        "ix_assignment_steps_work_item_id_id", "assignment_steps", ["work_item_id", "id"]
    )


def _index(
    name: str, table: str, condition: str, columns: list[str], *, unique: bool = False
) -> None:
    only = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    for table in ("assignment_steps", "offers", "presence", "agent_skills"):
        op.drop_table(table)
    for name, table, *_rest in _INDEXES:
        if table == "work_items":
            op.drop_index(name, table)
    for column in reversed(_columns()):
        op.drop_column("work_items", column.name)
