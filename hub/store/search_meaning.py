"""What a typed word means: itself, or the known words that are near it when none begins with it."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, select, text

from hub.store.among import among
from hub.store.search_words import SURE, errors_of, may_be_mistyped, nearest, trigrams
from hub.store.tables import search_terms

_MOST_NEAR, _LOOKED_AT = 4, 60
_LAST = "\uffff"


def meant(connection: Connection, word: str) -> tuple[str, ...]:
    if not may_be_mistyped(word) or _begins_one(connection, word):
        return (word,)
    return (word, *nearest(word, _alike(connection, word), _MOST_NEAR))


def _begins_one(connection: Connection, word: str) -> bool:
    begins = search_terms.c.term.between(word, word + _LAST)
    return (
        connection.execute(select(search_terms.c.term).where(begins).limit(1)).first() is not None
    )


def _alike(connection: Connection, word: str) -> Sequence[str]:
    """Known words that one error makes into it, each looked up as it is. Where there is none: those
    that share letters with a word in which there may be two, or whose letters are others."""
    found = _known(connection, errors_of(word))
    if found or (word.isascii() and len(word) <= SURE):
        return found
    return _that_share(connection, word)


def _known(connection: Connection, words: Iterable[str]) -> Sequence[str]:
    term = search_terms.c.term
    known = select(term).where(among(term, words)).limit(_LOOKED_AT)
    return connection.execute(known).scalars().all()


def _that_share(connection: Connection, word: str) -> Sequence[str]:
    if connection.dialect.name == "postgresql":
        alike, values = _ALIKE_ON_POSTGRES, {"word": word}
    else:
        either = " OR ".join(f'"{three}"' for three in trigrams(word))
        alike, values = _ALIKE_ON_SQLITE, {"word": either}
    return connection.execute(alike, values | {"most": _LOOKED_AT}).scalars().all()


_ALIKE_ON_POSTGRES = text(
    "SELECT term FROM search_terms WHERE term % :word "
    "ORDER BY similarity(term, :word) DESC LIMIT :most"
)
_ALIKE_ON_SQLITE = text(
    "SELECT term FROM search_trigrams WHERE search_trigrams MATCH :word ORDER BY rank LIMIT :most"
)
