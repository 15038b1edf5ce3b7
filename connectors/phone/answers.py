"""What the doors of the phone share: the call that a webhook is about, and the answer."""

from aiohttp import web

from connectors.shared.twilio.webhook import Webhook, malformed
from hub.connector import ConnectorContext
from hub.store import calls
from hub.store.calls import Call


async def known(context: ConnectorContext, webhook: Webhook) -> Call:
    """The call of a webhook: named in its address, because it may be about another end; or its
    own."""
    named = webhook.query.get("call", "")
    sid = named or webhook.get("CallSid", "")
    call = await context.database.read(lambda c: calls.get(c, sid))
    if call is None:
        raise malformed("call" if named else "CallSid", "is no call that we know")
    return call


def count(webhook: Webhook, name: str) -> int:
    """A number that stands in the address of a webhook."""
    number = webhook.query.get(name, "")
    if not number.isdecimal():
        raise malformed(name, "is no number")
    return int(number)


def xml(document: str) -> web.Response:
    return web.Response(text=document, content_type="text/xml")
