"""What contacts of an organisation may do for it in the portal, and invitations of colleagues.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant, Json

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.create_table(
        "portal_rights",
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("rights", Json, nullable=False),
        sa.Column("set_at", Instant(), nullable=False),
        sa.Column("set_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_portal_rights")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_portal_rights_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["customers.id"],
            name=op.f("fk_portal_rights_organisation_id_customers"),
        ),
    )
    op.create_index(op.f("ix_portal_rights_organisation_id"), "portal_rights", ["organisation_id"])
    op.create_table(
        "portal_invitations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("organisation_id", sa.String(length=36), nullable=False),
        sa.Column("address", sa.String(length=512), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("rights", Json, nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_invitations")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["customers.id"],
            name=op.f("fk_portal_invitations_organisation_id_customers"),
        ),
    )
    for column in ("organisation_id", "address"):
        op.create_index(op.f(f"ix_portal_invitations_{column}"), "portal_invitations", [column])


def downgrade() -> None:
    op.drop_table("portal_invitations")
    op.drop_table("portal_rights")
