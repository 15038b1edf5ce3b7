"""Many combinations as few lines: which target groups, directions, channels and topics together."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from routing.inherit import Cell
from routing.tree import ANY, covers, parent

ROOT = "-"
"""A customer of no known group, a contact about no known topic: the root of a tree by itself."""
BELOW = "/*"
"""After a path: it and all that lies under it."""

_GROUP, _DIRECTION, _CHANNEL, _TOPIC = range(4)
_Key = tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Axes:
    """Everything that combinations are made of: the trees with their roots, and the channels with
    the directions of each."""

    target_groups: tuple[str, ...]
    channels: Mapping[str, tuple[str, ...]]
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Every combination of what stands here. `any` alone is all there is, of directions all that
    the channel has; a path with `/*` is it and all under it; `-` is the root of a tree by itself.
    """

    target_groups: tuple[str, ...]
    directions: tuple[str, ...]
    channels: tuple[str, ...]
    topics: tuple[str, ...]


def places(cells: Iterable[Cell], axes: Axes) -> list[Place]:
    """The cells, each in exactly one place; made by joining what differs in one part only."""
    keys = _joined({tuple(frozenset({str(part)}) for part in cell) for cell in cells}, _DIRECTION)
    ways = [_joined_all(keys), _joined_all({_any_direction(key, axes) for key in keys})]
    known = tuple(dict.fromkeys(one for directions in axes.channels.values() for one in directions))
    found = [
        Place(
            _tree(groups, axes.target_groups),
            _flat(directions, known),
            _flat(channels, tuple(axes.channels)),
            _tree(topics, axes.topics),
        )
        for groups, directions, channels, topics in min(ways, key=len)
    ]
    return sorted(found, key=lambda place: (place.topics, place.target_groups, place.channels))


def _any_direction(key: _Key, axes: Axes) -> _Key:
    """Of one channel all its directions are any, so that it goes with channels that have more."""
    groups, directions, channels, topics = key
    [channel] = channels
    whole = set(axes.channels[channel]) <= directions
    return (groups, frozenset({ANY}) if whole else directions, channels, topics)


def _joined_all(keys: set[_Key]) -> set[_Key]:
    for axis in (_CHANNEL, _GROUP, _TOPIC):
        keys = _joined(keys, axis)
    return keys


def _joined(keys: set[_Key], axis: int) -> set[_Key]:
    rest: dict[_Key, frozenset[str]] = defaultdict(frozenset)
    for key in keys:
        rest[(*key[:axis], *key[axis + 1 :])] |= key[axis]
    return {(*others[:axis], joined, *others[axis:]) for others, joined in rest.items()}


def _flat(chosen: Collection[str], known: Collection[str]) -> tuple[str, ...]:
    if ANY in chosen or set(known) <= set(chosen):
        return (ANY,)
    return tuple(one for one in known if one in chosen)


def _tree(chosen: Collection[str], known: Collection[str]) -> tuple[str, ...]:
    """Whole branches by their top."""
    if set(known) <= set(chosen):
        return (ANY,)
    whole = {
        path
        for path in chosen
        if path != ANY and all(one in chosen for one in known if covers(path, one))
    }
    lines = []
    for path in sorted(chosen, key=lambda one: (one != ANY, one)):
        if path == ANY:
            lines.append(ROOT)
        elif path not in whole:
            lines.append(path)
        elif parent(path) not in whole:
            has_more = any(one != path and covers(path, one) for one in known)
            lines.append(path + BELOW if has_more else path)
    return tuple(lines)
