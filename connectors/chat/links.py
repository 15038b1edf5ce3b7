"""Addresses of files that only the session has that they were made for.

An address holds the file's id, the session and when it ends to be good, and is signed: nobody can
make one, and one that leaked opens nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from connectors.chat.frames import FileLink
from hub import clock
from hub.interaction import Attachment
from hub.tokens import Tokens

LIFETIME = timedelta(days=7)
_FILE, _PICTURE = "chat-file", "chat-picture"
_PARTS = 3


@dataclass(frozen=True)
class Asked:
    """What an address asks for."""

    attachment_id: str
    session: str


class Links:
    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def for_session(self, session: str) -> Callable[[Attachment], FileLink]:
        expires = int((clock.now() + LIFETIME).timestamp())

        def link(file: Attachment) -> FileLink:
            url = "files/" + self._tokens.sign(_FILE, f"{file.id}.{session}.{expires}")
            small = f"{url}/small" if file.thumbnail else ""
            return FileLink(name=file.filename, size=file.size, url=url, small=small)

        return link

    def of_picture(self, sha256: str) -> str:
        """The address of an agent's picture; empty for none."""
        return "pictures/" + self._tokens.sign(_PICTURE, sha256) if sha256 else ""

    def file(self, token: str) -> Asked | None:
        """What was asked for; None when the address is not ours, or not good any more."""
        parts = (self._tokens.verify(_FILE, token) or "").split(".")
        if len(parts) != _PARTS or int(parts[2]) <= clock.now().timestamp():
            return None
        return Asked(parts[0], parts[1])

    def picture(self, token: str) -> str | None:
        return self._tokens.verify(_PICTURE, token)
