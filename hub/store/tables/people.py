"""Who works here: roles, agents, how they sign in, whether they are there."""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
)

from hub.store.tables.base import ID, metadata, where
from hub.store.types import Counter, Instant, Json

roles = Table(
    "roles",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("title", Text, nullable=False),
)

agents = Table(
    "agents",
    metadata,
    Column("id", ID, primary_key=True),
    Column("login", String(200), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("administrator", Boolean, nullable=False, server_default=false()),
    Column("picture", String(64), nullable=False, server_default=""),  # its blob, for customers
    Column("phone", String(100), nullable=False, server_default=""),  # rings when they take a call
    Column("created_at", Instant, nullable=False),
    Column("capacity", Integer, nullable=False, server_default="100"),  # units of work in hand
)

agent_roles = Table(
    "agent_roles",
    metadata,
    Column("agent_id", ID, ForeignKey("agents.id"), primary_key=True),
    Column("role", String(100), ForeignKey("roles.name"), primary_key=True),
    Index("ix_agent_roles_role", "role"),
)

agent_skills = Table(
    "agent_skills",
    metadata,
    Column("agent_id", ID, ForeignKey("agents.id"), primary_key=True),
    Column("skill", String(100), primary_key=True),
    Column("level", Integer, nullable=False),
)

presence = Table(
    "presence",
    metadata,
    Column("agent_id", ID, ForeignKey("agents.id"), primary_key=True),
    # available, wrapping, away, not_responding, off
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("closed_channels", Json, nullable=False),
    Column("since", Instant, nullable=False),
    Column("idle_since", Instant, nullable=False),  # when work was last put in their hands
    Column("seen_at", Instant),  # when their console was last open; null: it never said so
    Column("until_at", Instant),  # when wrapping ends by itself
    Column("wrapping_id", ID),  # the work that is wrapped up
    # What they have in hand, as in_hand.py counts it, to find who has room; not to decide by. What
    # they can have less than others counts as had, what more as had less: 100 is full for all.
    Column("units_used", Integer, nullable=False, server_default="0"),
    Column("live_used", Integer, nullable=False, server_default="0"),
    Column("asked", Integer, nullable=False, server_default="0"),
    Index("ix_presence_state_idle_since", "state", "idle_since"),
    where("ix_presence_room", "state = 'available' AND units_used < 100", "idle_since"),
    where("ix_presence_wrapping", "state = 'wrapping'", "until_at"),
    where("ix_presence_live_room", "state = 'available' AND live_used < 100", "idle_since"),
)

# Whether agents were there, change by change, for reports.
presence_changes = Table(
    "presence_changes",
    metadata,
    Column("id", ID, primary_key=True),
    Column("agent_id", ID, ForeignKey("agents.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("there_seconds", Float),  # for so long they had been there before, in all
    Index("ix_presence_changes_agent_id_at", "agent_id", "at"),
)

# What agents chose for themselves: a signature, views of their work.
agent_choices = Table(
    "agent_choices",
    metadata,
    Column("agent_id", ID, ForeignKey("agents.id"), primary_key=True),
    Column("name", String(40), primary_key=True),
    Column("value", Json, nullable=False),
)

# What somebody wants to see of the work, under a name.
saved_views = Table(
    "saved_views",
    metadata,
    Column("id", ID, primary_key=True),
    Column("agent_id", ID, ForeignKey("agents.id"), nullable=False, index=True),
    Column("name", String(60), nullable=False),
    Column("role", String(100), nullable=False, index=True),  # with whom it is shared; empty: own
    Column("wanted", Json, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("agent_id", ID, ForeignKey("agents.id"), nullable=False, index=True),
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

# Links by which people choose their own password.
invitations = Table(
    "invitations",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("agent_id", ID, ForeignKey("agents.id"), nullable=False, index=True),
    Column("address", String(512), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("expires_at", Instant, nullable=False),
)

# What agents need besides a password.
second_factors = Table(
    "second_factors",
    metadata,
    Column("agent_id", ID, ForeignKey("agents.id"), primary_key=True),
    Column("salt", String(64), nullable=False),  # the secret follows from it and our key
    Column("confirmed_at", Instant),  # null: the agent has not shown yet that it works
    Column("last_step", Counter, nullable=False),  # of the last code that was used
    Column("recovery", Json, nullable=False),  # digests of the spare codes
)

# What programs sign in with: of an agent, or of a customer.
api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", ID, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("agent_id", ID, ForeignKey("agents.id")),
    Column("customer_id", ID, ForeignKey("customers.id"), index=True),
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
    Column("claim", ID, nullable=False),  # who does it
    Column("fingerprint", String(64), nullable=False),  # of what was asked
    Column("status", Integer, nullable=False),  # 0: it is being done
    Column("headers", Json, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_at", Instant, nullable=False, index=True),
)

# Who agents are at the identity provider.
agent_identities = Table(
    "agent_identities",
    metadata,
    Column("agent_id", ID, ForeignKey("agents.id"), primary_key=True),
    Column("address", String(512), unique=True),  # named by an administrator; null: the login
    Column("issuer", String(512)),  # null: has not signed in there yet
    Column("subject", String(255)),
    Column("linked_at", Instant),
    Index("ix_agent_identities_subject", "issuer", "subject", unique=True),
)
