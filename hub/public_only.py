"""Connections that never lead inside, for what we call because somebody else named it.

What is looked at is the address that is dialled, when it is: so it makes no difference how it was
written, which name leads there, or that the name leads elsewhere a moment later.
"""

import asyncio
import socket
from typing import Any

from aiohttp import TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver

from hub.errors import Rejected
from hub.webhooks import is_public

_MOST_AT_ONCE = 100


class PublicOnly(AbstractResolver):
    """Resolves names as the system does. Raises Rejected for one that leads inside."""

    def __init__(self) -> None:
        self._system = DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._system.resolve(host, port, family)
        inside = [one["host"] for one in found if not is_public(one["host"])]
        if inside:
            raise leads_inside(host, inside[0])
        return found

    async def close(self) -> None:
        await self._system.close()


def public_connector(*, limit: int = _MOST_AT_ONCE) -> TCPConnector:
    """For aiohttp. An address that is written out is never asked of a resolver: that is refused
    when its socket is made, as an OSError."""
    return TCPConnector(resolver=PublicOnly(), limit=limit, socket_factory=_socket)


async def dial(host: str, port: int) -> socket.socket:
    """A connection to the first of the host's addresses that answers; none is dialled when one
    leads inside. Raises Rejected then, and OSError when nobody answers."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, address in found:
        if not is_public(str(address[0])):
            raise leads_inside(host, str(address[0]))
    failure = OSError(f"{host} has no address")
    for family, kind, proto, _, address in found:
        one = socket.socket(family, kind, proto)
        one.setblocking(False)
        try:
            await loop.sock_connect(one, address)
        except OSError as error:
            one.close()
            failure = error
        except BaseException:
            one.close()
            raise
        else:
            return one
    raise failure


def leads_inside(host: str, address: str) -> Rejected:
    return Rejected("leads_inside", f"{host} leads inside: {address}.")


def _socket(found: tuple[Any, ...]) -> socket.socket:
    family, kind, proto, _, address = found
    if not is_public(str(address[0])):
        raise OSError(f"{address[0]} is inside")
    return socket.socket(family, kind, proto)
