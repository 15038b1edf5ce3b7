"""Rows that nobody needs after some time, removed a few at once so that writers do not wait."""

from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, and_, delete, exists, select, tuple_

from hub import clock
from hub.store import audit_index
from hub.store.among import among
from hub.store.tables import (
    audit_log,
    delivery_attempts,
    interactions,
    originals,
    parked,
    partner_posts,
    processed_events,
    webhook_deliveries,
)

AT_ONCE = 500

_EVIDENCE = ("customer.joined",)
"""Without these lines a customer could not be told apart again from whom they were joined with."""


def forget_audit(connection: Connection, before: datetime) -> int:
    """Remove lines of the audit log that are older; gives how many."""
    columns = audit_log.c
    old = and_(columns.id < clock.first_id(before), columns.action.not_in(_EVIDENCE))
    chosen = select(columns.id).where(old).order_by(columns.id).limit(AT_ONCE)
    line_ids = connection.execute(chosen).scalars().all()
    audit_index.forget(connection, line_ids)
    return connection.execute(delete(audit_log).where(among(columns.id, line_ids))).rowcount


def forget_handled(connection: Connection, before: datetime) -> int:
    """Remove marks of handled events that are older; gives how many."""
    at = processed_events.c.processed_at
    return _remove(connection, at < before, at)


def forget_tries(connection: Connection, before: datetime) -> int:
    """Remove the counts of tries of events that are older; gives how many."""
    event_id = delivery_attempts.c.event_id
    return _remove(connection, event_id < clock.first_id(before), event_id)


def forget_parked(connection: Connection, before: datetime) -> int:
    """Remove what is older and nobody asked for; gives how many. Work that is due stays."""
    unasked = and_(parked.c.created_at < before, parked.c.due_at.is_(None))
    return _remove(connection, unasked, parked.c.created_at)


def forget_posts(connection: Connection, before: datetime) -> int:
    """Remove what partners posted before then, as it came; gives how many. What waits stays."""
    columns = partner_posts.c
    old = and_(columns.received_at < before, columns.state == "done")
    return _remove(connection, old, columns.received_at)


def forget_told(connection: Connection, before: datetime) -> int:
    """Remove what webhooks were told before then; gives how many. What waits stays."""
    columns = webhook_deliveries.c
    old = and_(columns.created_at < before, columns.state != "waiting")
    return _remove(connection, old, columns.created_at)


def forget_originals(connection: Connection, before: datetime) -> int:
    """Remove small originals that are older, of what was read whole; gives how many."""
    key = originals.c.interaction_id
    needed = exists().where(interactions.c.id == key, interactions.c.problem != "")
    return _remove(connection, and_(key < clock.first_id(before), ~needed), key)


def _remove(connection: Connection, old: ColumnElement[bool], order: Column[object]) -> int:
    table = order.table
    key = tuple_(*table.primary_key)
    chosen = select(*table.primary_key).where(old).order_by(order).limit(AT_ONCE)
    return connection.execute(delete(table).where(key.in_(chosen))).rowcount
