"""Callers who are still choosing, so that who hangs up then is kept, and called back if we can.

Twilio may tell that a call is over before we kept it: that is parked until we have.
"""

from datetime import timedelta
from functools import partial
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection

from connectors.phone.lines import Lines
from connectors.phone.parse import Caller, parse_call
from connectors.phone.settings import PhoneSettings
from hub import clock
from hub.connector import ConnectorContext
from hub.store import calls, parked
from hub.store.parked import Parked

CHOOSING, LEFT, GONE = "phone.choosing", "phone.left", "phone.gone"
"""Kinds of parked things, by call SID: in the menu; hung up there; over before it was kept."""
PATIENCE = timedelta(minutes=5)
"""After so long in the menu, Twilio is asked whether they are still there."""
_LEASE = timedelta(minutes=1)
_AT_ONCE = 20


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True)

    line: str
    caller: str


class Menus:
    def __init__(self, settings: PhoneSettings, context: ConnectorContext, lines: Lines) -> None:
        self._settings = settings
        self._context = context
        self._database = context.database
        self._lines = lines

    async def begins(self, caller: Caller) -> None:
        """They hear the menu."""
        kept = _Kept(line=caller.line.number, caller=caller.number).model_dump()
        due_at = clock.now() + PATIENCE

        def park(connection: Connection) -> None:
            parked.take(connection, CHOOSING, caller.sid)  # Twilio may ask twice
            parked.park(connection, CHOOSING, caller.sid, kept, due_at=due_at)

        await self._database.write(park)

    async def look(self) -> None:
        """Make contacts of those who hung up while they were choosing."""
        for one in await self._due(LEFT):
            await self._take_in(one)
        for one in await self._due(CHOOSING):
            if await self._lines.is_over(one.key):
                await self._database.write(partial(over, sid=one.key))

    async def _due(self, kind: str) -> list[Parked]:
        now = clock.now()
        return await self._database.write(
            lambda c: parked.claim_due(c, kind, now, until=now + _LEASE, most=_AT_ONCE)
        )

    async def _take_in(self, one: Parked) -> None:
        kept = _Kept.model_validate(one.content)
        line = self._settings.line(kept.line)
        if line is not None:
            caller = Caller(one.key, kept.caller, line)
            arrival = parse_call(caller, "", "", now=one.created_at)
            accepted = await self._context.intake.accept(arrival)

            def missed(connection: Connection) -> None:
                calls.add(
                    connection,
                    one.key,
                    accepted.conversation_id,
                    account=line.number,
                    caller=kept.caller,
                    language=line.language,
                )
                calls.end(connection, one.key)

            await self._database.write(missed)
            self._context.wake()
        await self._database.write(lambda c: parked.remove(c, one.id))


def chosen(connection: Connection, sid: str) -> bool:
    """They are in the queue now; gives whether we were told already that they hung up."""
    parked.take(connection, CHOOSING, sid)
    return bool(parked.take(connection, GONE, sid))


def over(connection: Connection, sid: str) -> bool:
    """A call is over: end it, or make a missed contact of who was choosing; gives whether there is
    something to do now."""
    if calls.get(connection, sid) is not None:
        return calls.end(connection, sid)
    choosing = parked.take(connection, CHOOSING, sid)
    content: dict[str, Any] = choosing[0].content if choosing else {}
    if choosing:
        parked.park(connection, LEFT, sid, content, due_at=clock.now())
    else:
        parked.take(connection, GONE, sid)
        parked.park(connection, GONE, sid, {})
    return bool(choosing)
