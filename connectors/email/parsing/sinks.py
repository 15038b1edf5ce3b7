"""Where the body of a part goes while it is read: to memory, to the blobs or nowhere."""

from abc import ABC, abstractmethod
from typing import Protocol

from connectors.email.parsing.transfer import AsItIs, Decoder
from hub.blobs import BlobWriter

_TOGETHER = 64 * 1024


class Sink(Protocol):
    def write(self, data: bytes) -> None: ...

    def finish(self) -> None: ...


class Nowhere:
    def write(self, data: bytes) -> None:
        """Let it go."""

    def finish(self) -> None:
        """Nothing was kept."""


class _DecodingSink(ABC):
    """Decodes many lines at a time, for speed."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self._waiting: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        self._waiting.append(data)
        self._size += len(data)
        if self._size >= _TOGETHER:
            self._decode()

    def finish(self) -> None:
        self._decode()
        self._keep(self._decoder.finish())

    def _decode(self) -> None:
        self._keep(self._decoder.feed(b"".join(self._waiting)))
        self._waiting.clear()
        self._size = 0

    @abstractmethod
    def _keep(self, data: bytes) -> None:
        """Take decoded bytes."""


class TextSink(_DecodingSink):
    """Keeps at most `limit` decoded bytes."""

    def __init__(self, limit: int, decoder: Decoder | None = None) -> None:
        super().__init__(decoder or AsItIs())
        self._limit = limit
        self._kept = bytearray()
        self.cut = False

    @property
    def content(self) -> bytes:
        return bytes(self._kept)

    def _keep(self, data: bytes) -> None:
        room = self._limit - len(self._kept)
        self.cut = self.cut or len(data) > room
        self._kept += data[:room]


class FileSink(_DecodingSink):
    """Writes to a blob and keeps the first `head` bytes of it."""

    def __init__(self, writer: BlobWriter, decoder: Decoder, head: int) -> None:
        super().__init__(decoder)
        self._writer = writer
        self._wanted = head
        self.head = b""

    def _keep(self, data: bytes) -> None:
        if len(self.head) < self._wanted:
            self.head += data[: self._wanted - len(self.head)]
        self._writer.write(data)
