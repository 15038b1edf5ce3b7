"""Words as they are searched, on both stores alike: small letters and digits, no accents. Pure."""

import re
import unicodedata
from collections.abc import Iterable

LONGEST_TEXT = 20_000
MOST_WORDS = 2_000
LONGEST_WORD = 40
_WORD = re.compile(r"[^\W_]+")
_TYPED = range(4, 25)
"""How long a word is that somebody may mistype."""
_SURE = 7
"""Up to so many letters, one may be wrong; two in a longer word."""


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


def nearest(word: str, terms: Iterable[str], most: int) -> list[str]:
    """Those of the terms that a typing error makes into this word, the nearest first."""
    allowed = 1 if len(word) <= _SURE else 2
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
