"""Phone calls: what an agent does in them, calls that we make, and the phone of an agent.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

_TEXTS = {
    "direction": 16,
    "customer_sid": 64,
    "chosen": 200,
    "conference_sid": 64,
    "keys": 64,
    "put_through": 100,
    "other_state": 16,
    "other_to": 100,
    "other_name": 200,
    "other_sid": 64,
    "consent": 16,
    "recording": 16,
    "recording_entry": 36,
}
_COUNTS = ("room", "seated", "sequence")
_MARKS = ("wants_hold", "on_hold", "wants_mute", "muted")


def upgrade() -> None:
    for name, length in _TEXTS.items():
        column = sa.Column(name, sa.String(length), nullable=False, server_default="")
        op.add_column("calls", column)
    for name in _COUNTS:
        op.add_column("calls", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name in _MARKS:
        mark: sa.Column[bool] = sa.Column(
            name, sa.Boolean(), nullable=False, server_default=sa.false()
        )
        op.add_column("calls", mark)
    op.add_column("calls", sa.Column("other_agent_id", sa.String(36)))
    phone = sa.Column("phone", sa.String(100), nullable=False, server_default="")
    op.add_column("agents", phone)
    with op.batch_alter_table("calls") as calls:  # a conversation may have several
        calls.drop_constraint("uq_calls_conversation_id", type_="unique")
    op.create_index("ix_calls_conversation_id", "calls", ["conversation_id", "created_at"])


def downgrade() -> None:
    op.drop_index("ix_calls_conversation_id", "calls")
    with op.batch_alter_table("calls") as calls:
        calls.create_unique_constraint("uq_calls_conversation_id", ["conversation_id"])
    op.drop_column("agents", "phone")
    for name in ("other_agent_id", *_MARKS, *_COUNTS, *_TEXTS):
        op.drop_column("calls", name)
