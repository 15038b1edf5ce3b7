"""Business rules, and what became of what they proposed."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from hub.store.tables.base import ID, metadata
from hub.store.types import Instant, Json

business_rules = Table(
    "business_rules",
    metadata,
    Column("id", ID, primary_key=True),
    Column("version", Integer, nullable=False),  # what compare-and-set compares
    Column("definition", Json, nullable=False),  # as hub/rules/rule.py has it
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String(100), nullable=False),  # agent id, or the part of Loket that acted
    Column("removed_at", Instant),  # its figures stay
)

# What a rule proposed to who held the work, and what they did with it.
rule_proposals = Table(
    "rule_proposals",
    metadata,
    Column("id", ID, primary_key=True),
    Column("rule_id", ID, ForeignKey("business_rules.id"), nullable=False),
    Column("work_item_id", ID, ForeignKey("work_items.id"), nullable=False, index=True),
    Column("rule_version", Integer, nullable=False),
    Column("action", String(16), nullable=False),  # its kind
    Column("reasons", Json, nullable=False),  # why, as it was found when it was shown first
    Column("shown_at", Instant, nullable=False),
    Column("shown_to", ID, ForeignKey("agents.id"), nullable=False),
    Column("taken_at", Instant),  # the door was opened with it; whether it was done shows there
    Column("taken_by", ID, ForeignKey("agents.id")),
    Column("aside_at", Instant),
    Column("aside_by", ID, ForeignKey("agents.id")),
    Column("aside_reason", Text, nullable=False),
    UniqueConstraint("rule_id", "work_item_id"),
)

# What we sent of our own accord, or did not because of a contact arrangement.
outreaches = Table(
    "outreaches",
    metadata,
    Column("id", ID, primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # parcel, rating
    Column("channel", String(16), nullable=False),  # empty: none was allowed
    Column("state", String(16), nullable=False),  # sent, withheld
    Column("why", String(16), nullable=False),  # channel, often
    Column("arrangement", String(100), nullable=False),  # the group whose it was
    Column("at", Instant, nullable=False, index=True),
)
