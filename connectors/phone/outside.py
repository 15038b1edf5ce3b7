"""The doors by which Twilio tells what became of a number that a customer is put through to.

Nobody is cut off because it was not answered: the answer to that has the customer wait again, for
the agent who put them through.
"""

from collections.abc import Sequence

from aiohttp import web
from sqlalchemy import Connection

from connectors.phone import twiml
from connectors.phone.answers import count, known, xml
from connectors.phone.desk import Desk
from connectors.phone.parse import is_over
from connectors.phone.twiml import Telling
from connectors.phone.words import say
from connectors.shared.twilio.webhook import Guard, Webhook
from hub.connector import ConnectorContext
from hub.http import Route
from hub.store import calls, putting_through
from hub.store.calls import Call

_NEEDED = ("AccountSid", "CallSid", "CallStatus")
_TALKED = ("completed", "answered")
"""What <Dial> says of somebody who was there. Anything else, also what we do not know: they were
not."""


class OutsideDoors:
    def __init__(self, context: ConnectorContext, telling: Telling, desk: Desk) -> None:
        self._context = context
        self._database = context.database
        self._telling = telling
        self._desk = desk

    def routes(self, guard: Guard) -> Sequence[Route]:
        """`guard` lets in Twilio alone."""
        return (
            guard.route(twiml.THROUGH, self._through, needs=(*_NEEDED, "DialCallStatus")),
            guard.route(twiml.THROUGH_STATUS, self._answered, needs=_NEEDED),
        )

    async def _answered(self, webhook: Webhook) -> web.Response:
        """Somebody is there: the agent is done with the call."""
        call, room = await known(self._context, webhook), count(webhook, "room")
        if not is_over(webhook) and putting_through.goes_on(call, room):
            await self._end(call, calls.PUT_THROUGH)
        return web.Response(status=204)

    async def _through(self, webhook: Webhook) -> web.Response:
        """They have talked, or the number was not reached, or the customer hung up before."""
        call, room = await known(self._context, webhook), count(webhook, "room")
        status = webhook["DialCallStatus"]
        if putting_through.goes_on(call, room):
            if status in _TALKED:
                await self._end(call, calls.PUT_THROUGH)
            elif is_over(webhook):
                await self._end(call, calls.HUNG_UP)
            else:
                await self._database.write(lambda c: _comes_back(c, call, status))
                self._told()
        now = await known(self._context, webhook)
        if now.room == room or now.state in (calls.ENDING, calls.OVER):
            return xml(self._telling.farewell(call.language))
        back = say("back", call.language)
        return xml(self._telling.queue(call.sid, now.room, call.language, back))

    async def _end(self, call: Call, outcome: str) -> None:
        await self._database.write(lambda c: calls.end(c, call.sid, outcome))
        self._told()

    def _told(self) -> None:
        self._context.wake()
        self._desk.wake()


def _comes_back(connection: Connection, call: Call, why: str) -> bool:
    return putting_through.comes_back(connection, call, why=why, seated=True)
