"""Who agents are at an identity provider.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

from hub.store.types import Instant

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.create_table(
        "agent_identities",
        sa.Column("agent_id", sa.String(length=36), nullable=False),
        sa.Column("address", sa.String(length=512), nullable=True),
        sa.Column("issuer", sa.String(length=512), nullable=True),
        sa.Column("subject", sa.String(length=255), nullable=True),
        sa.Column("linked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_agent_identities")),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_agent_identities_agent_id_agents")
        ),
        sa.UniqueConstraint("address", name=op.f("uq_agent_identities_address")),
    )
    op.create_index(
        "ix_agent_identities_subject", "agent_identities", ["issuer", "subject"], unique=True
    )


def downgrade() -> None:
    op.drop_table("agent_identities")
