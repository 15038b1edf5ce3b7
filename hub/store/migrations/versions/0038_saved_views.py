"""Views of the work that people keep.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Json

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=100), nullable=False),
        sa.Column("wanted", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_saved_views_agent_id_agents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
    )
    for name in ("agent_id", "role"):
        op.create_index(op.f(f"ix_saved_views_{name}"), "saved_views", [name])


def downgrade() -> None:
    op.drop_table("saved_views")
