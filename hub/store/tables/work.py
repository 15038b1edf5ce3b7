"""Work: what waits for whom until when, what was found out and done, and how it came out."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from hub.store.tables.base import ID, metadata, where
from hub.store.types import Counter, Instant, Json

_LIVE_WAITS = "state = 'waiting' AND channel IN ('phone', 'chat')"

# Whose first response may still come too late.
_WATCHED = "state <> 'done' AND first_response_at IS NULL AND NOT overdue"

work_items = Table(
    "work_items",
    metadata,
    Column("id", ID, primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversations.id"), nullable=False),
    Column("customer_id", ID, ForeignKey("customers.id"), nullable=False),
    Column("role", String(100), nullable=False),
    Column("state", String(16), nullable=False),  # waiting, offered, assigned, snoozed, done
    Column("agent_id", ID, ForeignKey("agents.id")),  # who has it, or is asked, or snoozed it
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
    Column("decision", Json, nullable=False),  # read and written by decisions.py
    Column("created_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    # Assignment. The defaults serve the release before it, which does not write these.
    Column("rank", Counter, nullable=False, server_default="0"),  # the lowest is first: ranking.py
    Column("units", Integer, nullable=False, server_default="20"),  # of an agent's 100
    Column("backup_role", String(100), nullable=False, server_default=""),
    Column("skills", Json, nullable=False, server_default="{}"),
    Column("preferred_agent_id", ID),  # goes to them first, until then
    Column("preferred_until", Instant),
    Column("preferred_why", String(16), nullable=False, server_default=""),
    Column("snoozed_until", Instant),
    Column("look_again_at", Instant),  # nobody could take it; then that may have changed
    Column("callback_to", String(100), nullable=False, server_default=""),  # whom to call back
    Index("ix_work_items_role_state", "role", "state"),
    Index("ix_work_items_agent_id_state", "agent_id", "state"),
    where("ix_work_items_queue", "state = 'waiting'", "role", "rank", "id"),
    where("ix_work_items_backup", "state = 'waiting'", "backup_role", "rank", "id"),
    where("ix_work_items_live_queue", _LIVE_WAITS, "role", "rank", "id"),
    where("ix_work_items_live_backup", _LIVE_WAITS, "backup_role", "rank", "id"),
    where(
        "ix_work_items_preferred",
        "state = 'waiting' AND preferred_agent_id IS NOT NULL",
        "preferred_agent_id",
    ),
    where("ix_work_items_first", "rank < 0", "conversation_id"),
    where("ix_work_items_look_again", "state = 'waiting'", "look_again_at"),
    where("ix_work_items_snoozed", "state = 'snoozed'", "snoozed_until"),
    where(
        "ix_work_items_answered", "first_response_at IS NOT NULL", "channel", "first_response_at"
    ),
    where("ix_work_items_open_customer", "state <> 'done'", "customer_id"),
    where("ix_work_items_handled", "state = 'done'", "customer_id", "resolved_at"),
    where("ix_work_items_resolved", "state = 'done'", "resolved_at"),
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
    Column("id", ID, primary_key=True),
    Column("work_item_id", ID, ForeignKey("work_items.id"), nullable=False, index=True),
    Column("conversation_id", ID, ForeignKey("conversations.id"), nullable=False),
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
    Column("work_item_id", ID, ForeignKey("work_items.id"), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("value", Text, nullable=False),
    Column("agent_id", ID, ForeignKey("agents.id"), nullable=False),
    Column("at", Instant, nullable=False),
)

# The steps of the model that were done for a work item: `before.NAME`, `during.NAME`, `after.NAME`.
steps_done = Table(
    "steps_done",
    metadata,
    Column("work_item_id", ID, ForeignKey("work_items.id"), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("agent_id", ID, ForeignKey("agents.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("reason", Text, nullable=False),  # why it was not needed; empty: it was done
)

# What agents ask of other roles from a conversation, which is not resolved before it is done.
tasks = Table(
    "tasks",
    metadata,
    Column("id", ID, primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversations.id"), nullable=False, index=True),
    # in which it is done, as work of that role
    Column("own_id", ID, ForeignKey("conversations.id"), nullable=False, unique=True),
    Column("role", String(100), nullable=False),
    Column("what", Text, nullable=False),
    Column("by_agent_id", ID, ForeignKey("agents.id"), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("state", String(16), nullable=False),  # open, done, skipped
    Column("reason", Text, nullable=False),  # why it was not needed
    Column("ended_by", ID),
    Column("ended_at", Instant),
)

# What was decided about a contact that came when its conversation was open work already.
follow_ups = Table(
    "follow_ups",
    metadata,
    Column("interaction_id", ID, ForeignKey("interactions.id"), primary_key=True),
    Column("work_item_id", ID, ForeignKey("work_items.id"), nullable=False, index=True),
    Column("decision", Json, nullable=False),
)

# What was decided about a work item before another decision took its place.
former_decisions = Table(
    "former_decisions",
    metadata,
    Column("id", ID, primary_key=True),
    Column("work_item_id", ID, ForeignKey("work_items.id"), nullable=False, index=True),
    Column("until", Instant, nullable=False),
    Column("ended_by", String(16), nullable=False),  # follow_up, corrected, moved
    Column("decision", Json, nullable=False),
)

offers = Table(
    "offers",
    metadata,
    Column("id", ID, primary_key=True),
    Column("work_item_id", ID, ForeignKey("work_items.id"), nullable=False, index=True),
    Column("agent_id", ID, ForeignKey("agents.id"), nullable=False),
    # offered, accepted, declined, missed, withdrawn; returned: had it, and gave it away
    Column("state", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("offered_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    where("uq_offers_live", "state = 'offered'", "work_item_id", unique=True),
    where("ix_offers_expiring", "state = 'offered'", "expires_at"),
    Index("ix_offers_agent_id_offered_at", "agent_id", "offered_at"),
)

assignment_steps = Table(
    "assignment_steps",
    metadata,
    Column("id", ID, primary_key=True),
    Column("work_item_id", ID, ForeignKey("work_items.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("agent_id", ID),
    Column("details", Json, nullable=False),
    Index("ix_assignment_steps_work_item_id_id", "work_item_id", "id"),
)

# Finished work in narrow rows, for reports. Lengths of time are in seconds.
work_facts = Table(
    "work_facts",
    metadata,
    Column("work_item_id", ID, ForeignKey("work_items.id"), primary_key=True),
    Column("conversation_id", ID, nullable=False, index=True),
    Column("customer_id", ID, nullable=False),
    Column("role", String(100), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("topic", String(200), nullable=False),
    Column("target_group", String(100), nullable=False),
    Column("model_row", String(500), nullable=False),  # that made the role responsible
    Column("agent_id", ID),  # who had it in the end
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

# Supervisors who listen in on what an agent has in hand.
listen_ins = Table(
    "listen_ins",
    metadata,
    Column("work_item_id", ID, ForeignKey("work_items.id"), primary_key=True),
    Column("supervisor_id", ID, ForeignKey("agents.id"), primary_key=True),
    Column("agent_id", ID, ForeignKey("agents.id"), nullable=False),  # whose work it was then
    Column("since", Instant, nullable=False),
)

# What a supervisor thought of how a conversation was handled.
reviews = Table(
    "reviews",
    metadata,
    Column("id", ID, primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("agent_id", ID, ForeignKey("agents.id"), nullable=False),  # whose work it was
    Column("reviewer_id", ID, ForeignKey("agents.id"), nullable=False),
    Column("scores", Json, nullable=False),  # 1 to 5 by criterion
    Column("percent", Integer, nullable=False),  # what they come to
    Column("remark", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
)

ratings = Table(
    "ratings",
    metadata,
    Column("id", ID, primary_key=True),
    Column("conversation_id", ID, ForeignKey("conversations.id"), nullable=False, index=True),
    Column("channel", String(16), nullable=False),
    Column("score", Integer, nullable=False),  # 1 to 5
    Column("comment", Text, nullable=False),
    Column("at", Instant, nullable=False, index=True),
)

# Of which work its customer was asked what they think.
rating_requests = Table(
    "rating_requests",
    metadata,
    Column("work_item_id", ID, ForeignKey("work_items.id"), primary_key=True),
    Column("customer_id", ID, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Index("ix_rating_requests_customer_id_asked_at", "customer_id", "asked_at"),
)
