"""Looks where the name of a mail server leads before it is dialled: what somebody typed in the
console must not make Loket talk to what only we can reach."""

import asyncio
import socket

from connectors.email.settings import ServerSettings
from hub.errors import Unavailable
from hub.webhooks import is_inside

LEADS_INSIDE = "its address is not on the internet; see connectors.email.allow_inside"


async def refuse_inside(settings: ServerSettings) -> None:
    """Raises Unavailable for a server inside, where only those outside are allowed; OSError for a
    name that leads nowhere."""
    if not settings.public_only:
        return
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
    if any(is_inside(str(address[0])) for *_, address in found):
        raise Unavailable(settings.host, LEADS_INSIDE)
