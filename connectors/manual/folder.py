"""One folder of scans: what is whole is taken in, and only then moved away.

A file that was taken in before, by its content, is the same letter: a crash between keeping it and
moving it makes no second one.
"""

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from connectors.manual.settings import FolderSettings
from hub.blobs import Blobs, BlobWriter
from hub.by_hand import ByHand, Written, is_scan, not_a_scan
from hub.errors import Rejected
from hub.interaction import Attachment
from hub.isolation import Workers
from hub.taking import take

log = structlog.get_logger(__name__)

DONE, REFUSED = "done", "refused"
_CHUNK = 1 << 20
_MOST_AT_ONCE = 50
_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")


@dataclass(frozen=True)
class _Seen:
    """What it was when we looked: a file that is other now is still being written."""

    path: Path
    size: int
    changed_ns: int


class Folder:
    def __init__(
        self, name: str, settings: FolderSettings, by_hand: ByHand, blobs: Blobs, workers: Workers
    ) -> None:
        self.name = name
        self.settings = settings
        self._by_hand = by_hand
        self._blobs = blobs
        self._workers = workers

    async def look(self) -> None:
        """Take in what is whole. Raises StoreDown when nothing can be kept now, OSError when the
        folder cannot be used."""
        for seen in await asyncio.to_thread(_whole, self.settings):
            await self._take(seen)

    async def _take(self, seen: _Seen) -> None:
        try:
            scan = await self._scan(seen)
            accepted = await self._by_hand.record(self._written(seen.path.stem, scan))
        except Rejected as error:
            log.warning("folder.refused", folder=self.name, reason=error.code)
            await asyncio.to_thread(_refuse, seen.path, error.detail)
            return
        except FileNotFoundError:
            return  # somebody took it away
        log.info("folder.taken", folder=self.name, interaction_id=accepted.interaction_id)
        await asyncio.to_thread(_put_away, seen, scan.sha256)

    async def _scan(self, seen: _Seen) -> Attachment:
        """Keep its bytes. Raises Rejected for what is no scan."""
        if seen.size > self.settings.size_limit:
            detail = f"The file is larger than {self.settings.size_limit} bytes."
            raise Rejected("too_large", detail)
        with self._blobs.writer() as writer:
            await asyncio.to_thread(_copy, seen.path, writer)
            try:
                scan = await take(writer, seen.path.name, self._blobs, self._workers)
            except Rejected as error:
                raise not_a_scan() from error
        if not is_scan(scan):
            raise not_a_scan()
        return scan

    def _written(self, name: str, scan: Attachment) -> Written:
        settings = self.settings
        return Written(
            form=settings.form,
            external_id=scan.sha256,
            subject=name,
            topic=settings.topic,
            name=settings.sender,
            files=(scan,),
            account=f"folder {self.name}",
        )


def _whole(settings: FolderSettings) -> Sequence[_Seen]:
    """The oldest first. Not what a scanner still writes, hides, or only points to."""
    now, found = time.time(), []
    with os.scandir(settings.path) as entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name.lower().endswith(_UNFINISHED):
                continue
            if not entry.is_file(follow_symlinks=False):
                continue
            about = entry.stat(follow_symlinks=False)
            if about.st_size and now - about.st_mtime >= settings.settle_seconds:
                found.append(_Seen(Path(entry.path), about.st_size, about.st_mtime_ns))
    return sorted(found, key=lambda seen: (seen.changed_ns, seen.path))[:_MOST_AT_ONCE]


def _copy(path: Path, writer: BlobWriter) -> None:
    with path.open("rb") as source:
        while part := source.read(_CHUNK):
            writer.write(part)


def _put_away(seen: _Seen, sha256: str) -> None:
    """Only what was taken in: a file that was changed meanwhile is looked at again."""
    try:
        about = seen.path.stat()
    except FileNotFoundError:
        return
    if (about.st_size, about.st_mtime_ns) == (seen.size, seen.changed_ns):
        _move(seen.path, DONE, sha256[:8])


def _refuse(path: Path, why: str) -> None:
    try:
        target = _move(path, REFUSED, str(time.time_ns()))
    except FileNotFoundError:
        return
    target.with_name(target.name + ".txt").write_text(why + "\n", encoding="utf-8")


def _move(path: Path, to: str, mark: str) -> Path:
    folder = path.parent / to
    folder.mkdir(exist_ok=True)
    target = folder / path.name
    if target.exists():
        target = folder / f"{path.stem} {mark}{path.suffix}"
    return path.replace(target)
