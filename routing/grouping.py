"""To which target group a customer belongs when nobody said so: by what is known about them."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from routing.definition import TargetGroup
from routing.tree import ANY, depth, nearest

_LONGEST = 200
_REMEMBERED = 1024


class Belongs(NamedTuple):
    """A group, and the facts by which a customer belongs to it, as the model writes them; none
    where somebody said it."""

    group: str
    because: str


class Grouping:
    """The rules of the groups of one model. Of several that fit the deepest group wins, of those as
    deep the first in the file. Upper and lower case are the same."""

    def __init__(self, groups: Iterable[TargetGroup]) -> None:
        groups = list(groups)
        self._known = frozenset(group.id for group in groups)
        ruled = [group for group in groups if group.customers]
        self._rules = [
            (group.id, [(name, frozenset(map(_key, values))) for name, values in alike.items()])
            for group in sorted(ruled, key=lambda one: -depth(one.id))
            for alike in group.customers
        ]
        # Of most customers no more is known than of many others.
        self._found = lru_cache(maxsize=_REMEMBERED)(self._look)

    def group_of(self, said: str, traits: Mapping[str, str]) -> Belongs:
        """For which group a customer is taken, wherever that is asked. What somebody said goes
        before the rules; of a group that the model does not know, it is the nearest above."""
        said = said[:_LONGEST]
        if said in ("", ANY) and (belongs := self.of(traits)):
            return belongs
        return Belongs(nearest(said, self._known), "")

    def of(self, traits: Mapping[str, str]) -> Belongs | None:
        """`traits`: what is known about a customer, and of the organisation that they belong to."""
        return self._found(tuple(traits.items())) if self._rules and traits else None

    def _look(self, traits: tuple[tuple[str, str], ...]) -> Belongs | None:
        known = {_key(name): value for name, value in traits}
        for group, alike in self._rules:
            if all(_key(known.get(_key(name), "")) in values for name, values in alike):
                found = (f"{name}: {known[_key(name)]}" for name, _ in alike)
                return Belongs(group, ", ".join(found))
        return None


def _key(text: str) -> str:
    return text.strip().casefold()
