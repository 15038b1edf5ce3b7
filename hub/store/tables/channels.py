"""What connectors keep of their other sides: mailboxes, chats, calls, partners, webhooks."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from hub.store.tables.base import ID, metadata, where
from hub.store.types import Counter, Instant, Json

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

# Who is, or was, at the other end of a chat.
chat_visits = Table(
    "chat_visits",
    metadata,
    Column("conversation_id", ID, ForeignKey("conversations.id"), primary_key=True),
    Column("site", String(64), nullable=False),
    Column("visitor_id", String(64), nullable=False, index=True),
    Column("session_id", ID, nullable=False),
    Column("identified", Boolean, nullable=False),  # the website vouches for who it is
    Column("page", Text, nullable=False),
    Column("page_title", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("seen_at", Instant, nullable=False),  # had a socket then
    Column("left_at", Instant),  # null: is here, unless seen_at is long ago
    Column("our_seen", Integer, nullable=False),  # up to where our side has read
)

# Phone calls of customers, from when they are kept until nothing is left to do for them.
calls = Table(
    "calls",
    metadata,
    Column("sid", String(64), primary_key=True),  # the provider's id of the customer's end
    Column("conversation_id", ID, ForeignKey("conversations.id"), nullable=False),
    Column("account", String(100), nullable=False),  # which of our numbers was called, or calls
    Column("caller", String(100), nullable=False),  # empty: the number is withheld
    Column("language", String(8), nullable=False),
    Column("state", String(16), nullable=False),  # see hub/store/calls.py
    Column("outcome", String(16), nullable=False),  # how it ended
    Column("turn", Integer, nullable=False),  # how often an agent was rung
    Column("agent_id", ID, ForeignKey("agents.id")),
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
    Column("other_agent_id", ID),
    Column("other_sid", String(64), nullable=False, server_default=""),
    Column("consent", String(16), nullable=False, server_default=""),  # to recording
    Column("recording", String(16), nullable=False, server_default=""),
    Column("recording_entry", String(36), nullable=False, server_default=""),  # has the sound
    where("ix_calls_open", "state <> 'over'", "created_at"),
    Index("ix_calls_conversation_id", "conversation_id", "created_at"),
)

# What partners posted, byte for byte: kept before they are answered, handled afterwards.
partner_posts = Table(
    "partner_posts",
    metadata,
    Column("id", ID, primary_key=True),
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
    where("ix_partner_posts_waiting", "state = 'waiting'", "id"),
)

# With what partners prove who they are, besides what the settings say.
partner_keys = Table(
    "partner_keys",
    metadata,
    Column("id", ID, primary_key=True),
    Column("partner", String(100), nullable=False),
    Column("kind", String(16), nullable=False),  # secret, api_key
    Column("secret", String(100), nullable=False),  # signs, so it is kept; of an API key, its hash
    Column("hint", String(8), nullable=False),  # how it ends
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("ends_at", Instant),  # it is good until then
)

# One-time codes by which customers sign in to the portal; only digests of what they are.
portal_codes = Table(
    "portal_codes",
    metadata,
    Column("id", ID, primary_key=True),
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
    Column("id", ID, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("customer_id", ID, ForeignKey("customers.id"), nullable=False, index=True),
    Column("address", String(512), nullable=False),
    Column("browser", String(200), nullable=False),  # what it says it is
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

# What contacts of an organisation may do for it in the portal, where somebody said so.
portal_rights = Table(
    "portal_rights",
    metadata,
    Column("customer_id", ID, ForeignKey("customers.id"), primary_key=True),
    Column("organisation_id", ID, ForeignKey("customers.id"), nullable=False, index=True),
    Column("rights", Json, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("set_by", String(100), nullable=False),  # agent id or customer id
)

portal_invitations = Table(
    "portal_invitations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("organisation_id", ID, ForeignKey("customers.id"), nullable=False, index=True),
    Column("address", String(512), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("rights", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("expires_at", Instant, nullable=False),
)

# Addresses of other systems that are told of events.
webhooks = Table(
    "webhooks",
    metadata,
    Column("id", ID, primary_key=True),
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
    Column("id", ID, primary_key=True),
    Column("webhook_id", ID, ForeignKey("webhooks.id"), nullable=False),
    Column("event_id", ID, nullable=False),
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
    where("ix_webhook_deliveries_waiting", "state = 'waiting'", "webhook_id", "due_at"),
)

# What administrators added in the console, beside the accounts of the settings.
added_mailboxes = Table(
    "added_mailboxes",
    metadata,
    Column("address", String(320), primary_key=True),
    Column("account", Json, nullable=False),  # as settings are written, without secrets
    Column("sealed", Text, nullable=False),  # its secrets, encrypted
    Column("added_at", Instant, nullable=False),
    Column("added_by", String(100), nullable=False),
)
