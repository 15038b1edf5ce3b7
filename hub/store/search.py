"""Finds customers, messages and files by their words, on SQLite and PostgreSQL.

What was added last is first, and comes as it is asked for: who has enough stops asking. Who may see
what is for the caller to say.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Connection, text

from hub import clock
from hub.interaction import Channel
from hub.store import search_postgres, search_sqlite
from hub.store.search_meaning import meant
from hub.store.search_words import Wanted, Within, mark, words_of

MOST_TYPED = 8
"""Words of a question; more add nothing but time."""
MOST = 3_000
"""Documents of a kind that are given, at most."""
_APART = timedelta(days=2)
"""Documents are numbered as they are taken in, which is nearly the order of their ids."""


class Kind(StrEnum):
    CUSTOMER = "customer"
    MESSAGE = "message"
    FILE = "file"


@dataclass(frozen=True)
class Asked:
    """`channel`: only what came or went over it; `days`: only what is not older."""

    text: str
    channel: Channel | None = None
    days: int = 0


@dataclass(frozen=True)
class Question:
    """What was asked, understood: of each of `words` a document has one."""

    words: tuple[Wanted, ...]
    channel: Channel | None
    days: int

    @property
    def known(self) -> list[str]:
        """The words that are looked for: as typed, and those taken for what was meant."""
        return [word for one in self.words for word in one.words]


@dataclass(frozen=True)
class Hit:
    kind: Kind
    ref_id: str
    conversation_id: str


def understood(connection: Connection, asked: Asked) -> Question:
    """Once for all kinds."""
    typed = words_of(asked.text)[:MOST_TYPED]
    return Question(
        tuple(Wanted(meant(connection, word)) for word in typed), asked.channel, asked.days
    )


def newest(connection: Connection, question: Question, kind: Kind) -> Iterator[Hit]:
    """The newest documents of a kind that have all that is wanted, at most MOST; none for no
    words."""
    if not question.words:
        return
    wanted = list(question.words)
    within: Within | None = Within()
    if kind is not Kind.CUSTOMER:
        if question.channel is not None:
            wanted.append(_marked("channel", question.channel))
        within = _since(connection, question.days)
    if within is None:
        return
    if connection.dialect.name == "postgresql":
        rows = search_postgres.newest(connection, kind.value, wanted, within, MOST)
    else:
        wanted = [_marked("kind", kind), *wanted]
        rows = search_sqlite.newest(connection, "search_documents", wanted, within, MOST)
    for row in rows:
        yield Hit(kind, row.ref_id, row.conversation_id)


def _marked(name: str, value: str) -> Wanted:
    return Wanted((mark(name, value),), begins=False)


def _since(connection: Connection, days: int) -> Within | None:
    """None when nothing is so new."""
    if not days:
        return Within()
    at = clock.now() - timedelta(days=min(days, 36_500))
    first = connection.execute(_FIRST, {"id": clock.first_id(at - _APART)}).scalar_one_or_none()
    return None if first is None else Within(first, clock.first_id(at))


_FIRST = text(
    "SELECT number FROM search_documents WHERE ref_id >= :id AND kind <> 'customer' "
    "ORDER BY ref_id LIMIT 1"
)
