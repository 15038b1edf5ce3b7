"""Contact arrangements as administrators chose them, and what was sent or withheld by them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlalchemy import Connection, Row, Select, func, insert, select

from hub import clock
from hub.arrangements import Arrangement, Why
from hub.store import choices
from hub.store.tables import conversations, customers, outreaches

CHOICE = "arrangements"
SENT, WITHHELD = "sent", "withheld"


@dataclass(frozen=True)
class Outreach:
    """`why`: it was withheld; None for what was sent."""

    conversation_id: str
    number: int
    customer_name: str
    kind: str
    channel: str
    why: Why | None
    arrangement: str
    at: datetime


def all_of(connection: Connection, *, lock: bool = False) -> tuple[dict[str, Arrangement], tzinfo]:
    """By target group, and the zone in which their hours are. One that cannot be read is none."""
    kept = choices.value(connection, CHOICE, lock=lock)
    found = {}
    for group, given in kept.get("groups", {}).items():
        try:
            found[group] = Arrangement.model_validate(given)
        except ValidationError:
            continue
    zone = kept.get("zone", "")
    return found, ZoneInfo(zone) if zone else UTC


def keep(
    connection: Connection, found: Mapping[str, Arrangement], zone: tzinfo, *, by: str
) -> None:
    """These hold from now on; the audit log has what held before."""
    groups = {group: one.model_dump(mode="json") for group, one in found.items()}
    name = getattr(zone, "key", "")
    choices.keep(connection, CHOICE, {"groups": groups, "zone": name}, by=by)


def group_said(connection: Connection, customer_id: str) -> str:
    """The target group as somebody said it of the customer, or of who they work for."""
    organisations = customers.alias("organisations")
    said = func.coalesce(
        func.nullif(customers.c.target_group, ""), organisations.c.target_group, ""
    )
    row = connection.execute(
        select(said)
        .outerjoin(organisations, organisations.c.id == customers.c.organisation_id)
        .where(customers.c.id == customer_id)
    )
    return str(row.scalar_one_or_none() or "")


def sent_lately(connection: Connection, customer_id: str, days: int, now: datetime) -> int:
    """How often we reached out to them in so many days."""
    theirs = (
        select(func.count())
        .select_from(outreaches)
        .join(conversations, conversations.c.id == outreaches.c.conversation_id)
        .where(
            conversations.c.customer_id == customer_id,
            outreaches.c.state == SENT,
            outreaches.c.at > now - timedelta(days=days),
        )
    )
    return int(connection.execute(theirs).scalar_one())


def record(
    connection: Connection,
    conversation_id: str,
    *,
    kind: str,
    channel: str,
    arrangement: str = "",
    why: Why | None = None,
) -> None:
    row = {
        "id": clock.new_id(),
        "conversation_id": conversation_id,
        "kind": kind,
        "channel": channel,
        "state": WITHHELD if why else SENT,
        "why": why.value if why else "",
        "arrangement": arrangement,
        "at": clock.now(),
    }
    connection.execute(insert(outreaches), [row])


def of_customer(connection: Connection, customer_id: str, limit: int) -> Sequence[Outreach]:
    """The newest first."""
    query = _selection().where(conversations.c.customer_id == customer_id)
    return [_read(row) for row in connection.execute(query.limit(limit))]


def withheld(connection: Connection, since: datetime, limit: int) -> Sequence[Outreach]:
    """The newest first."""
    columns = outreaches.c
    query = _selection().where(columns.state == WITHHELD, columns.at >= since)
    return [_read(row) for row in connection.execute(query.limit(limit))]


def _selection() -> Select[Any]:
    return (
        select(outreaches, conversations.c.number, customers.c.name)
        .join(conversations, conversations.c.id == outreaches.c.conversation_id)
        .join(customers, customers.c.id == conversations.c.customer_id)
        .order_by(outreaches.c.at.desc())
    )


def _read(row: Row[Any]) -> Outreach:
    return Outreach(
        conversation_id=row.conversation_id,
        number=row.number,
        customer_name=row.name,
        kind=row.kind,
        channel=row.channel,
        why=Why(row.why) if row.why else None,
        arrangement=row.arrangement,
        at=row.at,
    )
