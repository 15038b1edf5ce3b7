"""Topic patterns against the plainest reading of AMQP 0-9-1: every way to fill in the wildcards."""

import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.bus.topics import matches, matches_any

WORDS = st.sampled_from(["a", "b", "work_item"])
TOPICS = st.lists(WORDS, max_size=5).map(".".join)
PATTERNS = st.lists(st.one_of(WORDS, st.sampled_from(["*", "#"])), max_size=5).map(".".join)


def by_filling_in(pattern: str, topic: str) -> bool:
    """Replace every `#` by 0 to 5 `*`, in all ways; a `*` then stands for exactly one word."""
    forms: list[list[str]] = [[]]
    for word in pattern.split("."):
        choices = [["*"] * length for length in range(6)] if word == "#" else [[word]]
        forms = [form + choice for form in forms for choice in choices]
    words = topic.split(".")
    return any(
        len(form) == len(words) and all(p in ("*", w) for p, w in zip(form, words, strict=True))
        for form in forms
    )


@settings(deadline=None)
@given(PATTERNS, TOPICS)
@example("#", "")
@example("a.#", "a")
@example("#.a.#", "a")
@example("*", "")
def test_a_pattern_matches_what_its_wildcards_can_stand_for(pattern: str, topic: str) -> None:
    assert matches(pattern, topic) == by_filling_in(pattern, topic)


@settings(deadline=None)
@given(TOPICS)
def test_a_topic_matches_itself_and_everything(topic: str) -> None:
    assert matches(topic, topic)
    assert matches("#", topic)


@settings(deadline=None)
@given(st.lists(PATTERNS, max_size=3), TOPICS)
def test_any_of_several(patterns: list[str], topic: str) -> None:
    assert matches_any(patterns, topic) == any(matches(pattern, topic) for pattern in patterns)


def test_a_wildcard_is_a_whole_word() -> None:
    assert not matches("interaction.rec*", "interaction.received")
    assert re.fullmatch("interaction.rec.*", "interaction.received")
