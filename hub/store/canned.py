"""Canned replies: texts that agents put into an answer by a short word, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from hub import clock
from hub.branches import is_within
from hub.errors import Rejected
from hub.store import audit
from hub.store.agents import Agent
from hub.store.tables import canned_replies

MOST = 1_000


@dataclass(frozen=True)
class Canned:
    """`topic`: it is for contacts about that, or anything below it; empty for all. `texts`: by
    language, at least one."""

    id: str
    shortcut: str
    topic: str
    title: str
    texts: Mapping[str, str]

    def is_about(self, topic: str) -> bool:
        """Whether it is meant for this topic, and not for all."""
        return is_within(topic, self.topic)


def all_of(connection: Connection) -> list[Canned]:
    """Every one, by shortcut."""
    rows = connection.execute(
        select(canned_replies).order_by(canned_replies.c.shortcut).limit(MOST)
    )
    return [_canned(row) for row in rows]


def held(connection: Connection, canned_id: str) -> Canned | None:
    """One of them, which nobody else changes until the end of the transaction."""
    this = select(canned_replies).where(canned_replies.c.id == canned_id).with_for_update()
    row = connection.execute(this).one_or_none()
    return None if row is None else _canned(row)


def save(connection: Connection, canned: Canned, agent: Agent) -> None:
    """Write it anew, or as a new one when its id is empty. Raises Rejected."""
    values = {
        "shortcut": canned.shortcut,
        "topic": canned.topic,
        "title": canned.title,
        "texts": dict(canned.texts),
        "changed_at": clock.now(),
    }
    try:
        with connection.begin_nested():
            if canned.id:
                this = canned_replies.c.id == canned.id
                if not connection.execute(
                    update(canned_replies).where(this).values(values)
                ).rowcount:
                    raise Rejected("no_canned", "This reply does not exist any more.", status=404)
            else:
                connection.execute(insert(canned_replies), [values | {"id": clock.new_id()}])
    except IntegrityError as error:
        raise Rejected("same_shortcut", "Another reply has this shortcut.", status=409) from error
    _audit(connection, agent, "canned_reply.saved", canned.shortcut)


def remove(connection: Connection, canned_id: str, agent: Agent) -> None:
    gone = delete(canned_replies).where(canned_replies.c.id == canned_id)
    shortcut = connection.execute(gone.returning(canned_replies.c.shortcut)).scalar_one_or_none()
    if shortcut is not None:
        _audit(connection, agent, "canned_reply.removed", shortcut)


def _canned(row: Any) -> Canned:
    return Canned(row.id, row.shortcut, row.topic, row.title, row.texts)


def _audit(connection: Connection, agent: Agent, action: str, shortcut: str) -> None:
    audit.record(connection, actor=agent.id, action=action, about=shortcut, details={})
