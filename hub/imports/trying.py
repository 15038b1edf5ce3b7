"""A trial treats the rows of a file as the real import would, and keeps nothing.

What a batch of a trial writes is taken back before the next one, so that nobody waits for it. Rows
that have to do with rows before them are tried with these written first. Which do is known from a
look through the file: most have to do with none, and are not remembered.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from sqlalchemy import Connection

from hub.errors import Rejected
from hub.imports.fields import Reading
from hub.imports.items import Item, apart, items_of
from hub.imports.kind import Heads, Kind, Outcome
from hub.imports.sheet import Sheet

_LEAST_BITS = 1 << 16
_MOST_BITS = 1 << 28
MOST_BEFORE = 1_000
"""So many rows before them are written first for one batch: more have to do with each other in no
file but one that somebody made for it."""


class Repeated:
    """Which keys come more than once in a file; of a few others it says so too. It takes four bits
    for each byte of the file, and 64 MB at most, instead of the keys."""

    def __init__(self, size: int) -> None:
        self._bits = min(_MOST_BITS, max(_LEAST_BITS, 2 * size))
        self._once = bytearray(self._bits // 8 + 1)
        self._again = bytearray(self._bits // 8 + 1)

    def add(self, key: str) -> None:
        byte, bit = self._place(key)
        if self._once[byte] & bit:
            self._again[byte] |= bit
        self._once[byte] |= bit

    def __contains__(self, key: str) -> bool:
        byte, bit = self._place(key)
        return bool(self._again[byte] & bit)

    def _place(self, key: str) -> tuple[int, int]:
        place = hash(key) % self._bits
        return place // 8, 1 << place % 8


def look_through(sheet: Sheet, heads: Heads, kind: Kind, reading: Reading, size: int) -> Repeated:
    """A file that breaks off is looked through up to there."""
    found = Repeated(size)
    with suppress(Rejected):
        for item in items_of(sheet, heads, kind, reading):
            for key in _concerns(item):
                found.add(key)
    return found


class Trial:
    """`repeated`: the keys for which rows are remembered."""

    def __init__(self, kind: Kind, repeated: Repeated) -> None:
        self._kind = kind
        self._repeated = repeated
        self._by_key: dict[str, deque[Item]] = defaultdict(lambda: deque(maxlen=MOST_BEFORE))

    def outcomes(self, connection: Connection, batch: Sequence[Item]) -> list[Outcome]:
        """What would become of these, which have a record each."""
        tried = connection.begin_nested()
        try:
            for earlier in apart(self._before(batch)):
                self._write(connection, earlier)
            parts = [self._write(connection, part) for part in apart(batch)]
        finally:
            tried.rollback()
        return [outcome for part in parts for outcome in part]

    def remember(self, batch: Iterable[Item]) -> None:
        """These are behind us."""
        for item in batch:
            for key in self._kept(item):
                self._by_key[key].append(item)

    def _write(self, connection: Connection, items: Sequence[Item]) -> list[Outcome]:
        return self._kind.write(connection, [item.record for item in items])

    def _before(self, batch: Sequence[Item]) -> list[Item]:
        """What these have to do with, and those with, in the order of the file."""
        found: dict[int, Item] = {}
        looked_at: set[str] = set()
        ahead = [key for item in batch for key in self._kept(item)]
        while ahead:
            key = ahead.pop()
            if key in looked_at:
                continue
            looked_at.add(key)
            for item in self._by_key.get(key, ()):
                found[item.number] = item
                ahead.extend(self._kept(item))
        return [found[number] for number in sorted(found)[-MOST_BEFORE:]]

    def _kept(self, item: Item) -> Iterator[str]:
        return (key for key in _concerns(item) if key in self._repeated)


def _concerns(item: Item) -> Iterator[str]:
    if item.refusal is None:
        yield from item.keys
        yield from item.beside
