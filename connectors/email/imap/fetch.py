"""Brings mails in from a mailbox, in pieces, so that no large one is held whole."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from connectors.email.imap.client import ImapClient, Piece
from connectors.email.raw import Spool
from connectors.email.receive import RawMail
from hub.blobs import Blobs

FIRST_PIECE = 1 << 18
PIECE = 1 << 20


@dataclass
class _Incoming:
    spool: Spool
    size: int
    got: int = 0
    problem: str = ""

    def write(self, data: bytes) -> None:
        self.got += len(data)
        self.spool.write(data)

    def keep(self) -> RawMail:
        return RawMail(self.spool.finish(), problem=self.problem)


async def fetch_mails(
    client: ImapClient, uids: Sequence[int], *, size_limit: int, blobs: Blobs
) -> dict[int, RawMail]:
    """The mails by UID, ascending; those that are gone are left out, too large ones cut short."""
    incoming: dict[int, _Incoming] = {}
    with contextlib.ExitStack() as stack:

        def begin(piece: Piece) -> None:
            if piece.data is None or piece.uid in incoming:
                return
            mail = _Incoming(stack.enter_context(Spool(blobs)), piece.size)
            incoming[piece.uid] = mail
            if piece.size > size_limit:
                mail.problem = _too_large(piece.size)
                mail.write(_header(piece.data))
            else:
                mail.write(piece.data)

        await client.fetch(uids, 0, FIRST_PIECE, begin)
        for uid, mail in incoming.items():
            if mail.got == FIRST_PIECE and not mail.problem:
                await _fetch_rest(client, uid, mail, size_limit)
        return {uid: incoming[uid].keep() for uid in sorted(incoming)}


async def _fetch_rest(client: ImapClient, uid: int, mail: _Incoming, size_limit: int) -> None:
    """Until a piece is short: what the server says of the size may be wrong."""
    asked, before = FIRST_PIECE, 0

    def add(piece: Piece) -> None:
        if piece.uid == uid and piece.data is not None:
            mail.write(piece.data)

    while mail.got - before == asked:
        if mail.got > size_limit:
            mail.problem = _too_large(mail.got)
            return
        asked, before = PIECE, mail.got
        await client.fetch([uid], mail.got, PIECE, add)


def _too_large(size: int) -> str:
    return f"it is too large ({size / 1e6:.1f} MB): only its beginning was taken in"


def _header(data: bytes) -> bytes:
    header, end, _ = data.partition(b"\r\n\r\n")
    return header + end
