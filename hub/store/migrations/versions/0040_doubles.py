"""Customers who turn out to be one: who may be, who was merged, and how that is undone.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant, Json

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.add_column("customers", sa.Column("merged_into", sa.String(length=36), nullable=True))
    merged = sa.text("merged_into IS NOT NULL")
    op.create_index(
        "ix_customers_merged_into",
        "customers",
        ["merged_into"],
        sqlite_where=merged,
        postgresql_where=merged,
    )
    _candidates()
    _regroupings()


def _candidates() -> None:
    op.create_table(
        "customer_keys",
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("customer_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_keys_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("key", "customer_id", name=op.f("pk_customer_keys")),
    )
    op.create_index("ix_customer_keys_customer_id", "customer_keys", ["customer_id"])
    op.create_table(
        "customer_pairs",
        sa.Column("first_id", sa.String(length=36), nullable=False),
        sa.Column("second_id", sa.String(length=36), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("said_by", sa.String(length=100), nullable=False),
        sa.Column("said_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["first_id"], ["customers.id"], name=op.f("fk_customer_pairs_first_id_customers")
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["customers.id"], name=op.f("fk_customer_pairs_second_id_customers")
        ),
        sa.PrimaryKeyConstraint("first_id", "second_id", name=op.f("pk_customer_pairs")),
    )
    op.create_index("ix_customer_pairs_second_id", "customer_pairs", ["second_id"])
    waiting = sa.text("state IN ('open', 'asked')")
    op.create_index(
        "ix_customer_pairs_open",
        "customer_pairs",
        ["score"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


def _regroupings() -> None:
    op.create_table(
        "regroupings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("kept_id", sa.String(length=36), nullable=False),
        sa.Column("other_id", sa.String(length=36), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("before", Json, nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("undone_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regroupings")),
    )
    op.create_index("ix_regroupings_kept_id", "regroupings", ["kept_id"])
    op.create_index("ix_regroupings_other_id", "regroupings", ["other_id"])
    op.create_table(
        "regrouped_rows",
        sa.Column("regrouping_id", sa.String(length=36), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=False),
        sa.Column("row_id", sa.String(length=64), nullable=False),
        sa.Column("former", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["regrouping_id"],
            ["regroupings.id"],
            name=op.f("fk_regrouped_rows_regrouping_id_regroupings"),
        ),
        sa.PrimaryKeyConstraint("regrouping_id", "place", "row_id", name=op.f("pk_regrouped_rows")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("regrouped_rows")
    op.drop_table("regroupings")
    op.drop_table("customer_pairs")
    op.drop_table("customer_keys")
    op.drop_index("ix_customers_merged_into", table_name="customers")
    op.drop_column("customers", "merged_into")
