"""A long list in parts: which part is asked for, and which stand before and after it."""

from dataclasses import dataclass

from agent_ui.visit import number

SIZE = 200


@dataclass(frozen=True)
class Leaf:
    """The part `number`, from 1, of a list of `total`."""

    total: int
    number: int

    @property
    def offset(self) -> int:
        return (self.number - 1) * SIZE

    @property
    def first(self) -> int:
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        return min(self.offset + SIZE, self.total)

    @property
    def is_whole(self) -> bool:
        return self.total <= SIZE

    @property
    def has_more(self) -> bool:
        return self.last < self.total


def leaf_of(total: int, asked: str) -> Leaf:
    """The part that an address names; the last one where the list has become shorter."""
    last = max(-(-total // SIZE), 1)
    return Leaf(total, min(max(number(asked), 1), last))
