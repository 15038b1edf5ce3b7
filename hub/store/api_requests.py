"""What programs were answered, so that a request that is sent again is not done again."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, delete, select, update

from hub import clock
from hub.errors import Rejected
from hub.store.inserting import insert_new
from hub.store.tables import api_requests

KEPT = timedelta(days=1)
"""So long the same key is the same request."""
_LOST = timedelta(minutes=1)
"""A request that takes longer was in a process that died."""


@dataclass(frozen=True)
class Kept:
    """The answer that was given."""

    status: int
    headers: dict[str, str]
    body: str


def begin(connection: Connection, key: str, fingerprint: str) -> Kept | None:
    """Claim the key; gives the answer if it was given before.

    Raises Rejected when the key stands for another request, or when it is being done now.
    """
    now, claim = clock.now(), clock.new_id()
    connection.execute(delete(api_requests).where(api_requests.c.created_at < now - KEPT))
    row = {
        "key": key,
        "claim": claim,
        "fingerprint": fingerprint,
        "status": 0,
        "headers": {},
        "body": "",
        "created_at": now,
    }
    insert_new(connection, api_requests, [row])
    of_it = api_requests.c.key == key
    found = connection.execute(select(api_requests).where(of_it).with_for_update()).one()
    if found.claim == claim:
        return None
    if found.fingerprint != fingerprint:
        detail = "This Idempotency-Key was used for another request. Make a new one."
        raise Rejected("key_used", detail, status=422)
    if found.status:
        return Kept(found.status, found.headers, found.body)
    if found.created_at > now - _LOST:
        detail = "The same request is being done now. Ask again in a moment."
        raise Rejected("in_progress", detail, status=409, after=2)
    connection.execute(update(api_requests).where(of_it).values(claim=claim, created_at=now))
    return None


def finish(connection: Connection, key: str, kept: Kept) -> None:
    """Keep the answer, in the transaction of what was done wherever that is one."""
    connection.execute(
        update(api_requests)
        .where(api_requests.c.key == key)
        .values(status=kept.status, headers=kept.headers, body=kept.body)
    )


def forget(connection: Connection, key: str) -> None:
    """It was refused: the same key may be tried again."""
    connection.execute(delete(api_requests).where(api_requests.c.key == key))
