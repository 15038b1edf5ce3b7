"""What an agent finds: customers, conversations and files that they may see, the newest first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, bindparam, func, select

from hub.interaction import Channel
from hub.store import search, timeline
from hub.store.agents import Agent
from hub.store.among import among, among_named
from hub.store.search import Asked, Hit, Kind
from hub.store.search_words import words_of
from hub.store.tables import attachments, conversations, customers, interactions

_AT_ONCE = 100
"""So many are looked at together for those that the agent may see."""
_MOST = 600
"""So many of a kind are looked at, at most: who may see few of them is not worth more questions.
More may be further back."""
_EACH = 20
"""Conversations of a customer in which one is sought that the agent may see."""
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


@dataclass(frozen=True)
class Newest:
    """Of what fits, the newest; `more`: there is or may be more."""

    lines: Sequence[Found]
    more: bool


def find(
    connection: Connection, asked: Asked, kinds: Sequence[Kind], agent: Agent, *, limit: int
) -> dict[Kind, Newest]:
    """Of each kind at most `limit`; what the agent may not see is left out."""
    question = search.understood(connection, asked)
    found = {}
    for kind in kinds:
        hits = search.newest(connection, question, kind)
        seen, more = _seen(connection, hits, agent, limit)
        found[kind] = Newest(_shown(connection, kind, seen, question.known), more)
    return found


def _seen(
    connection: Connection, hits: Iterator[Hit], agent: Agent, limit: int
) -> tuple[Sequence[Hit], bool]:
    """The first that the agent may see, and whether more fit. A conversation once, and a customer
    once; each file."""
    found: dict[str, Hit] = {}
    looked_at = 0
    hits = islice(hits, _MOST)
    while len(found) <= limit and (some := list(islice(hits, _AT_ONCE))):
        looked_at += len(some)
        for hit in _visible(connection, some, agent):
            key = hit.conversation_id if hit.kind is Kind.MESSAGE else hit.ref_id
            found.setdefault(key, hit)
    return list(found.values())[:limit], len(found) > limit or looked_at == _MOST


def _visible(connection: Connection, hits: Sequence[Hit], agent: Agent) -> list[Hit]:
    """Those that the agent may see; a customer by a conversation of theirs."""
    if hits[0].kind is Kind.CUSTOMER:
        hits = _with_conversations(connection, hits)
    ids = {hit.conversation_id for hit in hits}
    seen = timeline.visible(connection, ids, agent) if ids else set()
    return [hit for hit in hits if hit.conversation_id in seen]


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
    theirs: dict[str, list[str]] = {}
    values = {"customers": sorted(set(who.values())), "each": _EACH}
    for row in connection.execute(_CONVERSATIONS, values):
        theirs.setdefault(row.customer_id, []).append(row.id)
    return [
        Hit(Kind.CUSTOMER, now, conversation_id)
        for hit in hits
        if (now := who.get(hit.ref_id)) is not None
        for conversation_id in theirs.get(now, ())
    ]


_OF = conversations.c
_NUMBERED = (
    select(
        _OF.id,
        _OF.customer_id,
        func.row_number()
        .over(partition_by=_OF.customer_id, order_by=_OF.last_at.desc())
        .label("place"),
    )
    .where(among_named(_OF.customer_id, "customers"))
    .subquery()
)
_CONVERSATIONS = (
    select(_NUMBERED.c.id, _NUMBERED.c.customer_id)
    .where(_NUMBERED.c.place <= bindparam("each"))
    .order_by(_NUMBERED.c.customer_id, _NUMBERED.c.place)
)


def _now(connection: Connection, customer_ids: Sequence[str]) -> dict[str, str]:
    columns = customers.c
    now = func.coalesce(columns.merged_into, columns.id).label("now")
    rows = connection.execute(select(columns.id, now).where(among(columns.id, customer_ids)))
    return {row.id: row.now for row in rows}


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
