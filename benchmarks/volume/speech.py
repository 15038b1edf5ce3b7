"""Made-up words, names and messages, the same for the same number: a few words that everybody uses,
and a long tail that few do."""

import functools
import random
from collections.abc import Sequence

COMMON = (
    "order", "parcel", "delivery", "invoice", "coffee", "late", "broken", "question", "where",
    "when", "thank", "please", "customer", "number", "address", "payment", "return", "machine",
    "beans", "contract", "price", "account", "monday", "friday", "bestelling", "pakket", "factuur",
    "vraag", "klacht", "levering",
)  # fmt: skip
_TAIL = 60_000
_SENTENCES = 4_000
_BEGINS = (
    "b",
    "br",
    "d",
    "f",
    "g",
    "h",
    "k",
    "kl",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "st",
    "t",
    "v",
    "w",
)
_VOWELS = ("a", "e", "i", "o", "u", "aa", "ee", "oe", "ie", "ui")
_ENDS = ("", "n", "s", "r", "t", "l", "k", "m")


class Speech:
    """What the person with this number says."""

    def __init__(self, number: int) -> None:
        self._number = number

    def name(self) -> str:
        tail = _tail()
        first, last = self._number * 31 % _TAIL, self._number * 17_389 % _TAIL
        return f"{tail[first].title()} {tail[last].title()}"

    def subject(self) -> str:
        number, tail = self._number, _tail()
        return f"{COMMON[number % len(COMMON)].title()} {tail[number * 7_919 % _TAIL]}"

    def text(self) -> str:
        """Some 400 characters."""
        number, sentences = self._number, _sentences()
        places = [number, number * 7_919 + 1, number * 104_729 + 2, number * 1_299_709 + 3]
        said = " ".join(sentences[place % _SENTENCES] for place in places)
        return f"{said} {_tail()[number * 15_485_863 % _TAIL]} {100_000 + number}."


def vocabulary() -> Sequence[str]:
    """All words that are said, each once."""
    return sorted({*COMMON, *_tail()})


@functools.cache
def _tail() -> Sequence[str]:
    chance = random.Random(1)  # noqa: S311 (no secret)
    found: dict[str, None] = {}
    while len(found) < _TAIL:
        parts = [
            chance.choice(_BEGINS) + chance.choice(_VOWELS) + chance.choice(_ENDS)
            for _ in range(chance.choice((2, 2, 3)))
        ]
        word = "".join(parts)
        if len(word) >= 4:
            found[word] = None
    return list(found)


@functools.cache
def _sentences() -> Sequence[str]:
    """Mostly of words that everybody uses."""
    chance, tail = random.Random(2), _tail()  # noqa: S311 (no secret)
    return [
        " ".join([*chance.sample(COMMON, 9), *chance.sample(tail, 4)]).capitalize() + "."
        for _ in range(_SENTENCES)
    ]
