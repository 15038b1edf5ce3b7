"""What partners posted: kept as it came before they are answered, and what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, true, update

from hub import clock
from hub.errors import Rejected
from hub.store.inserting import digest, insert_new
from hub.store.tables import partner_posts


@dataclass(frozen=True)
class NewPost:
    """`message_id`: the sender's own id of it, empty for none. `events` and `complaints`: what was
    read of it."""

    partner: str
    message_id: str
    sha256: str
    format: str
    body: bytes
    events: Sequence[dict[str, Any]]
    complaints: Sequence[dict[str, Any]]

    @property
    def dedupe_key(self) -> str:
        """Two posts with the same key are one; without an id those with the same bytes are."""
        if self.message_id:
            return digest(self.partner, "id", self.message_id)
        return digest(self.partner, self.format, self.sha256)


@dataclass(frozen=True)
class Receipt:
    """`duplicate`: it had been kept before."""

    id: str
    received_at: datetime
    state: str
    events: int
    complaints: Sequence[dict[str, Any]] = ()
    outcome: Mapping[str, int | str] = field(default_factory=dict)
    duplicate: bool = False


def keep(connection: Connection, post: NewPost) -> Receipt:
    """Keep a post, once. Raises Rejected when its id was used for something else."""
    row = {
        "id": clock.new_id(),
        "partner": post.partner,
        "dedupe_key": post.dedupe_key,
        "sha256": post.sha256,
        "format": post.format,
        "body": post.body,
        "events": list(post.events),
        "complaints": list(post.complaints),
        "received_at": clock.now(),
        "state": "waiting" if post.events else "done",
        "outcome": {},
    }
    insert_new(connection, partner_posts, [row])
    kept = connection.execute(
        select(partner_posts).where(partner_posts.c.dedupe_key == post.dedupe_key)
    ).one()
    if kept.sha256 != post.sha256:
        raise Rejected(
            "id_used", "This webhook-id came before with another body. Use a new one.", status=409
        )
    return _receipt(kept, duplicate=kept.id != row["id"])


def receipt(connection: Connection, partner: str, receipt_id: str) -> Receipt | None:
    columns = partner_posts.c
    row = connection.execute(
        select(partner_posts).where(columns.id == receipt_id, columns.partner == partner)
    ).one_or_none()
    return None if row is None else _receipt(row)


def waiting(
    connection: Connection, *, limit: int, among_ids: Sequence[str] = ()
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Posts that nobody handles at this moment, with their events, the oldest first; locked.

    `among_ids`: of these alone.
    """
    columns = partner_posts.c
    these = columns.id.in_(among_ids) if among_ids else true()
    rows = connection.execute(
        select(columns.id, columns.events)
        .where(columns.state == "waiting", these)
        .order_by(columns.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [(row.id, row.events) for row in rows]


def done(connection: Connection, outcomes: Mapping[str, Mapping[str, int]]) -> None:
    connection.execute(
        update(partner_posts)
        .where(partner_posts.c.id == bindparam("post_id"))
        .values(state="done", outcome=bindparam("became")),
        [{"post_id": key, "became": dict(value)} for key, value in outcomes.items()],
    )


def failed(connection: Connection, post_id: str, reason: str) -> None:
    """Put it aside: it cannot be handled, and must not keep the others waiting."""
    connection.execute(
        update(partner_posts)
        .where(partner_posts.c.id == post_id)
        .values(state="failed", outcome={"reason": reason[:500]})
    )


def failures(connection: Connection) -> list[tuple[str, str, str]]:
    """(partner, receipt, reason) of what was put aside."""
    columns = partner_posts.c
    rows = connection.execute(
        select(columns.partner, columns.id, columns.outcome)
        .where(columns.state == "failed")
        .order_by(columns.id)
    )
    return [(row.partner, row.id, str(row.outcome.get("reason", ""))) for row in rows]


def _receipt(row: Any, *, duplicate: bool = False) -> Receipt:
    return Receipt(
        id=row.id,
        received_at=row.received_at,
        state=row.state,
        events=len(row.events),
        complaints=row.complaints,
        outcome=row.outcome,
        duplicate=duplicate,
    )
