"""What the doors of the phone share: the call that a webhook is about, and the answer."""

from aiohttp import web

from connectors.shared.twilio.webhook import Webhook, malformed
from hub.connector import ConnectorContext
from hub.store import calls
from hub.store.calls import Call


async def known(context: ConnectorContext, webhook: Webhook, sid: str = "") -> Call:
    """The call of a webhook: named in its address, or its own."""
    sid = sid or webhook.query.get("call", "")
    call = await context.database.read(lambda c: calls.get(c, sid))
    if call is None:
        raise malformed("CallSid" if sid else "call", "is no call that we know")
    return call


def xml(document: str) -> web.Response:
    return web.Response(text=document, content_type="text/xml")
