"""Finds lines of the audit log by their words, and brings these in, some minutes behind.

Who changes something does not wait for it. What was not brought in yet is looked at line by line.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, text

from hub.store import search_postgres, search_sqlite
from hub.store.among import among
from hub.store.audit_words import words_of_line
from hub.store.inserting import insert_all
from hub.store.search_words import Wanted, Within
from hub.store.searchable import FAR_BEHIND, next_rows
from hub.store.tables import agents, audit_documents, audit_log, search_progress

AT_ONCE = 200


@dataclass(frozen=True)
class Ids:
    """From the first to before the last; ids begin with the time."""

    since: str
    before: str


def take_in(connection: Connection, now: datetime) -> int:
    """Make the next lines findable; gives how many."""
    lines = next_rows(connection, audit_log, audit_log.name, now, behind=FAR_BEHIND)
    if not lines:
        return 0
    names = called(connection)
    last = connection.execute(select(func.max(audit_documents.c.number))).scalar_one() or 0
    documents = [
        {"number": number, "ref_id": line.id, "words": _words_of(line, names)}
        for number, line in enumerate(lines, start=last + 1)
    ]
    if connection.dialect.name == "postgresql":
        connection.execute(_INSERT_POSTGRES, documents)
    else:
        plain = [{"number": one["number"], "ref_id": one["ref_id"]} for one in documents]
        insert_all(connection, audit_documents, plain)
        rows = [{"number": one["number"], "words": " ".join(one["words"])} for one in documents]
        connection.execute(_INSERT_SQLITE, rows)
    return len(lines)


_INSERT_SQLITE = text("INSERT INTO audit_words (rowid, words) VALUES (:number, :words)")
_INSERT_POSTGRES = text(
    "INSERT INTO audit_documents (number, ref_id, words) "
    "VALUES (:number, :ref_id, array_to_tsvector(CAST(:words AS text[])))"
)


def forget(connection: Connection, line_ids: Sequence[str]) -> None:
    """These lines are gone, and so is what they were found by."""
    columns = audit_documents.c
    if connection.dialect.name == "sqlite":
        numbers = connection.execute(select(columns.number).where(among(columns.ref_id, line_ids)))
        rows = [{"number": number} for number in numbers.scalars()]
        if rows:
            connection.execute(_FORGET_WORDS, rows)
    connection.execute(delete(audit_documents).where(among(columns.ref_id, line_ids)))


_FORGET_WORDS = text("DELETE FROM audit_words WHERE rowid = :number")


def called(connection: Connection) -> dict[str, str]:
    """By agent, their name and login."""
    columns = agents.c
    rows = connection.execute(select(columns.id, columns.name, columns.login))
    return {row.id: f"{row.name} {row.login}" for row in rows}


def newest(connection: Connection, wanted: Sequence[Wanted], within: Ids) -> Iterator[Row[Any]]:
    """The lines that have all that is wanted, the newest first, until nobody asks on."""
    if not wanted:
        yield from _lines(connection, within)
        return
    this = search_progress.c.name == audit_log.name
    reached = connection.execute(select(search_progress.c.reached).where(this)).scalar() or ""
    names = called(connection)
    for line in _lines(connection, Ids(max(reached, within.since), within.before)):
        words = _words_of(line, names)
        if line.id > reached and all(one.is_in(words) for one in wanted):
            yield line
    for ids in _taken_in(connection, wanted, within):
        found = select(audit_log).where(among(audit_log.c.id, ids)).order_by(audit_log.c.id.desc())
        for line in connection.execute(found):
            if line.id <= reached:  # else it was taken in meanwhile
                yield line


def _lines(connection: Connection, within: Ids) -> Iterator[Row[Any]]:
    column, before = audit_log.c.id, within.before
    ordered = select(audit_log).where(column >= within.since).order_by(column.desc())
    while lines := connection.execute(ordered.where(column < before).limit(AT_ONCE)).all():
        yield from lines
        before = lines[-1].id


def _taken_in(
    connection: Connection, wanted: Sequence[Wanted], ids: Ids
) -> Iterator[Sequence[str]]:
    """The ids of those that are in the index, some at once."""
    first, before = _number(connection, ids.since), _number(connection, ids.before)
    while rows := list(_found(connection, wanted, Within(first, ids.since, before))):
        yield [row.ref_id for row in rows]
        before = rows[-1].number


def _found(connection: Connection, wanted: Sequence[Wanted], within: Within) -> Iterator[Any]:
    if connection.dialect.name == "postgresql":
        kind = "line of the audit log"
        return search_postgres.newest(connection, kind, wanted, within, AT_ONCE)
    return search_sqlite.newest(connection, audit_documents.name, wanted, within, AT_ONCE)


def _number(connection: Connection, line_id: str) -> int:
    """Of the first document that has this id or a later one."""
    columns = audit_documents.c
    first = select(columns.number).where(columns.ref_id >= line_id).order_by(columns.ref_id)
    return connection.execute(first.limit(1)).scalar() or Within().before


def _words_of(line: Row[Any], names: Mapping[str, str]) -> list[str]:
    name = names.get(line.actor, "")
    return words_of_line(line.actor, name, line.action, line.object, line.details)
