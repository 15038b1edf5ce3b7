"""Media in the cloud: bytes on disk, reached through the API or by an address that ends."""

import secrets
from pathlib import Path

from config.demo.twilio.message import File, new_sid


class Files:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._passes: dict[str, str] = {}

    def put(self, content: bytes, content_type: str, name: str = "", *, sid: str = "") -> File:
        """`sid`: the id that it is to have."""
        file = File(sid or new_sid("ME"), content_type, name)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._path(file.sid).write_bytes(content)
        return file

    def content(self, sid: str) -> bytes | None:
        path = self._path(sid)
        return path.read_bytes() if path.name == sid and path.exists() else None

    def remove(self, sid: str) -> bool:
        """Whether it was there."""
        if self.content(sid) is None:
            return False
        self._path(sid).unlink()
        return True

    def passed(self, sid: str) -> str:
        """A key by which this file can be had without signing in."""
        key = secrets.token_urlsafe(16)
        self._passes[key] = sid
        return key

    def by_pass(self, key: str) -> bytes | None:
        sid = self._passes.get(key)
        return self.content(sid) if sid else None

    def _path(self, sid: str) -> Path:
        return self._folder / sid
