"""Takes the content of a mail off an SMTP connection (RFC 5321, 4.5.2) as it comes.

Only <CR><LF>.<CR><LF> ends a mail: a server that also takes a bare line feed for an end of line can
be made to see two mails where the sender's server saw one.
"""

import asyncio
from collections.abc import Callable

_END = b"\r\n.\r\n"
_STUFFED = b"\r\n."


async def read_content(reader: asyncio.StreamReader, write: Callable[[bytes], None]) -> None:
    """Give the content to `write` piece by piece, without the dots that the transfer added."""
    # The line end of DATA itself: so that a dot on the first line is like any other.
    reader.feed_data(b"\r\n")
    content = _Content(write)
    while True:
        try:
            last = await reader.readuntil(_END)
        except asyncio.LimitOverrunError as error:
            content.add(await reader.readexactly(error.consumed))
        else:
            content.end(last.removesuffix(b".\r\n"))
            return


class _Content:
    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._held = b""
        self._skip = len(b"\r\n")

    def add(self, data: bytes) -> None:
        data = self._held + data
        # A line end may be the beginning of a stuffed dot.
        keep = 2 if data.endswith(b"\r\n") else int(data.endswith(b"\r"))
        cut = len(data) - keep
        self._held = data[cut:]
        self._pass_on(data[:cut])

    def end(self, data: bytes) -> None:
        self._pass_on(self._held + data)

    def _pass_on(self, data: bytes) -> None:
        plain = data.replace(_STUFFED, b"\r\n")
        skipped, self._skip = self._skip, max(0, self._skip - len(plain))
        if len(plain) > skipped:
            self._write(plain[skipped:] if skipped else plain)
