"""Topic patterns as AMQP 0-9-1 defines them: `*` is one word, `#` is any number of words."""

from collections.abc import Iterable, Sequence


def matches(pattern: str, topic: str) -> bool:
    return _match(pattern.split("."), topic.split("."))


def matches_any(patterns: Iterable[str], topic: str) -> bool:
    return any(matches(pattern, topic) for pattern in patterns)


class Bindings:
    """Which queues want which topics. Answers are remembered: a deployment has few topics."""

    def __init__(self) -> None:
        self._patterns: dict[str, list[str]] = {}
        self._known: dict[str, list[str]] = {}

    def add(self, queue: str, patterns: Sequence[str] = ()) -> None:
        mine = self._patterns.setdefault(queue, [])
        mine.extend(pattern for pattern in patterns if pattern not in mine)
        self._known.clear()

    @property
    def queues(self) -> list[str]:
        return list(self._patterns)

    def patterns(self, queue: str) -> list[str]:
        return self._patterns.get(queue, [])

    def wanting(self, topic: str) -> list[str]:
        """The queues that get an event of this topic."""
        if topic not in self._known:
            found = [q for q, patterns in self._patterns.items() if matches_any(patterns, topic)]
            self._known[topic] = found
        return self._known[topic]


def _match(pattern: Sequence[str], words: Sequence[str]) -> bool:
    if not pattern:
        return not words
    if pattern[0] == "#":
        return any(_match(pattern[1:], words[start:]) for start in range(len(words) + 1))
    if not words:
        return False
    return pattern[0] in ("*", words[0]) and _match(pattern[1:], words[1:])
