"""Topic patterns as AMQP 0-9-1 defines them: `*` is one word, `#` is any number of words."""

from collections.abc import Sequence


def matches(pattern: str, topic: str) -> bool:
    return _match(pattern.split("."), topic.split("."))


def matches_any(patterns: Sequence[str], topic: str) -> bool:
    return any(matches(pattern, topic) for pattern in patterns)


def _match(pattern: Sequence[str], words: Sequence[str]) -> bool:
    if not pattern:
        return not words
    if pattern[0] == "#":
        return any(_match(pattern[1:], words[start:]) for start in range(len(words) + 1))
    if not words:
        return False
    return pattern[0] in ("*", words[0]) and _match(pattern[1:], words[1:])
