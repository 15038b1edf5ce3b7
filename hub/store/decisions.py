"""Decisions as they are kept with work: what the model lays down is kept once, not with each.

A model lays down a few hundred things, each for thousands of contacts. What is a contact's own, how
its topic was found and why, is kept with the work and names the rest by its hash.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import Connection, select

from hub.decided import Decided
from hub.store.among import among_named
from hub.store.inserting import insert_new, unique
from hub.store.tables import handlings

log = structlog.get_logger(__name__)

_NAME = "handling"
_UNKNOWN: dict[str, Any] = {"role": "", "triage": False}
"""What is said of work whose handling is not in the store, as after a restore of half of it: the
work can be seen and done, without guidance."""
_REMEMBERED = 5_000

_read: dict[str, dict[str, Any]] = {}
"""By their hashes, so they never change and may be of any store."""


def kept(decision: dict[str, Any]) -> dict[str, Any]:
    """What the column of a decision holds."""
    if isinstance(decision, Decided):
        return {_NAME: decision.handling_id, **decision.own}
    return decision


def keep_shared(
    connection: Connection, decisions: Iterable[dict[str, Any]], known: Collection[str]
) -> set[str]:
    """Keep what these share, but for the hashes that are `known` to be kept; gives all of them.

    They are known when this transaction is committed, and not before.
    """
    shared = {one.handling_id: one.handling for one in decisions if isinstance(one, Decided)}
    new = unique(shared.keys() - known)
    insert_new(connection, handlings, [{"id": one, "body": shared[one]} for one in new])
    return set(shared)


def whole(connection: Connection, stored: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The decisions that are kept so, in the same order."""
    bodies = _bodies_of(connection, {one[_NAME] for one in stored if _NAME in one})
    return [_whole(one, bodies) for one in stored]


def _bodies_of(connection: Connection, names: set[str]) -> dict[str, dict[str, Any]]:
    # Asked once for each: another thread may clear them in between.
    known = ((name, _read.get(name)) for name in names)
    found = {name: body for name, body in known if body is not None}
    if len(found) < len(names):
        rows = connection.execute(_BODIES, {"ids": names - found.keys()}).all()
        found.update((row.id, row.body) for row in rows)
        if len(_read) > _REMEMBERED:
            _read.clear()
        _read.update(found)
    return found


def _whole(stored: dict[str, Any], bodies: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    if _NAME not in stored:
        return stored
    own = dict(stored)
    name = own.pop(_NAME)
    if name not in bodies:
        log.error("decision.incomplete", handling_id=name)
        return {**_UNKNOWN, **own}
    return Decided(name, bodies[name], own)


_BODIES = select(handlings.c.id, handlings.c.body).where(among_named(handlings.c.id, "ids"))
