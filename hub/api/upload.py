"""A file as it comes in: read once, in pieces, and known by its content afterwards."""

import hashlib

from aiohttp import StreamReader


class Upload:
    """The body of a request. It is read by who keeps it, not before."""

    def __init__(self, content: StreamReader) -> None:
        self._content = content
        self._hash = hashlib.sha256()

    async def read(self, most: int) -> bytes:
        """The next piece; empty at the end."""
        piece = await self._content.read(most)
        self._hash.update(piece)
        return piece

    @property
    def sha256(self) -> str:
        """Of what was read so far, in hex."""
        return self._hash.hexdigest()
