"""What a replay of recorded contacts by a version of the model came to.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant, Json

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "model_replays",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("started_by", sa.String(length=100), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("summary", Json, nullable=True),
        sa.Column("changes", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_model_replays")),
        sa.ForeignKeyConstraint(
            ["version"],
            ["model_versions.number"],
            name=op.f("fk_model_replays_version_model_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["base"],
            ["model_versions.number"],
            name=op.f("fk_model_replays_base_model_versions"),
        ),
    )


def downgrade() -> None:
    op.drop_table("model_replays")
