"""Resolves names as the system does, and refuses those that lead inside.

For what we call because somebody else named it: an address in a webhook, an address to be told of
events. The name is looked at when it is dialled, so it cannot lead elsewhere in between.
"""

import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver

from hub.errors import Rejected
from hub.webhooks import is_inside


class PublicOnly(AbstractResolver):
    """Raises Rejected. An address that is written out is never asked of a resolver: look at it
    before (`hub.webhooks.is_inside`)."""

    def __init__(self) -> None:
        self._system = DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._system.resolve(host, port, family)
        inside = [one["host"] for one in found if is_inside(one["host"])]
        if inside:
            raise Rejected("leads_inside", f"{host} leads inside: {inside[0]}.")
        return found

    async def close(self) -> None:
        await self._system.close()
