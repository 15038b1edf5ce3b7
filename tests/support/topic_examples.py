"""Contacts with a known topic, made of a few words each, for what learns from them."""

import random

from routing.learned.examples import Example

WORDS = {
    "bill": ("invoice", "payment", "vat", "reminder", "account", "factuur"),
    "bill/late": ("overdue", "deadline", "fine", "dunning", "interest", "aanmaning"),
    "order": ("beans", "grinder", "delivery", "parcel", "cancel", "bestelling"),
}
_BETWEEN = ("the", "please", "about", "my", "we", "have", "question", "een", "graag", "over")


def examples(per_topic: int = 20, seed: int = 1) -> list[Example]:
    """Each topic has words of its own among words that all have."""
    chance = random.Random(seed)  # noqa: S311 (nothing is secret here)
    made = [
        Example(topic, _some(chance, words, 1), _some(chance, words, 2))
        for topic, words in WORDS.items()
        for _ in range(per_topic)
    ]
    chance.shuffle(made)
    return made


def _some(chance: random.Random, words: tuple[str, ...], count: int) -> str:
    chosen = chance.sample(words, count) + chance.sample(_BETWEEN, 4)
    chance.shuffle(chosen)
    return " ".join(chosen)
