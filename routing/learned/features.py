"""A contact as the set of its words, pairs of words and pieces of words, each as a number.

The numbers are digests, so what was learned holds no readable text of a customer. Those of words
and pairs have the highest bit set, those of pieces have not.
"""

import zlib

import numpy as np
import numpy.typing as npt

from routing.recognise import words_of

Grams = npt.NDArray[np.uint32]

SUBJECT_LIMIT = 300
TEXT_LIMIT = 2_000
"""Characters that are read: the matter is said at the start, and below it come signatures."""

WORD = np.uint32(1 << 31)
_PIECES = (3, 5)
_PRIME = np.uint32(16_777_619)
_PAIR = np.uint32(2_246_822_519)
_MIX = np.uint32(0x2C1B3C6D)


def grams(subject: str, text: str) -> Grams:
    """The features of a contact, sorted, each once."""
    words = words_of(f"{subject[:SUBJECT_LIMIT]} \n {text[:TEXT_LIMIT]}")
    if not words:
        return np.zeros(0, np.uint32)
    return np.unique(np.concatenate([_pieces(words), _words(words)]))


def _pieces(words: list[str]) -> Grams:
    """Runs of characters, over the blanks between words as well."""
    content = np.frombuffer(f" {' '.join(words)} ".encode(), np.uint8).astype(np.uint32)
    found = [np.zeros(0, np.uint32)]
    for length in _PIECES:
        count = len(content) - length + 1
        if count > 0:
            digest = np.full(count, length * 40_503, np.uint32)
            for place in range(length):
                digest = (digest ^ content[place : place + count]) * _PRIME
            found.append(digest)
    return _mixed(np.concatenate(found)) & ~WORD


def _words(words: list[str]) -> Grams:
    single = np.fromiter((zlib.crc32(word.encode()) for word in words), np.uint32, len(words))
    pairs = (single[:-1] * _PRIME + single[1:]) * _PAIR
    return _mixed(np.concatenate([single, pairs])) | WORD


def _mixed(digest: Grams) -> Grams:
    digest = (digest ^ (digest >> np.uint32(15))) * _MIX
    mixed: Grams = digest ^ (digest >> np.uint32(12))
    return mixed
