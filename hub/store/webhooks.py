"""Addresses of other systems that are told of events, and what was sent to each.

What is to be sent is a row before it is sent, and stays one until somebody there took it: a process
that dies sends it again, with the same id.
"""

import base64
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from hub import clock
from hub.errors import Rejected
from hub.store import audit
from hub.store.among import among
from hub.store.inserting import insert_new
from hub.store.tables import webhook_deliveries as deliveries
from hub.store.tables import webhooks
from hub.webhooks import TOPICS, Rules, check_url

ACTIVE = "active"
PAUSED = "paused"
DISABLED = "disabled"
"""We stopped: nobody there took anything for as long as we try."""

WAITING = "waiting"
DELIVERED = "delivered"
FAILED = "failed"

WAITS = tuple(map(float, (5, 300, 1800, 7200, 18_000, 36_000, 36_000)))
"""Seconds before each try after the first: more than a day in all."""
BOTH_SECRETS_FOR = timedelta(days=1)
MOST = 100
_SECRET_BYTES = 32
_LONGEST_TEXT = 500


@dataclass(frozen=True)
class Webhook:
    """`failing_since`: nobody there took anything since; `problem`: why we stopped."""

    id: str
    url: str
    topics: tuple[str, ...]
    description: str
    state: str
    problem: str
    created_at: datetime
    failing_since: datetime | None


@dataclass(frozen=True)
class Sent:
    """One event on its way to one webhook. `status`: of the last answer, 0 for none."""

    id: str
    webhook_id: str
    event_id: str
    topic: str
    state: str
    attempts: int
    status: int
    error: str
    created_at: datetime
    due_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True)
class ToSend:
    """What a sender needs. `secrets`: it is signed with each."""

    id: str
    url: str
    event_id: str
    body: str
    secrets: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of one try. `gone`: they do not want it any more."""

    delivery_id: str
    ok: bool
    status: int = 0
    error: str = ""
    gone: bool = False


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def add(
    connection: Connection,
    *,
    url: str,
    topics: Sequence[str],
    description: str,
    rules: Rules,
    by: str,
) -> tuple[str, str]:
    """Tell this address of these topics from now on; gives its id and its secret. Raises Rejected.

    No topics: all there are, also those to come.
    """
    check_url(url, rules)
    _check_topics(topics)
    if connection.execute(select(func.count()).select_from(webhooks)).scalar_one() >= MOST:
        raise Rejected("too_many_webhooks", f"At most {MOST}. Remove one first.", status=409)
    webhook_id, secret = clock.new_id(), new_secret()
    row = {
        "id": webhook_id,
        "url": url,
        "topics": sorted(set(topics)),
        "description": description[:_LONGEST_TEXT],
        "secret": secret,
        "former_secret": "",
        "former_until": None,
        "state": ACTIVE,
        "problem": "",
        "failing_since": None,
        "created_at": clock.now(),
        "created_by": by,
    }
    connection.execute(insert(webhooks), [row])
    _audit(connection, by, "webhook.added", webhook_id, {"url": url, "topics": row["topics"]})
    return webhook_id, secret


def change(
    connection: Connection,
    webhook_id: str,
    values: Mapping[str, Any],
    *,
    rules: Rules,
    by: str,
) -> None:
    """Other values of url, topics, description or state. What waited while it was stopped is sent
    when it is active again. Raises Rejected."""
    new = dict(values)
    if "url" in new:
        check_url(new["url"], rules)
    if "topics" in new:
        _check_topics(new["topics"])
        new["topics"] = sorted(set(new["topics"]))
    if "description" in new:
        new["description"] = new["description"][:_LONGEST_TEXT]
    if new.get("state") == ACTIVE:
        new |= {"problem": "", "failing_since": None}
        wait = (deliveries.c.webhook_id == webhook_id) & (deliveries.c.state == WAITING)
        connection.execute(update(deliveries).where(wait).values(due_at=clock.now()))
    done = connection.execute(update(webhooks).where(webhooks.c.id == webhook_id).values(new))
    if not done.rowcount:
        raise _unknown()
    _audit(connection, by, "webhook.changed", webhook_id, {"fields": sorted(values)})


def rotate(connection: Connection, webhook_id: str, *, by: str) -> str:
    """Another secret; what is sent is signed with both for a day. Raises Rejected."""
    secret = new_secret()
    of_it = webhooks.c.id == webhook_id
    done = connection.execute(
        update(webhooks)
        .where(of_it)
        .values(
            former_secret=webhooks.c.secret,
            former_until=clock.now() + BOTH_SECRETS_FOR,
            secret=secret,
        )
    )
    if not done.rowcount:
        raise _unknown()
    _audit(connection, by, "webhook.secret_changed", webhook_id, {})
    return secret


def remove(connection: Connection, webhook_id: str, *, by: str) -> None:
    """Tell it nothing any more, and forget what it was told. Raises Rejected."""
    connection.execute(delete(deliveries).where(deliveries.c.webhook_id == webhook_id))
    if not connection.execute(delete(webhooks).where(webhooks.c.id == webhook_id)).rowcount:
        raise _unknown()
    _audit(connection, by, "webhook.removed", webhook_id, {})


def listed(connection: Connection) -> list[Webhook]:
    rows = connection.execute(select(webhooks).order_by(webhooks.c.id))
    return [_webhook(row) for row in rows]


def find(connection: Connection, webhook_id: str, *, lock: bool = False) -> Webhook:
    """Raises Rejected."""
    selection = select(webhooks).where(webhooks.c.id == webhook_id)
    row = connection.execute(selection.with_for_update() if lock else selection).one_or_none()
    if row is None:
        raise _unknown()
    return _webhook(row)


def log_of(connection: Connection, webhook_id: str, *, before: str = "", limit: int) -> list[Sent]:
    """What was sent to it, the newest first; `before`: the last one seen."""
    of_it = deliveries.c.webhook_id == webhook_id
    selection = select(deliveries).where(of_it).order_by(deliveries.c.id.desc()).limit(limit)
    if before:
        selection = selection.where(deliveries.c.id < before)
    return [_sent(row) for row in connection.execute(selection)]


def redeliver(connection: Connection, webhook_id: str, delivery_id: str, *, by: str) -> Sent:
    """Send it again now, with the same id. Raises Rejected."""
    of_it = (deliveries.c.id == delivery_id) & (deliveries.c.webhook_id == webhook_id)
    values = {"state": WAITING, "due_at": clock.now(), "attempts": 0, "done_at": None}
    if not connection.execute(update(deliveries).where(of_it).values(values)).rowcount:
        raise Rejected("no_delivery", "Nothing of that kind was sent to it.", status=404)
    _audit(connection, by, "webhook.redelivered", webhook_id, {"delivery": delivery_id})
    return _sent(connection.execute(select(deliveries).where(of_it)).one())


def happened(connection: Connection, events: Sequence[tuple[str, str, str]]) -> int:
    """Events, each (id, topic, body), are to be told to whoever wants them; gives how many are to
    be sent. An event that came before is not told again."""
    rows = connection.execute(
        select(webhooks.c.id, webhooks.c.topics).where(webhooks.c.state != DISABLED)
    ).all()
    now = clock.now()
    new = [
        {
            "id": clock.new_id(),
            "webhook_id": row.id,
            "event_id": event_id,
            "topic": topic,
            "body": body,
            "state": WAITING,
            "attempts": 0,
            "due_at": now,
            "status": 0,
            "error": "",
            "created_at": now,
            "done_at": None,
        }
        for event_id, topic, body in events
        for row in rows
        if not row.topics or topic in row.topics
    ]
    insert_new(connection, deliveries, new)
    return len(new)


def busy(connection: Connection) -> list[tuple[str, bool]]:
    """The webhooks for which something is due, and whether each fails just now."""
    due = select(deliveries.c.webhook_id).where(_is_due(clock.now())).distinct().subquery()
    rows = connection.execute(
        select(webhooks.c.id, webhooks.c.failing_since)
        .join(due, due.c.webhook_id == webhooks.c.id)
        .where(webhooks.c.state == ACTIVE)
    )
    return [(row.id, row.failing_since is not None) for row in rows]


def claim(connection: Connection, webhook_id: str, *, limit: int, lease: timedelta) -> list[ToSend]:
    """The first that are due; nobody else sends them until the lease is over."""
    now = clock.now()
    hook = connection.execute(
        select(webhooks).where(webhooks.c.id == webhook_id, webhooks.c.state == ACTIVE)
    ).one_or_none()
    if hook is None:
        return []
    rows = connection.execute(
        select(deliveries)
        .where(deliveries.c.webhook_id == webhook_id, _is_due(now))
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    these = among(deliveries.c.id, [row.id for row in rows])
    values = {"due_at": now + lease, "attempts": deliveries.c.attempts + 1}
    connection.execute(update(deliveries).where(these).values(values))
    is_kept = hook.former_until is not None and hook.former_until > now
    keys = (hook.secret, hook.former_secret) if is_kept else (hook.secret,)
    return [ToSend(row.id, hook.url, row.event_id, row.body, keys) for row in rows]


def tried(connection: Connection, webhook_id: str, outcomes: Sequence[Outcome]) -> str:
    """What came of it. Gives why the webhook was disabled by this; "" when it was not."""
    now = clock.now()
    for one in outcomes:
        of_it = deliveries.c.id == one.delivery_id
        row = connection.execute(select(deliveries).where(of_it)).one_or_none()
        if row is not None:
            values = _after(row, one, now)
            connection.execute(update(deliveries).where(of_it).values(values))
    return _judge(connection, webhook_id, outcomes, now)


def following(connection: Connection) -> datetime | None:
    """When something is due next."""
    selection = (
        select(func.min(deliveries.c.due_at))
        .join(webhooks, webhooks.c.id == deliveries.c.webhook_id)
        .where(deliveries.c.state == WAITING, webhooks.c.state == ACTIVE)
    )
    found: datetime | None = connection.execute(selection).scalar_one()
    return found


def _is_due(now: datetime) -> ColumnElement[bool]:
    return (deliveries.c.state == WAITING) & (deliveries.c.due_at <= now)


def _after(row: Any, outcome: Outcome, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {"status": outcome.status, "error": outcome.error[:_LONGEST_TEXT]}
    if outcome.ok:
        return values | {"state": DELIVERED, "due_at": None, "done_at": now}
    if row.attempts > len(WAITS) or outcome.gone:
        return values | {"state": FAILED, "due_at": None, "done_at": now}
    return values | {"due_at": now + timedelta(seconds=WAITS[row.attempts - 1])}


def _judge(
    connection: Connection, webhook_id: str, outcomes: Sequence[Outcome], now: datetime
) -> str:
    """It fails since the first thing that nobody took; when that long nothing was taken as we try
    one thing, we stop."""
    of_it = webhooks.c.id == webhook_id
    hook = connection.execute(select(webhooks).where(of_it).with_for_update()).one_or_none()
    if hook is None or hook.state != ACTIVE or not outcomes:
        return ""
    if any(one.ok for one in outcomes):
        connection.execute(update(webhooks).where(of_it).values(failing_since=None))
        return ""
    last = outcomes[-1]
    since = hook.failing_since or now
    lasting = now - since >= timedelta(seconds=sum(WAITS))
    if not lasting and not any(one.gone for one in outcomes):
        connection.execute(update(webhooks).where(of_it).values(failing_since=since))
        return ""
    problem = last.error or f"answered {last.status}"
    values = {"state": DISABLED, "problem": problem[:_LONGEST_TEXT], "failing_since": since}
    connection.execute(update(webhooks).where(of_it).values(values))
    _audit(connection, "webhooks", "webhook.disabled", webhook_id, {"problem": problem})
    return problem


def _check_topics(topics: Collection[str]) -> None:
    unknown = [topic for topic in topics if topic not in TOPICS]
    if unknown:
        known = ", ".join(TOPICS)
        detail = f"{', '.join(unknown)[:200]} is no event. These are: {known}."
        raise Rejected("topics", detail, status=422)


def _unknown() -> Rejected:
    return Rejected("no_webhook", "There is no such webhook.", status=404)


def _audit(
    connection: Connection, by: str, action: str, webhook_id: str, details: dict[str, Any]
) -> None:
    audit.record(connection, actor=by, action=action, about=webhook_id, details=details)


def _webhook(row: Any) -> Webhook:
    return Webhook(
        id=row.id,
        url=row.url,
        topics=tuple(row.topics),
        description=row.description,
        state=row.state,
        problem=row.problem,
        created_at=row.created_at,
        failing_since=row.failing_since,
    )


def _sent(row: Any) -> Sent:
    return Sent(
        id=row.id,
        webhook_id=row.webhook_id,
        event_id=row.event_id,
        topic=row.topic,
        state=row.state,
        attempts=row.attempts,
        status=row.status,
        error=row.error,
        created_at=row.created_at,
        due_at=row.due_at,
        done_at=row.done_at,
    )
