"""Versions of the interaction model, who signed them, what is still open; administrators.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column(
        "agents",
        sa.Column("administrator", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_table(
        "model_versions",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(length=100), nullable=False),
        sa.Column("effective_from", Instant(), nullable=True),
        sa.Column("activated_at", Instant(), nullable=True),
        sa.Column("activated_by", sa.String(length=100), nullable=False),
        sa.Column("override_reason", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["based_on"],
            ["model_versions.number"],
            name=op.f("fk_model_versions_based_on_model_versions"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_model_versions")),
    )
    op.create_index(
        "uq_model_versions_live",
        "model_versions",
        ["state"],
        unique=True,
        sqlite_where=sa.text("state = 'live'"),
        postgresql_where=sa.text("state = 'live'"),
    )
    op.create_table(
        "model_signatures",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=100), nullable=False),
        sa.Column("row", sa.String(length=500), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        _of_a_version("model_signatures"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_signatures")),
    )
    op.create_index(op.f("ix_model_signatures_version"), "model_signatures", ["version"])
    op.create_index("ix_model_signatures_role_login", "model_signatures", ["role", "login"])
    op.create_table(
        "model_actions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("done_by", sa.String(length=100), nullable=False),
        _of_a_version("model_actions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_actions")),
    )
    op.create_index(op.f("ix_model_actions_version"), "model_actions", ["version"])


def downgrade() -> None:
    op.drop_table("model_actions")
    op.drop_table("model_signatures")
    op.drop_table("model_versions")
    op.drop_column("agents", "administrator")


def _of_a_version(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_version_model_versions")
    return sa.ForeignKeyConstraint(["version"], ["model_versions.number"], name=name)
