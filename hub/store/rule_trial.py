"""On which of the latest work a rule would have proposed something, as things stood then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import Connection, select

from hub import clock
from hub.rules.conditions import Reason
from hub.rules.proposing import holds
from hub.rules.rule import Rule
from hub.store import rule_facts, tasks, timeline, work_items
from hub.store.agents import Agent
from hub.store.tables import work_items as items_table
from hub.store.work_items import WorkItem

LOOKED_AT = 100


@dataclass(frozen=True)
class Hit:
    """`may_open`: the agent who tries it may read the conversation."""

    item: WorkItem
    at: datetime
    reasons: tuple[Reason, ...]
    may_open: bool


@dataclass(frozen=True)
class Trial:
    hits: Sequence[Hit]
    looked_at: int


def try_on_the_last(connection: Connection, rule: Rule, agent: Agent, zone: tzinfo) -> Trial:
    """Each as it stood when somebody first answered; what nobody answered, as it ended or is now.
    Whether the rule is in force does not matter."""
    columns, now = items_table.c, clock.now()
    rows = connection.execute(
        select(columns.id, columns.first_response_at, columns.resolved_at)
        .where(~tasks.is_own(columns.conversation_id))
        .order_by(columns.id.desc())
        .limit(LOOKED_AT)
    ).all()
    moments = {row.id: row.first_response_at or row.resolved_at or now for row in rows}
    items = work_items.by_ids(connection, list(moments))
    facts = rule_facts.read(connection, items, lambda item: moments[item.id], rule.needs, zone)
    found = [
        (item, reasons) for item in items if (reasons := holds(rule, facts[item.id])) is not None
    ]
    seen = {item.conversation_id for item, _ in found}
    readable = timeline.visible(connection, seen, agent) if seen else set()
    hits = [
        Hit(item, moments[item.id], reasons, item.conversation_id in readable)
        for item, reasons in found
    ]
    return Trial(sorted(hits, key=lambda hit: hit.at, reverse=True), len(items))
