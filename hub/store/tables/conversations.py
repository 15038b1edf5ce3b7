"""Conversations: what was said, in and out, with its files, and who was there."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from hub.store.tables.base import ID, metadata, where
from hub.store.types import Counter, Instant, Json

# PostgreSQL counts conversations and orders here; SQLite, with its one writer, takes the highest
# plus one.
conversation_numbers = Sequence("conversation_numbers", start=10001, metadata=metadata)

conversations = Table(
    "conversations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("number", Counter, nullable=False, unique=True),
    Column("customer_id", ID, ForeignKey("customers.id"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("state", String(16), nullable=False),  # open, pending, resolved
    Column("linked_id", ID, ForeignKey("conversations.id")),
    Column("shared_id", ID),  # the shared address it came from, where somebody said who it was
    Column("merged_into", ID),  # all that was in it is there; this row waits for an undo
    Column("split_from", ID),
    Column("handover_address", String(512), nullable=False, server_default=""),
    Column("interaction_count", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Index("ix_conversations_customer_id_last_at", "customer_id", "last_at"),
    where("ix_conversations_merged_into", "merged_into IS NOT NULL", "merged_into"),
    where("ix_conversations_shared_id", "shared_id IS NOT NULL", "shared_id", "last_at"),
)

participants = Table(
    "participants",
    metadata,
    Column("conversation_id", ID, ForeignKey("conversations.id"), primary_key=True),
    Column("key", String(550), primary_key=True),
)

interactions = Table(
    "interactions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversations.id"), nullable=False),
    Column("customer_id", ID, ForeignKey("customers.id"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("account", String(320), nullable=False),
    Column("direction", String(8), nullable=False),
    Column("external_id", Text, nullable=False),
    Column("dedupe_key", String(64), nullable=False, unique=True),
    Column("sender", Json, nullable=False),
    Column("recipients", Json, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("quoted", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("topic", String(200), nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("automatic", String(16), nullable=False),
    Column("verification", String(16), nullable=False),
    Column("problem", Text, nullable=False),
    Column("raw_sha256", String(64), nullable=False),
    Column("agent_id", ID, ForeignKey("agents.id")),
    Column("details", Json, nullable=False),
    Column("correlation_id", String(100), nullable=False),
    UniqueConstraint("conversation_id", "sequence"),
    Index("ix_interactions_customer_id_received_at", "customer_id", "received_at"),
    Index(
        "ix_interactions_raw_sha256",
        "raw_sha256",
        sqlite_where=text("raw_sha256 <> ''"),
        postgresql_where=text("raw_sha256 <> ''"),
    ),
)

# What the router has not seen yet. Apart from `interactions`, whose rows are wide and have many
# indexes: changing one costs as much as writing it.
unrouted = Table(
    "unrouted",
    metadata,
    Column("interaction_id", ID, ForeignKey("interactions.id"), primary_key=True),
    Column("conversation_id", ID, nullable=False, index=True),
    sqlite_with_rowid=False,
)

originals = Table(
    "originals",
    metadata,
    Column("interaction_id", ID, ForeignKey("interactions.id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

thread_refs = Table(
    "thread_refs",
    metadata,
    Column("ref_hash", String(64), primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversations.id"), nullable=False, index=True),
    Column(
        "interaction_id", ID, ForeignKey("interactions.id")
    ),  # null: a reference known by hearsay
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", ID, primary_key=True),
    Column("interaction_id", ID, ForeignKey("interactions.id"), nullable=False, index=True),
    Column("filename", Text, nullable=False),
    Column("content_type", String(255), nullable=False),
    Column("size", Counter, nullable=False),
    Column("sha256", String(64), nullable=False, index=True),
    Column("inline", Boolean, nullable=False),
    Column("content_id", Text, nullable=False),
    Column("thumbnail", String(64), nullable=False, server_default=""),  # of a picture: its blob
)

# Where a provider reports by an id of its own. Mail servers answer with texts of any length.
HAS_PROVIDER_ID = "channel IN ('sms', 'whatsapp')"

outbound = Table(
    "outbound",
    metadata,
    Column("interaction_id", ID, ForeignKey("interactions.id"), primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    # in the order of sending.py: queued, sending, transmitting, uncertain, waiting, sent, delayed,
    # delivered, read, failed, bounced, withdrawn
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Instant),  # when to try (again); null: nothing to do
    Column("lease_until", Instant),  # a sender that holds it longer has died
    Column("error", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("trouble_event_id", ID),  # says what went wrong; null: the router has handled it
    Column("bulk", Boolean, nullable=False, server_default=false()),  # answers go before it
    # Nobody was asked to send it: it waits for its time, and can be taken back until then
    Column("held", Boolean, nullable=False, server_default=false()),
    Index("ix_outbound_next_at", "next_at"),
    where("ix_outbound_provider_id", HAS_PROVIDER_ID, "provider_id"),
    Index(
        "ix_outbound_leased",
        "lease_until",
        sqlite_where=text("lease_until IS NOT NULL"),
        postgresql_where=text("lease_until IS NOT NULL"),
    ),
    Index(
        "ix_outbound_trouble",
        "trouble_event_id",
        sqlite_where=text("trouble_event_id IS NOT NULL"),
        postgresql_where=text("trouble_event_id IS NOT NULL"),
    ),
    Index(
        "ix_outbound_waiting",
        "conversation_id",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)

delivery_attempts = Table(
    "delivery_attempts",
    metadata,
    Column("queue", String(200), primary_key=True),
    Column("event_id", String(100), primary_key=True),
    Column("attempts", Integer, nullable=False),
)

# What came before we can use it: a report about a message whose id we do not know yet, a contact
# whose files must be fetched first.
parked = Table(
    "parked",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("key", String(320), nullable=False),  # by which it is found again
    Column("content", Json, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due_at", Instant),  # when to try (again); null: it waits to be asked for
    Column("created_at", Instant, nullable=False, index=True),
    Index("ix_parked_kind_key", "kind", "key"),
    where("ix_parked_kind_due_at", "due_at IS NOT NULL", "kind", "due_at"),
)

# What agents are writing, and have not sent.
drafts = Table(
    "drafts",
    metadata,
    Column("conversation_id", ID, ForeignKey("conversations.id"), primary_key=True),
    Column("agent_id", ID, ForeignKey("agents.id"), primary_key=True),
    Column("fields", Json, nullable=False),  # of the form, by name
    Column("saved_at", Instant, nullable=False),
)

# Who is told of news in a conversation. `seen`: so many of its entries they had on their screen.
follows = Table(
    "follows",
    metadata,
    Column("conversation_id", ID, ForeignKey("conversations.id"), primary_key=True),
    Column("agent_id", ID, ForeignKey("agents.id"), primary_key=True, index=True),
    Column("seen", Integer, nullable=False),
)

canned_replies = Table(
    "canned_replies",
    metadata,
    Column("id", ID, primary_key=True),
    Column("shortcut", String(40), nullable=False, unique=True),  # what is typed behind the slash
    Column("topic", String(200), nullable=False),  # of the model; empty: for every topic
    Column("title", Text, nullable=False),
    Column("texts", Json, nullable=False),  # by language
    Column("changed_at", Instant, nullable=False),
)

# What agents ask colleagues at a conversation.
asked_colleagues = Table(
    "asked_colleagues",
    metadata,
    Column("id", ID, primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # mention, approval
    Column("by_agent_id", ID, ForeignKey("agents.id"), nullable=False),
    Column("to_agent_id", ID),  # null: whoever holds the role
    Column("to_role", String(100), nullable=False),
    Column("what", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("answer", String(16), nullable=False),  # empty, seen, yes, no, done, finished
    Column("answered_by", ID),
    Column("answered_at", Instant),
    Column("is_over", Boolean, nullable=False),  # nobody need look at it any more
    Column("reason", Text),  # why it was not approved, if that was said
    where("ix_asked_colleagues_open", "NOT is_over", "asked_at"),
)
