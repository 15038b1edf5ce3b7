"""Who may be whom: customers who are looked for as one, and what was put together or apart."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from hub.store.tables.base import ID, metadata, where
from hub.store.types import Instant, Json

# Under which keys a customer is looked for: see hub/alike.py.
customer_keys = Table(
    "customer_keys",
    metadata,
    Column("key", String(160), primary_key=True),
    Column("customer_id", ID, ForeignKey("customers.id"), primary_key=True),
    Index("ix_customer_keys_customer_id", "customer_id"),
)

# Two customers who may be one; the one with the lower id is first.
customer_pairs = Table(
    "customer_pairs",
    metadata,
    Column("first_id", ID, ForeignKey("customers.id"), primary_key=True),
    Column("second_id", ID, ForeignKey("customers.id"), primary_key=True),
    Column("score", Integer, nullable=False),
    Column("reasons", Json, nullable=False),
    Column("state", String(16), nullable=False),  # open, asked, different, merged
    Column("found_at", Instant, nullable=False),
    Column("said_by", String(100), nullable=False),  # agent id: who asked, or told them apart
    Column("said_at", Instant),
    Index("ix_customer_pairs_second_id", "second_id"),
    where("ix_customer_pairs_open", "state IN ('open', 'asked')", "score"),
)

# Who is known to use a shared address, which is a customer of kind `shared`.
shared_people = Table(
    "shared_people",
    metadata,
    Column("shared_id", ID, ForeignKey("customers.id"), primary_key=True),
    Column("customer_id", ID, ForeignKey("customers.id"), primary_key=True),
    Index("ix_shared_people_customer_id", "customer_id"),
)

# Conversations that have to do with each other; the one with the lower id is first.
related_conversations = Table(
    "related_conversations",
    metadata,
    Column("first_id", ID, ForeignKey("conversations.id"), primary_key=True),
    Column("second_id", ID, ForeignKey("conversations.id"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("by", String(100), nullable=False),
    Index("ix_related_conversations_second_id", "second_id"),
)

# What people put together or apart, so that it can be undone.
regroupings = Table(
    "regroupings",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(16), nullable=False),  # customers, conversations, split
    Column("kept_id", ID, nullable=False),  # what is still there
    Column("other_id", ID, nullable=False),  # what went into it, or was split off
    Column("at", Instant, nullable=False),
    Column("by", String(100), nullable=False),
    Column("before", Json, nullable=False),  # what it changed besides whose rows are
    Column("undone_at", Instant),
    Column("undone_by", String(100), nullable=False),
    Index("ix_regroupings_kept_id", "kept_id"),
    Index("ix_regroupings_other_id", "other_id"),
)

# The rows that it moved.
regrouped_rows = Table(
    "regrouped_rows",
    metadata,
    Column("regrouping_id", ID, ForeignKey("regroupings.id"), primary_key=True),
    Column("place", String(64), primary_key=True),  # table.column
    Column("row_id", String(64), primary_key=True),
    Column("former", Text),  # what else it had there, where that was changed
    sqlite_with_rowid=False,
)
