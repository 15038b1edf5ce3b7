"""How much work an agent can have in hand, where that is not as much as everybody.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    op.add_column(
        "agents", sa.Column("capacity", sa.Integer(), nullable=False, server_default="100")
    )


def downgrade() -> None:
    op.drop_column("agents", "capacity")
