"""Assignment: who has room, kept with presence; indexes for calls and chats, and for roles; where
to call a customer back."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0011"

_COLUMNS = ("units_used", "live_used", "asked")
_LIVE = "state = 'waiting' AND channel IN ('phone', 'chat')"
_INDEXES = (
    ("ix_presence_room", "presence", "state = 'available' AND units_used < 100", ["idle_since"]),
    (
        "ix_presence_live_room",
        "presence",
        "state = 'available' AND live_used < 100",
        ["idle_since"],
    ),
    ("ix_work_items_live_queue", "work_items", _LIVE, ["role", "rank", "id"]),
    ("ix_work_items_live_backup", "work_items", _LIVE, ["backup_role", "rank", "id"]),
)


def upgrade() -> None:
    """The figures begin at nothing; the dispatcher counts who is there when it starts."""
    for name in _COLUMNS:
        op.add_column("presence", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    callback = sa.Column("callback_to", sa.String(100), nullable=False, server_default="")
    op.add_column("work_items", callback)
    for name, table, condition, columns in _INDEXES:
        only = sa.text(condition)
        op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)
    op.create_index("ix_agent_roles_role", "agent_roles", ["role"])


def downgrade() -> None:
    op.drop_index("ix_agent_roles_role", "agent_roles")
    for name, table, *_rest in _INDEXES:
        op.drop_index(name, table)
    op.drop_column("work_items", "callback_to")
    for name in reversed(_COLUMNS):
        op.drop_column("presence", name)
