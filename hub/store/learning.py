"""What is learned from contacts: those with a known topic, what came of it, and the threshold.

A topic is known where an agent corrected it, and where the work was resolved with it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, exists, func, insert, or_, select

from hub import clock
from hub.interaction import Automatic, Channel, Direction
from hub.store import audit
from hub.store.tables import (
    calls,
    interactions,
    learned_topics,
    topic_corrections,
    topic_thresholds,
    work_items,
)

TEXT_READ = 2_000
MOST_EXAMPLES = 20_000
_KEPT_VERSIONS = 5
_UNKNOWN = "any"

_columns = topic_corrections.c
_earliest = (
    select(
        _columns.work_item_id, func.min(_columns.id).label("id"), func.max(_columns.at).label("at")
    )
    .group_by(_columns.work_item_id)
    .subquery("earliest")
)
_FIRST = (
    select(_columns.work_item_id, _columns.former, _earliest.c.at)
    .join(_earliest, _earliest.c.id == _columns.id)
    .subquery("first_correction")
)


_IS_CALL = (interactions.c.channel == Channel.PHONE.value) & exists().where(
    calls.c.sid == interactions.c.external_id
)
"""What such a contact says are our own words: the topic that its caller chose in the menu."""


@dataclass(frozen=True)
class Known:
    """`former` is the topic that was corrected; None where nobody did."""

    topic: str
    subject: str
    text: str
    former: str | None


@dataclass(frozen=True)
class Version:
    """What was learned at a time, without its content; `report` says how good it is."""

    version: int
    trained_at: datetime
    trained_by: str
    examples: int
    report: dict[str, Any]


def known(connection: Connection, *, limit: int = MOST_EXAMPLES) -> list[Known]:
    """The newest contacts of which the topic is known, one of each conversation: its first."""
    columns = interactions.c
    rows = connection.execute(
        _known_items()
        .add_columns(columns.subject, func.substr(columns.text, 1, TEXT_READ).label("text"))
        .order_by(work_items.c.id.desc())
        .limit(limit)
    )
    return [Known(row.topic, row.subject, row.text, _former(row)) for row in rows]


def are_new(connection: Connection, wanted: int, since: datetime) -> bool:
    """Whether so many topics became known since then."""
    new = or_(work_items.c.resolved_at > since, _FIRST.c.at > since)
    # Not counted: of a year's work that would take a second.
    last = _known_items().where(new).offset(wanted - 1).limit(1)
    return connection.execute(last).first() is not None


def _known_items() -> Select[Any]:
    """The first work item of each conversation is about what its first contact says."""
    earlier = work_items.alias("earlier")
    is_first = (
        ~select(earlier.c.id)
        .where(
            earlier.c.conversation_id == work_items.c.conversation_id,
            earlier.c.id < work_items.c.id,
        )
        .exists()
    )
    columns = interactions.c
    return (
        select(work_items.c.topic, _FIRST.c.former)
        .join(
            interactions,
            (columns.conversation_id == work_items.c.conversation_id) & (columns.sequence == 1),
        )
        .outerjoin(_FIRST, _FIRST.c.work_item_id == work_items.c.id)
        .where(
            is_first,
            work_items.c.topic != _UNKNOWN,
            or_(work_items.c.state == "done", _FIRST.c.work_item_id.is_not(None)),
            columns.direction == Direction.INBOUND,
            columns.automatic == Automatic.NO,
            ~_IS_CALL,
        )
    )


def _former(row: Any) -> str | None:
    """Somebody who corrects their own correction back corrects nothing."""
    return row.former if row.former != row.topic else None


def keep(
    connection: Connection, *, content: bytes, report: dict[str, Any], examples: int, by: str
) -> int:
    """Store what was learned; gives its version. Of older ones a few stay."""
    version: int = (
        connection.execute(select(func.max(learned_topics.c.version))).scalar_one() or 0
    ) + 1
    row = {
        "version": version,
        "trained_at": clock.now(),
        "trained_by": by,
        "examples": examples,
        "report": report,
        "content": content,
    }
    connection.execute(insert(learned_topics), [row])
    old = learned_topics.c.version <= version - _KEPT_VERSIONS
    connection.execute(learned_topics.delete().where(old))
    details = {"examples": examples, "accuracy": report.get("accuracy")}
    audit.record(connection, actor=by, action="topics.trained", about=str(version), details=details)
    return version


def newest(connection: Connection) -> Version | None:
    columns = learned_topics.c
    row = connection.execute(
        select(
            columns.version,
            columns.trained_at,
            columns.trained_by,
            columns.examples,
            columns.report,
        )
        .order_by(columns.version.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Version(*row)


def newest_version(connection: Connection) -> int:
    """0 when nothing was learned yet."""
    return connection.execute(select(func.max(learned_topics.c.version))).scalar_one() or 0


def content(connection: Connection, version: int) -> bytes | None:
    found: bytes | None = connection.execute(
        select(learned_topics.c.content).where(learned_topics.c.version == version)
    ).scalar_one_or_none()
    return found


def threshold(connection: Connection) -> float | None:
    """What an administrator set; None when nobody did."""
    found: float | None = connection.execute(
        select(topic_thresholds.c.threshold).order_by(topic_thresholds.c.id.desc()).limit(1)
    ).scalar_one_or_none()
    return found


def set_threshold(connection: Connection, value: float, *, by: str) -> None:
    row = {"id": clock.new_id(), "threshold": value, "set_at": clock.now(), "set_by": by}
    connection.execute(insert(topic_thresholds), [row])
    audit.record(
        connection,
        actor=by,
        action="topics.threshold_set",
        about="threshold",
        details={"threshold": value},
    )


def accepted(
    connection: Connection, *, topic: str, by: str, draft: int | None, **what: str
) -> None:
    """Keep that a proposal was accepted, what it changes of the topic, and in which draft of the
    model that is."""
    audit.record(
        connection,
        actor=by,
        action="topics.proposal_accepted",
        about=topic,
        details={**what, **({"draft": draft} if draft is not None else {})},
    )
