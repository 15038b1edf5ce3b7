"""What customers ordered, what is on its way to them, what they pay, and files of such things."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Sequence,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from hub.store.tables.base import ID, metadata, where
from hub.store.types import Counter, Instant, Json

order_numbers = Sequence("order_numbers", start=10001, metadata=metadata)

orders = Table(
    "orders",
    metadata,
    Column("id", ID, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("counted", Counter, unique=True),  # of a number that we gave; null: somebody else did
    Column("customer_id", ID, ForeignKey("customers.id"), nullable=False),
    Column("agreement_id", ID, ForeignKey("agreements.id")),
    Column("placed_at", Instant, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("state", String(16), nullable=False),  # OrderState
    Column("currency", String(3), nullable=False),
    Column("lines", Json, nullable=False),
    Column("total", Counter, nullable=False),  # in the smallest unit, like all amounts
    Column("reference", Text, nullable=False),  # the customer's own number for it
    Column("address", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("version", Integer, nullable=False),  # what compare-and-set compares
    Column("updated_at", Instant, nullable=False),
    Index("ix_orders_customer_id_placed_at", "customer_id", "placed_at"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", ID, primary_key=True),
    Column("partner", String(100), nullable=False),  # empty: not known yet who brings it
    Column("tracking", String(64), nullable=False),
    Column("order_id", ID, ForeignKey("orders.id"), index=True),  # null: none that we know
    Column("order_number", String(64), nullable=False),  # as the partner told it
    Column("customer_id", ID, ForeignKey("customers.id")),
    Column("state", String(16), nullable=False),
    Column("flags", Json, nullable=False),
    Column("expected_from", Instant),
    Column("expected_until", Instant),
    Column("delivered_at", Instant),
    Column("address", Text, nullable=False),
    Column("preferences", Json, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    UniqueConstraint("tracking", "partner"),
    Index("ix_deliveries_customer_id_created_at", "customer_id", "created_at"),
    Index("ix_deliveries_partner_delivered_at", "partner", "delivered_at"),
    where("ix_deliveries_parked", "order_id IS NULL AND order_number <> ''", "order_number"),
)

delivery_events = Table(
    "delivery_events",
    metadata,
    Column("id", ID, primary_key=True),
    Column("delivery_id", ID, ForeignKey("deliveries.id"), nullable=False),
    Column("dedupe_key", String(64), nullable=False, unique=True),  # of partner and external id
    Column("partner", String(100), nullable=False),
    Column("external_id", String(200), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("expected_from", Instant),
    Column("expected_until", Instant),
    Column("place", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("details", Json, nullable=False),
    Index("ix_delivery_events_delivery_id_occurred_at", "delivery_id", "occurred_at"),
    Index("ix_delivery_events_partner_id", "partner", "id"),
    Index("ix_delivery_events_partner_occurred_at", "partner", "occurred_at"),
)

invoices = Table(
    "invoices",
    metadata,
    Column("id", ID, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("customer_id", ID, ForeignKey("customers.id"), nullable=False, index=True),
    Column("order_id", ID, ForeignKey("orders.id"), index=True),
    Column("currency", String(3), nullable=False),
    Column("amount", Counter, nullable=False),
    Column("issued_on", Date),
    Column("due_on", Date),
    Column("paid_on", Date),
    Column("updated_at", Instant, nullable=False),
)

# A file that is being taken in, or was, row by row.
imports = Table(
    "imports",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("filename", Text, nullable=False),
    Column("sha256", String(64), nullable=False),  # of the file
    Column("dry_run", Boolean, nullable=False),
    Column("state", String(16), nullable=False),  # waiting, running, done, failed
    Column("done", Integer, nullable=False),  # rows that are behind us
    Column("accepted", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("problem", Text, nullable=False),  # the code of why it failed
    Column("started_by", String(100), nullable=False),  # agent id, or operator
    Column("started_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index("ix_imports_sha256", "sha256"),
)
