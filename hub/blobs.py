"""Foreign bytes on disk: attachments and raw messages, kept under the SHA-256 of their content.

Whoever keeps bytes that are there already writes their file anew. So the time of a file says when
its bytes came in last, whether or not the store knows of it yet.
"""

import contextlib
import hashlib
import os
import tempfile
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

SHELVES = 256
"""Folders that the blobs are spread over, by the beginning of their hash."""

_HEX_DIGITS = 64
_NEW, _ASIDE = ".new-", ".aside-"


class BlobWriter:
    """Takes bytes piece by piece; `finish()` keeps them and gives (sha256 hex, size)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._digest = hashlib.sha256()
        self._size = 0
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=_NEW)
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

    def look(self) -> Path:
        """Where what was written so far can be read until `finish`."""
        self._file.flush()
        return self._temporary

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

    def put(self, data: bytes) -> tuple[str, int]:
        """Keep these bytes; gives (sha256 hex, size)."""
        with self.writer() as writer:
            writer.write(data)
            return writer.finish()

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

    def on_shelf(self, number: int, *, before: datetime) -> list[str]:
        """The blobs on this shelf that came in last before then."""
        try:
            with os.scandir(self.folder / f"{number:02x}") as files:
                return sorted(file.name for file in files if _came_in(file.stat(), before))
        except FileNotFoundError:
            return []

    def remove(self, sha256: str, *, before: datetime) -> bool:
        """Remove a blob that came in last before then; False when it is not there, or came again.

        It may come again at this very moment: so it is put aside, looked at, and put back if so.
        """
        path = self.path(sha256)
        aside = self.folder / f"{_ASIDE}{sha256}"
        try:
            path.rename(aside)
        except FileNotFoundError:
            return False
        if _came_in(aside.stat(), before):
            aside.unlink()
            return True
        _put_back(aside, path)
        return False

    def clear_up(self, *, before: datetime) -> None:
        """Put an end to what processes that died before then have left half done."""
        for file in self.folder.glob(f"{_ASIDE}*"):
            _put_back(file, self.path(file.name.removeprefix(_ASIDE)))
        for file in self.folder.glob(f"{_NEW}*"):
            with contextlib.suppress(FileNotFoundError):
                if _came_in(file.stat(), before):
                    file.unlink()


def _came_in(status: os.stat_result, before: datetime) -> bool:
    return status.st_mtime < before.timestamp()


def _put_back(aside: Path, path: Path) -> None:
    if path.exists():  # came in once more
        aside.unlink()
    else:
        aside.rename(path)
