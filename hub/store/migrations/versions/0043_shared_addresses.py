"""Addresses that several people use.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    op.add_column(
        "contact_points",
        sa.Column("shared", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.add_column("conversations", sa.Column("shared_id", sa.String(length=36), nullable=True))
    chosen = sa.text("shared_id IS NOT NULL")
    op.create_index(
        "ix_conversations_shared_id",
        "conversations",
        ["shared_id", "last_at"],
        sqlite_where=chosen,
        postgresql_where=chosen,
    )
    op.create_table(
        "shared_people",
        sa.Column("shared_id", sa.String(length=36), nullable=False),
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["shared_id"], ["customers.id"], name=op.f("fk_shared_people_shared_id_customers")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_shared_people_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("shared_id", "customer_id", name=op.f("pk_shared_people")),
    )
    op.create_index("ix_shared_people_customer_id", "shared_people", ["customer_id"])


def downgrade() -> None:
    op.drop_table("shared_people")
    op.drop_index("ix_conversations_shared_id", table_name="conversations")
    op.drop_column("conversations", "shared_id")
    op.drop_column("contact_points", "shared")
