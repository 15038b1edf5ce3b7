"""What the installation runs on: messages, what was handled, what failed, what was changed."""

from sqlalchemy import Column, Index, Integer, String, Table, Text, UniqueConstraint

from hub.store.tables.base import ID, metadata
from hub.store.types import Counter, Instant, Json

outbox = Table(
    "outbox",
    metadata,
    Column("position", Counter, primary_key=True, autoincrement=True),
    Column("event_id", ID, nullable=False, unique=True),
    Column("topic", String(100), nullable=False),
    Column("queue", String(200), nullable=False, server_default=""),  # set: to this queue alone
    Column("subject", ID, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

processed_events = Table(
    "processed_events",
    metadata,
    Column("consumer", String(100), primary_key=True),
    Column("event_id", ID, primary_key=True),
    Column("processed_at", Instant, nullable=False, index=True),
)

local_messages = Table(
    "local_messages",
    metadata,
    Column("position", Counter, primary_key=True, autoincrement=True),
    Column("queue", String(200), nullable=False),
    Column("event_id", ID, nullable=False),
    Column("topic", String(100), nullable=False),
    Column("subject", ID, nullable=False),
    Column("body", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant),  # set: a retry that waits
    Column("reason", Text, nullable=False),
    Index("ix_local_messages_queue_position", "queue", "position"),
    sqlite_autoincrement=True,
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", ID, primary_key=True),
    Column("queue", String(200), nullable=False),
    Column("event_id", String(100), nullable=False),
    Column("topic", String(100), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("body", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("died_at", Instant, nullable=False),
    UniqueConstraint("queue", "event_id"),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", ID, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(100), nullable=False),  # agent id, or the part of Loket that acted
    Column("action", String(100), nullable=False),
    Column("object", String(100), nullable=False),
    Column("details", Json, nullable=False),
    Index("ix_audit_log_action_at", "action", "at"),
    Index("ix_audit_log_object_at", "object", "at"),
)

# What people chose in the console instead of in a file: small documents by name.
choices = Table(
    "choices",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Json, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("set_by", String(100), nullable=False),
)

# How the parts of each process are, as it said last.
health = Table(
    "health",
    metadata,
    Column("process", String(100), primary_key=True),
    Column("part", String(100), primary_key=True),
    Column("problem", Text, nullable=False),  # empty: it works
    Column("since", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
)
