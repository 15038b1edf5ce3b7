"""Business rules as administrators keep them: each change is a version, which the audit log has."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Connection, Row, func, insert, select, update

from hub import clock
from hub.errors import Rejected
from hub.rules.proposing import Known
from hub.rules.rule import BadRule, Rule, read_rule
from hub.store import audit
from hub.store.among import among
from hub.store.tables import agents, audit_log, business_rules

MOST = 200
_VERSIONS = 50
KEPT, REMOVED = "rule.kept", "rule.removed"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Version:
    """`rule`: None for one that this release cannot read."""

    number: int
    at: datetime
    by: str
    rule: Rule | None


def all_of(connection: Connection) -> list[Known]:
    """Those that were not removed, the highest priority first."""
    rows = connection.execute(_STANDING)
    found = [known for row in rows if (known := _known(row)) is not None]
    return sorted(found, key=lambda one: (-one.rule.priority, one.id))


def find(connection: Connection, rule_id: str) -> Known | None:
    """Also one that was removed."""
    this = business_rules.c.id == rule_id
    row = connection.execute(select(business_rules).where(this)).one_or_none()
    return None if row is None else _known(row)


def titles(connection: Connection, ids: Collection[str], language: str) -> dict[str, str]:
    """Of those among the ids that are rules; removed ones as well."""
    rows = connection.execute(select(business_rules).where(among(business_rules.c.id, ids)))
    known = [one for row in rows if (one := _known(row)) is not None]
    return {one.id: one.rule.title.in_language(language) for one in known}


def is_removed(connection: Connection, rule_id: str) -> bool:
    gone = (business_rules.c.id == rule_id) & business_rules.c.removed_at.is_not(None)
    return connection.execute(select(business_rules.c.id).where(gone)).first() is not None


def add(connection: Connection, rule: Rule, *, by: str) -> str:
    """A new one; gives its id. Raises Rejected when there are too many."""
    running = business_rules.c.removed_at.is_(None)
    there = select(func.count()).select_from(business_rules).where(running)
    if connection.execute(there).scalar_one() >= MOST:
        raise Rejected("many_rules", "There are too many rules. Remove one first.", status=409)
    rule_id = clock.new_id()
    definition = rule.model_dump(mode="json")
    row = {"id": rule_id, "version": 1, **_written(definition, by)}
    connection.execute(insert(business_rules), [row])
    _note(connection, by, KEPT, rule_id, version=1, now=definition)
    return rule_id


def change(connection: Connection, rule_id: str, version: int, rule: Rule, *, by: str) -> None:
    """Write it anew over this version. Raises Rejected when it is gone, or changed since."""
    before = find(connection, rule_id)
    definition = rule.model_dump(mode="json")
    changed = connection.execute(
        update(business_rules)
        .where(
            business_rules.c.id == rule_id,
            business_rules.c.version == version,
            business_rules.c.removed_at.is_(None),
        )
        .values(version=version + 1, **_written(definition, by))
    )
    if not changed.rowcount:
        raise Rejected(
            "rule_changed", "Somebody changed or removed this rule. Open it again.", status=409
        )
    former = before.rule.model_dump(mode="json") if before else {}
    _note(connection, by, KEPT, rule_id, version=version + 1, before=former, now=definition)


def remove(connection: Connection, rule_id: str, *, by: str) -> None:
    """It proposes nothing any more; what it did stays to be looked at."""
    running = (business_rules.c.id == rule_id) & business_rules.c.removed_at.is_(None)
    if connection.execute(
        update(business_rules).where(running).values(removed_at=clock.now())
    ).rowcount:
        _note(connection, by, REMOVED, rule_id)


def versions(connection: Connection, rule_id: str) -> Sequence[Version]:
    """The newest first, as far back as the audit log goes."""
    columns = audit_log.c
    rows = connection.execute(
        select(columns.at, columns.actor, columns.details, agents.c.name)
        .outerjoin(agents, agents.c.id == columns.actor)
        .where(columns.object == rule_id, columns.action == KEPT)
        .order_by(columns.id.desc())
        .limit(_VERSIONS)
    )
    return [
        Version(row.details["version"], row.at, row.name or row.actor, _read(row.details["now"]))
        for row in rows
    ]


def _written(definition: dict[str, Any], by: str) -> dict[str, Any]:
    return {"definition": definition, "changed_at": clock.now(), "changed_by": by}


def _note(connection: Connection, by: str, action: str, rule_id: str, **details: Any) -> None:
    audit.record(connection, actor=by, action=action, about=rule_id, details=details)


def _known(row: Row[Any]) -> Known | None:
    rule = _read(row.definition)
    if rule is None:
        log.warning("rule.unreadable", rule_id=row.id)
        return None
    return Known(row.id, row.version, rule)


def _read(definition: dict[str, Any]) -> Rule | None:
    try:
        return read_rule(definition)
    except BadRule:
        return None


# Made once: making it takes longer than running it.
_STANDING = select(business_rules).where(business_rules.c.removed_at.is_(None)).limit(MOST)
