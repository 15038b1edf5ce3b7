"""Words as they are searched, on both stores alike: small letters and digits, no accents. Pure."""

import re
import string
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

LONGEST_TEXT = 20_000
MOST_WORDS = 2_000
LONGEST_WORD = 40
_WORD = re.compile(r"[^\W_]+")
_TYPED = range(4, 25)
"""How long a word is that somebody may mistype."""
SURE = 7
"""Up to so many letters, one may be wrong; two in a longer word."""
SHORTEST_BEGINNING = 3
"""Letters; the tables of SQLite know what begins with so many up to eight (see the migration)."""


@dataclass(frozen=True)
class Wanted:
    """One of these words is to be there; `begins`: or one that begins with the first."""

    words: tuple[str, ...]
    begins: bool = True

    def written(self, quote: str, sign: str, either: str) -> str:
        """As both stores write it, each with its own signs. A word is of letters and digits, so
        that nothing in it means anything to them. What is too short to begin others stands for
        itself."""
        quoted = [f"{quote}{word}{quote}" for word in self.words]
        if self._begins_others:
            quoted[0] += sign
        return f"({either.join(quoted)})"

    def is_in(self, words: Collection[str]) -> bool:
        """As the stores find it in the words of a document."""
        if any(word in words for word in self.words):
            return True
        return self._begins_others and any(word.startswith(self.words[0]) for word in words)

    @property
    def _begins_others(self) -> bool:
        return self.begins and len(self.words[0]) >= SHORTEST_BEGINNING


@dataclass(frozen=True)
class Within:
    """Only documents from this number and this id on, before another number."""

    number: int = 0
    id: str = ""
    before: int = 2**62


def words_of(*texts: str) -> list[str]:
    """The distinct words of the texts, in their order."""
    found: dict[str, None] = {}
    for text in texts:
        words = _WORD.findall(_plain(text[:LONGEST_TEXT]))
        found |= dict.fromkeys(word[:LONGEST_WORD] for word in words)
    return list(found)[:MOST_WORDS]


def may_be_mistyped(word: str) -> bool:
    return len(word) in _TYPED and word.isalpha()


def mark(name: str, value: str) -> str:
    """A word that nobody types, for what a document is: `xkindmessage`."""
    return f"x{name}{_plain(value)}"


def trigrams(word: str) -> list[str]:
    return [word[at : at + 3] for at in range(len(word) - 2)]


def errors_of(word: str) -> list[str]:
    """What one typing error makes of it, or made it from: those are the same."""
    apart = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    letters = sorted({*string.ascii_lowercase, *word})
    found = {before + after[1:] for before, after in apart if after}
    found |= {before + after[1] + after[0] + after[2:] for before, after in apart if after[1:]}
    found |= {before + one + after[1:] for before, after in apart if after for one in letters}
    found |= {before + one + after for before, after in apart for one in letters}
    return sorted(found - {word})


def nearest(word: str, terms: Iterable[str], most: int) -> list[str]:
    """Those of the terms that a typing error makes into this word, the nearest first."""
    allowed = 1 if len(word) <= SURE else 2
    near = [(distance, term) for term in terms if (distance := _distance(word, term)) <= allowed]
    return [term for _, term in sorted(near)[:most]]


def _distance(one: str, other: str) -> int:
    """Letters missing, added, changed, or two that changed places."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        row = [at]
        for place, wanted in enumerate(other, start=1):
            cost = letter != wanted
            least = min(last[place] + 1, row[place - 1] + 1, last[place - 1] + cost)
            swapped = at > 1 < place and letter == other[place - 2] and one[at - 2] == wanted
            row.append(min(least, before[place - 2] + 1) if swapped else least)
        before, last = last, row
    return last[-1]


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
