"""Open work of a customer is found without their finished work.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    still_open = sa.text("state <> 'done'")
    op.create_index(
        "ix_work_items_open_customer",
        "work_items",
        ["customer_id"],
        sqlite_where=still_open,
        postgresql_where=still_open,
    )


def downgrade() -> None:
    op.drop_index("ix_work_items_open_customer", table_name="work_items")
