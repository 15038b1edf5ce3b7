"""What an administrator watches over: health, the no-loss ledger, dead letters, the audit log."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from agent_ui.context import ConsoleContext
from agent_ui.office.audit_words import done, told
from agent_ui.office.leafing import SIZE, leaf_of
from agent_ui.office.overview import followed
from agent_ui.pages import Pages
from agent_ui.views.sign_in import see_other
from agent_ui.visit import Visit, checked_id
from hub import clock
from hub.store import agents, audit, dead_letters, health, ledger, sweeping, wall
from hub.store.audit import Line
from hub.store.audit_things import things

ADMIN = "/console/admin"
DAYS = (1, 7, 31)
_LISTED = 200
_LINES = 100
_LONGEST = 200
_AUDIT_DAYS = 30


class UpkeepViews:
    def __init__(self, context: ConsoleContext, pages: Pages) -> None:
        self._context = context
        self._pages = pages

    async def health(self, visit: Visit) -> web.StreamResponse:
        """How every part of every process is, and what comes in and goes out, in words."""
        now = clock.now()

        def read(connection: Connection) -> dict[str, Any]:
            addresses = followed(connection, self._context)
            return {
                "parts": health.parts(connection),
                "sending": wall.sending(connection, now - timedelta(hours=24)),
                "mailboxes": wall.last_received(connection, addresses, now),
                "dead": sweeping.count_dead(connection),
                "unrouted": sweeping.oldest_unrouted(connection),
            }

        found = await self._context.database.read(read)
        return self._pages.page(visit, "office/health.html", **found)

    async def ledger(self, visit: Visit) -> web.StreamResponse:
        days = _days(visit)
        since, until = _span(days)
        found = await self._context.database.read(lambda c: ledger.balance(c, since, until))
        return self._pages.page(
            visit, "office/ledger.html", balance=found, days=days, choices=DAYS, since=since
        )

    async def ledger_items(self, visit: Visit) -> web.StreamResponse:
        state, days = visit.request.query.get("state", ""), _days(visit)
        if state not in ledger.STATES:
            raise web.HTTPNotFound
        since, until = _span(days)

        def read(connection: Connection) -> dict[str, Any]:
            total = ledger.balance(connection, since, until).states[state]
            leaf = leaf_of(total, visit.request.query.get("leaf", ""))
            lines = ledger.behind(connection, state, since, until, limit=SIZE, offset=leaf.offset)
            return {"leaf": leaf, "lines": lines}

        found = await self._context.database.read(read)
        return self._pages.page(visit, "office/ledger_items.html", state=state, days=days, **found)

    async def dead_letters(self, visit: Visit) -> web.StreamResponse:
        found = await self._context.database.read(lambda c: dead_letters.listed(c, _LISTED))
        return self._pages.page(visit, "office/dead_letters.html", letters=found, most=_LISTED)

    async def act_on_letters(self, visit: Visit) -> web.StreamResponse:
        """Try one again, or all; or throw one away."""
        act, chosen = await visit.field("act"), await visit.field("letter")
        letter = checked_id(chosen) if chosen else None
        if act == "retry":
            await self._context.database.write(
                lambda c: dead_letters.retry(c, letter, visit.known.id)
            )
        elif act == "drop" and letter:
            await self._context.database.write(
                lambda c: dead_letters.drop(c, letter, visit.known.id)
            )
        else:
            raise web.HTTPNotFound
        self._context.wake()
        return see_other(f"{ADMIN}/dead-letters")

    async def audit(self, visit: Visit) -> web.StreamResponse:
        query = visit.request.query
        today = clock.now().astimezone(self._context.zone()).date()
        first = _date(query.get("from", ""), today - timedelta(days=_AUDIT_DAYS))
        last = _date(query.get("to", ""), today)
        words = query.get("words", "")[:_LONGEST]
        action = query.get("action", "")[:_LONGEST]
        before = checked_id(query["before"]) if query.get("before") else ""
        since = self._midnight(first)
        until = self._midnight(last + timedelta(days=1))

        def read(connection: Connection) -> dict[str, Any]:
            lines = audit.search(
                connection,
                since=since,
                until=until,
                words=words,
                action=action,
                before=before,
                limit=_LINES + 1,
            )
            named = set(_named_in(lines))
            return {
                "lines": lines,
                "actions": audit.kinds(connection, since),
                "colleagues": agents.names(connection, list(named)),
                "things": things(connection, named, visit.texts.language),
            }

        found = await self._context.database.read(read)
        return self._pages.page(
            visit,
            "office/audit.html",
            most=_LINES,
            done=done,
            told=told,
            typed={"words": words, "action": action, "from": first, "to": last},
            **found,
        )

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._context.zone()).astimezone(UTC)


def _named_in(lines: Sequence[Line]) -> Iterator[str]:
    """What may be an id: what a line is about, and what its details say."""
    for line in lines:
        yield line.about
        yield from (value for value in line.details.values() if isinstance(value, str))


def _days(visit: Visit) -> int:
    given = visit.request.query.get("days", "")
    return int(given) if given in map(str, DAYS) else DAYS[1]


def _span(days: int) -> tuple[datetime, datetime]:
    now = clock.now()
    # What is being accepted at this moment is counted once it is there.
    return now - timedelta(days=days), now


def _date(text: str, otherwise: date) -> date:
    """A day as a form sends it; the other one for what is none, or out of reach."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if day.year in range(1970, 2200) else otherwise
