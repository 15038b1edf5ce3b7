"""A raw mail on its way in: a small one stays in memory, a large one goes to the blob store.

Making a file takes longer than reading a mail of everyday size. So the original of a small mail is
kept in the database, in the transaction that keeps what was read of it.
"""

from pathlib import Path
from types import TracebackType
from typing import Self

from hub.blobs import Blobs, BlobWriter

SMALL = 1 << 16
"""Bytes up to which a mail stays in memory."""

RawContent = bytes | Path
"""The whole mail, or where in the blob store it is."""


class Spool:
    """Takes a mail piece by piece. Raises OSError when the disk does."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._held = bytearray()
        self._writer: BlobWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._writer is not None:
            self._writer.__exit__(kind, error, trace)

    def write(self, data: bytes) -> None:
        if self._writer is not None:
            self._writer.write(data)
            return
        self._held += data
        if len(self._held) > SMALL:
            self._writer = self._blobs.writer()
            self._writer.write(bytes(self._held))
            self._held.clear()

    def finish(self) -> RawContent:
        """The mail. A file is not durable yet: see `MailReceiver.read`."""
        if self._writer is None:
            return bytes(self._held)
        sha256, _ = self._writer.finish(durable=False)
        return self._blobs.path(sha256)
