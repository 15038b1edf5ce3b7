"""Foreign bytes on disk: attachments and raw messages, kept under the SHA-256 of their content."""

import hashlib
import os
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Self

_HEX_DIGITS = 64


class BlobWriter:
    """Takes bytes piece by piece; `finish()` keeps them and gives (sha256 hex, size)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._digest = hashlib.sha256()
        self._size = 0
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=".new-")
        self._temporary = Path(name)
        self._file: IO[bytes] = os.fdopen(descriptor, "wb")
        self._kept = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        if not self._kept:
            self._temporary.unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        self._digest.update(data)
        self._size += len(data)
        self._file.write(data)

    def finish(self, *, durable: bool = True) -> tuple[str, int]:
        """Not `durable`: a power cut in the next half minute may take the bytes."""
        self._file.flush()
        if durable:
            os.fsync(self._file.fileno())
        self._file.close()
        sha256 = self._digest.hexdigest()
        target = blob_path(self._folder, sha256)
        # Always: what is there may come from a time without `durable`, and be empty after a crash.
        try:
            self._temporary.replace(target)
        except FileNotFoundError:
            target.parent.mkdir(exist_ok=True)
            self._temporary.replace(target)
        self._kept = True
        if durable:
            _sync_folders(target)
        return sha256, self._size


def _sync_folders(target: Path) -> None:
    """The name of a file is as durable as its folder."""
    for folder in (target.parent, target.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def blob_path(folder: Path, sha256: str) -> Path:
    return folder / sha256[:2] / sha256


class Blobs:
    """The blob store in one folder. All methods block; call them off the event loop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def writer(self) -> BlobWriter:
        return BlobWriter(self.folder)

    def put(self, data: bytes, *, durable: bool = True) -> tuple[str, int]:
        """Keep these bytes; gives (sha256 hex, size). `durable`: see `BlobWriter.finish`."""
        with self.writer() as writer:
            writer.write(data)
            return writer.finish(durable=durable)

    def path(self, sha256: str) -> Path:
        """Where the bytes are. Raises ValueError for what cannot be a hash."""
        if len(sha256) != _HEX_DIGITS or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256 in hex")
        return blob_path(self.folder, sha256)

    def sync(self, sha256: str) -> None:
        """Make durable what was finished without being so."""
        with self.open(sha256) as file:
            os.fsync(file.fileno())
        _sync_folders(self.path(sha256))

    def open(self, sha256: str) -> IO[bytes]:
        return self.path(sha256).open("rb")
