"""The interaction model: versions, signatures, sessions in which it is made, topics learned."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from hub.store.tables.base import ID, metadata
from hub.store.types import Counter, Instant, Json

model_versions = Table(
    "model_versions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column(
        "state", String(16), nullable=False
    ),  # draft, checked, signed, live, replaced, withdrawn
    Column("text", Text, nullable=False),  # YAML as written
    Column("sha256", String(64), nullable=False),  # of the text
    Column("title", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("origin", String(16), nullable=False),  # see hub.store.models.Origin
    Column("based_on", Integer, ForeignKey("model_versions.number")),
    Column("revision", Integer, nullable=False),  # grows with every change of the row
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(100), nullable=False),  # agent id, or the part of Loket that acted
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String(100), nullable=False),
    Column("effective_from", Instant),  # planned: goes live then
    Column("activated_at", Instant),
    Column("activated_by", String(100), nullable=False),  # empty: never live
    Column("override_reason", Text, nullable=False),  # why it may go live without all signatures
    Column("problem", Text, nullable=False),  # why it did not go live when it should have
    Index(
        "uq_model_versions_live",
        "state",
        unique=True,
        sqlite_where=text("state = 'live'"),
        postgresql_where=text("state = 'live'"),
    ),
)

handlings = Table(
    "handlings",
    metadata,
    Column("id", String(64), primary_key=True),  # the SHA-256 of the body
    Column("body", Json, nullable=False),  # what a model lays down for a combination
)

model_signatures = Table(
    "model_signatures",
    metadata,
    Column("id", ID, primary_key=True),
    Column("version", Integer, ForeignKey("model_versions.number"), nullable=False, index=True),
    Column("role", String(100), nullable=False),
    Column("row", String(500), nullable=False),  # what the row holds for, for people
    Column("fingerprint", String(64), nullable=False),  # of what the row says
    Column("login", String(200), nullable=False),  # of who signed
    Column("name", Text, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("remark", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("recorded_by", String(100), nullable=False),  # agent id, or operator
    Index("ix_model_signatures_role_login", "role", "login"),
)

model_actions = Table(
    "model_actions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("version", Integer, ForeignKey("model_versions.number"), nullable=False, index=True),
    Column("what", Text, nullable=False),
    Column("source", String(16), nullable=False),  # finding, session, person
    Column("reference", String(200), nullable=False),  # the finding that it came from
    Column("owner", String(200), nullable=False),
    Column("due_on", Date),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("done_at", Instant),
    Column("done_by", String(100), nullable=False),
)

# The last replay of each version: one runs at a time, and everybody sees the same.
model_replays = Table(
    "model_replays",
    metadata,
    Column("version", Integer, ForeignKey("model_versions.number"), primary_key=True),
    Column("id", ID, nullable=False),  # of this run
    Column("base", Integer, ForeignKey("model_versions.number"), nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("state", String(16), nullable=False),  # running, done, cancelled, failed
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),  # of the text that was replayed
    Column("started_at", Instant, nullable=False),
    Column("started_by", String(100), nullable=False),
    Column("seen_at", Instant, nullable=False),  # its process lived then
    Column("summary", Json),  # null: not done
    Column("changes", LargeBinary),  # the contacts that differ, packed, without their words
)

topic_corrections = Table(
    "topic_corrections",
    metadata,
    Column("id", ID, primary_key=True),
    Column("work_item_id", ID, ForeignKey("work_items.id"), nullable=False, index=True),
    Column("agent_id", ID, ForeignKey("agents.id"), nullable=False),
    Column("at", Instant, nullable=False, index=True),
    Column("former", String(200), nullable=False),
    Column("topic", String(200), nullable=False),
    Column("how", String(16), nullable=False),  # how the former topic was found
    Column("confidence", Float),  # null: it was not a suggestion
    Column("former_role", String(100), nullable=False),
    Column("role", String(100), nullable=False),  # by the model, for the topic as corrected
    Column("moved", Boolean, nullable=False),
)

learned_topics = Table(
    "learned_topics",
    metadata,
    Column("version", Counter, primary_key=True, autoincrement=False),
    Column("trained_at", Instant, nullable=False),
    Column("trained_by", String(100), nullable=False),
    Column("examples", Integer, nullable=False),
    Column("report", Json, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

# The newest one holds.
topic_thresholds = Table(
    "topic_thresholds",
    metadata,
    Column("id", ID, primary_key=True),
    Column("threshold", Float, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("set_by", String(100), nullable=False),
)

# The five-step sessions in which a model is made; a session in the store is a sign-in.
workshops = Table(
    "workshops",
    metadata,
    Column("id", ID, primary_key=True),
    Column("code", String(16), nullable=False, unique=True),  # what people type to come in
    Column("title", Text, nullable=False),
    Column("step", String(16), nullable=False),  # where the facilitator is
    Column("number", Counter, nullable=False),  # of the last change
    Column("people_number", Counter, nullable=False),  # grows when people come, go or are let in
    Column("guests", Boolean, nullable=False),  # whether guests may ask to come in
    Column("based_on", Integer, ForeignKey("model_versions.number")),
    Column("draft", Integer, ForeignKey("model_versions.number")),  # the last one made of it
    Column("draft_revision", Integer, nullable=False),  # of it as the session left it
    Column("draft_number", Counter, nullable=False),  # of the change after which it was made
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(100), nullable=False),  # agent id
    Column("closed_at", Instant),
)

workshop_people = Table(
    "workshop_people",
    metadata,
    Column("id", ID, primary_key=True),
    Column("workshop_id", ID, ForeignKey("workshops.id"), nullable=False),
    Column("agent_id", ID, ForeignKey("agents.id")),  # null: a guest
    Column("name", Text, nullable=False),
    Column("token_hash", String(64), unique=True),  # of a guest who is not out
    Column("state", String(16), nullable=False),  # waiting, in, out
    Column("came_at", Instant, nullable=False),
    Column("seen_at", Instant),  # null: gone
    UniqueConstraint("workshop_id", "agent_id"),
)

workshop_fields = Table(
    "workshop_fields",
    metadata,
    Column("workshop_id", ID, ForeignKey("workshops.id"), primary_key=True),
    Column("card", String(300), primary_key=True),
    Column("field", String(64), primary_key=True),
    Column("value", Json, nullable=False),
    Column("number", Counter, nullable=False),  # of the change that wrote it
    Column("by", String(36), nullable=False),  # of workshop_people; empty: Loket itself
    Column("other", Json, nullable=False),  # what somebody else wrote at the same time; {} if none
)

workshop_changes = Table(
    "workshop_changes",
    metadata,
    Column("workshop_id", ID, ForeignKey("workshops.id"), primary_key=True),
    Column("number", Counter, primary_key=True, autoincrement=False),
    Column("operation", String(64), nullable=False),  # made by who sends it: once is enough
    Column("at", Instant, nullable=False),
    Column("by", String(36), nullable=False),
    Column("undoes", Counter),  # the number of the change that this one takes back
    Column("writes", Json, nullable=False),  # card, field, value before, value
    UniqueConstraint("workshop_id", "operation"),
)
