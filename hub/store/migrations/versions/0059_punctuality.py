"""What a partner brought, and what went wrong with it, in a time: among all of all times else.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

from alembic import op

revision = "0059"
down_revision = "0058"

_INDEXES = {
    "ix_deliveries_partner_delivered_at": ("deliveries", ["partner", "delivered_at"]),
    "ix_delivery_events_partner_occurred_at": ("delivery_events", ["partner", "occurred_at"]),
}


def upgrade() -> None:
    for name, (table, columns) in _INDEXES.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, (table, _) in _INDEXES.items():
        op.drop_index(name, table)
