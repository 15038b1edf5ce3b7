"""What an agent finds: customers, conversations and files that they may see, the newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from hub.interaction import Channel
from hub.store import search, timeline
from hub.store.agents import Agent
from hub.store.among import among
from hub.store.search import Asked, Hit, Kind
from hub.store.search_words import words_of
from hub.store.tables import attachments, conversations, customers, interactions

_LOOKED_AT = 300
"""So many are looked at for those that the agent may see."""
_AROUND = 70


@dataclass(frozen=True)
class Found:
    """`before`, `match` and `after` are a piece of the text around the first word that fits."""

    kind: Kind
    conversation_id: str
    channel: Channel
    customer_name: str
    title: str
    at: datetime
    before: str = ""
    match: str = ""
    after: str = ""


def find(
    connection: Connection, asked: Asked, kinds: Sequence[Kind], agent: Agent, *, limit: int
) -> dict[Kind, list[Found]]:
    """Of each kind at most `limit`; what the agent may not see is left out."""
    words = search.known_words(connection, asked)
    found = {}
    for kind in kinds:
        hits = _seen(connection, search.find(connection, asked, kind, limit=_LOOKED_AT), agent)
        found[kind] = _shown(connection, kind, hits[:limit], words)
    return found


def _seen(connection: Connection, hits: Sequence[Hit], agent: Agent) -> list[Hit]:
    """Those that the agent may see; a customer by a conversation of theirs."""
    if hits and hits[0].kind is Kind.CUSTOMER:
        hits = _with_conversations(connection, hits)
    ids = {hit.conversation_id for hit in hits}
    seen = timeline.visible(connection, ids, agent) if ids else set()
    return _once_each([hit for hit in hits if hit.conversation_id in seen])


def _shown(
    connection: Connection, kind: Kind, hits: Sequence[Hit], words: Sequence[str]
) -> list[Found]:
    heads = _heads(connection, {hit.conversation_id for hit in hits})
    texts = _texts(connection, kind, [hit.ref_id for hit in hits])
    return [
        _found(hit, heads[hit.conversation_id], texts.get(hit.ref_id, ""), words)
        for hit in hits
        if hit.conversation_id in heads
    ]


def _with_conversations(connection: Connection, hits: Sequence[Hit]) -> list[Hit]:
    """Each customer with their conversations, the newest first. Who was merged is found by their
    former name too, and is who they are now."""
    who = _now(connection, [hit.ref_id for hit in hits])
    columns = conversations.c
    rows = connection.execute(
        select(columns.id, columns.customer_id)
        .where(among(columns.customer_id, set(who.values())))
        .order_by(columns.last_at.desc())
        .limit(_LOOKED_AT)
    ).all()
    return [
        Hit(Kind.CUSTOMER, row.customer_id, row.id)
        for hit in hits
        for row in rows
        if row.customer_id == who.get(hit.ref_id)
    ]


def _now(connection: Connection, customer_ids: Sequence[str]) -> dict[str, str]:
    columns = customers.c
    now = func.coalesce(columns.merged_into, columns.id).label("now")
    rows = connection.execute(select(columns.id, now).where(among(columns.id, customer_ids)))
    return {row.id: row.now for row in rows}


def _once_each(hits: Sequence[Hit]) -> list[Hit]:
    """A conversation once, and a customer once; each file."""
    found: dict[str, Hit] = {}
    for hit in hits:
        key = hit.conversation_id if hit.kind is Kind.MESSAGE else hit.ref_id
        found.setdefault(key, hit)
    return list(found.values())


def _heads(connection: Connection, ids: set[str]) -> Mapping[str, Found]:
    columns = conversations.c
    rows = connection.execute(
        select(columns.id, columns.channel, columns.subject, columns.last_at, customers.c.name)
        .join(customers, customers.c.id == columns.customer_id)
        .where(among(columns.id, ids))
    )
    return {
        row.id: Found(
            Kind.MESSAGE, row.id, Channel(row.channel), row.name, row.subject, row.last_at
        )
        for row in rows
    }


def _texts(connection: Connection, kind: Kind, ids: Sequence[str]) -> dict[str, str]:
    match kind:
        case Kind.CUSTOMER:
            key, words = customers.c.id, customers.c.name
        case Kind.MESSAGE:
            key, words = interactions.c.id, interactions.c.text
        case Kind.FILE:
            key, words = attachments.c.id, attachments.c.filename
    rows = connection.execute(select(key.label("id"), words.label("words")).where(among(key, ids)))
    return {row.id: row.words for row in rows}


def _found(hit: Hit, head: Found, text: str, words: Sequence[str]) -> Found:
    before, match, after = _piece(" ".join(text.split()), words)
    return Found(
        hit.kind,
        hit.conversation_id,
        head.channel,
        head.customer_name,
        head.title,
        head.at,
        before,
        match,
        after,
    )


def _piece(text: str, words: Sequence[str]) -> tuple[str, str, str]:
    """The text around the first of these words in it; its beginning when there is none."""
    at = 0
    for part in text.split(" "):
        plain = words_of(part)
        if any(one.startswith(word) for one in plain for word in words):
            end = at + len(part)
            start = max(0, at - _AROUND)
            before = ("…" if start else "") + text[start:at]
            after = text[end : end + _AROUND] + ("…" if len(text) > end + _AROUND else "")
            return before, part, after
        at += len(part) + 1
    return text[: 2 * _AROUND], "", ""
