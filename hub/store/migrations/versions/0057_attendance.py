"""For how long each agent had been there, in all, before each of their comings and goings.

A migration must work with the release before it: add first, use in the next release, drop after.
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"

_SECONDS = {
    "sqlite": "((julianday({0}) - 2440587.5) * 86400)",
    "postgresql": "CAST(extract(epoch FROM {0}) AS double precision)",
}
_FILL = """
WITH spans AS (
    SELECT id, agent_id, at,
        CASE WHEN state IN ('available', 'wrapping') THEN {following} - {own} ELSE 0 END AS there
    FROM presence_changes WINDOW theirs AS (PARTITION BY agent_id ORDER BY at, id)
), counted AS (
    SELECT id, coalesce(sum(there) OVER (
        PARTITION BY agent_id ORDER BY at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), 0) AS seconds FROM spans
)
UPDATE presence_changes SET there_seconds = counted.seconds
FROM counted WHERE counted.id = presence_changes.id
"""


def upgrade() -> None:
    op.add_column("presence_changes", sa.Column("there_seconds", sa.Float))
    seconds = _SECONDS[op.get_bind().dialect.name]
    following = seconds.format("lead(at) OVER theirs")
    op.execute(_FILL.format(following=following, own=seconds.format("at")))


def downgrade() -> None:
    op.drop_column("presence_changes", "there_seconds")
