"""How PostgreSQL finds words: by walking from the newest document back where most have them, else
by its index of words, asked for the rare ones alone.

An index of words gives all documents that have a word, in no order: half a million of a common
one, to show twenty. What is common is seen in the newest documents. Each statement has one way in
which it can be answered, and gets the words where the planner does not see them: it would take
words that go together for independent, and guesses in a plan that it made before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from hub.store.search_words import Wanted, Within

SAMPLE = 1_000
"""Documents in which it is seen how common words are."""
_COMMON = 15
"""So many of these have all words: then the newest that do are not far away."""
WALKED = 20_000
"""Documents that a walk goes through, at most; behind them the index goes on."""
_FIRST = 100
"""Given at once when walking; nearly nobody asks on."""
_ENTRY, _ROW = 0.08, 3.0
"""Microseconds to take a document from the index of words, and to look at one."""
_MEMORY = "64MB"
"""For the documents of words that are all common: with less, only their pages are remembered, and
all that is on them is looked at again."""


@dataclass(frozen=True)
class _Seen:
    """Of the newest documents: `shares` that have each of the wanted, `both`: so many have all.
    `last`: the highest number."""

    shares: Sequence[float]
    both: int
    last: int


def newest(
    connection: Connection, kind: str, wanted: Sequence[Wanted], within: Within, most: int
) -> Iterator[Any]:
    """Of one of the kinds below. Where most have all words, those far from the newest may be left
    out: who wants these asks again, for what is before the last one, until there is none."""
    look = _Look(connection, _STATEMENTS[kind], [_written(one) for one in wanted], within)
    seen, before = look.seen(), within.before
    if seen.both >= _COMMON:
        rows = look.walk(before, _FIRST)
        yield from rows
        if len(rows) == _FIRST:
            yield from look.walk(rows[-1].number, most - _FIRST)
            return
        if min(seen.last, before) - within.number < WALKED:
            return  # there was no more to walk through
        before = rows[-1].number if rows else before
    chosen = cheapest(seen.shares)
    if min(seen.shares[place] for place in chosen) * SAMPLE >= _COMMON:
        connection.execute(_REMEMBER, {"memory": _MEMORY})
    yield from look.by_words([look.queries[place] for place in chosen], before, most)


def cheapest(shares: Sequence[float]) -> list[int]:
    """The places of the words that the index is asked for; the documents that have these are looked
    at for the others. Taking a common word from the index costs more than it saves."""
    rarest = sorted(range(len(shares)), key=lambda place: shares[place])
    costs, entries, rows = [], 0.0, 1.0
    for place in rarest:
        share = max(shares[place], 0.5 / SAMPLE)
        entries, rows = entries + share * _ENTRY, rows * share
        costs.append(entries + rows * _ROW)
    return rarest[: 1 + costs.index(min(costs))]


def _written(wanted: Wanted) -> str:
    return wanted.written("'", ":*", " | ")


@dataclass(frozen=True)
class _Statements:
    """Of a kind of document."""

    sample: Any
    walk: Any
    by_words: Any


@dataclass(frozen=True)
class _Look:
    connection: Connection
    of_kind: _Statements
    queries: Sequence[str]
    within: Within

    def seen(self) -> _Seen:
        asked = {"queries": [*self.queries, _all(self.queries)], "sample": SAMPLE}
        *each, both = self.connection.execute(self.of_kind.sample, asked).all()
        shares = [row.fits / max(row.looked_at, 1) for row in each]
        return _Seen(shares, both.fits, both.last or 0)

    def walk(self, before: int, most: int) -> Sequence[Any]:
        values = {"walked": WALKED, "before": before, "most": most}
        return self._rows(self.of_kind.walk, values)

    def by_words(self, by: Sequence[str], before: int, most: int) -> Sequence[Any]:
        values = {"by": _all(by), "before": before, "most": most}
        return self._rows(self.of_kind.by_words, values)

    def _rows(self, statement: Any, values: dict[str, Any]) -> Sequence[Any]:
        fits = {"query": _all(self.queries), "first": self.within.number, "oldest": self.within.id}
        return self.connection.execute(statement, fits | values).all()


def _all(queries: Sequence[str]) -> str:
    return " & ".join(queries)


_FITS = (
    "words @@ (SELECT CAST(CAST(:query AS text) AS tsquery)) "
    "AND number < :before AND number >= :first AND ref_id >= :oldest"
)
_REMEMBER = text("SELECT set_config('work_mem', :memory, true)")


def _for(columns: str, of_kind: str) -> _Statements:
    """`OFFSET 0`: first all that have the chosen words, then these are looked at."""
    sample = (
        f"WITH newest AS MATERIALIZED (SELECT number, words FROM {of_kind} "  # noqa: S608
        "ORDER BY number DESC LIMIT :sample), asked AS MATERIALIZED "
        "(SELECT place, CAST(query AS tsquery) AS query "
        "FROM unnest(CAST(:queries AS text[])) WITH ORDINALITY AS one(query, place)) "
        "SELECT count(*) FILTER (WHERE newest.words @@ asked.query) AS fits, "
        "count(newest.number) AS looked_at, max(newest.number) AS last "
        "FROM asked LEFT JOIN newest ON true GROUP BY asked.place ORDER BY asked.place"
    )
    walk = (
        f"SELECT {columns} FROM (SELECT {columns}, words FROM {of_kind} "  # noqa: S608
        "AND number < :before AND number >= :first ORDER BY number DESC LIMIT :walked) d "
        f"WHERE {_FITS} ORDER BY number DESC LIMIT :most"
    )
    by_words = (
        f"SELECT {columns} FROM (SELECT {columns}, words FROM {of_kind} "  # noqa: S608
        "AND words @@ (SELECT CAST(CAST(:by AS text) AS tsquery)) OFFSET 0) d "
        f"WHERE {_FITS} ORDER BY number DESC LIMIT :most"
    )
    return _Statements(text(sample), text(walk), text(by_words))


def _searched(kind: str) -> _Statements:
    """With the kind written out: customers and files have indexes of their own."""
    columns = "number, ref_id, conversation_id"
    return _for(columns, f"search_documents WHERE kind = '{kind}'")


_STATEMENTS = {kind: _searched(kind) for kind in ("customer", "message", "file")} | {
    "line of the audit log": _for("number, ref_id", "audit_documents WHERE true")
}
