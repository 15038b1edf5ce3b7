"""What rules proposed in the past month of the demo, and what its agents made of it.

The rules of the store are asked about the work as it stood when an agent took it, as they are asked
when a conversation is opened; written as rows in the past, as that work is.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Connection, select

from config.demo.history import id_at
from hub.rules.actions import Promised
from hub.rules.proposing import Known, Proposal, propose
from hub.store import business_rules, proposed, rule_facts, steps, work_items
from hub.store.inserting import insert_all
from hub.store.tables import agents, agreements, assignment_steps, rule_proposals
from hub.store.work_items import WorkItem

_DECIDED_AFTER = timedelta(seconds=40)
_FATES = {"taken": 6, "aside": 2, "left": 2}
"""How often each becomes of a proposal, of ten."""
_WHY_NOT = {"does_not_fit": 3, "done_already": 2, "not_wanted": 1, "not_now": 2}
"""Why one is put aside, and how often, of eight."""
_KEPT_AFTER = timedelta(minutes=75)
_BEFORE = 17
"""The hour of the day before which it was promised."""
_NOTHING = {"taken_at": None, "taken_by": None, "aside_at": None, "aside_by": None}


@dataclass(frozen=True)
class _Taking:
    agent_id: str
    at: datetime


def add(connection: Connection, zone: tzinfo) -> None:
    """Of all work that somebody took, once the rules are there."""
    chance = random.Random(1)  # noqa: S311 (nothing is secret here)
    takings = _takings(connection)
    rules = business_rules.all_of(connection)
    items = work_items.by_ids(connection, takings)
    needs = {fact for one in rules for fact in one.rule.needs}
    facts = rule_facts.read(connection, items, lambda item: takings[item.id].at, needs, zone)
    rows = [
        row
        for item in items
        for row in _rows(item.id, propose(rules, facts[item.id]), takings[item.id], chance)
    ]
    insert_all(connection, rule_proposals, rows)
    insert_all(connection, agreements, _promises(connection, rules, rows, items, zone))


def _promises(
    connection: Connection,
    rules: Sequence[Known],
    rows: Sequence[Mapping[str, Any]],
    items: Sequence[WorkItem],
    zone: tzinfo,
) -> list[dict[str, Any]]:
    """What was promised where that was proposed and taken up."""
    actions = {one.id: one.rule.action for one in rules}
    people = {row.id: row for row in connection.execute(select(agents))}
    work = {item.id: item for item in items}
    return [
        _promise(row, action, work[row["work_item_id"]], people[row["taken_by"]], zone)
        for row in rows
        if row["taken_at"] and isinstance(action := actions[row["rule_id"]], Promised)
    ]


def _takings(connection: Connection) -> dict[str, _Taking]:
    columns = assignment_steps.c
    taken = select(columns.work_item_id, columns.agent_id, columns.at)
    rows = connection.execute(taken.where(columns.kind == steps.TAKEN).order_by(columns.at))
    return {row.work_item_id: _Taking(row.agent_id, row.at) for row in rows}


def _rows(
    item_id: str, proposals: list[Proposal], taking: _Taking, chance: random.Random
) -> Iterator[dict[str, Any]]:
    """The best is on the screen; once it is put aside, the next."""
    agent_id, at = taking.agent_id, taking.at
    for proposal in proposals:
        [fate] = chance.choices(list(_FATES), list(_FATES.values()))
        row = {"id": id_at(at)} | proposed.shown(item_id, proposal, agent_id, at) | _NOTHING
        at += _DECIDED_AFTER
        if fate == "aside":
            [why] = chance.choices(list(_WHY_NOT), list(_WHY_NOT.values()))
            yield row | proposed.aside(agent_id, at, why)
            continue
        yield row | (proposed.taken(agent_id, at) if fate == "taken" else {})
        return


def _promise(
    row: Mapping[str, Any], action: Promised, item: WorkItem, agent: Any, zone: tzinfo
) -> dict[str, Any]:
    """The agent kept it."""
    made = row["taken_at"] + _DECIDED_AFTER
    kept = made + _KEPT_AFTER
    due = kept.astimezone(zone).replace(hour=_BEFORE, minute=0, second=0, microsecond=0)
    return {
        "id": id_at(made),
        "customer_id": item.customer_id,
        "kind": "promise",
        "title": action.text.in_language(agent.language),
        "terms": "",
        "valid_from": made,
        "valid_until": kept,
        "due_at": max(due.astimezone(UTC), kept),
        "owner": agent.name,
        "conversation_id": item.conversation_id,
        "agent_id": agent.id,
        "kept_at": kept,
    }
