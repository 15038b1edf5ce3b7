"""From the outbox to the queues of the local bus, without leaving SQLite: the copies are the
database's own work, and what nobody here wants to read is not read."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import (
    Connection,
    Integer,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
)

from hub.store.among import among_named
from hub.store.tables import local_messages, outbox


@dataclass(frozen=True)
class Moved:
    """What a step did: `count` events left the outbox, `queues` got some of them. `heard` are the
    topics and bodies of those that listeners want, in order."""

    count: int = 0
    queues: frozenset[str] = frozenset()
    heard: Sequence[tuple[str, str]] = field(default=())


def move(
    connection: Connection,
    limit: int,
    wanting: Callable[[str], Collection[str]],
    is_heard: Callable[[str], bool],
) -> Moved:
    """Move the oldest `limit` events. `wanting` names the queues that get a topic, `is_heard` says
    of a topic whether listeners do.

    On SQLite only, where nobody else writes in between: what is not there when this begins is not
    there when it ends.
    """
    kinds = connection.execute(_KINDS, {"most": limit}).all()
    if not kinds:
        return Moved()
    last = max(kind.last for kind in kinds)
    topics: dict[str, list[str]] = {}
    named: set[str] = set()
    for kind in kinds:
        if kind.queue:
            named.add(kind.queue)
            continue
        for queue in wanting(kind.topic):
            topics.setdefault(queue, []).append(kind.topic)
    queues = frozenset(named.union(topics))
    for queue in sorted(queues):
        chosen = {"to_queue": queue, "last": last, "topics": topics.get(queue, [])}
        connection.execute(_COPY, chosen)
    heard = [kind.topic for kind in kinds if not kind.queue and is_heard(kind.topic)]
    copies = connection.execute(_HEARD, {"last": last, "topics": heard}).all() if heard else []
    connection.execute(_FORGET, {"last": last})
    count = sum(kind.events for kind in kinds)
    return Moved(count, queues, [(row.topic, row.body) for row in copies])


_NEXT = (
    select(outbox.c.position, outbox.c.topic, outbox.c.queue)
    .order_by(outbox.c.position)
    .limit(bindparam("most", type_=Integer()))
    .subquery()
)
_KINDS = select(
    _NEXT.c.topic,
    _NEXT.c.queue,
    func.count().label("events"),
    func.max(_NEXT.c.position).label("last"),
).group_by(_NEXT.c.topic, _NEXT.c.queue)
_MOVED = outbox.c.position <= bindparam("last", type_=Integer())
_TO_ALL = outbox.c.queue == ""
_OF_TOPICS = among_named(outbox.c.topic, "topics")
_TO_QUEUE = bindparam("to_queue", type_=local_messages.c.queue.type)
_COPY = insert(local_messages).from_select(
    ["queue", "event_id", "topic", "subject", "body", "attempts", "reason"],
    select(
        _TO_QUEUE,
        outbox.c.event_id,
        outbox.c.topic,
        outbox.c.subject,
        outbox.c.body,
        literal(0),
        literal(""),
    )
    .where(_MOVED, or_(_TO_ALL & _OF_TOPICS, outbox.c.queue == _TO_QUEUE))
    .order_by(outbox.c.position),
)
_HEARD = (
    select(outbox.c.topic, outbox.c.body)
    .where(_MOVED, _TO_ALL, _OF_TOPICS)
    .order_by(outbox.c.position)
)
_FORGET = delete(outbox).where(_MOVED)
