"""Connects to the mail servers that somebody typed in the console, and never to what only we can
reach: what was looked at is what is dialled."""

import asyncio
import socket

from connectors.email.settings import ServerSettings
from hub.errors import Rejected, Unavailable
from hub.public_only import dial

LEADS_INSIDE = "its address is not on the internet; see connectors.email.allow_inside"


async def dialled(settings: ServerSettings) -> socket.socket | None:
    """A connection to the server; None where it may be anywhere: dial it as usual. Raises
    Unavailable for a server inside; OSError for a name that leads nowhere, or when nobody answers.
    """
    if not settings.public_only:
        return None
    try:
        async with asyncio.timeout(settings.timeout):
            return await dial(settings.host, settings.port)
    except Rejected as error:
        raise Unavailable(settings.host, LEADS_INSIDE) from error
