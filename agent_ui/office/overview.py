"""How everything stands now, for whoever oversees it: read once for all who look at the moment."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from agent_ui.context import ConsoleContext
from agent_ui.office.alerts import Alert, Seen, Thresholds, alerts_of
from hub import clock
from hub.store import added_mailboxes, agents, audit, choices, health, sweeping, wall
from hub.store.wall import Wall

CHOICE = "alerts"
FRESH = 1.0
"""Seconds for which one reading serves everybody."""
_SENT_WITHIN = timedelta(hours=1)
_LOCKED_WITHIN = timedelta(hours=1)


@dataclass(frozen=True)
class Stand:
    wall: Wall
    alerts: Sequence[Alert]
    limits: Thresholds


class Overview:
    def __init__(self, context: ConsoleContext) -> None:
        self._context = context
        self._turn = asyncio.Lock()
        self._last: Stand | None = None
        self._read_at = -FRESH

    async def stand(self) -> Stand:
        """Not older than a second."""
        async with self._turn:
            if self._last is None or time.monotonic() - self._read_at > FRESH:
                self._last = await self._context.database.read(self._read)
                self._read_at = time.monotonic()
            return self._last

    def forget(self) -> None:
        """Somebody changed what the reading shows."""
        self._read_at = -FRESH

    def day(self) -> datetime:
        return day_of(self._context)

    def _read(self, connection: Connection) -> Stand:
        now = clock.now()
        seen = Seen(
            wall=wall.read(connection, since=self.day(), quiet=self._context.quiet),
            sending=wall.sending(connection, now - _SENT_WITHIN),
            mailboxes=_mail_since(connection, self._context, now),
            parts=health.parts(connection),
            dead=sweeping.count_dead(connection),
            unrouted=sweeping.oldest_unrouted(connection),
            locked=audit.locked(connection, now - _LOCKED_WITHIN),
        )
        limits = Thresholds.chosen(choices.value(connection, CHOICE))
        return Stand(seen.wall, alerts_of(seen, limits), limits)


def followed(connection: Connection, context: ConsoleContext) -> list[str]:
    """The addresses that mail is taken in for: those of the settings, and those added here."""
    added = [one.address for one in added_mailboxes.listed(connection)]
    return list(dict.fromkeys([*context.mailboxes, *added]))


def _mail_since(
    connection: Connection, context: ConsoleContext, now: datetime
) -> dict[str, datetime | None]:
    """When the last mail came into each; nobody listened before it was added, or before there was
    anybody to answer."""
    began = agents.first_came(connection)
    heard_from = {one.address: one.added_at for one in added_mailboxes.listed(connection)}
    found = wall.last_received(connection, followed(connection, context), now)
    for address, last in found.items():
        since = heard_from.get(address, began)
        if since is not None and now - since < wall.LOOK_BACK:
            found[address] = max(last, since) if last else since
    return found


def day_of(context: ConsoleContext) -> datetime:
    """When today began for the organisation."""
    local = clock.now().astimezone(context.zone())
    return local.replace(hour=0, minute=0, second=0, microsecond=0)
