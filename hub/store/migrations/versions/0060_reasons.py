"""Why a colleague did not approve what they were asked.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"


def upgrade() -> None:
    op.add_column("asked_colleagues", sa.Column("reason", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("asked_colleagues", "reason")
