"""The few IMAP commands that following a mailbox takes. Knows nothing of mail or the store.

A library was not used because none streams the pieces of a message, ends at once when its task is
cancelled, and renews IDLE without losing what arrives in between.
"""

import asyncio
import base64
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import Self

from connectors.email.imap.wire import ImapError, ImapWire, Note, Response, ends, readable

_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
# A body comes as a literal (shown here as NUL), or as a quoted string when it is short.
_BODY = re.compile(rb'\bBODY\[[^\]]*\](?:<\d+>)? (?:\0|"((?:[^"\\]|\\.)*)"|NIL)', re.DOTALL)
_UID_VALIDITY = re.compile(rb"\[UIDVALIDITY (\d+)\]", re.IGNORECASE)
_EXISTS = re.compile(rb"\* (\d+) EXISTS", re.IGNORECASE)
# RFC 5530: these say "not now", not "not you".
_NOT_NOW = re.compile(r"\[(UNAVAILABLE|INUSE|SERVERBUG|LIMIT)\]", re.IGNORECASE)

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class SignInRefused(ImapError):
    """The server does not accept this user or password."""


@dataclass(frozen=True)
class Piece:
    """What FETCH said of one message. `size` is the server's word; `data` None: it is gone."""

    uid: int
    size: int
    data: bytes | None


@dataclass(frozen=True)
class Folder:
    uid_validity: int
    exists: int


class ImapClient:
    """One connection, as an async context: leaving closes it."""

    def __init__(self, host: str, port: int, *, timeout: float) -> None:
        self._wire = ImapWire(host, port, timeout)
        self.capabilities: frozenset[str] = frozenset()
        # Heard outside of IDLE, and not looked for since: IDLE will not say it again.
        self._news = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._wire.close()

    async def connect(
        self,
        context: ssl.SSLContext | None,
        *,
        starttls: bool,
        dialled: socket.socket | None = None,
    ) -> None:
        """Connect and read the greeting; with `starttls`, encrypt before anything else is said.
        `dialled`: a connection that is there already."""
        await self._wire.connect(None if starttls else context, dialled)
        greeting = (await self._wire.receive()).text
        if not greeting.upper().startswith((b"* OK", b"* PREAUTH")):
            raise ImapError(f"this is not an IMAP server: {readable(greeting)}")
        if starttls and context is not None:
            await self._wire.run("STARTTLS")
            await self._wire.encrypt(context)
        await self._learn_capabilities()

    async def sign_in(self, user: str, password: str) -> None:
        if "AUTH=PLAIN" in self.capabilities:
            await self._authenticate("PLAIN", f"\0{user}\0{password}".encode())
        elif "LOGINDISABLED" in self.capabilities:
            raise SignInRefused("the server takes no password on this connection")
        else:
            command = f"LOGIN {_quoted(user)} {_quoted(password)}"
            await _signing_in(self._wire.run(command))
        await self._learn_capabilities()

    async def sign_in_with_token(self, user: str, access_token: str) -> None:
        """XOAUTH2, as Google and Microsoft document it."""
        sasl = f"user={user}\1auth=Bearer {access_token}\1\1".encode()
        await self._authenticate("XOAUTH2", sasl)
        await self._learn_capabilities()

    async def open(self, folder: str, *, readonly: bool = True) -> Folder:
        numbers = {"uid_validity": 0, "exists": 0}

        def note(response: Response) -> None:
            for name, pattern in (("uid_validity", _UID_VALIDITY), ("exists", _EXISTS)):
                if found := pattern.search(response.text):
                    numbers[name] = int(found[1])

        command = "EXAMINE" if readonly else "SELECT"
        await self._run(f"{command} {_folder_name(folder)}", note)
        return Folder(**numbers)

    async def search(self, criteria: str) -> list[int]:
        """UIDs, ascending."""
        self._news = False
        uids: set[int] = set()

        def note(response: Response) -> None:
            words = response.text.split()
            if words[1:2] == [b"SEARCH"]:
                uids.update(int(word) for word in words[2:] if word.isdigit())

        await self._run(f"UID SEARCH {criteria}", note)
        return sorted(uids)

    async def fetch(
        self, uids: Iterable[int], offset: int, length: int, each: Callable[[Piece], None]
    ) -> None:
        """Give `length` bytes from `offset` of each message to `each`; marks nothing as read."""

        def note(response: Response) -> None:
            if piece := _piece(response):
                each(piece)

        what = f"(UID RFC822.SIZE BODY.PEEK[]<{offset}.{length}>)"
        await self._run(f"UID FETCH {_set(uids)} {what}", note)

    async def mark_seen(self, uids: Iterable[int]) -> None:
        await self._run(f"UID STORE {_set(uids)} +FLAGS.SILENT (\\Seen)")

    async def noop(self) -> None:
        await self._run("NOOP")

    async def idle(self, seconds: float) -> None:
        """Return when mail may have come in since the last search, or after `seconds`."""
        tag = await self._wire.send("IDLE")
        while not (response := await self._wire.receive()).text.startswith(b"+"):
            ends(response, tag)  # raises when IDLE is refused
            self._hear(response)
        deadline = asyncio.get_running_loop().time() + seconds
        while not self._news and (heard := await self._wire.receive_by(deadline)):
            self._hear(heard)
        await self._wire.write(b"DONE")
        await self._wire.finish(tag)

    async def _run(self, command: str, note: Note | None = None) -> None:
        def heard(response: Response) -> None:
            self._hear(response)
            if note is not None:
                note(response)

        await self._wire.run(command, heard)

    def _hear(self, response: Response) -> None:
        self._news = self._news or _EXISTS.match(response.text) is not None

    async def _authenticate(self, mechanism: str, initial: bytes) -> None:
        await _signing_in(self._converse(mechanism, base64.b64encode(initial)))

    async def _converse(self, mechanism: str, answer: bytes) -> None:
        tag = await self._wire.send(f"AUTHENTICATE {mechanism}")
        while not ends(response := await self._wire.receive(), tag):
            if response.text.startswith(b"+"):
                await self._wire.write(answer)
                # A second challenge is an error report: an empty answer asks for the verdict.
                answer = b""

    async def _learn_capabilities(self) -> None:
        found: set[str] = set()

        def note(response: Response) -> None:
            words = response.text.decode("ascii", "replace").upper().split()
            if words[1:2] == ["CAPABILITY"]:
                found.update(words[2:])

        await self._wire.run("CAPABILITY", note)
        self.capabilities = frozenset(found)


def imap_date(day: date) -> str:
    """As SEARCH wants it; strftime would name months in the machine's language."""
    return f"{day.day}-{_MONTHS[day.month - 1]}-{day.year}"


async def _signing_in(command: Awaitable[None]) -> None:
    try:
        await command
    except ImapError as error:
        if _NOT_NOW.search(str(error)):
            raise
        raise SignInRefused(str(error)) from error


def _piece(response: Response) -> Piece | None:
    body = _BODY.search(response.text)
    if body is None:
        return None  # flags that somebody else changed, or another response
    around = response.text[: body.start()] + response.text[body.end() :]
    uid, size = _UID.search(around), _SIZE.search(around)
    if uid is None:
        return None
    return Piece(int(uid[1]), int(size[1]) if size else 0, _data(response, body))


def _data(response: Response, body: re.Match[bytes]) -> bytes | None:
    if body[0].endswith(b"\0"):
        # As many literals come before it as there are NULs.
        return response.literals[response.text.count(b"\0", 0, body.end() - 1)]
    if body[1] is None:
        return None
    return re.sub(rb"\\(.)", rb"\1", body[1], flags=re.DOTALL)


def _set(uids: Iterable[int]) -> str:
    return ",".join(map(str, uids))


def _quoted(text: str) -> str:
    if not text.isascii() or any(c in text for c in "\r\n\0"):
        raise SignInRefused("this server takes only ASCII in a user name or password")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _folder_name(name: str) -> str:
    """The name in modified UTF-7 (RFC 3501, 5.1.3), quoted."""

    def shifted(found: re.Match[str]) -> str:
        code = base64.b64encode(found[0].encode("utf-16-be")).rstrip(b"=").replace(b"/", b",")
        return f"&{code.decode()}-"

    return _quoted(re.sub(r"[^\x20-\x7e]+", shifted, name.replace("&", "&-")))
