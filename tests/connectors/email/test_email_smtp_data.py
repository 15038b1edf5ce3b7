"""Taking content off the wire gives what was sent, however it was cut into pieces."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from connectors.email.smtp.content import read_content

LINES = st.lists(st.sampled_from([b"", b".", b"..", b".x", b"x", b"\r", b"\n", b"a\n.\nb", b"\r."]))
CUTS = st.lists(st.integers(1, 7), min_size=1)


def on_the_wire(lines: list[bytes]) -> bytes:
    """As a sender transfers it: RFC 5321, 4.5.2."""
    return b"".join((b"." + line if line.startswith(b".") else line) + b"\r\n" for line in lines)


async def received(wire: bytes, cuts: list[int], limit: int) -> tuple[bytes, bytes]:
    """(the content, what came behind it), fed in pieces of these sizes."""
    reader = asyncio.StreamReader(limit=limit)
    pieces: list[bytes] = []
    reading = asyncio.create_task(read_content(reader, pieces.append))
    await asyncio.sleep(0)
    for turn in range(len(wire)):
        piece, wire = wire[: cuts[turn % len(cuts)]], wire[cuts[turn % len(cuts)] :]
        reader.feed_data(piece)
        await asyncio.sleep(0)
    reader.feed_eof()
    await reading
    return b"".join(pieces), await reader.read()


@given(LINES, CUTS, st.integers(1, 20))
def test_any_content_in_any_pieces(lines: list[bytes], cuts: list[int], limit: int) -> None:
    wire = on_the_wire(lines) + b".\r\nQUIT\r\n"
    content, rest = asyncio.run(received(wire, cuts, limit))
    assert rest == b"QUIT\r\n"
    assert content == b"".join(line + b"\r\n" for line in lines)
