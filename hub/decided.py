"""A decision that knows what of it is its own, and what it shares with others."""

from collections.abc import Mapping
from typing import Any


class Decided(dict[str, Any]):
    """A whole decision that knows what of it is its own, and what it shares: `handling` under the
    hash `handling_id`. Changed, it becomes a plain one, which is kept whole."""

    __slots__ = ("handling", "handling_id", "own")

    def __init__(
        self, handling_id: str, handling: Mapping[str, Any], own: Mapping[str, Any]
    ) -> None:
        super().__init__(handling)
        self.update(own)
        self.handling_id, self.handling, self.own = handling_id, handling, own
