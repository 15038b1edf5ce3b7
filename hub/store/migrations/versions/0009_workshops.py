"""The five-step sessions in which a model is made: who is there, every card, every change.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Counter, Instant, Json

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "workshops",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("number", Counter, nullable=False),
        sa.Column("people_number", Counter, nullable=False),
        sa.Column("guests", sa.Boolean(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column("draft", sa.Integer(), nullable=True),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("draft_number", Counter, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        _version("based_on"),
        _version("draft"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshops")),
        sa.UniqueConstraint("code", name=op.f("uq_workshops_code")),
    )
    op.create_table(
        "workshop_people",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("workshop_id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("came_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=True),
        _workshop("workshop_people"),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_workshop_people_agent_id_agents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_people")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_workshop_people_token_hash")),
        sa.UniqueConstraint(
            "workshop_id", "agent_id", name=op.f("uq_workshop_people_workshop_id_agent_id")
        ),
    )
    op.create_table(
        "workshop_fields",
        sa.Column("workshop_id", sa.String(length=36), nullable=False),
        sa.Column("card", sa.String(length=300), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.Column("number", Counter, nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column("other", Json, nullable=False),
        _workshop("workshop_fields"),
        sa.PrimaryKeyConstraint("workshop_id", "card", "field", name=op.f("pk_workshop_fields")),
    )
    op.create_table(
        "workshop_changes",
        sa.Column("workshop_id", sa.String(length=36), nullable=False),
        sa.Column("number", Counter, autoincrement=False, nullable=False),
        sa.Column("operation", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.String(length=36), nullable=False),
        sa.Column("undoes", Counter, nullable=True),
        sa.Column("writes", Json, nullable=False),
        _workshop("workshop_changes"),
        sa.PrimaryKeyConstraint("workshop_id", "number", name=op.f("pk_workshop_changes")),
        sa.UniqueConstraint(
            "workshop_id", "operation", name=op.f("uq_workshop_changes_workshop_id_operation")
        ),
    )


def downgrade() -> None:
    for table in ("workshop_changes", "workshop_fields", "workshop_people", "workshops"):
        op.drop_table(table)


def _version(column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_workshops_{column}_model_versions")
    return sa.ForeignKeyConstraint([column], ["model_versions.number"], name=name)


def _workshop(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_workshop_id_workshops")
    return sa.ForeignKeyConstraint(["workshop_id"], ["workshops.id"], name=name)
