"""Customers: who they are, where they are reached, what was agreed, what they allow."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, false

from hub.store.tables.base import ID, metadata, where
from hub.store.types import Instant, Json

customers = Table(
    "customers",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(16), nullable=False),  # person, organisation, visitor, shared
    Column("name", Text, nullable=False),
    Column("organisation_id", ID, ForeignKey("customers.id"), index=True),
    Column("target_group", String(100), nullable=False, server_default=""),
    Column("language", String(8), nullable=False, server_default=""),
    Column("attributes", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("number", String(64)),  # of the customer, as the organisation counts them
    # Who they turned out to be: all that was theirs is there, and this row waits for an undo
    Column("merged_into", ID),
    Index("uq_customers_number", "number", unique=True),
    where("ix_customers_merged_into", "merged_into IS NOT NULL", "merged_into"),
)

# What an organisation wants to know of its customers besides; `attributes` has the values, by key.
customer_fields = Table(
    "customer_fields",
    metadata,
    Column("id", ID, primary_key=True),
    Column("key", String(50), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("titles", Json, nullable=False),  # by language
    Column("whose", Json, nullable=False),  # person, organisation
    Column("choices", Json, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("required", Boolean, nullable=False),
    Column("topics", Json, nullable=False),  # for which it comes first
    Column("seen_by", String(16), nullable=False),  # agent, supervisor
    Column("changed_by", String(16), nullable=False),
    Column("searchable", Boolean, nullable=False),
    Column("position", Integer, nullable=False),
    Column("archived_at", Instant),
    Column("created_at", Instant, nullable=False),
)

contact_points = Table(
    "contact_points",
    metadata,
    Column("id", ID, primary_key=True),
    Column("customer_id", ID, ForeignKey("customers.id"), nullable=False, index=True),
    Column("key", String(550), nullable=False, unique=True),  # KIND:VALUE
    Column("kind", String(16), nullable=False),
    Column("value", String(512), nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("shared", Boolean, nullable=False, server_default=false()),  # several people use it
    Column("created_at", Instant, nullable=False),
)

# What a customer said about being written to; the newest line for a purpose counts.
consents = Table(
    "consents",
    metadata,
    Column("id", ID, primary_key=True),
    Column("point", String(550), nullable=False),  # the key of the contact point
    Column("channel", String(16), nullable=False),
    Column("purpose", String(32), nullable=False),  # service, marketing
    Column("granted", Boolean, nullable=False),
    Column("source", String(32), nullable=False),  # keyword, agent, form, ...
    Column("words", Text, nullable=False),  # what the customer said, or was told
    Column("text_version", String(32), nullable=False),  # of what we told them
    Column("interaction_id", ID, ForeignKey("interactions.id")),
    Column("agent_id", ID, ForeignKey("agents.id")),
    Column("at", Instant, nullable=False),
    Index("ix_consents_point_channel_at", "point", "channel", "at"),
)

# Something that somebody found out about a customer, until somebody says whether it is kept.
customer_proposals = Table(
    "customer_proposals",
    metadata,
    Column("id", ID, primary_key=True),
    Column("customer_id", ID, ForeignKey("customers.id"), nullable=False),
    Column("field", String(100), nullable=False),
    Column("value", Text, nullable=False),
    Column("proposed_by", String(100), nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),  # open, kept, dropped
    Column("decided_by", String(100), nullable=False),
    Column("decided_at", Instant),
    where("uq_customer_proposals_open", "state = 'open'", "customer_id", "field", unique=True),
)

# What a conversation is about. Whose it is, is looked up when it is read: customers are joined.
conversation_links = Table(
    "conversation_links",
    metadata,
    Column("conversation_id", ID, ForeignKey("conversations.id"), primary_key=True),
    Column("kind", String(16), primary_key=True),  # order, tracking, invoice
    Column("object_id", ID, primary_key=True),
    Column("linked_at", Instant, nullable=False),
    Column("linked_by", String(100), nullable=False),  # agent id, or the part of Loket that acted
    Index("ix_conversation_links_object_id", "object_id"),
)

agreements = Table(
    "agreements",
    metadata,
    Column("id", ID, primary_key=True),
    Column("customer_id", ID, ForeignKey("customers.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # contract, sla, price, promise
    Column("title", Text, nullable=False),
    Column("terms", Text, nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_until", Instant),
    Column("due_at", Instant),
    Column("owner", String(100), nullable=False),
    Column("targets", Json),  # like `sla` of a row of the model; null: none
    Column("number", String(64)),
    # What can be counted or looked up in it, such as a serial number, and what hub/orders.py reads
    # of it; null: nothing
    Column("details", Json),
    # Of a promise that an agent made: where, who, and what became of it
    Column("conversation_id", ID),
    Column("agent_id", ID),
    Column("kept_at", Instant),
    Column("breached_at", Instant),
    Index("uq_agreements_number", "number", unique=True),
    where(
        "ix_agreements_running",
        "agent_id IS NOT NULL AND kept_at IS NULL AND breached_at IS NULL",
        "due_at",
    ),
)
