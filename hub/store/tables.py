"""Every table, once, for both databases. The migrations are held equal to this by a test."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from hub.store.types import Counter, Instant, Json

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_ID = String(36)


def _where(name: str, condition: str, *columns: str, unique: bool = False) -> Index:
    """An index of the rows for which this holds."""
    only = text(condition)
    return Index(name, *columns, unique=unique, sqlite_where=only, postgresql_where=only)


# PostgreSQL counts conversations and orders here; SQLite, with its one writer, takes the highest
# plus one.
conversation_numbers = Sequence("conversation_numbers", start=10001, metadata=metadata)
order_numbers = Sequence("order_numbers", start=10001, metadata=metadata)

customers = Table(
    "customers",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("kind", String(16), nullable=False),  # person, organisation, visitor
    Column("name", Text, nullable=False),
    Column("organisation_id", _ID, ForeignKey("customers.id"), index=True),
    Column("target_group", String(100), nullable=False, server_default=""),
    Column("language", String(8), nullable=False, server_default=""),
    Column("attributes", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("number", String(64)),  # of the customer, as the organisation counts them
    Index("uq_customers_number", "number", unique=True),
)

contact_points = Table(
    "contact_points",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("customer_id", _ID, ForeignKey("customers.id"), nullable=False, index=True),
    Column("key", String(550), nullable=False, unique=True),  # KIND:VALUE
    Column("kind", String(16), nullable=False),
    Column("value", String(512), nullable=False),
    Column("verified", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("number", Counter, nullable=False, unique=True),
    Column("customer_id", _ID, ForeignKey("customers.id"), nullable=False),
    Column("subject", Text, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("state", String(16), nullable=False),  # open, pending, resolved
    Column("linked_id", _ID, ForeignKey("conversations.id")),
    Column("handover_address", String(512), nullable=False, server_default=""),
    Column("interaction_count", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Index("ix_conversations_customer_id_last_at", "customer_id", "last_at"),
)

participants = Table(
    "participants",
    metadata,
    Column("conversation_id", _ID, ForeignKey("conversations.id"), primary_key=True),
    Column("key", String(550), primary_key=True),
)

interactions = Table(
    "interactions",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("conversation_id", _ID, ForeignKey("conversations.id"), nullable=False),
    Column("customer_id", _ID, ForeignKey("customers.id"), nullable=False),
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
    Column("agent_id", _ID, ForeignKey("agents.id")),
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
    Column("interaction_id", _ID, ForeignKey("interactions.id"), primary_key=True),
    Column("conversation_id", _ID, nullable=False, index=True),
    sqlite_with_rowid=False,
)

originals = Table(
    "originals",
    metadata,
    Column("interaction_id", _ID, ForeignKey("interactions.id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

thread_refs = Table(
    "thread_refs",
    metadata,
    Column("ref_hash", String(64), primary_key=True),
    Column("conversation_id", _ID, ForeignKey("conversations.id"), nullable=False, index=True),
    Column(
        "interaction_id", _ID, ForeignKey("interactions.id")
    ),  # null: a reference known by hearsay
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("interaction_id", _ID, ForeignKey("interactions.id"), nullable=False, index=True),
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
    Column("interaction_id", _ID, ForeignKey("interactions.id"), primary_key=True),
    Column("conversation_id", _ID, ForeignKey("conversations.id"), nullable=False, index=True),
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
    Column("trouble_event_id", _ID),  # says what went wrong; null: the router has handled it
    Column("bulk", Boolean, nullable=False, server_default=false()),  # answers go before it
    # Nobody was asked to send it: it waits for its time, and can be taken back until then
    Column("held", Boolean, nullable=False, server_default=false()),
    Index("ix_outbound_next_at", "next_at"),
    _where("ix_outbound_provider_id", HAS_PROVIDER_ID, "provider_id"),
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

# Who is, or was, at the other end of a chat.
chat_visits = Table(
    "chat_visits",
    metadata,
    Column("conversation_id", _ID, ForeignKey("conversations.id"), primary_key=True),
    Column("site", String(64), nullable=False),
    Column("visitor_id", String(64), nullable=False, index=True),
    Column("session_id", _ID, nullable=False),
    Column("identified", Boolean, nullable=False),  # the website vouches for who it is
    Column("page", Text, nullable=False),
    Column("page_title", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("seen_at", Instant, nullable=False),  # had a socket then
    Column("left_at", Instant),  # null: is here, unless seen_at is long ago
    Column("our_seen", Integer, nullable=False),  # up to where our side has read
)

ratings = Table(
    "ratings",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("conversation_id", _ID, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("score", Integer, nullable=False),  # 1 to 5
    Column("comment", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
)

# What came before we can use it: a report about a message whose id we do not know yet, a contact
# whose files must be fetched first.
parked = Table(
    "parked",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("key", String(320), nullable=False),  # by which it is found again
    Column("content", Json, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("due_at", Instant),  # when to try (again); null: it waits to be asked for
    Column("created_at", Instant, nullable=False, index=True),
    Index("ix_parked_kind_key", "kind", "key"),
    _where("ix_parked_kind_due_at", "due_at IS NOT NULL", "kind", "due_at"),
)

# What a customer said about being written to; the newest line for a purpose counts.
consents = Table(
    "consents",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("point", String(550), nullable=False),  # the key of the contact point
    Column("channel", String(16), nullable=False),
    Column("purpose", String(32), nullable=False),  # service, marketing
    Column("granted", Boolean, nullable=False),
    Column("source", String(32), nullable=False),  # keyword, agent, form, ...
    Column("words", Text, nullable=False),  # what the customer said, or was told
    Column("text_version", String(32), nullable=False),  # of what we told them
    Column("interaction_id", _ID, ForeignKey("interactions.id")),
    Column("agent_id", _ID, ForeignKey("agents.id")),
    Column("at", Instant, nullable=False),
    Index("ix_consents_point_channel_at", "point", "channel", "at"),
)

agreements = Table(
    "agreements",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("customer_id", _ID, ForeignKey("customers.id"), nullable=False, index=True),
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
    Column("conversation_id", _ID),
    Column("agent_id", _ID),
    Column("kept_at", Instant),
    Column("breached_at", Instant),
    Index("uq_agreements_number", "number", unique=True),
    _where(
        "ix_agreements_running",
        "agent_id IS NOT NULL AND kept_at IS NULL AND breached_at IS NULL",
        "due_at",
    ),
)

orders = Table(
    "orders",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("counted", Counter, unique=True),  # of a number that we gave; null: somebody else did
    Column("customer_id", _ID, ForeignKey("customers.id"), nullable=False),
    Column("agreement_id", _ID, ForeignKey("agreements.id")),
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
    Column("id", _ID, primary_key=True),
    Column("partner", String(100), nullable=False),  # empty: not known yet who brings it
    Column("tracking", String(64), nullable=False),
    Column("order_id", _ID, ForeignKey("orders.id"), index=True),  # null: none that we know
    Column("order_number", String(64), nullable=False),  # as the partner told it
    Column("customer_id", _ID, ForeignKey("customers.id")),
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
    _where("ix_deliveries_parked", "order_id IS NULL AND order_number <> ''", "order_number"),
)

delivery_events = Table(
    "delivery_events",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("delivery_id", _ID, ForeignKey("deliveries.id"), nullable=False),
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
)

invoices = Table(
    "invoices",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("number", String(64), nullable=False, unique=True),
    Column("customer_id", _ID, ForeignKey("customers.id"), nullable=False, index=True),
    Column("order_id", _ID, ForeignKey("orders.id"), index=True),
    Column("currency", String(3), nullable=False),
    Column("amount", Counter, nullable=False),
    Column("issued_on", Date),
    Column("due_on", Date),
    Column("paid_on", Date),
    Column("updated_at", Instant, nullable=False),
)

# What a conversation is about. Whose it is, is looked up when it is read: customers are joined.
conversation_links = Table(
    "conversation_links",
    metadata,
    Column("conversation_id", _ID, ForeignKey("conversations.id"), primary_key=True),
    Column("kind", String(16), primary_key=True),  # order, tracking, invoice
    Column("object_id", _ID, primary_key=True),
    Column("linked_at", Instant, nullable=False),
    Column("linked_by", String(100), nullable=False),  # agent id, or the part of Loket that acted
    Index("ix_conversation_links_object_id", "object_id"),
)

roles = Table(
    "roles",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("title", Text, nullable=False),
)

agents = Table(
    "agents",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("login", String(200), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("administrator", Boolean, nullable=False, server_default=false()),
    Column("picture", String(64), nullable=False, server_default=""),  # its blob, for customers
    Column("phone", String(100), nullable=False, server_default=""),  # rings when they take a call
    Column("created_at", Instant, nullable=False),
)

agent_roles = Table(
    "agent_roles",
    metadata,
    Column("agent_id", _ID, ForeignKey("agents.id"), primary_key=True),
    Column("role", String(100), ForeignKey("roles.name"), primary_key=True),
    Index("ix_agent_roles_role", "role"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("agent_id", _ID, ForeignKey("agents.id"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("key", String(64), primary_key=True),  # a digest: who types a login types anything
    Column("tries", Integer, nullable=False),  # 0: not a count but a mark
    Column("expires_at", Instant, nullable=False, index=True),
)

agent_skills = Table(
    "agent_skills",
    metadata,
    Column("agent_id", _ID, ForeignKey("agents.id"), primary_key=True),
    Column("skill", String(100), primary_key=True),
    Column("level", Integer, nullable=False),
)

presence = Table(
    "presence",
    metadata,
    Column("agent_id", _ID, ForeignKey("agents.id"), primary_key=True),
    Column("state", String(16), nullable=False),  # available, away, not_responding, off
    Column("reason", Text, nullable=False),
    Column("closed_channels", Json, nullable=False),
    Column("since", Instant, nullable=False),
    Column("idle_since", Instant, nullable=False),  # when work was last put in their hands
    Column("seen_at", Instant),  # when their console was last open; null: it never said so
    # What they have in hand, as in_hand.py counts it, to find who has room; not to decide by.
    Column("units_used", Integer, nullable=False, server_default="0"),
    Column("live_used", Integer, nullable=False, server_default="0"),
    Column("asked", Integer, nullable=False, server_default="0"),
    Index("ix_presence_state_idle_since", "state", "idle_since"),
    _where("ix_presence_room", "state = 'available' AND units_used < 100", "idle_since"),
    _where("ix_presence_live_room", "state = 'available' AND live_used < 100", "idle_since"),
)

_LIVE_WAITS = "state = 'waiting' AND channel IN ('phone', 'chat')"
# Whose first response may still come too late.
_WATCHED = "state <> 'done' AND first_response_at IS NULL AND NOT overdue"

work_items = Table(
    "work_items",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("conversation_id", _ID, ForeignKey("conversations.id"), nullable=False),
    Column("customer_id", _ID, ForeignKey("customers.id"), nullable=False),
    Column("role", String(100), nullable=False),
    Column("state", String(16), nullable=False),  # waiting, offered, assigned, snoozed, done
    Column("agent_id", _ID, ForeignKey("agents.id")),  # who has it, or is asked, or snoozed it
    Column(
        "epoch", Integer, nullable=False
    ),  # grows with every change: what compare-and-set compares
    Column("channel", String(16), nullable=False),
    Column("topic", String(200), nullable=False),
    Column("priority_minutes", Integer, nullable=False),
    Column("waiting_since", Instant, nullable=False),
    Column("first_response_due", Instant),
    Column("first_response_at", Instant),
    Column("overdue", Boolean, nullable=False),
    # What its open deadlines come to, so that a list need not read them:
    Column("answer_due", Instant),
    Column("answer_warn", Instant),
    Column("urgency_minutes", Integer, nullable=False, server_default="0"),
    Column("decision", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    # Assignment. The defaults serve the release before it, which does not write these.
    Column("rank", Counter, nullable=False, server_default="0"),  # the lowest is first: ranking.py
    Column("units", Integer, nullable=False, server_default="20"),  # of an agent's 100
    Column("backup_role", String(100), nullable=False, server_default=""),
    Column("skills", Json, nullable=False, server_default="{}"),
    Column("preferred_agent_id", _ID),  # goes to them first, until then
    Column("preferred_until", Instant),
    Column("preferred_why", String(16), nullable=False, server_default=""),
    Column("snoozed_until", Instant),
    Column("look_again_at", Instant),  # nobody could take it; then that may have changed
    Column("callback_to", String(100), nullable=False, server_default=""),  # whom to call back
    Index("ix_work_items_role_state", "role", "state"),
    Index("ix_work_items_agent_id_state", "agent_id", "state"),
    _where("ix_work_items_queue", "state = 'waiting'", "role", "rank", "id"),
    _where("ix_work_items_backup", "state = 'waiting'", "backup_role", "rank", "id"),
    _where("ix_work_items_live_queue", _LIVE_WAITS, "role", "rank", "id"),
    _where("ix_work_items_live_backup", _LIVE_WAITS, "backup_role", "rank", "id"),
    _where(
        "ix_work_items_preferred",
        "state = 'waiting' AND preferred_agent_id IS NOT NULL",
        "preferred_agent_id",
    ),
    _where("ix_work_items_look_again", "state = 'waiting'", "look_again_at"),
    _where("ix_work_items_snoozed", "state = 'snoozed'", "snoozed_until"),
    _where(
        "ix_work_items_answered", "first_response_at IS NOT NULL", "channel", "first_response_at"
    ),
    _where("ix_work_items_handled", "state = 'done'", "customer_id", "resolved_at"),
    _where("ix_work_items_resolved", "state = 'done'", "resolved_at"),
    Index(
        "uq_work_items_open",
        "conversation_id",
        unique=True,
        sqlite_where=text("state <> 'done'"),
        postgresql_where=text("state <> 'done'"),
    ),
    Index("ix_work_items_conversation_id_created_at", "conversation_id", "created_at"),
    Index(
        "ix_work_items_watched",
        "first_response_due",
        sqlite_where=text(_WATCHED),
        postgresql_where=text(_WATCHED),
    ),
)

# At most one clock of a kind runs for a work item.
_OPEN = "state <> 'met'"

deadlines = Table(
    "deadlines",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("work_item_id", _ID, ForeignKey("work_items.id"), nullable=False, index=True),
    Column("conversation_id", _ID, ForeignKey("conversations.id"), nullable=False),
    Column("promise", String(16), nullable=False),  # first_response, next_response, resolution
    Column("target", Integer, nullable=False),  # seconds
    Column("clock", String(16), nullable=False),  # business, calendar
    Column("source", Text, nullable=False),  # the agreement that promised it; empty: the model
    Column("state", String(16), nullable=False),  # running, paused, met
    Column("history", Json, nullable=False),  # what happened to the clock, and by which hours
    Column("due_at", Instant),  # null: not known now
    Column("warn_at", Instant),
    Column("next_at", Instant),  # when to look at it again; null: nothing to do
    Column("warned_at", Instant),
    Column("breached_at", Instant),
    Column("met_at", Instant),
    Column("created_at", Instant, nullable=False),
    Index(
        "ix_deadlines_next_at",
        "next_at",
        sqlite_where=text("next_at IS NOT NULL"),
        postgresql_where=text("next_at IS NOT NULL"),
    ),
    Index(
        "uq_deadlines_open",
        "work_item_id",
        "promise",
        unique=True,
        sqlite_where=text(_OPEN),
        postgresql_where=text(_OPEN),
    ),
)

# What an agent found out for the work: what its moment asks to know.
work_information = Table(
    "work_information",
    metadata,
    Column("work_item_id", _ID, ForeignKey("work_items.id"), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("value", Text, nullable=False),
    Column("agent_id", _ID, ForeignKey("agents.id"), nullable=False),
    Column("at", Instant, nullable=False),
)

# The steps of the model that were done for a work item: `before.NAME`, `during.NAME`, `after.NAME`.
steps_done = Table(
    "steps_done",
    metadata,
    Column("work_item_id", _ID, ForeignKey("work_items.id"), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("agent_id", _ID, ForeignKey("agents.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("reason", Text, nullable=False),  # why it was not needed; empty: it was done
)

# What was decided about a contact that came when its conversation was open work already.
follow_ups = Table(
    "follow_ups",
    metadata,
    Column("interaction_id", _ID, ForeignKey("interactions.id"), primary_key=True),
    Column("work_item_id", _ID, ForeignKey("work_items.id"), nullable=False, index=True),
    Column("decision", Json, nullable=False),
)

# Something that somebody found out about a customer, until somebody says whether it is kept.
customer_proposals = Table(
    "customer_proposals",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("customer_id", _ID, ForeignKey("customers.id"), nullable=False),
    Column("field", String(100), nullable=False),
    Column("value", Text, nullable=False),
    Column("proposed_by", String(100), nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("state", String(16), nullable=False),  # open, kept, dropped
    Column("decided_by", String(100), nullable=False),
    Column("decided_at", Instant),
    _where("uq_customer_proposals_open", "state = 'open'", "customer_id", "field", unique=True),
)

# A file that is being taken in, or was, row by row.
imports = Table(
    "imports",
    metadata,
    Column("id", _ID, primary_key=True),
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

offers = Table(
    "offers",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("work_item_id", _ID, ForeignKey("work_items.id"), nullable=False, index=True),
    Column("agent_id", _ID, ForeignKey("agents.id"), nullable=False),
    # offered, accepted, declined, missed, withdrawn; returned: had it, and gave it away
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("offered_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    _where("uq_offers_live", "state = 'offered'", "work_item_id", unique=True),
    _where("ix_offers_expiring", "state = 'offered'", "expires_at"),
    Index("ix_offers_agent_id_offered_at", "agent_id", "offered_at"),
)

assignment_steps = Table(
    "assignment_steps",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("work_item_id", _ID, ForeignKey("work_items.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("agent_id", _ID),
    Column("details", Json, nullable=False),
    Index("ix_assignment_steps_work_item_id_id", "work_item_id", "id"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("position", Counter, primary_key=True, autoincrement=True),
    Column("event_id", _ID, nullable=False, unique=True),
    Column("topic", String(100), nullable=False),
    Column("queue", String(200), nullable=False, server_default=""),  # set: to this queue alone
    Column("subject", _ID, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

processed_events = Table(
    "processed_events",
    metadata,
    Column("consumer", String(100), primary_key=True),
    Column("event_id", _ID, primary_key=True),
    Column("processed_at", Instant, nullable=False, index=True),
)

local_messages = Table(
    "local_messages",
    metadata,
    Column("position", Counter, primary_key=True, autoincrement=True),
    Column("queue", String(200), nullable=False),
    Column("event_id", _ID, nullable=False),
    Column("topic", String(100), nullable=False),
    Column("subject", _ID, nullable=False),
    Column("body", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant),  # set: a retry that waits
    Column("reason", Text, nullable=False),
    Index("ix_local_messages_queue_position", "queue", "position"),
    sqlite_autoincrement=True,
)

delivery_attempts = Table(
    "delivery_attempts",
    metadata,
    Column("queue", String(200), primary_key=True),
    Column("event_id", String(100), primary_key=True),
    Column("attempts", Integer, nullable=False),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    Column("id", _ID, primary_key=True),
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
    Column("id", _ID, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("actor", String(100), nullable=False),  # agent id, or the part of Loket that acted
    Column("action", String(100), nullable=False),
    Column("object", String(100), nullable=False),
    Column("details", Json, nullable=False),
    Index("ix_audit_log_object_at", "object", "at"),
)

mailbox_cursors = Table(
    "mailbox_cursors",
    metadata,
    Column("account", String(320), primary_key=True),
    Column("folder", String(200), primary_key=True),
    Column("uid_validity", Counter, nullable=False),
    Column("last_uid", Counter, nullable=False),
    Column("updated_at", Instant, nullable=False),
)

mailbox_messages = Table(
    "mailbox_messages",
    metadata,
    Column("account", String(320), primary_key=True),
    Column("folder", String(200), primary_key=True),
    Column("uid_validity", Counter, primary_key=True),
    Column("uid", Counter, primary_key=True),
    Column("outcome", String(16), nullable=False),  # accepted, duplicate
    Column("taken_at", Instant, nullable=False),
)

topic_corrections = Table(
    "topic_corrections",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("work_item_id", _ID, ForeignKey("work_items.id"), nullable=False, index=True),
    Column("agent_id", _ID, ForeignKey("agents.id"), nullable=False),
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
    Column("id", _ID, primary_key=True),
    Column("threshold", Float, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("set_by", String(100), nullable=False),
)

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

model_signatures = Table(
    "model_signatures",
    metadata,
    Column("id", _ID, primary_key=True),
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
    Column("id", _ID, primary_key=True),
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
    Column("id", _ID, nullable=False),  # of this run
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

# What partners posted, byte for byte: kept before they are answered, handled afterwards.
partner_posts = Table(
    "partner_posts",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("partner", String(100), nullable=False),
    Column("dedupe_key", String(64), nullable=False, unique=True),
    Column("sha256", String(64), nullable=False),  # of the body
    Column("format", String(16), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("events", Json, nullable=False),  # as they were read
    Column("complaints", Json, nullable=False),
    Column("received_at", Instant, nullable=False, index=True),
    Column("state", String(16), nullable=False),  # waiting, done
    Column("outcome", Json, nullable=False),  # what became of the events, once done
    _where("ix_partner_posts_waiting", "state = 'waiting'", "id"),
)

# One-time codes by which customers sign in to the portal; only digests of what they are.
portal_codes = Table(
    "portal_codes",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("address", String(512), nullable=False, index=True),
    Column("link_hash", String(64), nullable=False, unique=True),
    Column("code_hash", String(64), nullable=False),
    Column("browser_hash", String(64), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

portal_sessions = Table(
    "portal_sessions",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("customer_id", _ID, ForeignKey("customers.id"), nullable=False, index=True),
    Column("address", String(512), nullable=False),
    Column("browser", String(200), nullable=False),  # what it says it is
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

# The five-step sessions in which a model is made; a session in the store is a sign-in.
workshops = Table(
    "workshops",
    metadata,
    Column("id", _ID, primary_key=True),
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
    Column("id", _ID, primary_key=True),
    Column("workshop_id", _ID, ForeignKey("workshops.id"), nullable=False),
    Column("agent_id", _ID, ForeignKey("agents.id")),  # null: a guest
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
    Column("workshop_id", _ID, ForeignKey("workshops.id"), primary_key=True),
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
    Column("workshop_id", _ID, ForeignKey("workshops.id"), primary_key=True),
    Column("number", Counter, primary_key=True, autoincrement=False),
    Column("operation", String(64), nullable=False),  # made by who sends it: once is enough
    Column("at", Instant, nullable=False),
    Column("by", String(36), nullable=False),
    Column("undoes", Counter),  # the number of the change that this one takes back
    Column("writes", Json, nullable=False),  # card, field, value before, value
    UniqueConstraint("workshop_id", "operation"),
)

# What programs sign in with: of an agent, or of a customer.
api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("agent_id", _ID, ForeignKey("agents.id")),
    Column("customer_id", _ID, ForeignKey("customers.id"), index=True),
    Column("scopes", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(100), nullable=False),  # agent id, customer id, or operator
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    Column("used_at", Instant),
)

# What programs were answered to requests that must not be done twice.
api_requests = Table(
    "api_requests",
    metadata,
    Column("key", String(64), primary_key=True),  # of the token and what it called the request
    Column("claim", _ID, nullable=False),  # who does it
    Column("fingerprint", String(64), nullable=False),  # of what was asked
    Column("status", Integer, nullable=False),  # 0: it is being done
    Column("headers", Json, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", Instant, nullable=False, index=True),
)

# Addresses of other systems that are told of events.
webhooks = Table(
    "webhooks",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("url", Text, nullable=False),
    Column("topics", Json, nullable=False),  # none: all
    Column("description", Text, nullable=False),
    Column("secret", String(100), nullable=False),  # signs, so it is kept as it is
    Column("former_secret", String(100), nullable=False),  # signs too, until then
    Column("former_until", Instant),
    Column("state", String(16), nullable=False),  # active, paused, disabled
    Column("problem", Text, nullable=False),  # why it was disabled
    Column("failing_since", Instant),  # nobody there took anything since
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(100), nullable=False),
)

# What is sent to them, from before it is sent.
webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("webhook_id", _ID, ForeignKey("webhooks.id"), nullable=False),
    Column("event_id", _ID, nullable=False),
    Column("topic", String(100), nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(16), nullable=False),  # waiting, delivered, failed
    Column("attempts", Integer, nullable=False),
    Column("due_at", Instant),  # when to try (again); null: nothing to do
    Column("status", Integer, nullable=False),  # of the last answer; 0: none came
    Column("error", Text, nullable=False),
    Column("created_at", Instant, nullable=False, index=True),
    Column("done_at", Instant),
    UniqueConstraint("webhook_id", "event_id"),
    _where("ix_webhook_deliveries_waiting", "state = 'waiting'", "webhook_id", "due_at"),
)

# With what partners prove who they are, besides what the settings say.
partner_keys = Table(
    "partner_keys",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("partner", String(100), nullable=False),
    Column("kind", String(16), nullable=False),  # secret, api_key
    Column("secret", String(100), nullable=False),  # signs, so it is kept; of an API key, its hash
    Column("hint", String(8), nullable=False),  # how it ends
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("ends_at", Instant),  # it is good until then
)

# Phone calls of customers, from when they are kept until nothing is left to do for them.
calls = Table(
    "calls",
    metadata,
    Column("sid", String(64), primary_key=True),  # the provider's id of the customer's end
    Column("conversation_id", _ID, ForeignKey("conversations.id"), nullable=False),
    Column("account", String(100), nullable=False),  # which of our numbers was called, or calls
    Column("caller", String(100), nullable=False),  # empty: the number is withheld
    Column("language", String(8), nullable=False),
    Column("state", String(16), nullable=False),  # waiting, ringing, talking, ending, over
    Column("outcome", String(16), nullable=False),  # how it ended
    Column("turn", Integer, nullable=False),  # how often an agent was rung
    Column("agent_id", _ID, ForeignKey("agents.id")),
    Column("agent_sid", String(64), nullable=False),  # the agent's end; empty: not known
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("talking_at", Instant),
    # Calls that we make, and what an agent does in a call. The defaults serve the release before.
    Column("direction", String(16), nullable=False, server_default=""),  # empty: inbound
    Column("customer_sid", String(64), nullable=False, server_default=""),  # of a call we make
    Column("chosen", String(200), nullable=False, server_default=""),  # in the menu, in words
    Column("room", Integer, nullable=False, server_default="0"),  # the conference they belong in
    Column("seated", Integer, nullable=False, server_default="0"),  # the one that they are in
    Column("conference_sid", String(64), nullable=False, server_default=""),
    Column("sequence", Integer, nullable=False, server_default="0"),  # its last event
    Column("wants_hold", Boolean, nullable=False, server_default=false()),
    Column("on_hold", Boolean, nullable=False, server_default=false()),
    Column("wants_mute", Boolean, nullable=False, server_default=false()),
    Column("muted", Boolean, nullable=False, server_default=false()),
    Column("keys", String(64), nullable=False, server_default=""),  # to be pressed for the agent
    Column("put_through", String(100), nullable=False, server_default=""),  # to this number
    Column("other_state", String(16), nullable=False, server_default=""),  # who is consulted
    Column("other_to", String(100), nullable=False, server_default=""),
    Column("other_name", String(200), nullable=False, server_default=""),
    Column("other_agent_id", _ID),
    Column("other_sid", String(64), nullable=False, server_default=""),
    Column("consent", String(16), nullable=False, server_default=""),  # to recording
    Column("recording", String(16), nullable=False, server_default=""),
    Column("recording_entry", String(36), nullable=False, server_default=""),  # has the sound
    _where("ix_calls_open", "state <> 'over'", "created_at"),
    Index("ix_calls_conversation_id", "conversation_id", "created_at"),
)

# What agents are writing, and have not sent.
drafts = Table(
    "drafts",
    metadata,
    Column("conversation_id", _ID, ForeignKey("conversations.id"), primary_key=True),
    Column("agent_id", _ID, ForeignKey("agents.id"), primary_key=True),
    Column("fields", Json, nullable=False),  # of the form, by name
    Column("saved_at", Instant, nullable=False),
)

canned_replies = Table(
    "canned_replies",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("shortcut", String(40), nullable=False, unique=True),  # what is typed behind the slash
    Column("topic", String(200), nullable=False),  # of the model; empty: for every topic
    Column("title", Text, nullable=False),
    Column("texts", Json, nullable=False),  # by language
    Column("changed_at", Instant, nullable=False),
)

# What agents chose for themselves: a signature, views of their work.
agent_choices = Table(
    "agent_choices",
    metadata,
    Column("agent_id", _ID, ForeignKey("agents.id"), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("value", Json, nullable=False),
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

# What can be searched. Beside it, made by the migration: on SQLite the FTS5 tables `search_words`
# (by number) and `search_trigrams`, on PostgreSQL the column `words`.
search_documents = Table(
    "search_documents",
    metadata,
    Column("number", Counter, primary_key=True, autoincrement=True),  # the newest is the highest
    Column("kind", String(16), nullable=False),  # customer, message, file
    Column("ref_id", _ID, nullable=False),
    Column("conversation_id", _ID, nullable=False),  # empty for a customer
    Column("digest", String(64), nullable=False),  # of its words
    UniqueConstraint("ref_id", "kind", name="uq_search_documents_ref_id"),
    sqlite_autoincrement=True,  # the words of what is gone must not become those of another
)

search_progress = Table(
    "search_progress",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("reached", _ID, nullable=False),  # all ids up to this one are searchable
    Column("looked_at", Instant, nullable=False),
)

search_terms = Table("search_terms", metadata, Column("term", String(40), primary_key=True))
# Finished work in narrow rows, for reports. Lengths of time are in seconds.
work_facts = Table(
    "work_facts",
    metadata,
    Column("work_item_id", _ID, ForeignKey("work_items.id"), primary_key=True),
    Column("conversation_id", _ID, nullable=False, index=True),
    Column("customer_id", _ID, nullable=False),
    Column("role", String(100), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("topic", String(200), nullable=False),
    Column("target_group", String(100), nullable=False),
    Column("model_row", String(500), nullable=False),  # that made the role responsible
    Column("agent_id", _ID),  # who had it in the end
    Column("came_hour", Integer, nullable=False),  # hours since 1970 in UTC
    Column("came_at", Instant, nullable=False),
    Column("done_at", Instant, nullable=False, index=True),
    Column("first_seconds", Integer),  # until the first answer; null: none was given
    Column("next_seconds", Integer),  # the longest wait for a later answer; null: none was asked
    Column("resolution_seconds", Integer, nullable=False),
    Column("handling_seconds", Integer),  # in hand; null: nobody took it
    Column("units", Integer, nullable=False),  # of an agent's 100
    Column("transfers", Integer, nullable=False),
    Column("holders", Integer, nullable=False),  # how many agents had it
    Column("repeats", Integer, nullable=False),  # how often the customer came back about the same
    Column("promised", Integer, nullable=False),
    Column("kept", Integer, nullable=False),  # of those promises
    Column("first_in_time", Boolean),  # null: no first answer was promised
    Column("abandoned", Boolean, nullable=False),
    Column("rating", Integer),  # 1 to 5
    Index("ix_work_facts_came_hour", "came_hour"),
    Index("ix_work_facts_customer_id_done_at", "customer_id", "done_at"),
)

# Whether agents were there, change by change, for reports.
presence_changes = Table(
    "presence_changes",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("agent_id", _ID, ForeignKey("agents.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Index("ix_presence_changes_agent_id_at", "agent_id", "at"),
)

# What a supervisor thought of how a conversation was handled.
reviews = Table(
    "reviews",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("conversation_id", _ID, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("agent_id", _ID, ForeignKey("agents.id"), nullable=False),  # whose work it was
    Column("reviewer_id", _ID, ForeignKey("agents.id"), nullable=False),
    Column("scores", Json, nullable=False),  # 1 to 5 by criterion
    Column("percent", Integer, nullable=False),  # what they come to
    Column("remark", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
)

# Links by which people choose their own password.
invitations = Table(
    "invitations",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("agent_id", _ID, ForeignKey("agents.id"), nullable=False, index=True),
    Column("address", String(512), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("expires_at", Instant, nullable=False),
)

# What agents need besides a password.
second_factors = Table(
    "second_factors",
    metadata,
    Column("agent_id", _ID, ForeignKey("agents.id"), primary_key=True),
    Column("salt", String(64), nullable=False),  # the secret follows from it and our key
    Column("confirmed_at", Instant),  # null: the agent has not shown yet that it works
    Column("last_step", Counter, nullable=False),  # of the last code that was used
    Column("recovery", Json, nullable=False),  # digests of the spare codes
)

# Of which work its customer was asked what they think.
rating_requests = Table(
    "rating_requests",
    metadata,
    Column("work_item_id", _ID, ForeignKey("work_items.id"), primary_key=True),
    Column("customer_id", _ID, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Index("ix_rating_requests_customer_id_asked_at", "customer_id", "asked_at"),
)

# What agents ask colleagues at a conversation.
asked_colleagues = Table(
    "asked_colleagues",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("conversation_id", _ID, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # mention, approval
    Column("by_agent_id", _ID, ForeignKey("agents.id"), nullable=False),
    Column("to_agent_id", _ID),  # null: whoever holds the role
    Column("to_role", String(100), nullable=False),
    Column("what", Text, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("answer", String(16), nullable=False),  # empty, seen, yes, no
    Column("answered_by", _ID),
    Column("answered_at", Instant),
    Column("is_over", Boolean, nullable=False),  # nobody need look at it any more
    _where("ix_asked_colleagues_open", "NOT is_over", "asked_at"),
)
