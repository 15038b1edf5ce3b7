"""Messages that could not be handled, kept with their reason until a person acts on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from hub import clock
from hub.bus import DeadLetter
from hub.store import audit
from hub.store.among import among
from hub.store.inserting import insert_new
from hub.store.tables import dead_letters, outbox

MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Kept(DeadLetter):
    """A dead letter as it is stored."""

    id: str
    died_at: datetime


def store(connection: Connection, letters: Sequence[DeadLetter]) -> None:
    """Keep these. One that died in the same queue before gets the new reason."""
    if not letters:
        return
    now = clock.now()
    rows = [
        {
            "id": clock.new_id(),
            "queue": letter.queue,
            "event_id": letter.event_id,
            "topic": letter.topic,
            "subject": letter.subject,
            "body": letter.body,
            "reason": letter.reason,
            "attempts": letter.attempts,
            "died_at": now,
        }
        for letter in letters
    ]
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(dead_letters)
    newest = {name: statement.excluded[name] for name in ("reason", "attempts", "died_at")}
    keys = [dead_letters.c.queue, dead_letters.c.event_id]
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=newest), rows)


def listed(connection: Connection, limit: int = MOST_AT_ONCE) -> list[Kept]:
    """The newest first."""
    query = select(dead_letters).order_by(dead_letters.c.id.desc()).limit(limit)
    return [Kept(**row) for row in connection.execute(query).mappings()]


def get(connection: Connection, letter_id: str) -> Kept | None:
    query = select(dead_letters).where(dead_letters.c.id == letter_id)
    row = connection.execute(query).mappings().one_or_none()
    return Kept(**row) if row is not None else None


def retry(connection: Connection, letter_id: str | None, actor: str) -> int:
    """Hand one letter (None: all) to its queue again by way of the outbox; gives how many.

    An event waits in the outbox once: of one that died in two queues, one letter stays for now.
    """
    count = 0
    while letters := _chosen(connection, letter_id):
        insert_new(connection, outbox, [_outbox_row(kept) for kept in letters])
        addressed = _addressed(connection, letters)
        sent = [kept for kept in letters if (kept.event_id, kept.queue) in addressed]
        if not sent:
            break
        _remove(connection, sent, "dead_letter.retried", actor)
        count += len(sent)
    return count


def drop(connection: Connection, letter_id: str | None, actor: str) -> int:
    """Throw one letter (None: all) away; gives how many. The audit log keeps that it was there."""
    count = 0
    while letters := _chosen(connection, letter_id):
        _remove(connection, letters, "dead_letter.dropped", actor)
        count += len(letters)
    return count


def _chosen(connection: Connection, letter_id: str | None) -> list[Kept]:
    """In the order in which the events were made, which is that of their conversations."""
    query = select(dead_letters).order_by(dead_letters.c.event_id).limit(MOST_AT_ONCE)
    if letter_id is not None:
        query = query.where(dead_letters.c.id == letter_id)
    return [Kept(**row) for row in connection.execute(query).mappings()]


def _addressed(connection: Connection, letters: Sequence[Kept]) -> set[tuple[str, str]]:
    query = select(outbox.c.event_id, outbox.c.queue).where(
        among(outbox.c.event_id, [kept.event_id for kept in letters])
    )
    return {(row.event_id, row.queue) for row in connection.execute(query)}


def _remove(connection: Connection, letters: Sequence[Kept], action: str, actor: str) -> None:
    ids = [kept.id for kept in letters]
    connection.execute(delete(dead_letters).where(among(dead_letters.c.id, ids)))
    for kept in letters:
        details = {
            "queue": kept.queue,
            "event_id": kept.event_id,
            "topic": kept.topic,
            "reason": kept.reason,
        }
        audit.record(connection, actor=actor, action=action, about=kept.id, details=details)


def _outbox_row(letter: DeadLetter) -> dict[str, object]:
    return {
        "event_id": letter.event_id,
        "topic": letter.topic,
        "queue": letter.queue,
        "subject": letter.subject,
        "body": letter.body,
        "created_at": clock.now(),
    }
