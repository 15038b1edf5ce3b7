"""Fetches what customers sent along: from Twilio's hosts alone, whatever an address says.

Addresses come in webhooks. Those are signed, but a bug or a stolen token must not turn Loket into
a reader of the inside network: hosts are listed, redirects are followed by hand to listed hosts,
names that lead to private addresses are not dialled, and size and time have limits.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import (
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    TCPConnector,
    encode_basic_auth,
)
from yarl import URL

from connectors.shared.twilio.settings import TwilioSettings
from hub.blobs import Blobs
from hub.errors import Rejected, Retry
from hub.public_only import public_connector

_MOST_REDIRECTS = 3
_SECONDS = 60
_CHUNK = 65_536
_REDIRECTS = (301, 302, 303, 307, 308)
_GONE = (404, 410)


@dataclass(frozen=True)
class Media:
    """A file that is still with Twilio; `content_type` is what a webhook says."""

    url: str
    content_type: str


@dataclass(frozen=True)
class Fetched:
    """Bytes in the blob store; `content_type` is a claim."""

    sha256: str
    size: int
    content_type: str


class MediaFetcher:
    def __init__(self, settings: TwilioSettings, blobs: Blobs) -> None:
        self._settings = settings
        self._blobs = blobs
        self._stand_in = URL(settings.api_url) if settings.is_stand_in else None
        self._session: ClientSession | None = None

    async def stop(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def fetch(self, address: str) -> Fetched:
        """Keep what is there. Raises Rejected when it will never be fetched, Retry when not now."""
        try:
            async with asyncio.timeout(_SECONDS), self._answer(URL(address)) as response:
                return await self._keep(response)
        except (ClientError, TimeoutError, OSError) as error:
            raise Retry(f"the file cannot be fetched: {error or 'no answer'}") from error
        except ValueError as error:
            raise Rejected("media_address", "The file's address is none.") from error

    @asynccontextmanager
    async def _answer(self, url: URL) -> AsyncIterator[ClientResponse]:
        first = True
        for _ in range(_MOST_REDIRECTS + 1):
            self._must_be_listed(url)
            # Credentials go to the API alone: where it sends us, the address itself is the key.
            signed_in = {"Authorization": encode_basic_auth(*self._settings.credentials)}
            headers = signed_in if first else None
            async with self._http().get(url, headers=headers, allow_redirects=False) as response:
                if response.status not in _REDIRECTS:
                    yield response
                    return
                url = url.join(URL(response.headers.get("Location", "")))
            first = False
        raise Rejected("media_redirects", "The file's address leads on and on.")

    def _must_be_listed(self, url: URL) -> None:
        stand_in = self._stand_in
        if stand_in is not None and url.origin() == stand_in.origin():
            return
        if (
            url.scheme != "https"
            or not url.is_default_port()
            or url.host not in self._settings.media_hosts
        ):
            raise Rejected("media_host", f"The file is at {url.host}, which is none of Twilio's.")

    def _http(self) -> ClientSession:
        if self._session is None:
            beside_us = self._stand_in is not None
            self._session = ClientSession(
                connector=TCPConnector(limit=16) if beside_us else public_connector(limit=16),
                timeout=ClientTimeout(total=_SECONDS),
                auto_decompress=False,  # bytes are counted as they come: no bomb
            )
        return self._session

    async def _keep(self, response: ClientResponse) -> Fetched:
        if response.status in _GONE:
            raise Rejected("media_gone", "Twilio does not have the file any more.")
        if response.status != HTTPStatus.OK:
            raise Retry(f"Twilio answered {response.status} for the file")
        limit = self._settings.media_limit
        if (response.content_length or 0) > limit:
            raise _too_large(limit)
        with self._blobs.writer() as writer:
            size = 0
            async for chunk in response.content.iter_chunked(_CHUNK):
                size += len(chunk)
                if size > limit:
                    raise _too_large(limit)
                writer.write(chunk)
            sha256, size = await asyncio.to_thread(writer.finish)
        return Fetched(sha256, size, response.content_type)


def _too_large(limit: int) -> Rejected:
    return Rejected("media_size", f"The file is larger than {limit} bytes.")
