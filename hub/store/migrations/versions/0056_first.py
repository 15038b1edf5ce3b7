"""Work that stands before all that can wait: there is little of it, and it is looked for often.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    first = sa.text("rank < 0")
    op.create_index(
        "ix_work_items_first",
        "work_items",
        ["conversation_id"],
        sqlite_where=first,
        postgresql_where=first,
    )


def downgrade() -> None:
    op.drop_index("ix_work_items_first", "work_items")
